// SPDX-License-Identifier: Apache-2.0
//
// Whatever parses as signed data names a signer, and its attributes are complete or absent.
#include <stdlib.h>

#include "domain/pki/signed_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SignedData parsed;
    Error err = {0};
    if (!signed_data_parse(bytes_of(data, size), &parsed, &err)) {
        if (err.kind != ERROR_INPUT) {
            abort();
        }
        return 0;
    }
    bool has_attributes = parsed.signed_attributes.len > 0;
    if (has_attributes != (parsed.message_digest.len == SM3_SIZE) ||
        (parsed.signer_serial.len > 0) == (parsed.signer_key_identifier.len > 0)) {
        abort();
    }
    Certificate signer;
    if (signed_data_signer_certificate(&parsed, &signer, &err)) {
        (void)!signed_data_verify(&parsed, &signer, BYTES_EMPTY, &err);
    }
    return 0;
}
