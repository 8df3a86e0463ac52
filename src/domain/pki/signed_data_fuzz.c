// SPDX-License-Identifier: Apache-2.0
//
// Whatever parses as signed data names a signer, and its attributes are complete or absent.
#include <stdlib.h>

#include "domain/pki/signed_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// A message of others: every signer that is there can be taken, and the strict form is among them.
static void read_any(Bytes der, bool is_ours)
{
    SignedData message;
    Certificate signer;
    Error err = {0};
    if (!signed_data_read(der, &message, &err)) {
        if (is_ours || (err.kind != ERROR_INPUT && err.kind != ERROR_LIMIT)) {
            abort();
        }
        return;
    }
    for (size_t i = 0; i < message.signer_count; i++) {
        if (signed_data_take_signer(&message, i, &err) &&
            signed_data_signer_certificate(&message, &signer, &err)) {
            (void)!signed_data_verify(&message, &signer, BYTES_EMPTY, &err);
        }
    }
    if (signed_data_take_signer(&message, message.signer_count, &err)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SignedData parsed;
    Error err = {0};
    if (!signed_data_parse(bytes_of(data, size), &parsed, &err)) {
        if (err.kind != ERROR_INPUT && err.kind != ERROR_LIMIT) {
            abort();
        }
        read_any(bytes_of(data, size), false);
        return 0;
    }
    read_any(bytes_of(data, size), true);
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
