// SPDX-License-Identifier: Apache-2.0
//
// Decryption fails in one of its two ways and writes nothing then. What the fuzzer cannot reach, a
// right ciphertext, is made from the input as plaintext and has to come back.
#include <stdlib.h>
#include <string.h>

#include "base/crypto/sm2_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_round_trip(const Sm2PrivateKey *key, Bytes plaintext)
{
    Error err = {0};
    Scalar k = {{plaintext.len + 1, 2, 3, 4}};
    bool suits = false;
    CLEANUP(writer_free) Writer cipher = writer_new(1 << 16);
    CLEANUP(writer_free) Writer back = writer_new(1 << 16);
    check(sm2_encrypt_with_nonce(sm2_public_key(key), &k, plaintext, &cipher, &suits, &err));
    if (suits) {
        check(sm2_decrypt(key, writer_bytes(&cipher), &back, &err));
        check(bytes_equal(writer_bytes(&back), plaintext));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t d[SM2_SCALAR_SIZE] = {1};
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    check(sm2_private_key_new(BYTES_OF_ARRAY(d), &key, &err));
    CLEANUP(writer_free) Writer plaintext = writer_new(1 << 16);
    if (!sm2_decrypt(key, bytes_of(data, size), &plaintext, &err)) {
        check(err.kind == ERROR_INPUT || err.kind == ERROR_UNTRUSTED);
        check(plaintext.len == 0);
    }
    if (size > 0 && size <= 256) {
        check_round_trip(key, bytes_of(data, size));
    }
    return 0;
}
