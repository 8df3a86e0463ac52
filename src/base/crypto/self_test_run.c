// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/self_test.h"

#include <string.h>

#include "base/core/cpu.h"
#include "base/crypto/self_test_internal.h"
#include "base/crypto/sm2_internal.h"
#include "base/secret/secret.h"
#include "base/sm4/sm4_backend.h"

enum { RANDOM_SAMPLE_SIZE = 2048 };

static const uint8_t sm3_expected[SM3_SIZE] = {
    0x66, 0xc7, 0xf0, 0xf4, 0x62, 0xee, 0xed, 0xd9, 0xd1, 0xf2, 0xd4, 0x6b, 0xdc, 0x10, 0xe4, 0xe2,
    0x41, 0x67, 0xc4, 0x87, 0x5c, 0xf2, 0xf7, 0xa2, 0x29, 0x7d, 0xa0, 0x2b, 0x8f, 0x4b, 0xa8, 0xe0,
};

static const uint8_t hmac_expected[SM3_SIZE] = {
    0x34, 0xc9, 0x0b, 0x29, 0x1a, 0x80, 0xb7, 0xfd, 0x7f, 0x2b, 0xe4, 0x3d, 0x68, 0x39, 0x35, 0xba,
    0xb9, 0xd1, 0x49, 0x16, 0x46, 0x66, 0xc4, 0xef, 0x88, 0x57, 0xc8, 0x15, 0xcf, 0x2e, 0xf8, 0x32,
};

static const uint8_t sm4_key[SM4_KEY_SIZE] = {
    0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10,
};
static const uint8_t sm4_expected[SM4_BLOCK_SIZE] = {
    0x68, 0x1e, 0xdf, 0x34, 0xd2, 0x06, 0x96, 0x5e, 0x86, 0xb3, 0xe9, 0x4f, 0x53, 0x6e, 0x42, 0x46,
};
// RFC 8998 A.1
static const uint8_t gcm_nonce[SM4_GCM_NONCE_SIZE] = {0x00, 0x00, 0x12, 0x34, 0x56, 0x78,
                                                      0x00, 0x00, 0x00, 0x00, 0xab, 0xcd};
static const uint8_t gcm_aad[20] = {0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xfe, 0xed,
                                    0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xab, 0xad, 0xda, 0xd2};
static const uint8_t gcm_repeated[8] = {0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0xee, 0xaa};
static const uint8_t gcm_tag[SM4_GCM_TAG_SIZE] = {
    0x83, 0xde, 0x35, 0x41, 0xe4, 0xc2, 0xb5, 0x81, 0x77, 0xe0, 0x65, 0xa9, 0xbf, 0x7b, 0x62, 0xec,
};

// GB/T 32918.5-2017 annex A and C.
static const uint8_t sm2_d[SM2_SCALAR_SIZE] = {
    0x39, 0x45, 0x20, 0x8f, 0x7b, 0x21, 0x44, 0xb1, 0x3f, 0x36, 0xe3, 0x8a, 0xc6, 0xd3, 0x9f, 0x95,
    0x88, 0x93, 0x93, 0x69, 0x28, 0x60, 0xb5, 0x1a, 0x42, 0xfb, 0x81, 0xef, 0x4d, 0xf7, 0xc5, 0xb8,
};
static const uint8_t sm2_k[SM2_SCALAR_SIZE] = {
    0x59, 0x27, 0x6e, 0x27, 0xd5, 0x06, 0x86, 0x1a, 0x16, 0x68, 0x0f, 0x3a, 0xd9, 0xc0, 0x2d, 0xcc,
    0xef, 0x3c, 0xc1, 0xfa, 0x3c, 0xdb, 0xe4, 0xce, 0x6d, 0x54, 0xb8, 0x0d, 0xea, 0xc1, 0xbc, 0x21,
};
static const Sm2Signature sm2_expected = {
    {0xf5, 0xa0, 0x3b, 0x06, 0x48, 0xd2, 0xc4, 0x63, 0x0e, 0xea, 0xc5,
     0x13, 0xe1, 0xbb, 0x81, 0xa1, 0x59, 0x44, 0xda, 0x38, 0x27, 0xd5,
     0xb7, 0x41, 0x43, 0xac, 0x7e, 0xac, 0xee, 0xe7, 0x20, 0xb3},
    {0xb1, 0xb6, 0xaa, 0x29, 0xdf, 0x21, 0x2f, 0xd8, 0x76, 0x31, 0x82,
     0xbc, 0x0d, 0x42, 0x1c, 0xa1, 0xbb, 0x90, 0x38, 0xfd, 0x1f, 0x7f,
     0x42, 0xd4, 0x84, 0x0b, 0x69, 0xc4, 0x85, 0xbb, 0xc1, 0xaa},
};

static bool test_setting(Error *err)
{
    return cpu_setting_is_known() || error_set(err, ERROR_INPUT, "crypto.setting", NULL,
                                               "ASSENT_CPU is none of portable, x86 and avx512");
}

static bool test_sm3(Error *err)
{
    (void)err;
    Sm3Digest digest = sm3_digest(BYTES_LITERAL("abc"));
    Sm3Digest hmac = sm3_hmac(BYTES_LITERAL("key"), BYTES_LITERAL("message"));
    return bytes_equal(sm3_bytes(&digest), BYTES_OF_ARRAY(sm3_expected)) &&
           bytes_equal(sm3_bytes(&hmac), BYTES_OF_ARRAY(hmac_expected));
}

static bool backend_is_right(const Sm4Backend *backend, const Sm4 *sm4)
{
    // So many blocks go through every loop of a backend.
    uint8_t blocks[(64 + 16 + 1) * SM4_BLOCK_SIZE];
    for (size_t i = 0; i < sizeof blocks; i++) {
        blocks[i] = sm4_key[i % SM4_KEY_SIZE];
    }
    backend->encrypt(sm4->round_keys, blocks, blocks, sizeof blocks / SM4_BLOCK_SIZE);
    bool right = true;
    for (size_t i = 0; i < sizeof blocks; i++) {
        right &= blocks[i] == sm4_expected[i % SM4_BLOCK_SIZE];
    }
    return right;
}

static bool test_sm4(Error *err)
{
    (void)err;
    Sm4 sm4;
    uint8_t block[SM4_BLOCK_SIZE];
    sm4_init(&sm4, sm4_key);
    sm4_encrypt_block(&sm4, sm4_key, block);
    bool right = bytes_equal(BYTES_OF_ARRAY(block), BYTES_OF_ARRAY(sm4_expected));
    sm4_decrypt_block(&sm4, block, block);
    return right && bytes_equal(BYTES_OF_ARRAY(block), BYTES_OF_ARRAY(sm4_key)) &&
           backend_is_right(&SM4_PORTABLE, &sm4) && backend_is_right(sm4_backend(), &sm4);
}

static bool test_sm4_gcm(Error *err)
{
    Sm4 sm4;
    sm4_init(&sm4, sm4_key);
    CLEANUP(writer_free) Writer plaintext = writer_new(64);
    CLEANUP(writer_free) Writer sealed = writer_new(80);
    CLEANUP(writer_free) Writer opened = writer_new(64);
    for (size_t i = 0; i < sizeof gcm_repeated; i++) {
        writer_put_repeated(&plaintext, gcm_repeated[i], 8);
    }
    sm4_gcm_seal(&sm4, gcm_nonce, BYTES_OF_ARRAY(gcm_aad), writer_bytes(&plaintext), &sealed);
    if (!bytes_equal(bytes_from(writer_bytes(&sealed), 64), BYTES_OF_ARRAY(gcm_tag)) ||
        !sm4_gcm_open(&sm4, gcm_nonce, BYTES_OF_ARRAY(gcm_aad), writer_bytes(&sealed), &opened,
                      err) ||
        !bytes_equal(writer_bytes(&opened), writer_bytes(&plaintext))) {
        return false;
    }
    sealed.data[0] ^= 1;
    return !sm4_gcm_open(&sm4, gcm_nonce, BYTES_OF_ARRAY(gcm_aad), writer_bytes(&sealed), &opened,
                         err);
}

static bool test_sm2_signature(Error *err)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    Scalar k;
    Sm3Digest e;
    Sm2Signature signature;
    if (!sm2_private_key_new(BYTES_OF_ARRAY(sm2_d), &key, err) || scalar_load(&k, sm2_k) == 0 ||
        !sm2_message_digest(sm2_public_key(key), SM2_DEFAULT_ID, BYTES_LITERAL("message digest"),
                            &e, err) ||
        !sm2_sign_with_nonce(key, &e, &k, &signature) ||
        memcmp(&signature, &sm2_expected, sizeof signature) != 0 ||
        !sm2_verify_digest(sm2_public_key(key), &e, &signature)) {
        return false;
    }
    e.bytes[0] ^= 1;
    return !sm2_verify_digest(sm2_public_key(key), &e, &signature);
}

static bool test_sm2_pair(Error *err)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(writer_free) Writer cipher = writer_new(256);
    CLEANUP(writer_free) Writer plaintext = writer_new(64);
    return sm2_key_generate(random_system(), &key, err) &&
           sm2_encrypt(sm2_public_key(key), random_system(), BYTES_LITERAL("encryption standard"),
                       &cipher, err) &&
           sm2_decrypt(key, writer_bytes(&cipher), &plaintext, err) &&
           bytes_equal_text(writer_bytes(&plaintext), "encryption standard");
}

static bool test_random(Error *err)
{
    uint8_t first[RANDOM_SAMPLE_SIZE], second[RANDOM_SAMPLE_SIZE];
    return random_fill(random_system(), first, sizeof first, err) &&
           random_fill(random_system(), second, sizeof second, err) &&
           random_check_health(BYTES_OF_ARRAY(first), err) &&
           memcmp(first, second, sizeof first) != 0;
}

bool self_test_run(const SelfTest *tests, size_t count, Error *err)
{
    for (size_t i = 0; i < count; i++) {
        Error cause = {0};
        if (!tests[i].run(&cause)) {
            return error_set(err, ERROR_INTERNAL, "crypto.self_test", "GB/T 37092-2018 7.10",
                             "the self-test of %s fails%s%.200s", tests[i].name,
                             cause.text[0] == '\0' ? "" : ": ", cause.text);
        }
    }
    return true;
}

bool crypto_self_test(Error *err)
{
    static const SelfTest tests[] = {
        {"the setting", test_setting},
        {"random", test_random},
        {"SM3", test_sm3},
        {"SM4", test_sm4},
        {"SM4-GCM", test_sm4_gcm},
        {"SM2 signature", test_sm2_signature},
        {"SM2 key pair", test_sm2_pair},
    };
    return self_test_run(tests, COUNT_OF(tests), err);
}
