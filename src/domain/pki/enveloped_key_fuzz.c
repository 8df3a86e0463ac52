// SPDX-License-Identifier: Apache-2.0
//
// What parses as an enveloped key has a point and a size that can be opened, and opening what was
// made up fails without giving a key out.
#include <stdlib.h>

#include "domain/pki/enveloped_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
    if (!condition) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    EnvelopedKey envelope;
    Error err = {0};
    Sm2PublicKey point;
    uint8_t one[SM2_SCALAR_SIZE] = {[SM2_SCALAR_SIZE - 1] = 1};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *recipient = NULL;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *opened = NULL;
    if (!enveloped_key_parse(bytes_of(data, size), &envelope, &err)) {
        check(err.kind == ERROR_INPUT);
        return 0;
    }
    check(sm2_public_key_new(sm2_public_key_bytes(&envelope.public_key), &point, NULL));
    check(envelope.encrypted_scalar.len % 16 == 0 && envelope.encrypted_scalar.len >= 32);
    check(sm2_private_key_new(BYTES_OF_ARRAY(one), &recipient, NULL));
    Signer signer = signer_of_key(recipient);
    if (enveloped_key_open(&envelope, &signer, &opened, &err)) {
        check(sm2_public_key_equal(sm2_public_key(opened), &envelope.public_key));
    } else {
        check(err.kind == ERROR_UNTRUSTED && opened == NULL);
    }
    return 0;
}
