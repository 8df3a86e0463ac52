// SPDX-License-Identifier: Apache-2.0
#include "base/codec/hex.h"

#include <string.h>

// No digit is looked up in a table by a value that may be secret: keys travel as base64 too.
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

static uint8_t hex_digit(uint8_t value)
{
    return (uint8_t)('0' + value + in_range(value, 10, 15, 'a' - '0' - 10));
}

// The value of a hexadecimal digit plus 1, or 0.
static uint32_t hex_value_plus_1(uint8_t c)
{
    return in_range(c, '0', '9', c - '0' + 1U) | in_range(c, 'a', 'f', c - 'a' + 11U) |
           in_range(c, 'A', 'F', c - 'A' + 11U);
}

void hex_encode(Bytes bytes, Writer *ret)
{
    for (size_t i = 0; i < bytes.len; i++) {
        writer_put_u8(ret, hex_digit(bytes.data[i] >> 4));
        writer_put_u8(ret, hex_digit(bytes.data[i] & 15));
    }
}

char *hex_text(Arena *arena, Bytes bytes)
{
    if (bytes.len > SIZE_MAX / 2 - 1) {
        return NULL;
    }
    char *text = arena_alloc(arena, 2 * bytes.len + 1);
    for (size_t i = 0; text != NULL && i < bytes.len; i++) {
        text[2 * i] = (char)hex_digit(bytes.data[i] >> 4);
        text[2 * i + 1] = (char)hex_digit(bytes.data[i] & 15);
    }
    return text;
}

static bool check_written(const Writer *writer, Error *err)
{
    return !writer->failed ||
           error_set(err, ERROR_LIMIT, "codec.limit", NULL, "decoded bytes exceed their limit");
}

bool hex_decode(Bytes text, Writer *ret, Error *err)
{
    bool valid = text.len % 2 == 0;
    for (size_t i = 0; i < text.len; i++) {
        valid &= hex_value_plus_1(text.data[i]) != 0;
    }
    if (!valid) {
        return error_set(err, ERROR_INPUT, "hex.malformed", "RFC 4648 8",
                         "%zu characters are not whole hexadecimal bytes", text.len);
    }
    for (size_t i = 0; i < text.len; i += 2) {
        uint32_t high = hex_value_plus_1(text.data[i]) - 1;
        uint32_t low = hex_value_plus_1(text.data[i + 1]) - 1;
        writer_put_u8(ret, (uint8_t)(high << 4 | low));
    }
    return check_written(ret, err);
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

// Encode the 1 to 3 bytes from `offset` on as 4 characters.
static void base64_encode_group(Bytes bytes, size_t offset, char ret[4])
{
    size_t left = bytes.len - offset;
    uint32_t group = (uint32_t)bytes.data[offset] << 16;
    group |= left > 1 ? (uint32_t)bytes.data[offset + 1] << 8 : 0;
    group |= left > 2 ? (uint32_t)bytes.data[offset + 2] : 0;
    ret[0] = (char)base64_digit(group >> 18);
    ret[1] = (char)base64_digit(group >> 12 & 63);
    ret[2] = left > 1 ? (char)base64_digit(group >> 6 & 63) : '=';
    ret[3] = left > 2 ? (char)base64_digit(group & 63) : '=';
}

void base64_encode(Bytes bytes, Writer *ret)
{
    for (size_t i = 0; i < bytes.len; i += 3) {
        char group[4];
        base64_encode_group(bytes, i, group);
        writer_put(ret, bytes_of(group, sizeof group));
    }
}

char *base64_text(Arena *arena, Bytes bytes)
{
    if (bytes.len > SIZE_MAX / 2) {
        return NULL;
    }
    char *text = arena_alloc(arena, (bytes.len + 2) / 3 * 4 + 1);
    for (size_t i = 0; text != NULL && i < bytes.len; i += 3) {
        char group[4];
        base64_encode_group(bytes, i, group);
        memcpy(&text[i / 3 * 4], group, sizeof group);
    }
    return text;
}

// Decode one valid group of 4 characters, of which the last may be padding; returns 1 to 3.
static size_t base64_decode_group(Bytes text, size_t offset, uint8_t ret[3])
{
    uint32_t group = 0;
    size_t digits = 0;
    for (size_t i = 0; i < 4; i++) {
        uint32_t value_plus_1 = base64_value_plus_1(text.data[offset + i]);
        digits += value_plus_1 != 0;
        group = group << 6 | (value_plus_1 == 0 ? 0 : value_plus_1 - 1);
    }
    ret[0] = (uint8_t)(group >> 16);
    ret[1] = (uint8_t)(group >> 8);
    ret[2] = (uint8_t)group;
    return digits - 1;
}

static bool base64_check(Bytes text, Error *err)
{
    size_t padding = 0;
    while (padding < 2 && padding < text.len && text.data[text.len - 1 - padding] == '=') {
        padding++;
    }
    bool valid = text.len % 4 == 0;
    for (size_t i = 0; i + padding < text.len; i++) {
        valid &= base64_value_plus_1(text.data[i]) != 0;
    }
    if (valid && padding > 0) {
        // Bits of the last digit that no byte uses: 2 with one padding character, 4 with two.
        uint32_t last = base64_value_plus_1(text.data[text.len - 1 - padding]) - 1;
        valid = (last & (padding == 1 ? 3U : 15U)) == 0;
    }
    return valid || error_set(err, ERROR_INPUT, "base64.malformed", "RFC 4648 4",
                              "%zu characters are not strict base64", text.len);
}

bool base64_decode(Bytes text, Writer *ret, Error *err)
{
    if (!base64_check(text, err)) {
        return false;
    }
    for (size_t i = 0; i < text.len; i += 4) {
        uint8_t group[3];
        size_t len = base64_decode_group(text, i, group);
        writer_put(ret, bytes_of(group, len));
    }
    return check_written(ret, err);
}

bool base64_decode_arena(Arena *arena, Bytes text, Bytes *ret, Error *err)
{
    if (!base64_check(text, err)) {
        return false;
    }
    uint8_t *decoded = arena_alloc(arena, text.len / 4 * 3 + 1);
    if (decoded == NULL) {
        return error_memory(err);
    }
    size_t len = 0;
    for (size_t i = 0; i < text.len; i += 4) {
        uint8_t group[3];
        size_t group_len = base64_decode_group(text, i, group);
        memcpy(&decoded[len], group, group_len);
        len += group_len;
    }
    *ret = bytes_of(decoded, len);
    return true;
}
