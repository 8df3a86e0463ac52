// SPDX-License-Identifier: Apache-2.0
//
// Digits one by one. No digit is looked up in a table by a value that may be secret: keys travel
// as base64 too.
#include "base/codec/hex_backend.h"

// below(a, b) is 1 when a < b, for values under 2^31.
static uint32_t below(uint32_t a, uint32_t b)
{
    return (a - b) >> 31;
}

// `value` when first <= c <= last, else 0.
static uint32_t in_range(uint32_t c, uint32_t first, uint32_t last, uint32_t value)
{
    return value & (0U - ((1U - below(c, first)) & (1U - below(last, c))));
}

static uint8_t hex_digit(uint32_t value)
{
    return (uint8_t)('0' + value + in_range(value, 10, 15, 'a' - '0' - 10));
}

// The value of a hexadecimal digit plus 1, or 0.
static uint32_t hex_value_plus_1(uint8_t c)
{
    return in_range(c, '0', '9', c - '0' + 1U) | in_range(c, 'a', 'f', c - 'a' + 11U) |
           in_range(c, 'A', 'F', c - 'A' + 11U);
}

static void portable_hex_encode(const uint8_t *bytes, size_t len, uint8_t *ret)
{
    for (size_t i = 0; i < len; i++) {
        ret[2 * i] = hex_digit(bytes[i] >> 4);
        ret[2 * i + 1] = hex_digit(bytes[i] & 15);
    }
}

static bool portable_hex_check(const uint8_t *text, size_t len)
{
    uint32_t bad = 0;
    for (size_t i = 0; i < len; i++) {
        bad |= hex_value_plus_1(text[i]) - 1;
    }
    return bad >> 31 == 0;
}

static void portable_hex_decode(const uint8_t *text, size_t ret_len, uint8_t *ret)
{
    for (size_t i = 0; i < ret_len; i++) {
        uint32_t high = hex_value_plus_1(text[2 * i]) - 1;
        uint32_t low = hex_value_plus_1(text[2 * i + 1]) - 1;
        ret[i] = (uint8_t)(high << 4 | low);
    }
}

static uint8_t base64_digit(uint32_t value)
{
    return (uint8_t)(in_range(value, 0, 25, value + 'A') |
                     in_range(value, 26, 51, value - 26 + 'a') |
                     in_range(value, 52, 61, value - 52 + '0') | in_range(value, 62, 62, '+') |
                     in_range(value, 63, 63, '/'));
}

// The value of a base64 digit plus 1, or 0.
static uint32_t base64_value_plus_1(uint8_t c)
{
    return in_range(c, 'A', 'Z', c - 'A' + 1U) | in_range(c, 'a', 'z', c - 'a' + 27U) |
           in_range(c, '0', '9', c - '0' + 53U) | in_range(c, '+', '+', 63) |
           in_range(c, '/', '/', 64);
}

static void portable_base64_encode(const uint8_t *bytes, size_t groups, uint8_t *ret)
{
    for (size_t i = 0; i < groups; i++) {
        uint32_t group = (uint32_t)bytes[3 * i] << 16 | (uint32_t)bytes[3 * i + 1] << 8 |
                         (uint32_t)bytes[3 * i + 2];
        ret[4 * i] = base64_digit(group >> 18);
        ret[4 * i + 1] = base64_digit(group >> 12 & 63);
        ret[4 * i + 2] = base64_digit(group >> 6 & 63);
        ret[4 * i + 3] = base64_digit(group & 63);
    }
}

static bool portable_base64_check(const uint8_t *text, size_t len)
{
    uint32_t bad = 0;
    for (size_t i = 0; i < len; i++) {
        bad |= base64_value_plus_1(text[i]) - 1;
    }
    return bad >> 31 == 0;
}

static void portable_base64_decode(const uint8_t *text, size_t groups, uint8_t *ret)
{
    for (size_t i = 0; i < groups; i++) {
        uint32_t group = 0;
        for (size_t j = 0; j < 4; j++) {
            group = group << 6 | (base64_value_plus_1(text[4 * i + j]) - 1);
        }
        ret[3 * i] = (uint8_t)(group >> 16);
        ret[3 * i + 1] = (uint8_t)(group >> 8);
        ret[3 * i + 2] = (uint8_t)group;
    }
}

const HexBackend HEX_PORTABLE = {
    portable_hex_encode,    portable_hex_check,    portable_hex_decode,
    portable_base64_encode, portable_base64_check, portable_base64_decode,
};
