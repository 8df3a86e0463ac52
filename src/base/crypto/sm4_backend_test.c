// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/sm4_backend.h"

#include <string.h>

#include "base/test/test.h"

enum { BLOCKS = 21 };

static void fill_noise(uint8_t *ret, size_t len, uint32_t seed)
{
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525 + 1013904223;
        ret[i] = (uint8_t)(seed >> 24);
    }
}

TEST(portable_backend_gives_the_vector_of_the_standard)
{
    Sm4 sm4;
    Bytes key = test_hex("0123456789ABCDEFFEDCBA9876543210");
    sm4_init(&sm4, key.data);
    uint8_t block[SM4_BLOCK_SIZE];
    SM4_PORTABLE.encrypt(sm4.round_keys, key.data, block, 1);
    CHECK_BYTES(BYTES_OF_ARRAY(block), test_hex("681EDF34D206965E86B3E94F536E4246"));
}

TEST(backends_agree)
{
    const Sm4Backend *other = sm4_backend_x86();
    if (other == NULL) {
        test_skip("this CPU has no AES-NI");
    }
    for (uint32_t value = 0; value < 256; value++) {
        uint32_t word = value << 24 | (value ^ 0x55) << 16 | (value ^ 0xaa) << 8 | (255 - value);
        CHECK_INT(other->substitute(word), SM4_PORTABLE.substitute(word));
    }
    uint32_t round_keys[32];
    uint8_t blocks[BLOCKS * 16], expected[BLOCKS * 16], actual[BLOCKS * 16];
    for (size_t count = 0; count <= BLOCKS; count++) {
        fill_noise((uint8_t *)round_keys, sizeof round_keys, (uint32_t)count);
        fill_noise(blocks, sizeof blocks, (uint32_t)count + 100);
        memset(expected, 0xee, sizeof expected);
        memset(actual, 0xee, sizeof actual);
        SM4_PORTABLE.encrypt(round_keys, blocks, expected, count);
        other->encrypt(round_keys, blocks, actual, count);
        CHECK_BYTES(BYTES_OF_ARRAY(actual), BYTES_OF_ARRAY(expected));
        uint64_t h[2] = {sm4_load_u64(blocks), sm4_load_u64(&blocks[8])};
        uint64_t state[2] = {count, ~count}, other_state[2] = {count, ~count};
        SM4_PORTABLE.ghash(h, state, expected, count);
        other->ghash(h, other_state, expected, count);
        CHECK(memcmp(state, other_state, sizeof state) == 0);
    }
}
