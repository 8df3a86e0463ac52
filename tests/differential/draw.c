// SPDX-License-Identifier: Apache-2.0
#include "draw.h"

#include <openssl/bn.h>
#include <string.h>

// Source: splitmix64, Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014.
uint64_t draw_u64(Draw *draw)
{
    uint64_t z = draw->state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

Draw draw_start(uint64_t seed, uint64_t number)
{
    Draw draw = {seed};
    draw.state = draw_u64(&draw) ^ number;
    draw.state = draw_u64(&draw);
    return draw;
}

size_t draw_below(Draw *draw, size_t bound)
{
    return (size_t)(draw_u64(draw) % bound);
}

void draw_bytes(Draw *draw, uint8_t *ret, size_t len)
{
    for (size_t i = 0; i < len; i += 8) {
        uint64_t word = draw_u64(draw);
        memcpy(&ret[i], &word, len - i < 8 ? len - i : 8);
    }
}

size_t draw_length(Draw *draw, size_t max)
{
    size_t len;
    switch (draw_below(draw, 4)) {
    case 0:
        len = draw_below(draw, 70);
        break;
    case 1:
        len = 16 * draw_below(draw, max / 16 + 1) + draw_below(draw, 3) + max - 1;
        len %= max + 1;
        break;
    default:
        len = draw_below(draw, max + 1);
    }
    return len < max ? len : max;
}

static const char *const anchors[] = {
    "0",
    "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF",
    "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123",
    "7FFFFFFF7FFFFFFFFFFFFFFFFFFFFFFFB901EFB590E30295A9DDFA049CEAA091",
    "10000000000000000",
    "100000000000000000000000000000000",
    "1000000000000000000000000000000000000000000000000",
    "100000000000000000000000000000000000000000000000000000000",
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
    "1000000010000000000000000000000000000000000000001",
    "8000000000000000000000000000000000000000000000000000000000000000",
};

// One of the anchors give or take a little.
static void draw_anchored(Draw *draw, uint8_t ret[32])
{
    BIGNUM *number = NULL;
    BN_hex2bn(&number, anchors[draw_below(draw, COUNT_OF(anchors))]);
    uint64_t distance = draw_below(draw, 2) == 0 ? draw_below(draw, 4) : draw_below(draw, 1 << 17);
    if (draw_below(draw, 2) == 0) {
        BN_add_word(number, distance);
    } else {
        BN_sub_word(number, distance);
    }
    // 2^256 and above, and what is below 0, lose their excess.
    BN_set_negative(number, 0);
    BN_mask_bits(number, 256);
    BN_bn2binpad(number, ret, 32);
    BN_free(number);
}

// Limbs of 64, 52 or 29 bits that are all zeros, all ones, one bit, or any.
static void draw_limbs(Draw *draw, uint8_t ret[32])
{
    static const int sizes[] = {64, 52, 29, 32};
    int size = sizes[draw_below(draw, COUNT_OF(sizes))];
    memset(ret, 0, 32);
    uint64_t limb = 0;
    for (int bit = 0; bit < 256; bit++) {
        if (bit % size == 0) {
            const uint64_t choices[] = {0, UINT64_MAX, (uint64_t)1 << draw_below(draw, 64),
                                        UINT64_MAX - 1, draw_u64(draw)};
            limb = choices[draw_below(draw, COUNT_OF(choices))];
        }
        ret[31 - bit / 8] |= (uint8_t)((limb >> bit % size & 1) << bit % 8);
    }
}

static void draw_sparse(Draw *draw, uint8_t ret[32])
{
    memset(ret, draw_below(draw, 2) == 0 ? 0 : 0xff, 32);
    for (size_t i = draw_below(draw, 6); i > 0; i--) {
        size_t bit = draw_below(draw, 256);
        ret[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
}

void draw_number(Draw *draw, uint8_t ret[32])
{
    switch (draw_below(draw, 6)) {
    case 0:
        draw_anchored(draw, ret);
        break;
    case 1:
        draw_limbs(draw, ret);
        break;
    case 2:
        draw_sparse(draw, ret);
        break;
    default:
        draw_bytes(draw, ret, 32);
    }
}

void draw_scalar(Draw *draw, uint8_t ret[32])
{
    draw_number(draw, ret);
    BIGNUM *number = BN_bin2bn(ret, 32, NULL), *order = NULL;
    BN_hex2bn(&order, anchors[2]);
    if (BN_cmp(number, order) >= 0) {
        BN_sub(number, number, order);
    }
    BN_bn2binpad(number, ret, 32);
    BN_free(number), BN_free(order);
}

size_t draw_damage(Draw *draw, uint8_t *bytes, size_t len)
{
    static const uint8_t edges[] = {0, 1, 2, 4, 0x20, 0x21, 0x30, 0x7f, 0x80, 0x81, 0xff};
    if (len == 0) {
        return 0;
    }
    size_t at = draw_below(draw, draw_below(draw, 2) == 0 && len > 6 ? 6 : len);
    switch (draw_below(draw, 4)) {
    case 0:
        bytes[at] ^= (uint8_t)(1U << draw_below(draw, 8));
        return len;
    case 1:
        bytes[at] = edges[draw_below(draw, sizeof edges)];
        return len;
    case 2:
        memmove(&bytes[at], &bytes[at + 1], len - at - 1);
        return len - 1;
    default:
        memmove(&bytes[at + 1], &bytes[at], len - at);
        bytes[at] = edges[draw_below(draw, sizeof edges)];
        return len + 1;
    }
}
