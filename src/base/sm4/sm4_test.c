// SPDX-License-Identifier: Apache-2.0
#include "base/sm4/sm4.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/core/cpu.h"
#include "base/test/test.h"

#define VECTOR_KEY "0123456789ABCDEFFEDCBA9876543210"

static Sm4 vector_key(void)
{
    Sm4 sm4;
    sm4_init(&sm4, test_hex(VECTOR_KEY).data);
    return sm4;
}

static void fill_noise(uint8_t *ret, size_t len, uint32_t seed)
{
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525 + 1013904223;
        ret[i] = (uint8_t)(seed >> 24);
    }
}

// Covers: GB/T 32907-2016 7.
TEST(sm4_gives_the_vector_of_the_standard_and_decrypts_it)
{
    Sm4 sm4 = vector_key();
    uint8_t block[SM4_BLOCK_SIZE];
    sm4_encrypt_block(&sm4, test_hex(VECTOR_KEY).data, block);
    CHECK_BYTES(BYTES_OF_ARRAY(block), test_hex("681EDF34D206965E86B3E94F536E4246"));
    sm4_decrypt_block(&sm4, block, block);
    CHECK_BYTES(BYTES_OF_ARRAY(block), test_hex(VECTOR_KEY));
    sm4_wipe(&sm4);
    CHECK_INT(sm4.round_keys[0] | sm4.round_keys[31], 0);
}

TEST(sm4_gives_the_vector_of_a_million_rounds)
{
    if (!cpu_has(CPU_AESNI)) {
        test_skip("a million single blocks take ten seconds on the portable path");
    }
    Sm4 sm4 = vector_key();
    uint8_t block[SM4_BLOCK_SIZE];
    memcpy(block, test_hex(VECTOR_KEY).data, sizeof block);
    for (int i = 0; i < 1000000; i++) {
        sm4_encrypt_block(&sm4, block, block);
    }
    CHECK_BYTES(BYTES_OF_ARRAY(block), test_hex("595298C7C6FD271F0402F804C33D3F66"));
}

static size_t openssl_encrypt(const EVP_CIPHER *cipher, const uint8_t *key, const uint8_t *iv,
                              Bytes plaintext, uint8_t *ret)
{
    int len = 0, last_len = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    CHECK(EVP_EncryptInit_ex(context, cipher, NULL, key, iv) == 1);
    CHECK(EVP_EncryptUpdate(context, ret, &len, plaintext.data, (int)plaintext.len) == 1);
    CHECK(EVP_EncryptFinal_ex(context, &ret[len], &last_len) == 1);
    EVP_CIPHER_CTX_free(context);
    return (size_t)(len + last_len);
}

TEST(ctr_agrees_with_openssl_for_every_length)
{
    uint8_t key[16], counter[16], plaintext[600], expected[600], actual[600];
    for (size_t len = 1; len < sizeof plaintext; len += 7) {
        fill_noise(key, sizeof key, (uint32_t)len);
        fill_noise(plaintext, len, (uint32_t)len + 1000);
        memset(counter, 0xff, sizeof counter);  // carries through all 128 bits
        counter[0] = (uint8_t)len;
        counter[15] = (uint8_t)(256 - len % 32);
        Sm4 sm4;
        sm4_init(&sm4, key);
        sm4_ctr(&sm4, counter, bytes_of(plaintext, len), actual);
        CHECK_INT(openssl_encrypt(EVP_sm4_ctr(), key, counter, bytes_of(plaintext, len), expected),
                  len);
        CHECK_BYTES(bytes_of(actual, len), bytes_of(expected, len));
        sm4_ctr(&sm4, counter, bytes_of(actual, len), actual);
        CHECK_BYTES(bytes_of(actual, len), bytes_of(plaintext, len));
    }
}

TEST(cbc_agrees_with_openssl_for_every_length_and_decrypts)
{
    Error err = {0};
    uint8_t key[16], iv[16], plaintext[300], expected[320];
    for (size_t len = 0; len < sizeof plaintext; len++) {
        fill_noise(key, sizeof key, (uint32_t)len);
        fill_noise(iv, sizeof iv, (uint32_t)len + 500);
        fill_noise(plaintext, len, (uint32_t)len + 1000);
        Sm4 sm4;
        sm4_init(&sm4, key);
        CLEANUP(writer_free) Writer cipher = writer_new(1024);
        CLEANUP(writer_free) Writer back = writer_new(1024);
        sm4_cbc_encrypt(&sm4, iv, bytes_of(plaintext, len), &cipher);
        size_t expected_len =
            openssl_encrypt(EVP_sm4_cbc(), key, iv, bytes_of(plaintext, len), expected);
        CHECK_BYTES(writer_bytes(&cipher), bytes_of(expected, expected_len));
        CHECK_OK(sm4_cbc_decrypt(&sm4, iv, writer_bytes(&cipher), &back, &err));
        CHECK_BYTES(writer_bytes(&back), bytes_of(plaintext, len));
    }
}

TEST(cbc_with_wrong_length_or_padding_is_refused)
{
    // The last block's plaintext; its IV is zero.
    static const char *const refused[] = {
        "00000000000000000000000000000000", "00000000000000000000000000000011",
        "000000000000000000000000000000ff", "00000000000000000000000000000102",
        "0f101010101010101010101010101010", "11111111111111111111111111111111",
        "00000000000000000000000000030203",
    };
    static const uint8_t iv[16];
    Error err = {0};
    Sm4 sm4 = vector_key();
    uint8_t block[16];
    CLEANUP(writer_free) Writer ret = writer_new(64);
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        sm4_encrypt_block(&sm4, test_hex(refused[i]).data, block);
        CHECK_FAILS_WITH(sm4_cbc_decrypt(&sm4, iv, BYTES_OF_ARRAY(block), &ret, &err), ERROR_INPUT,
                         "sm4.cbc_padding");
        CHECK_INT(ret.len, 0);
    }
    sm4_encrypt_block(&sm4, test_hex("10101010101010101010101010101010").data, block);
    CHECK_OK(sm4_cbc_decrypt(&sm4, iv, BYTES_OF_ARRAY(block), &ret, &err));
    CHECK_INT(ret.len, 0);
    CHECK_FAILS_WITH(sm4_cbc_decrypt(&sm4, iv, BYTES_EMPTY, &ret, &err), ERROR_INPUT,
                     "sm4.cbc_length");
    CHECK_FAILS(sm4_cbc_decrypt(&sm4, iv, bytes_of(block, 15), &ret, &err), ERROR_INPUT);
}
