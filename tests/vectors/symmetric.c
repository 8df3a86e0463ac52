// SPDX-License-Identifier: Apache-2.0
//
// SM3, HMAC, the KDF and SM4 in OpenSSL's modes at the lengths where blocks and lanes end.
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "generator.h"

static uint8_t pattern[1100];

static void fill_pattern(void)
{
    for (size_t i = 0; i < sizeof pattern; i++) {
        pattern[i] = (uint8_t)(i * 31 + 7 * (i >> 8));
    }
}

static void put_hash(Generator *generator, const char *function, Bytes key, Bytes message,
                     Bytes result)
{
    generator_begin(generator, function, "made");
    generator_put(generator, key);
    generator_put(generator, message);
    generator_put(generator, result);
    generator_end(generator);
}

static void put_kdf(Generator *generator, size_t len, Bytes z)
{
    uint8_t result[320];
    const uint8_t wanted[2] = {(uint8_t)(len >> 8), (uint8_t)len};
    for (size_t done = 0; done < len; done += ORACLE_SIZE) {
        uint8_t counter[4] = {0, 0, 0, (uint8_t)(done / ORACLE_SIZE + 1)};
        const Bytes parts[] = {z, BYTES_OF_ARRAY(counter)};
        oracle_sm3(parts, COUNT_OF(parts), &result[done]);
    }
    put_hash(generator, "kdf", BYTES_OF_ARRAY(wanted), z, bytes_of(result, len));
}

void generate_sm3_cases(Generator *generator)
{
    static const size_t lengths[] = {0,   1,   31,  32,  54,  55,  56,  57,  62,  63,  64,  65,
                                     118, 119, 120, 121, 127, 128, 129, 183, 184, 255, 256, 1000};
    static const size_t key_lengths[] = {0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 200};
    static const size_t kdf_lengths[] = {1, 16, 31, 32, 33, 63, 64, 65, 255, 256, 257, 320};
    uint8_t digest[ORACLE_SIZE];
    fill_pattern();
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        Bytes message = bytes_of(pattern, lengths[i]);
        oracle_sm3(&message, 1, digest);
        put_hash(generator, "digest", BYTES_EMPTY, message, BYTES_OF_ARRAY(digest));
    }
    for (size_t i = 0; i < COUNT_OF(key_lengths); i++) {
        Bytes message = bytes_of(&pattern[5], lengths[2 * i]);
        HMAC(EVP_sm3(), pattern, (int)key_lengths[i], message.data, message.len, digest, NULL);
        put_hash(generator, "hmac", bytes_of(pattern, key_lengths[i]), message,
                 BYTES_OF_ARRAY(digest));
    }
    for (size_t i = 0; i < COUNT_OF(kdf_lengths); i++) {
        put_kdf(generator, kdf_lengths[i], bytes_of(&pattern[i], 64));
    }
}

static void put_cipher(Generator *generator, const char *mode, const EVP_CIPHER *cipher,
                       const uint8_t iv[16], Bytes plaintext)
{
    uint8_t result[sizeof pattern + 32];
    int len = 0, rest = 0;
    uint8_t key[16];
    memcpy(key, &pattern[plaintext.len % 97], sizeof key);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    EVP_EncryptInit_ex(context, cipher, NULL, key, iv);
    EVP_EncryptUpdate(context, result, &len, plaintext.data, (int)plaintext.len);
    EVP_EncryptFinal_ex(context, &result[len], &rest);
    EVP_CIPHER_CTX_free(context);
    generator_begin(generator, mode, "made");
    generator_put(generator, BYTES_OF_ARRAY(key));
    generator_put(generator, bytes_of(iv, 16));
    generator_put(generator, plaintext);
    generator_put(generator, bytes_of(result, (size_t)(len + rest)));
    generator_end(generator);
}

void generate_sm4_cases(Generator *generator)
{
    static const size_t lengths[] = {1,   15,  16,  17,  31,  32,  63,  64,   65,   127, 128,
                                     129, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025};
    // Counters that carry through their words.
    static const uint8_t ivs[][16] = {
        {0},
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff},
        {0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe},
        {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xf0},
        {0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff},
    };
    fill_pattern();
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        Bytes plaintext = bytes_of(&pattern[i], lengths[i]);
        put_cipher(generator, "cbc", EVP_sm4_cbc(), ivs[i % COUNT_OF(ivs)], plaintext);
        for (size_t j = 0; j < COUNT_OF(ivs); j++) {
            bool wanted = lengths[i] > 256 || j == i % COUNT_OF(ivs);
            if (wanted) {
                put_cipher(generator, "ctr", EVP_sm4_ctr(), ivs[j], plaintext);
            }
        }
    }
}
