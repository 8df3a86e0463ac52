// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/sm3.h"

#include <string.h>

#include "base/crypto/secret.h"

enum { SM3_LENGTH_SIZE = 8 };

// T_j rotated left by j. Source: GB/T 32905-2016 4.2, 5.3.3.
static const uint32_t round_constants[64] = {
    0x79cc4519, 0xf3988a32, 0xe7311465, 0xce6228cb, 0x9cc45197, 0x3988a32f, 0x7311465e, 0xe6228cbc,
    0xcc451979, 0x988a32f3, 0x311465e7, 0x6228cbce, 0xc451979c, 0x88a32f39, 0x11465e73, 0x228cbce6,
    0x9d8a7a87, 0x3b14f50f, 0x7629ea1e, 0xec53d43c, 0xd8a7a879, 0xb14f50f3, 0x629ea1e7, 0xc53d43ce,
    0x8a7a879d, 0x14f50f3b, 0x29ea1e76, 0x53d43cec, 0xa7a879d8, 0x4f50f3b1, 0x9ea1e762, 0x3d43cec5,
    0x7a879d8a, 0xf50f3b14, 0xea1e7629, 0xd43cec53, 0xa879d8a7, 0x50f3b14f, 0xa1e7629e, 0x43cec53d,
    0x879d8a7a, 0x0f3b14f5, 0x1e7629ea, 0x3cec53d4, 0x79d8a7a8, 0xf3b14f50, 0xe7629ea1, 0xcec53d43,
    0x9d8a7a87, 0x3b14f50f, 0x7629ea1e, 0xec53d43c, 0xd8a7a879, 0xb14f50f3, 0x629ea1e7, 0xc53d43ce,
    0x8a7a879d, 0x14f50f3b, 0x29ea1e76, 0x53d43cec, 0xa7a879d8, 0x4f50f3b1, 0x9ea1e762, 0x3d43cec5,
};

static inline uint32_t rotl(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

static inline uint32_t p0(uint32_t x)
{
    return x ^ rotl(x, 9) ^ rotl(x, 17);
}

static inline uint32_t p1(uint32_t x)
{
    return x ^ rotl(x, 15) ^ rotl(x, 23);
}

static inline uint32_t load_u32_be(const uint8_t *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return __builtin_bswap32(value);
}

static inline void store_u32_be(uint8_t *bytes, uint32_t value)
{
    value = __builtin_bswap32(value);
    memcpy(bytes, &value, sizeof value);
}

#define XOR3(x, y, z) ((x) ^ (y) ^ (z))
#define MAJORITY(x, y, z) (((x) & (y)) | ((z) & ((x) | (y))))
#define CHOICE(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))

// One round in place: instead of moving the eight registers, the next round names them rotated. `w`
// holds the last 16 words of the expanded block, and word j + 4 takes the place of word j - 12.
// Every round is spelled out with constant indices, which doubles the speed under gcc.
// Source: GB/T 32905-2016 5.3.2, 5.3.3.
#define ROUND(a, b, c, d, e, f, g, h, j, ff, gg)                                           \
    do {                                                                                   \
        if ((j) >= 12) {                                                                   \
            w[((j) + 4) & 15] =                                                            \
                p1(w[((j) + 4) & 15] ^ w[((j) + 11) & 15] ^ rotl(w[((j) + 1) & 15], 15)) ^ \
                rotl(w[((j) + 7) & 15], 7) ^ w[((j) + 14) & 15];                           \
        }                                                                                  \
        uint32_t a12 = rotl(a, 12);                                                        \
        uint32_t ss1 = rotl(a12 + (e) + round_constants[j], 7);                            \
        (d) += ff(a, b, c) + (ss1 ^ a12) + (w[(j)&15] ^ w[((j) + 4) & 15]);                \
        (h) += gg(e, f, g) + ss1 + w[(j)&15];                                              \
        (b) = rotl(b, 9);                                                                  \
        (f) = rotl(f, 19);                                                                 \
        (h) = p0(h);                                                                       \
    } while (0)

#define FOUR_ROUNDS(j, ff, gg)                          \
    do {                                                \
        ROUND(a, b, c, d, e, f, g, h, j, ff, gg);       \
        ROUND(d, a, b, c, h, e, f, g, (j) + 1, ff, gg); \
        ROUND(c, d, a, b, g, h, e, f, (j) + 2, ff, gg); \
        ROUND(b, c, d, a, f, g, h, e, (j) + 3, ff, gg); \
    } while (0)

static void compress(uint32_t state[8], const uint8_t block[SM3_BLOCK_SIZE])
{
    uint32_t w[16];
    for (size_t j = 0; j < 16; j++) {
        w[j] = load_u32_be(&block[4 * j]);
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    FOUR_ROUNDS(0, XOR3, XOR3);
    FOUR_ROUNDS(4, XOR3, XOR3);
    FOUR_ROUNDS(8, XOR3, XOR3);
    FOUR_ROUNDS(12, XOR3, XOR3);
    FOUR_ROUNDS(16, MAJORITY, CHOICE);
    FOUR_ROUNDS(20, MAJORITY, CHOICE);
    FOUR_ROUNDS(24, MAJORITY, CHOICE);
    FOUR_ROUNDS(28, MAJORITY, CHOICE);
    FOUR_ROUNDS(32, MAJORITY, CHOICE);
    FOUR_ROUNDS(36, MAJORITY, CHOICE);
    FOUR_ROUNDS(40, MAJORITY, CHOICE);
    FOUR_ROUNDS(44, MAJORITY, CHOICE);
    FOUR_ROUNDS(48, MAJORITY, CHOICE);
    FOUR_ROUNDS(52, MAJORITY, CHOICE);
    FOUR_ROUNDS(56, MAJORITY, CHOICE);
    FOUR_ROUNDS(60, MAJORITY, CHOICE);
    state[0] ^= a;
    state[1] ^= b;
    state[2] ^= c;
    state[3] ^= d;
    state[4] ^= e;
    state[5] ^= f;
    state[6] ^= g;
    state[7] ^= h;
}

// Source: GB/T 32905-2016 4.1.
void sm3_start(Sm3 *sm3)
{
    *sm3 = (Sm3){.state = {0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa,
                           0xe38dee4d, 0xb0fb0e4e}};
}

void sm3_update(Sm3 *sm3, Bytes data)
{
    if (data.len == 0) {
        return;
    }
    size_t held = sm3->total_bytes % SM3_BLOCK_SIZE;
    sm3->total_bytes += data.len;
    if (held > 0) {
        size_t room = SM3_BLOCK_SIZE - held;
        size_t taken = data.len < room ? data.len : room;
        memcpy(&sm3->block[held], data.data, taken);
        if (taken < room) {
            return;
        }
        compress(sm3->state, sm3->block);
        data = bytes_from(data, taken);
    }
    size_t whole = data.len - data.len % SM3_BLOCK_SIZE;
    for (size_t i = 0; i < whole; i += SM3_BLOCK_SIZE) {
        compress(sm3->state, &data.data[i]);
    }
    if (data.len > whole) {
        memcpy(sm3->block, &data.data[whole], data.len - whole);
    }
}

// Source: GB/T 32905-2016 5.2.
void sm3_finish(Sm3 *sm3, Sm3Digest *ret)
{
    size_t held = sm3->total_bytes % SM3_BLOCK_SIZE;
    uint64_t total_bits = sm3->total_bytes * 8;
    sm3->block[held++] = 0x80;
    if (held > SM3_BLOCK_SIZE - SM3_LENGTH_SIZE) {
        memset(&sm3->block[held], 0, SM3_BLOCK_SIZE - held);
        compress(sm3->state, sm3->block);
        held = 0;
    }
    memset(&sm3->block[held], 0, SM3_BLOCK_SIZE - SM3_LENGTH_SIZE - held);
    store_u32_be(&sm3->block[SM3_BLOCK_SIZE - 8], (uint32_t)(total_bits >> 32));
    store_u32_be(&sm3->block[SM3_BLOCK_SIZE - 4], (uint32_t)total_bits);
    compress(sm3->state, sm3->block);
    for (size_t i = 0; i < 8; i++) {
        store_u32_be(&ret->bytes[4 * i], sm3->state[i]);
    }
    secret_wipe(sm3, sizeof *sm3);
}

Sm3Digest sm3_digest(Bytes message)
{
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    sm3_update(&sm3, message);
    sm3_finish(&sm3, &digest);
    return digest;
}

Bytes sm3_bytes(const Sm3Digest *digest)
{
    return BYTES_OF_ARRAY(digest->bytes);
}

bool sm3_digest_equal(const Sm3Digest *a, const Sm3Digest *b)
{
    return secret_equal(sm3_bytes(a), sm3_bytes(b));
}

static void start_padded(Sm3 *sm3, const uint8_t key_block[SM3_BLOCK_SIZE], uint8_t pad)
{
    uint8_t padded[SM3_BLOCK_SIZE];
    for (size_t i = 0; i < sizeof padded; i++) {
        padded[i] = key_block[i] ^ pad;
    }
    sm3_start(sm3);
    sm3_update(sm3, BYTES_OF_ARRAY(padded));
    secret_wipe(padded, sizeof padded);
}

void sm3_hmac_start(Sm3Hmac *hmac, Bytes key)
{
    uint8_t key_block[SM3_BLOCK_SIZE] = {0};
    if (key.len > SM3_BLOCK_SIZE) {
        Sm3Digest hashed = sm3_digest(key);
        memcpy(key_block, hashed.bytes, sizeof hashed.bytes);
        secret_wipe(&hashed, sizeof hashed);
    } else if (key.len > 0) {
        memcpy(key_block, key.data, key.len);
    }
    start_padded(&hmac->inner, key_block, 0x36);
    start_padded(&hmac->outer, key_block, 0x5c);
    secret_wipe(key_block, sizeof key_block);
}

void sm3_hmac_update(Sm3Hmac *hmac, Bytes data)
{
    sm3_update(&hmac->inner, data);
}

void sm3_hmac_finish(Sm3Hmac *hmac, Sm3Digest *ret)
{
    Sm3Digest inner;
    sm3_finish(&hmac->inner, &inner);
    sm3_update(&hmac->outer, sm3_bytes(&inner));
    sm3_finish(&hmac->outer, ret);
    secret_wipe(&inner, sizeof inner);
}

Sm3Digest sm3_hmac(Bytes key, Bytes message)
{
    Sm3Hmac hmac;
    Sm3Digest digest;
    sm3_hmac_start(&hmac, key);
    sm3_hmac_update(&hmac, message);
    sm3_hmac_finish(&hmac, &digest);
    return digest;
}

void sm3_kdf(Bytes z, uint8_t *ret, size_t ret_len)
{
    Sm3 after_z;
    sm3_start(&after_z);
    sm3_update(&after_z, z);
    uint32_t counter = 0;
    for (size_t done = 0; done < ret_len; done += SM3_SIZE) {
        uint8_t encoded[4];
        store_u32_be(encoded, ++counter);
        Sm3 sm3 = after_z;
        sm3_update(&sm3, BYTES_OF_ARRAY(encoded));
        Sm3Digest digest;
        sm3_finish(&sm3, &digest);
        size_t left = ret_len - done;
        memcpy(&ret[done], digest.bytes, left < SM3_SIZE ? left : SM3_SIZE);
        secret_wipe(&digest, sizeof digest);
    }
    secret_wipe(&after_z, sizeof after_z);
}
