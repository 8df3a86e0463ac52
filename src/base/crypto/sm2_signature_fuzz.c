// SPDX-License-Identifier: Apache-2.0
//
// What parses as a signature encodes to the very same bytes.
#include <stdlib.h>

#include "base/crypto/sm2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    Sm2Signature signature;
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    if (!sm2_signature_parse(bytes_of(data, size), &signature, &err)) {
        if (err.kind != ERROR_INPUT) {
            abort();
        }
        return 0;
    }
    size_t len = sm2_signature_encode(&signature, der);
    if (!bytes_equal(bytes_of(der, len), bytes_of(data, size))) {
        abort();
    }
    return 0;
}
