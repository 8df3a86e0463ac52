// SPDX-License-Identifier: Apache-2.0
//
// What converts from DER converts back to the same bytes; what a device may hand us as its
// structures is refused or converts back to the same structure.
#include <stdlib.h>
#include <string.h>

#include "base/device/sdf_blob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void try_der(Bytes der)
{
    Error err = {0};
    ECCCipher blob;
    CLEANUP(writer_free) Writer back = writer_new(2 * ECCCipher_MAX_LEN);
    if (!sdf_cipher_of_der(der, &blob, &err)) {
        check(err.kind == ERROR_INPUT || err.kind == ERROR_LIMIT);
        return;
    }
    check(sdf_cipher_to_der(&blob, &back, &err));
    check(bytes_equal(writer_bytes(&back), der));
}

// The input, cut or filled with zeros, as each structure.
static void try_structures(const uint8_t *data, size_t size)
{
    Error err = {0};
    ECCrefPublicKey key = {0}, key_again;
    ECCSignature signature = {0}, signature_again;
    ECCCipher cipher = {0}, cipher_again;
    Sm2PublicKey public_key;
    Sm2Signature numbers;
    CLEANUP(writer_free) Writer der = writer_new(2 * ECCCipher_MAX_LEN);
    memcpy(&key, data, size < sizeof key ? size : sizeof key);
    memcpy(&signature, data, size < sizeof signature ? size : sizeof signature);
    memcpy(&cipher, data, size < sizeof cipher ? size : sizeof cipher);
    if (sdf_get_public_key(&key, &public_key, &err)) {
        sdf_put_public_key(&public_key, &key_again);
        check(memcmp(&key, &key_again, sizeof key) == 0);
    }
    if (sdf_get_signature(&signature, &numbers, &err)) {
        sdf_put_signature(&numbers, &signature_again);
        check(memcmp(&signature, &signature_again, sizeof signature) == 0);
    }
    if (sdf_cipher_to_der(&cipher, &der, &err)) {
        check(sdf_cipher_of_der(writer_bytes(&der), &cipher_again, &err));
        check(memcmp(&cipher, &cipher_again, sizeof cipher - ECCCipher_MAX_LEN + cipher.L) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_der(bytes_of(data, size));
    if (size > 0) {
        try_structures(data, size);
    }
    return 0;
}
