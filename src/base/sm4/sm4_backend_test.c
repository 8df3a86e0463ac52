// SPDX-License-Identifier: Apache-2.0
#include "base/sm4/sm4_backend.h"

#include <string.h>

#include "base/test/test.h"

enum { BLOCKS = 150, LARGE_BLOCKS = 400 };

static void fill_noise(void *ret, size_t len, uint32_t seed)
{
    uint8_t *bytes = ret;
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(seed >> 24);
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

// Source: GB/T 32907-2016 6.2.1.
TEST(portable_s_box_is_the_one_of_the_standard)
{
    Bytes s_box = test_hex(
        "d690e9fecce13db716b614c228fb2c052b679a762abe04c3aa44132649860699"
        "9c4250f491ef987a33540b43edcfac62e4b31ca9c908e89580df94fa758f3fa6"
        "4707a7fcf37317ba83593c19e6854fa8686b81b27164da8bf8eb0f4b70569d35"
        "1e240e5e6358d1a225227c3b01217887d40046579fd327524c3602e7a0c4c89e"
        "eabf8ad240c738b5a3f7f2cef96115a1e0ae5da49b341a55ad933230f58cb1e3"
        "1df6e22e8266ca60c02923ab0d534e6fd5db3745defd8e2f03ff6a726d6c5b51"
        "8d1baf92bbddbc7f11d95c411f105ad80ac13188a5cd7bbd2d74d012b8e5b4b0"
        "8969974a0c96777e65b9f109c56ec68418f07dec3adc4d2079ee5f3ed7cb3948");
    for (uint32_t value = 0; value < 256; value++) {
        uint32_t word = value << 24 | (value ^ 1) << 16 | (value ^ 2) << 8 | (255 - value);
        uint32_t expected = (uint32_t)s_box.data[value] << 24 |
                            (uint32_t)s_box.data[value ^ 1] << 16 |
                            (uint32_t)s_box.data[value ^ 2] << 8 | s_box.data[255 - value];
        CHECK_INT(SM4_PORTABLE.substitute(word), expected);
    }
}

TEST(portable_backend_encrypts_a_block_the_same_at_every_place)
{
    uint32_t round_keys[32];
    uint8_t blocks[40 * 16], together[40 * 16], alone[16];
    fill_noise(round_keys, sizeof round_keys, 1);
    fill_noise(blocks, sizeof blocks, 2);
    SM4_PORTABLE.encrypt(round_keys, blocks, together, 40);
    for (size_t i = 0; i < 40; i++) {
        SM4_PORTABLE.encrypt(round_keys, &blocks[16 * i], alone, 1);
        CHECK_BYTES(BYTES_OF_ARRAY(alone), bytes_of(&together[16 * i], 16));
    }
}

// Vector: NIST SP 800-38D's GHASH, test case 2 of the GCM specification by McGrew and Viega.
static void check_ghash_vector(const Sm4Backend *backend)
{
    GhashKey key;
    uint64_t state[2] = {0, 0};
    uint8_t blocks[32] = {0};
    memcpy(blocks, test_hex("0388dace60b6a392f328c2b971b2fe78").data, 16);
    sm4_store_u64(&blocks[24], 128);
    backend->ghash_init(&key, test_hex("66e94bd4ef8a2c3b884cfa59ca342b2e").data);
    backend->ghash(&key, state, blocks, 2);
    CHECK(state[0] == 0xf38cbb1ad69223dc && state[1] == 0xc3457ae5b6b0f885);
}

TEST(portable_ghash_gives_the_vector_of_gcm)
{
    check_ghash_vector(&SM4_PORTABLE);
}

static void check_substitute(const Sm4Backend *other)
{
    for (uint32_t value = 0; value < 256; value++) {
        uint32_t word = value << 24 | (value ^ 0x55) << 16 | (value ^ 0xaa) << 8 | (255 - value);
        CHECK_INT(other->substitute(word), SM4_PORTABLE.substitute(word));
    }
}

static void check_encrypt(const Sm4Backend *other, size_t count)
{
    uint32_t round_keys[32];
    uint8_t blocks[BLOCKS * 16], expected[BLOCKS * 16], actual[BLOCKS * 16];
    fill_noise(round_keys, sizeof round_keys, (uint32_t)count);
    fill_noise(blocks, sizeof blocks, (uint32_t)count + 100);
    memset(expected, 0xee, sizeof expected);
    memset(actual, 0xee, sizeof actual);
    SM4_PORTABLE.encrypt(round_keys, blocks, expected, count);
    other->encrypt(round_keys, blocks, actual, count);
    CHECK_BYTES(BYTES_OF_ARRAY(actual), BYTES_OF_ARRAY(expected));
    other->encrypt(round_keys, blocks, blocks, count);
    CHECK_BYTES(bytes_of(blocks, 16 * count), bytes_of(expected, 16 * count));
}

static void check_ghash(const Sm4Backend *other, size_t count)
{
    uint8_t h[16], blocks[LARGE_BLOCKS * 16];
    GhashKey key, other_key;
    fill_noise(h, sizeof h, (uint32_t)count + 7);
    fill_noise(blocks, sizeof blocks, (uint32_t)count);
    SM4_PORTABLE.ghash_init(&key, h);
    other->ghash_init(&other_key, h);
    uint64_t state[2] = {count, ~count}, other_state[2] = {count, ~count};
    SM4_PORTABLE.ghash(&key, state, blocks, count);
    other->ghash(&other_key, other_state, blocks, count);
    CHECK(memcmp(state, other_state, sizeof state) == 0);
}

// The counters are a block before each carry that there is, so that it comes at every place.
static void check_ctr(const Sm4Backend *other, size_t len)
{
    static const uint64_t counters[][2] = {
        {0x0123456789abcdef, 0},
        {0x0123456789abcdef, 0xfffffff0},
        {1, 0xfffffffffffffff0},
        {0xffffffff, 0xffffffffffffffc7},
        {UINT64_MAX, UINT64_MAX - 3},
        {5, 0xffffffbf},
        {5, 0xffffffc0},
        {5, 0x7ffffffe0},
        {UINT64_MAX, UINT64_MAX - 63},
    };
    static uint8_t data[BLOCKS * 16], stream[BLOCKS * 16], actual[BLOCKS * 16];
    uint32_t round_keys[32];
    fill_noise(round_keys, sizeof round_keys, 3);
    fill_noise(data, sizeof data, 5);
    for (size_t i = 0; i < COUNT_OF(counters); i++) {
        uint64_t high = counters[i][0], low = counters[i][1];
        for (size_t j = 0; j < sizeof stream; j += 16) {
            sm4_store_u64(&stream[j], high);
            sm4_store_u64(&stream[j + 8], low++);
            high += low == 0;
        }
        uint8_t counter[16];
        memcpy(counter, stream, sizeof counter);
        SM4_PORTABLE.encrypt(round_keys, stream, stream, (len + 15) / 16);
        memset(actual, 0xee, sizeof actual);
        sm4_ctr_with(other, round_keys, counter, bytes_of(data, len), actual);
        for (size_t j = 0; j < sizeof actual; j++) {
            CHECK_INT(actual[j], j < len ? data[j] ^ stream[j] : 0xee);
        }
    }
}

static void check_chain(const Sm4Backend *other, size_t count)
{
    Sm4 sm4;
    uint8_t chain[16], blocks[BLOCKS * 16], expected[BLOCKS * 16];
    fill_noise(&sm4, sizeof sm4, (uint32_t)count + 9);
    fill_noise(blocks, sizeof blocks, (uint32_t)count + 10);
    memcpy(chain, blocks, sizeof chain);
    for (size_t i = 0; i < count; i++) {
        sm4_add(chain, chain, &blocks[16 * i], 16);
        SM4_PORTABLE.encrypt(sm4.round_keys, chain, chain, 1);
        memcpy(&expected[16 * i], chain, sizeof chain);
    }
    uint8_t mac[16], other_chain[16];
    memcpy(mac, blocks, sizeof mac);
    memcpy(other_chain, blocks, sizeof mac);
    sm4_chain_with(other, &sm4, mac, bytes_of(blocks, 16 * count), NULL);
    sm4_chain_with(other, &sm4, other_chain, bytes_of(blocks, 16 * count), blocks);
    CHECK_BYTES(BYTES_OF_ARRAY(mac), BYTES_OF_ARRAY(chain));
    CHECK_BYTES(BYTES_OF_ARRAY(other_chain), BYTES_OF_ARRAY(chain));
    CHECK_BYTES(bytes_of(blocks, 16 * count), bytes_of(expected, 16 * count));
}

static void check_agreement(const Sm4Backend *other, const char *missing)
{
    if (other == NULL) {
        test_skip(missing);
    }
    check_substitute(other);
    check_ghash_vector(other);
    for (size_t count = 0; count <= BLOCKS; count += count < 70 ? 1 : 13) {
        check_encrypt(other, count);
        check_ghash(other, count);
    }
    for (size_t count = 0; count <= 9; count++) {
        check_chain(other, count);
    }
    check_ghash(other, LARGE_BLOCKS);
    for (size_t len = 1; len <= BLOCKS * 16; len += len < 40 ? 1 : 61) {
        check_ctr(other, len);
    }
}

TEST(aesni_backend_agrees_with_the_portable_one)
{
    check_agreement(sm4_backend_aesni(), "this CPU has no AES-NI");
}

TEST(avx512_backend_agrees_with_the_portable_one)
{
    check_agreement(sm4_backend_avx512(), "this CPU has no AVX-512 with GFNI");
}
