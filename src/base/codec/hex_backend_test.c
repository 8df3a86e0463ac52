// SPDX-License-Identifier: Apache-2.0
#include "base/codec/hex_backend.h"

#include <string.h>

#include "base/test/test.h"

enum { BYTES_MAX = 150, TEXT_MAX = 2 * BYTES_MAX, CHECK_LEN = 67, GUARD = 0xee };

// The other backend; leaves the test when the CPU has none.
static const HexBackend *other_backend(void)
{
    const HexBackend *other = hex_backend_avx2();
    if (other == NULL) {
        test_skip("this CPU has no AVX2");
    }
    return other;
}

static void fill_noise(uint8_t *ret, size_t len, uint32_t seed)
{
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525 + 1013904223;
        ret[i] = (uint8_t)(seed >> 24);
    }
}

typedef struct {
    uint8_t expected[TEXT_MAX + 40];
    uint8_t actual[TEXT_MAX + 40];
} Outputs;

static void guard(Outputs *outputs)
{
    memset(outputs, GUARD, sizeof *outputs);
}

// Equal, and nothing written behind `len`.
static void check_outputs(const Outputs *outputs, size_t len)
{
    CHECK_BYTES(bytes_of(outputs->actual, sizeof outputs->actual),
                bytes_of(outputs->expected, sizeof outputs->expected));
    CHECK_INT(outputs->actual[len], GUARD);
}

TEST(hex_backends_agree_for_every_length)
{
    const HexBackend *other = other_backend();
    uint8_t bytes[BYTES_MAX], text[TEXT_MAX];
    for (size_t len = 0; len <= BYTES_MAX; len++) {
        Outputs outputs;
        fill_noise(bytes, sizeof bytes, (uint32_t)len);
        guard(&outputs);
        HEX_PORTABLE.hex_encode(bytes, len, outputs.expected);
        other->hex_encode(bytes, len, outputs.actual);
        check_outputs(&outputs, 2 * len);
        memcpy(text, outputs.expected, 2 * len);
        for (size_t i = 0; i < 2 * len; i += 3) {
            text[i] = (uint8_t)(text[i] >= 'a' ? text[i] - 'a' + 'A' : text[i]);
        }
        CHECK(other->hex_check(text, 2 * len));
        guard(&outputs);
        HEX_PORTABLE.hex_decode(text, len, outputs.expected);
        other->hex_decode(text, len, outputs.actual);
        check_outputs(&outputs, len);
        CHECK_BYTES(bytes_of(outputs.actual, len), bytes_of(bytes, len));
    }
}

TEST(base64_backends_agree_for_every_length)
{
    const HexBackend *other = other_backend();
    uint8_t bytes[BYTES_MAX], text[TEXT_MAX];
    for (size_t groups = 0; groups <= BYTES_MAX / 3; groups++) {
        Outputs outputs;
        fill_noise(bytes, sizeof bytes, (uint32_t)groups);
        guard(&outputs);
        HEX_PORTABLE.base64_encode(bytes, groups, outputs.expected);
        other->base64_encode(bytes, groups, outputs.actual);
        check_outputs(&outputs, 4 * groups);
        memcpy(text, outputs.expected, 4 * groups);
        CHECK(other->base64_check(text, 4 * groups));
        guard(&outputs);
        HEX_PORTABLE.base64_decode(text, groups, outputs.expected);
        other->base64_decode(text, groups, outputs.actual);
        check_outputs(&outputs, 3 * groups);
        CHECK_BYTES(bytes_of(outputs.actual, 3 * groups), bytes_of(bytes, 3 * groups));
    }
}

TEST(every_digit_value_is_the_same_in_every_place_of_a_vector)
{
    const HexBackend *other = other_backend();
    for (uint8_t shift = 0; shift < 64; shift++) {
        uint8_t bytes[48], actual[96], expected[96], back[48];
        for (size_t i = 0; i < sizeof bytes; i += 3) {
            uint32_t group = 0;
            for (size_t j = 0; j < 4; j++) {
                group = group << 6 | ((shift + i / 3 * 4 + j) & 63);
            }
            bytes[i] = (uint8_t)(group >> 16);
            bytes[i + 1] = (uint8_t)(group >> 8);
            bytes[i + 2] = (uint8_t)group;
        }
        HEX_PORTABLE.base64_encode(bytes, 16, expected);
        other->base64_encode(bytes, 16, actual);
        CHECK_BYTES(bytes_of(actual, 64), bytes_of(expected, 64));
        other->base64_decode(actual, 16, back);
        CHECK_BYTES(BYTES_OF_ARRAY(back), BYTES_OF_ARRAY(bytes));
        HEX_PORTABLE.hex_encode(bytes, sizeof bytes, expected);
        other->hex_encode(bytes, sizeof bytes, actual);
        CHECK_BYTES(BYTES_OF_ARRAY(actual), BYTES_OF_ARRAY(expected));
    }
}

TEST(every_character_is_judged_the_same_in_every_place)
{
    const HexBackend *other = other_backend();
    uint8_t text[CHECK_LEN];
    memset(text, 'A', sizeof text);
    for (size_t place = 0; place < sizeof text; place++) {
        for (int c = 0; c < 256; c++) {
            text[place] = (uint8_t)c;
            CHECK_INT(other->base64_check(text, sizeof text),
                      HEX_PORTABLE.base64_check(text, sizeof text));
            CHECK_INT(other->hex_check(text, sizeof text),
                      HEX_PORTABLE.hex_check(text, sizeof text));
        }
        text[place] = 'A';
    }
}
