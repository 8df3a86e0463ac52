// SPDX-License-Identifier: Apache-2.0
#include "base/sm4/sm4_modes.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/test/test.h"

enum { DATA_SIZE = 200 };

static const uint8_t key[16] = {1,   35,  69,  103, 137, 171, 205, 239,
                                254, 220, 186, 152, 118, 84,  50,  16};
static const uint8_t iv[16] = {9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 255, 254, 253, 252, 251, 250};

// What OpenSSL makes of the data.
static void encrypt_by_openssl(const EVP_CIPHER *cipher, Bytes data, uint8_t ret[DATA_SIZE])
{
    int len = 0, last = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    CHECK(EVP_EncryptInit_ex(context, cipher, NULL, key, iv) == 1);
    CHECK(EVP_CIPHER_CTX_set_padding(context, 0) == 1);
    CHECK(EVP_EncryptUpdate(context, ret, &len, data.data, (int)data.len) == 1);
    CHECK(EVP_EncryptFinal_ex(context, &ret[len], &last) == 1);
    CHECK_INT(len + last, data.len);
    EVP_CIPHER_CTX_free(context);
}

static void fill_data(uint8_t ret[DATA_SIZE])
{
    for (size_t i = 0; i < DATA_SIZE; i++) {
        ret[i] = (uint8_t)(i * 37 + 5);
    }
}

// Covers: GB/T 17964-2021 5, 6.
TEST(whole_blocks_are_encrypted_as_openssl_does_and_come_back)
{
    Error err = {0};
    Sm4 sm4;
    uint8_t data[DATA_SIZE], expected[DATA_SIZE], actual[DATA_SIZE], back[DATA_SIZE];
    sm4_init(&sm4, key);
    fill_data(data);
    for (size_t len = 0; len <= DATA_SIZE; len += SM4_BLOCK_SIZE) {
        Bytes plaintext = bytes_of(data, len);
        encrypt_by_openssl(EVP_sm4_ecb(), plaintext, expected);
        CHECK_OK(sm4_ecb_encrypt(&sm4, plaintext, actual, &err));
        CHECK_BYTES(bytes_of(actual, len), bytes_of(expected, len));
        CHECK_OK(sm4_ecb_decrypt(&sm4, bytes_of(actual, len), back, &err));
        CHECK_BYTES(bytes_of(back, len), plaintext);
        encrypt_by_openssl(EVP_sm4_cbc(), plaintext, expected);
        CHECK_OK(sm4_cbc_encrypt_blocks(&sm4, iv, plaintext, actual, &err));
        CHECK_BYTES(bytes_of(actual, len), bytes_of(expected, len));
        CHECK_OK(sm4_cbc_decrypt_blocks(&sm4, iv, bytes_of(actual, len), back, &err));
        CHECK_BYTES(bytes_of(back, len), plaintext);
    }
}

TEST(parts_of_blocks_are_refused_without_padding)
{
    Error err = {0};
    Sm4 sm4;
    uint8_t data[DATA_SIZE] = {0}, ret[DATA_SIZE];
    sm4_init(&sm4, key);
    for (size_t len = 1; len < 40; len++) {
        if (len % SM4_BLOCK_SIZE != 0) {
            Bytes part = bytes_of(data, len);
            CHECK_FAILS_WITH(sm4_ecb_encrypt(&sm4, part, ret, &err), ERROR_INPUT, "sm4.length");
            CHECK_FAILS(sm4_ecb_decrypt(&sm4, part, ret, &err), ERROR_INPUT);
            CHECK_FAILS(sm4_cbc_encrypt_blocks(&sm4, iv, part, ret, &err), ERROR_INPUT);
            CHECK_FAILS(sm4_cbc_decrypt_blocks(&sm4, iv, part, ret, &err), ERROR_INPUT);
        }
    }
}

// Covers: GB/T 17964-2021 7, 8.
TEST(feedback_modes_of_any_length_are_those_of_openssl)
{
    Sm4 sm4;
    uint8_t data[DATA_SIZE], expected[DATA_SIZE], actual[DATA_SIZE], back[DATA_SIZE];
    sm4_init(&sm4, key);
    fill_data(data);
    for (size_t len = 0; len <= DATA_SIZE; len += 3) {
        Bytes plaintext = bytes_of(data, len);
        encrypt_by_openssl(EVP_sm4_cfb128(), plaintext, expected);
        sm4_cfb_encrypt(&sm4, iv, plaintext, actual);
        CHECK_BYTES(bytes_of(actual, len), bytes_of(expected, len));
        sm4_cfb_decrypt(&sm4, iv, bytes_of(actual, len), back);
        CHECK_BYTES(bytes_of(back, len), plaintext);
        encrypt_by_openssl(EVP_sm4_ofb(), plaintext, expected);
        sm4_ofb(&sm4, iv, plaintext, actual);
        CHECK_BYTES(bytes_of(actual, len), bytes_of(expected, len));
        sm4_ofb(&sm4, iv, bytes_of(actual, len), back);
        CHECK_BYTES(bytes_of(back, len), plaintext);
    }
}
