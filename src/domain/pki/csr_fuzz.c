// SPDX-License-Identifier: Apache-2.0
//
// Whatever parses as a certification request has a name and a key on the curve.
#include <stdlib.h>

#include "domain/pki/csr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Csr csr;
    Error err = {0};
    Sm2PublicKey key;
    if (!csr_parse(bytes_of(data, size), &csr, &err)) {
        if (err.kind != ERROR_INPUT) {
            abort();
        }
    } else if (!name_is_valid(csr.subject) ||
               !sm2_public_key_new(sm2_public_key_bytes(&csr.public_key), &key, NULL)) {
        abort();
    }
    return 0;
}
