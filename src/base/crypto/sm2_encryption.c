// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/codec/der.h"
#include "base/crypto/sm2_internal.h"
#include "base/secret/crypto_state.h"

// k times a point, as x2 || y2.
static void multiply_and_store(const Scalar *k, const CurvePoint *point, uint8_t ret[64])
{
    CurvePoint product;
    curve_path()->multiply(&product, k, point);
    limbs_store(ret, product.x);
    limbs_store(&ret[32], product.y);
    secret_wipe(&product, sizeof product);
}

// XOR `data` with KDF(x2 || y2) into `ret`. False when the mask is all zero, which the standard
// refuses because then ciphertext and plaintext are the same.
static bool apply_mask(const uint8_t shared[64], Bytes data, Writer *ret)
{
    writer_put_repeated(ret, 0, data.len);
    if (ret->failed) {
        return false;
    }
    sm3_kdf(bytes_of(shared, 64), ret->data, data.len);
    uint8_t any = 0;
    for (size_t i = 0; i < data.len; i++) {
        any |= ret->data[i];
        ret->data[i] ^= data.data[i];
    }
    return any != 0;
}

// C3 = SM3(x2 || M || y2)
static Sm3Digest compute_hash(const uint8_t shared[64], Bytes plaintext)
{
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    sm3_update(&sm3, bytes_of(shared, 32));
    sm3_update(&sm3, plaintext);
    sm3_update(&sm3, bytes_of(&shared[32], 32));
    sm3_finish(&sm3, &digest);
    return digest;
}

static void put_cipher(const uint8_t c1[SM2_POINT_SIZE], const Sm3Digest *hash, Bytes masked,
                       Writer *ret)
{
    size_t sequence = der_begin(ret, DER_SEQUENCE);
    der_put_unsigned(ret, bytes_of(&c1[1], 32));
    der_put_unsigned(ret, bytes_of(&c1[33], 32));
    der_put(ret, DER_OCTET_STRING, sm3_bytes(hash));
    der_put(ret, DER_OCTET_STRING, masked);
    der_end(ret, sequence);
}

static bool fail_limit(Error *err)
{
    return error_set(err, ERROR_LIMIT, "sm2.limit", NULL, "SM2 data exceed the writer's limit");
}

bool sm2_encrypt_with_nonce(const Sm2PublicKey *key, const Scalar *k, Bytes plaintext, Writer *ret,
                            bool *ret_suits, Error *err)
{
    CurvePoint public_point, c1_point;
    if (!curve_point_load(&public_point, key->point)) {
        return error_set(err, ERROR_INPUT, "sm2.public_key", "GB/T 32918.1-2016 6.2.1",
                         "the public key is not a point on sm2p256v1");
    }
    uint8_t c1[SM2_POINT_SIZE], shared[64];
    curve_path()->multiply_base(&c1_point, k);
    curve_point_store(c1, &c1_point);
    multiply_and_store(k, &public_point, shared);
    CLEANUP(writer_free) Writer masked = writer_new(plaintext.len);
    *ret_suits = apply_mask(shared, plaintext, &masked);
    Sm3Digest hash = compute_hash(shared, plaintext);
    secret_wipe(shared, sizeof shared);
    if (masked.failed) {
        return error_memory(err);
    }
    if (*ret_suits) {
        put_cipher(c1, &hash, writer_bytes(&masked), ret);
    }
    return !ret->failed || fail_limit(err);
}

bool sm2_encrypt(const Sm2PublicKey *key, Random random, Bytes plaintext, Writer *ret, Error *err)
{
    if (plaintext.len == 0 || plaintext.len > SM2_PLAINTEXT_MAX) {
        return error_set(err, ERROR_INPUT, "sm2.plaintext_size", NULL,
                         "SM2 encrypts 1 to %d bytes, not %zu", SM2_PLAINTEXT_MAX, plaintext.len);
    }
    for (int attempt = 0; attempt < SM2_MAX_ATTEMPTS; attempt++) {
        Scalar k;
        bool suits = false;
        bool encrypted = sm2_draw_scalar(random, &k, err) &&
                         sm2_encrypt_with_nonce(key, &k, plaintext, ret, &suits, err);
        secret_wipe(&k, sizeof k);
        if (!encrypted || suits) {
            return encrypted;
        }
    }
    return sm2_fail_random(err);
}

typedef struct {
    uint8_t c1[SM2_POINT_SIZE];
    Bytes hash;
    Bytes masked;
} Sm2Cipher;

static bool parse_cipher(Bytes der, Sm2Cipher *ret, Error *err)
{
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    ret->c1[0] = 0x04;
    der_unsigned(&content, &ret->c1[1], 32);
    der_unsigned(&content, &ret->c1[33], 32);
    ret->hash = der_octet_string(&content);
    ret->masked = der_octet_string(&content);
    return (reader_done(&whole) && reader_done(&content) && ret->hash.len == SM3_SIZE &&
            ret->masked.len > 0 && ret->masked.len <= SM2_PLAINTEXT_MAX) ||
           error_set(err, ERROR_INPUT, "sm2.cipher_malformed", "GM/T 0009-2012 7.2",
                     "the SM2 ciphertext is not the DER of an SM2Cipher");
}

bool sm2_decrypt(const Sm2PrivateKey *key, Bytes der, Writer *ret, Error *err)
{
    Sm2Cipher cipher;
    if (!crypto_state_check(err) || !parse_cipher(der, &cipher, err)) {
        return false;
    }
    CurvePoint c1;
    if (!curve_point_load(&c1, cipher.c1)) {
        return error_set(err, ERROR_UNTRUSTED, "sm2.cipher_point", "GB/T 32918.4-2016 7.1",
                         "C1 of the SM2 ciphertext is not a point on the curve");
    }
    uint8_t shared[64];
    multiply_and_store(&key->d, &c1, shared);
    CLEANUP(writer_free) Writer plaintext = writer_new(cipher.masked.len);
    bool masked = apply_mask(shared, cipher.masked, &plaintext);
    if (plaintext.failed) {
        secret_wipe(shared, sizeof shared);
        return error_memory(err);
    }
    Sm3Digest hash = compute_hash(shared, writer_bytes(&plaintext));
    secret_wipe(shared, sizeof shared);
    if (!masked || !secret_equal(sm3_bytes(&hash), cipher.hash)) {
        return error_set(err, ERROR_UNTRUSTED, "sm2.cipher_hash", "GB/T 32918.4-2016 7.1",
                         "C3 of the SM2 ciphertext does not match");
    }
    writer_put(ret, writer_bytes(&plaintext));
    return !ret->failed || fail_limit(err);
}
