// SPDX-License-Identifier: Apache-2.0
#include <openssl/evp.h>
#include <string.h>

#include "base/sm4/sm4_backend.h"
#include "base/test/test.h"

enum { MAX_SIZE = 5000, LONG_AAD = 70000 };

static const uint8_t vector_key[16] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                                       0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10};
static const uint8_t nonce[12] = {0, 0, 0x12, 0x34, 0x56, 0x78, 0, 0, 0, 0, 0xab, 0xcd};

static const uint8_t *noise(void)
{
    static uint8_t bytes[LONG_AAD];
    uint32_t state = 4711;
    for (size_t i = 0; i < sizeof bytes; i++) {
        state = state * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(state >> 24);
    }
    return bytes;
}

// SM4-CTR by libcrypto; zero bytes give the key stream.
static void openssl_ctr(const uint8_t counter[16], Bytes data, uint8_t *ret)
{
    int len = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    CHECK(EVP_EncryptInit_ex(context, EVP_sm4_ctr(), NULL, vector_key, counter) == 1);
    CHECK(EVP_EncryptUpdate(context, ret, &len, data.data, (int)data.len) == 1);
    EVP_CIPHER_CTX_free(context);
}

// Multiplication as NIST SP 800-38D 6.3 writes it, bit by bit.
static void multiply(uint8_t x[16], const uint8_t y[16])
{
    uint8_t z[16] = {0}, v[16];
    memcpy(v, y, sizeof v);
    for (size_t i = 0; i < 128; i++) {
        uint8_t bit = x[i / 8] >> (7 - i % 8) & 1;
        uint8_t out = v[15] & 1;
        for (size_t j = 0; j < 16; j++) {
            z[j] ^= bit != 0 ? v[j] : 0;
        }
        for (size_t j = 15; j > 0; j--) {
            v[j] = (uint8_t)(v[j] >> 1 | v[j - 1] << 7);
        }
        v[0] = (uint8_t)(v[0] >> 1 ^ (out != 0 ? 0xe1 : 0));
    }
    memcpy(x, z, sizeof z);
}

static void hash(uint8_t state[16], const uint8_t h[16], Bytes data)
{
    for (size_t i = 0; i < data.len; i++) {
        state[i % 16] ^= data.data[i];
        if (i % 16 == 15 || i + 1 == data.len) {
            multiply(state, h);
        }
    }
}

// GCM by libcrypto's counter mode and the multiplication above.
static void reference(Bytes aad, Bytes plaintext, uint8_t *ret, uint8_t tag[16])
{
    uint8_t counter[16] = {0}, h[16] = {0}, lens[16], zeros[16] = {0};
    openssl_ctr(counter, BYTES_OF_ARRAY(zeros), h);
    memcpy(counter, nonce, sizeof nonce);
    counter[15] = 2;
    if (plaintext.len > 0) {
        openssl_ctr(counter, plaintext, ret);
    }
    memset(tag, 0, 16);
    hash(tag, h, aad);
    hash(tag, h, bytes_of(ret, plaintext.len));
    sm4_store_u64(lens, (uint64_t)aad.len * 8);
    sm4_store_u64(&lens[8], (uint64_t)plaintext.len * 8);
    hash(tag, h, BYTES_OF_ARRAY(lens));
    counter[15] = 1;
    openssl_ctr(counter, bytes_of(tag, 16), tag);
}

// One message: encrypted as the reference does, decrypted beside it and in place.
static void check_message(const Sm4Backend *backend, Bytes aad, Bytes plaintext)
{
    static uint8_t expected[MAX_SIZE], actual[MAX_SIZE + 1];
    uint8_t expected_tag[16], tag[16];
    Sm4 sm4;
    sm4_init(&sm4, vector_key);
    reference(aad, plaintext, expected, expected_tag);
    memset(actual, 0xee, sizeof actual);
    sm4_gcm_run(backend, &(Sm4GcmMessage){&sm4, nonce, aad, plaintext, true}, actual, tag);
    CHECK_BYTES(bytes_of(actual, plaintext.len), bytes_of(expected, plaintext.len));
    CHECK_BYTES(BYTES_OF_ARRAY(tag), BYTES_OF_ARRAY(expected_tag));
    CHECK_INT(actual[plaintext.len], 0xee);
    memset(tag, 0, sizeof tag);
    Bytes sealed = bytes_of(actual, plaintext.len);
    sm4_gcm_run(backend, &(Sm4GcmMessage){&sm4, nonce, aad, sealed, false}, actual, tag);
    CHECK_BYTES(sealed, plaintext);
    CHECK_BYTES(BYTES_OF_ARRAY(tag), BYTES_OF_ARRAY(expected_tag));
    sm4_gcm_run(backend, &(Sm4GcmMessage){&sm4, nonce, aad, sealed, true}, actual, tag);
    CHECK_BYTES(sealed, bytes_of(expected, plaintext.len));
    CHECK_BYTES(BYTES_OF_ARRAY(tag), BYTES_OF_ARRAY(expected_tag));
    CHECK_INT(actual[plaintext.len], 0xee);
}

static void check_backend(const Sm4Backend *backend, const char *missing)
{
    static const size_t lens[] = {1200, 2047, 2048, 2049, 3072, 4096, 4097, 4999, 5000};
    if (backend == NULL) {
        test_skip(missing);
    }
    for (size_t len = 0; len <= 1100; len += len < 300 ? 1 : 37) {
        check_message(backend, bytes_of(noise(), len % 33), bytes_of(&noise()[len], len));
    }
    for (size_t i = 0; i < COUNT_OF(lens); i++) {
        check_message(backend, bytes_of(noise(), i), bytes_of(&noise()[i], lens[i]));
    }
    for (size_t aad_len = 0; aad_len <= 64; aad_len++) {
        check_message(backend, bytes_of(noise(), aad_len), BYTES_EMPTY);
        check_message(backend, bytes_of(noise(), aad_len), bytes_of(noise(), 40));
    }
    check_message(backend, bytes_of(noise(), LONG_AAD), bytes_of(noise(), 100));
}

// A bit that is flipped anywhere gives another tag, chunks of the fused path and their ends
// included.
static void check_flips(const Sm4Backend *backend)
{
    static uint8_t sealed[2100], opened[2100];
    Sm4 sm4;
    uint8_t tag[16], other[16];
    Bytes aad = BYTES_LITERAL("aad"), data = BYTES_OF_ARRAY(sealed);
    sm4_init(&sm4, vector_key);
    memcpy(sealed, noise(), sizeof sealed);
    sm4_gcm_run(backend, &(Sm4GcmMessage){&sm4, nonce, aad, data, true}, sealed, tag);
    for (size_t bit = 0; bit < sizeof sealed * 8; bit += 1 + bit % 61) {
        sealed[bit / 8] ^= (uint8_t)(1U << bit % 8);
        sm4_gcm_run(backend, &(Sm4GcmMessage){&sm4, nonce, aad, data, false}, opened, other);
        CHECK(memcmp(tag, other, sizeof tag) != 0);
        sealed[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
}

// Covers: NIST SP 800-38D 7.1.
TEST(portable_gcm_agrees_with_the_reference_and_opens)
{
    check_backend(&SM4_PORTABLE, "");
    check_flips(&SM4_PORTABLE);
}

TEST(aesni_gcm_agrees_with_the_reference_and_opens)
{
    check_backend(sm4_backend_aesni(), "this CPU has no AES-NI with AVX2");
    check_flips(sm4_backend_aesni());
}

TEST(avx512_gcm_agrees_with_the_reference_and_opens)
{
    check_backend(sm4_backend_avx512(), "this CPU has no AVX-512 with GFNI");
    check_flips(sm4_backend_avx512());
}

TEST(gcm_with_a_wrong_tag_gives_zeros_instead_of_a_plaintext)
{
    static const uint8_t zeros[1100];
    uint8_t sealed[1100], opened[1100], tag[16];
    Sm4 sm4;
    sm4_init(&sm4, vector_key);
    for (size_t len = 1; len <= sizeof sealed; len += 157) {
        sm4_gcm_encrypt(&sm4, nonce, BYTES_EMPTY, bytes_of(noise(), len), sealed, tag);
        for (size_t bit = 0; bit < 128; bit++) {
            memset(opened, 0xee, sizeof opened);
            tag[bit / 8] ^= (uint8_t)(1U << bit % 8);
            CHECK(!sm4_gcm_decrypt(&sm4, nonce, BYTES_EMPTY, bytes_of(sealed, len), tag, opened));
            CHECK_BYTES(bytes_of(opened, len), bytes_of(zeros, len));
            tag[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        CHECK(sm4_gcm_decrypt(&sm4, nonce, BYTES_EMPTY, bytes_of(sealed, len), tag, opened));
        CHECK_BYTES(bytes_of(opened, len), bytes_of(noise(), len));
    }
}
