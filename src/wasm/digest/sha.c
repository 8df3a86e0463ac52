// SPDX-License-Identifier: Apache-2.0
#include "wasm/digest/sha.h"

#include <string.h>

enum { BLOCK_SIZE = 64, LENGTH_SIZE = 8, STATE_WORDS = 8, SHA1_WORDS = 5 };

// Hash one block into the state.
typedef void (*Compress)(uint32_t state[STATE_WORDS], const uint8_t block[BLOCK_SIZE]);

static uint32_t rotate_left(uint32_t word, unsigned bits)
{
    return word << bits | word >> (32 - bits);
}

static uint32_t rotate_right(uint32_t word, unsigned bits)
{
    return word >> bits | word << (32 - bits);
}

static uint32_t choose(uint32_t x, uint32_t y, uint32_t z)
{
    return (x & y) ^ (~x & z);
}

static uint32_t majority(uint32_t x, uint32_t y, uint32_t z)
{
    return (x & y) ^ (x & z) ^ (y & z);
}

static void load_block(uint32_t *words, const uint8_t block[BLOCK_SIZE])
{
    Reader reader = reader_of(bytes_of(block, BLOCK_SIZE));
    for (size_t i = 0; i < BLOCK_SIZE / 4; i++) {
        words[i] = reader_u32_be(&reader);
    }
}

static uint32_t sha1_function(size_t round, uint32_t x, uint32_t y, uint32_t z)
{
    return round / 20 == 0 ? choose(x, y, z) : round / 20 == 2 ? majority(x, y, z) : x ^ y ^ z;
}

static void sha1_compress(uint32_t state[STATE_WORDS], const uint8_t block[BLOCK_SIZE])
{
    static const uint32_t constants[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    uint32_t w[80], v[SHA1_WORDS];
    load_block(w, block);
    for (size_t t = 16; t < COUNT_OF(w); t++) {
        w[t] = rotate_left(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    }
    memcpy(v, state, sizeof v);
    for (size_t t = 0; t < COUNT_OF(w); t++) {
        uint32_t next = rotate_left(v[0], 5) + sha1_function(t, v[1], v[2], v[3]) + v[4] +
                        constants[t / 20] + w[t];
        memmove(&v[1], v, 4 * sizeof v[0]);
        v[0] = next;
        v[2] = rotate_left(v[2], 30);
    }
    for (size_t i = 0; i < SHA1_WORDS; i++) {
        state[i] += v[i];
    }
}

static void sha256_compress(uint32_t state[STATE_WORDS], const uint8_t block[BLOCK_SIZE])
{
    static const uint32_t constants[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
        0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
        0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
        0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
        0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
        0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
        0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
        0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
        0xc67178f2};
    uint32_t w[64], v[STATE_WORDS];
    load_block(w, block);
    for (size_t t = 16; t < COUNT_OF(w); t++) {
        uint32_t a = w[t - 2], b = w[t - 15];
        w[t] = (rotate_right(a, 17) ^ rotate_right(a, 19) ^ a >> 10) + w[t - 7] +
               (rotate_right(b, 7) ^ rotate_right(b, 18) ^ b >> 3) + w[t - 16];
    }
    memcpy(v, state, sizeof v);
    for (size_t t = 0; t < COUNT_OF(w); t++) {
        uint32_t e = v[4], a = v[0];
        uint32_t first = v[7] + (rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25)) +
                         choose(e, v[5], v[6]) + constants[t] + w[t];
        uint32_t second = (rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22)) +
                          majority(a, v[1], v[2]);
        memmove(&v[1], v, 7 * sizeof v[0]);
        v[4] += first;
        v[0] = first + second;
    }
    for (size_t i = 0; i < STATE_WORDS; i++) {
        state[i] += v[i];
    }
}

// Both hash blocks of 64 bytes, padded with one bit, zeros and the length in bits.
// Source: FIPS 180-4 5.1.1.
static void hash(Compress compress, uint32_t state[STATE_WORDS], Bytes message)
{
    uint8_t last[2 * BLOCK_SIZE] = {0};
    size_t whole = message.len / BLOCK_SIZE * BLOCK_SIZE, left = message.len - whole;
    for (size_t at = 0; at < whole; at += BLOCK_SIZE) {
        compress(state, &message.data[at]);
    }
    if (left > 0) {
        memcpy(last, &message.data[whole], left);
    }
    last[left] = 0x80;
    size_t size = left + 1 + LENGTH_SIZE <= BLOCK_SIZE ? BLOCK_SIZE : 2 * BLOCK_SIZE;
    for (size_t i = 0; i < LENGTH_SIZE; i++) {
        last[size - 1 - i] = (uint8_t)((uint64_t)message.len * 8 >> (8 * i));
    }
    for (size_t at = 0; at < size; at += BLOCK_SIZE) {
        compress(state, &last[at]);
    }
}

static void store(const uint32_t *state, size_t count, uint8_t *ret)
{
    for (size_t i = 0; i < 4 * count; i++) {
        ret[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
    }
}

void sha1_compute(Bytes message, uint8_t ret[SHA1_SIZE])
{
    uint32_t state[STATE_WORDS] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    hash(sha1_compress, state, message);
    store(state, SHA1_WORDS, ret);
}

void sha256_compute(Bytes message, uint8_t ret[SHA256_SIZE])
{
    uint32_t state[STATE_WORDS] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    hash(sha256_compress, state, message);
    store(state, STATE_WORDS, ret);
}
