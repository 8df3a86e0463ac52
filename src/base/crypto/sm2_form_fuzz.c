// SPDX-License-Identifier: Apache-2.0
//
// What is taken as a raw key, signature or ciphertext comes back as the same bytes, and what is
// refused is refused with a kind that the headers name.
#include <stdlib.h>
#include <string.h>

#include "base/crypto/sm2_form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void try_key(Bytes input)
{
    Error err = {0};
    Sm2PublicKey key, again;
    uint8_t compressed[SM2_COMPRESSED_SIZE];
    if (!sm2_public_key_decode(input, &key, &err)) {
        require(err.kind == ERROR_INPUT);
        return;
    }
    sm2_public_key_compress(&key, compressed);
    require(sm2_public_key_new(sm2_public_key_bytes(&key), &again, &err));
    require(sm2_public_key_decode(BYTES_OF_ARRAY(compressed), &again, &err));
    require(sm2_public_key_equal(&key, &again));
    Bytes whole = sm2_public_key_bytes(&key);
    require(input.len == SM2_COMPRESSED_SIZE
                ? bytes_equal(input, BYTES_OF_ARRAY(compressed))
                : bytes_equal(input, bytes_from(whole, whole.len - input.len)));
}

static void try_signature(Bytes input)
{
    Error err = {0};
    Sm2Signature signature;
    uint8_t raw[SM2_SIGNATURE_RAW_SIZE];
    if (!sm2_signature_parse_raw(input, &signature, &err)) {
        require(err.kind == ERROR_INPUT);
        return;
    }
    sm2_signature_encode_raw(&signature, raw);
    require(bytes_equal(input, BYTES_OF_ARRAY(raw)));
}

static void try_cipher(Bytes input, Sm2CipherOrder order)
{
    Error err = {0};
    CLEANUP(writer_free) Writer der = writer_new(SM2_PLAINTEXT_MAX + 256);
    CLEANUP(writer_free) Writer raw = writer_new(SM2_PLAINTEXT_MAX + 256);
    if (!sm2_cipher_from_raw(input, order, &der, &err)) {
        require(err.kind == ERROR_INPUT || err.kind == ERROR_UNTRUSTED);
        require(der.len == 0);
        return;
    }
    require(sm2_cipher_to_raw(writer_bytes(&der), order, &raw, &err));
    // Its 04 may have been missing.
    require(bytes_equal(bytes_from(writer_bytes(&raw), raw.len - input.len), input));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Bytes input = bytes_of(data, size);
    try_key(input);
    try_signature(input);
    try_cipher(input, SM2_C1C3C2);
    try_cipher(input, SM2_C1C2C3);
    return 0;
}
