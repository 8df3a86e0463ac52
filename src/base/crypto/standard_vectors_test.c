// SPDX-License-Identifier: Apache-2.0
//
// The examples of the standards, and SM3 and SM4 against files made by OpenSSL.
#include <string.h>

#include "base/crypto/sm2_internal.h"
#include "base/crypto/vector_file_fixture.h"
#include "base/sm3/sm3.h"
#include "base/sm4/sm4.h"
#include "base/test/test.h"

static bool digest_is(const Sm3Digest *digest, Bytes expected)
{
    return bytes_equal(sm3_bytes(digest), expected);
}

static void check_sm2_sign(const Vector *vector)
{
    enum { NAME, D, POINT, ID, MESSAGE, Z, E, K, R, S };
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    Sm3Digest digest;
    Scalar k;
    Sm2Signature signature;
    CHECK_OK(sm2_private_key_new(vector_bytes(vector, D), &key, &err));
    const Sm2PublicKey *public_key = sm2_public_key(key);
    CHECK_BYTES(sm2_public_key_bytes(public_key), vector_bytes(vector, POINT));
    Bytes id = vector_bytes(vector, ID), message = vector_bytes(vector, MESSAGE);
    CHECK_OK(sm2_z(public_key, id, &digest, &err));
    CHECK(digest_is(&digest, vector_bytes(vector, Z)));
    CHECK_OK(sm2_message_digest(public_key, id, message, &digest, &err));
    CHECK(digest_is(&digest, vector_bytes(vector, E)));
    CHECK(scalar_load(&k, vector_bytes(vector, K).data) != 0);
    CHECK(sm2_sign_with_nonce(key, &digest, &k, &signature));
    CHECK_BYTES(BYTES_OF_ARRAY(signature.r), vector_bytes(vector, R));
    CHECK_BYTES(BYTES_OF_ARRAY(signature.s), vector_bytes(vector, S));
    CHECK(sm2_verify_digest(public_key, &digest, &signature));
}

static void check_sm2_decrypt(const Vector *vector)
{
    enum { NAME, D, CIPHER, PLAINTEXT };
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(writer_free) Writer plaintext = writer_new(64);
    CHECK_OK(sm2_private_key_new(vector_bytes(vector, D), &key, &err));
    CHECK_OK(sm2_decrypt(key, vector_bytes(vector, CIPHER), &plaintext, &err));
    CHECK_BYTES(writer_bytes(&plaintext), vector_bytes(vector, PLAINTEXT));
}

static void check_sm3(const Vector *vector)
{
    enum { NAME, MESSAGE, DIGEST };
    Sm3Digest digest = sm3_digest(vector_bytes(vector, MESSAGE));
    CHECK_VECTOR(vector, digest_is(&digest, vector_bytes(vector, DIGEST)));
}

static void check_sm4(const Vector *vector)
{
    enum { NAME, KEY, PLAINTEXT, CIPHERTEXT };
    uint8_t block[SM4_BLOCK_SIZE];
    Sm4 sm4;
    sm4_init(&sm4, vector_bytes(vector, KEY).data);
    memcpy(block, vector_bytes(vector, PLAINTEXT).data, sizeof block);
    sm4_encrypt_block(&sm4, block, block);
    CHECK_BYTES(BYTES_OF_ARRAY(block), vector_bytes(vector, CIPHERTEXT));
}

static void check_aead(const Vector *vector)
{
    enum { NAME, KEY, NONCE, AAD, PLAINTEXT, SEALED };
    Error err = {0};
    Sm4 sm4;
    bool gcm = vector_is(vector, NAME, "gcm");
    CLEANUP(writer_free) Writer sealed = writer_new(256);
    CLEANUP(writer_free) Writer opened = writer_new(256);
    sm4_init(&sm4, vector_bytes(vector, KEY).data);
    const uint8_t *nonce = vector_bytes(vector, NONCE).data;
    Bytes aad = vector_bytes(vector, AAD), plaintext = vector_bytes(vector, PLAINTEXT);
    Bytes expected = vector_bytes(vector, SEALED);
    (gcm ? sm4_gcm_seal : sm4_ccm_seal)(&sm4, nonce, aad, plaintext, &sealed);
    CHECK_BYTES(writer_bytes(&sealed), expected);
    CHECK_OK((gcm ? sm4_gcm_open : sm4_ccm_open)(&sm4, nonce, aad, expected, &opened, &err));
    CHECK_BYTES(writer_bytes(&opened), plaintext);
    // Every bit of ciphertext and tag counts.
    for (size_t bit = 0; bit < 8 * sealed.len; bit++) {
        sealed.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
        CHECK_FAILS((gcm ? sm4_gcm_open : sm4_ccm_open)(&sm4, nonce, aad, writer_bytes(&sealed),
                                                        &opened, &err),
                    ERROR_UNTRUSTED);
        sealed.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    CHECK_BYTES(writer_bytes(&opened), plaintext);
}

static void check_standard(const Vector *vector)
{
    static const struct {
        const char *name;
        void (*check)(const Vector *vector);
    } checks[] = {
        {"sm2-sign", check_sm2_sign}, {"sm2-decrypt", check_sm2_decrypt},
        {"sm3", check_sm3},           {"sm4", check_sm4},
        {"gcm", check_aead},          {"ccm", check_aead},
    };
    bool known = false;
    for (size_t i = 0; i < COUNT_OF(checks); i++) {
        if (vector_is(vector, 0, checks[i].name)) {
            checks[i].check(vector);
            known = true;
        }
    }
    CHECK_VECTOR(vector, known);
}

// Covers: GB/T 32918.2 6.1, GB/T 32918.4 7.1.
TEST(examples_of_the_standards_are_reproduced)
{
    vector_each("standard.txt", 8, check_standard);
}

static void check_sm3_case(const Vector *vector)
{
    enum { FUNCTION, NAME, KEY, MESSAGE, RESULT };
    uint8_t derived[512];
    Sm3Digest digest = {{0}};
    Bytes key = vector_bytes(vector, KEY), message = vector_bytes(vector, MESSAGE);
    Bytes result = vector_bytes(vector, RESULT);
    Bytes actual = sm3_bytes(&digest);
    if (vector_is(vector, FUNCTION, "digest")) {
        digest = sm3_digest(message);
    } else if (vector_is(vector, FUNCTION, "hmac")) {
        digest = sm3_hmac(key, message);
    } else {
        size_t len = (size_t)key.data[0] << 8 | key.data[1];
        CHECK_VECTOR(vector, vector_is(vector, FUNCTION, "kdf") && len < sizeof derived);
        derived[len] = 0xa5;
        sm3_kdf(message, derived, len);
        CHECK_VECTOR(vector, derived[len] == 0xa5);
        actual = bytes_of(derived, len);
    }
    CHECK_VECTOR(vector, bytes_equal(actual, result));
}

TEST(sm3_hmac_and_kdf_give_the_vectors)
{
    vector_each("sm3.txt", 45, check_sm3_case);
}

static void check_sm4_case(const Vector *vector)
{
    enum { MODE, NAME, KEY, IV, PLAINTEXT, CIPHERTEXT };
    Error err = {0};
    Sm4 sm4;
    CLEANUP(writer_free) Writer ciphertext = writer_new(2048);
    CLEANUP(writer_free) Writer back = writer_new(2048);
    sm4_init(&sm4, vector_bytes(vector, KEY).data);
    const uint8_t *iv = vector_bytes(vector, IV).data;
    Bytes plaintext = vector_bytes(vector, PLAINTEXT), expected = vector_bytes(vector, CIPHERTEXT);
    if (vector_is(vector, MODE, "ctr")) {
        writer_put_repeated(&ciphertext, 0, plaintext.len);
        sm4_ctr(&sm4, iv, plaintext, ciphertext.data);
        writer_put_repeated(&back, 0, plaintext.len);
        sm4_ctr(&sm4, iv, writer_bytes(&ciphertext), back.data);
    } else {
        CHECK_VECTOR(vector, vector_is(vector, MODE, "cbc"));
        sm4_cbc_encrypt(&sm4, iv, plaintext, &ciphertext);
        CHECK_OK(sm4_cbc_decrypt(&sm4, iv, writer_bytes(&ciphertext), &back, &err));
    }
    CHECK_VECTOR(vector, bytes_equal(writer_bytes(&ciphertext), expected));
    CHECK_VECTOR(vector, bytes_equal(writer_bytes(&back), plaintext));
}

TEST(sm4_modes_give_the_vectors)
{
    vector_each("sm4.txt", 70, check_sm4_case);
}
