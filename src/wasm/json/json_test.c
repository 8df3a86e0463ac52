// SPDX-License-Identifier: Apache-2.0
//
// Everything here is compared with jansson itself.
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/test/test.h"
#include "wasm/json/real.h"
#include "wasm/json/trial_fixture.h"

TRIAL_DEFINE(trial_of_jansson)

static void trial_free(Trial *trial)
{
    writer_free(&trial->canonical);
    writer_free(&trial->order);
}

static void compare(Bytes text)
{
    CLEANUP(trial_free) Trial theirs = trial_of_jansson(text);
    CLEANUP(trial_free) Trial ours = trial_of_own(text);
    bool same = ours.is_taken == theirs.is_taken && ours.line == theirs.line &&
                ours.column == theirs.column && strcmp(ours.failure, theirs.failure) == 0 &&
                ours.is_written == theirs.is_written &&
                bytes_equal(writer_bytes(&ours.canonical), writer_bytes(&theirs.canonical)) &&
                bytes_equal(writer_bytes(&ours.order), writer_bytes(&theirs.order));
    if (!same) {
        test_fail(__FILE__, __LINE__, "%.*s\nours: %s %d:%d %.*s\ntheirs: %s %d:%d %.*s",
                  (int)text.len, (const char *)text.data, ours.failure, ours.line, ours.column,
                  (int)ours.canonical.len, (const char *)ours.canonical.data, theirs.failure,
                  theirs.line, theirs.column, (int)theirs.canonical.len,
                  (const char *)theirs.canonical.data);
    }
}

static const char *const documents[] = {
    "",
    " ",
    "{",
    "[",
    "{}",
    "[]",
    "[[]]",
    "{\"a\":[1,-2,{\"b\":null}],\"c\":true,\"d\":false}",
    "[0,-0,1,9223372036854775807,-9223372036854775808]",
    "[9223372036854775808]",
    "[-9223372036854775809]",
    "[01]",
    "[-]",
    "[-a]",
    "[1.]",
    "[1.5]",
    "[1e5]",
    "[1E+5,1e-5]",
    "[1e]",
    "[1e+]",
    "[.5]",
    "[1.0,0.1,-0.0,1e20,1e16,123456789012345678.0]",
    "[1e400]",
    "[-1e400]",
    "[1e-400]",
    "[4.9e-324,2.4703282292062327e-324,2.4703282292062328e-324]",
    "[1.7976931348623157e308]",
    "[1.7976931348623158e308]",
    "[1.7976931348623159e308]",
    "[0.000001,0.0001,0.00001,123e-7]",
    "\"text\"",
    "1",
    "true",
    "[true false]",
    "[tru]",
    "[nul]",
    "{\"a\" 1}",
    "{\"a\":1,}",
    "{,}",
    "{1:2}",
    "[1,]",
    "[,1]",
    "[1 2]",
    "{\"a\":1 \"b\"}",
    "{\"a\":1,\"a\":2}",
    "{\"b\":1,\"a\":2,\"\":3}",
    "{\"\\u0000\":1}",
    "[\"\\u0000\"]",
    "[\"\\u4f60\\ud83d\\ude00\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
    "[\"\\ud83d\"]",
    "[\"\\ud83d\\u0041\"]",
    "[\"\\ude00\"]",
    "[\"\\u12g4\"]",
    "[\"\\x\"]",
    "[\"\x01\"]",
    "[\"\n\"]",
    "[\"\x7f/\"]",
    "[\"\\u001f\\u007f\\u0080\\uffff\"]",
    "[\"你好\"]",
    "[\"\xc0\x80\"]",
    "[\"\xed\xa0\x80\"]",
    "[\"\xf4\x90\x80\x80\"]",
    "[\"\xe4\xbd",
    "你",
    "[你]",
    "[\n\n 1,\n  x]",
    "[1]\n\n 2",
    "\xef\xbb\xbf[]",
    "[\"a\nb\"]",
    "{\"a\":\n1\n\n}}",
    "[\"\\u00e9\",1]x",
    "{\"a\":\"\xff\"}",
    "[1,2,\"abc\"",
    "{\"key\":\"value\",\"list\":[1,2.5,\"\\u00e9\"],\"deep\":{\"x\":{\"y\":[[]]}}}",
};

TEST(documents_are_taken_and_refused_as_jansson_does)
{
    for (size_t i = 0; i < COUNT_OF(documents); i++) {
        compare(bytes_of_text(documents[i]));
    }
    compare(BYTES_LITERAL("[1\0]"));
    compare(BYTES_LITERAL("[\"a\0b\"]"));
    compare(BYTES_LITERAL("[1\0\0]"));
    compare(BYTES_LITERAL("[tr\0ue]"));
    compare(BYTES_LITERAL("\0[]"));
    compare(BYTES_LITERAL("[] \0"));
    compare(BYTES_LITERAL("[-\0]"));
    compare(BYTES_LITERAL("[1.\0]"));
    compare(BYTES_LITERAL("[1.5e\0,"));
}

TEST(every_truncation_is_judged_as_jansson_does)
{
    for (size_t i = 0; i < COUNT_OF(documents); i++) {
        Bytes text = bytes_of_text(documents[i]);
        for (size_t len = 0; len < text.len; len++) {
            compare(bytes_slice(text, 0, len));
        }
    }
}

static uint64_t chance(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static const char alphabet[] = "{}[]:,\"\\ubfnrt0123456789.eE+-aA \n\t\x80\xc3\xa9\xe4\xbd\xa0/x";

TEST(damaged_documents_are_judged_as_jansson_does)
{
    uint64_t state = 0x9e3779b97f4a7c15;
    for (size_t round = 0; round < 300000; round++) {
        char text[256];
        size_t len = strlen(documents[round % COUNT_OF(documents)]);
        memcpy(text, documents[round % COUNT_OF(documents)], len);
        for (uint64_t hits = chance(&state) % 4 + 1; hits > 0 && len > 0; hits--) {
            size_t at = chance(&state) % len;
            char c = alphabet[chance(&state) % sizeof alphabet];
            if (chance(&state) % 3 == 0 && len < sizeof text) {
                memmove(&text[at + 1], &text[at], len - at);
                len++;
            }
            text[at] = c;
        }
        compare(bytes_of(text, len));
    }
}

TEST(random_texts_of_tokens_are_judged_as_jansson_does)
{
    uint64_t state = 42;
    for (size_t round = 0; round < 300000; round++) {
        char text[24] = "[";
        size_t len = chance(&state) % (sizeof text - 1) + 1;
        for (size_t i = 1; i < len; i++) {
            text[i] = alphabet[chance(&state) % sizeof alphabet];
        }
        text[0] = chance(&state) % 4 == 0 ? '{' : '[';
        compare(bytes_of(text, len));
    }
}

TEST(nesting_ends_where_that_of_jansson_does)
{
    for (size_t depth = 2046; depth < 2051; depth++) {
        CLEANUP(writer_free) Writer text = writer_new(8192);
        writer_put_repeated(&text, '[', depth);
        compare(writer_bytes(&text));
        writer_put_repeated(&text, ']', depth);
        compare(writer_bytes(&text));
    }
}

TEST(many_keys_are_found_and_sorted)
{
    for (unsigned step = 1; step < 40000; step = step * 7 + 1) {
        CLEANUP(writer_free) Writer text = writer_new(1 << 20);
        for (unsigned i = 0; i < 10000; i++) {
            writer_format(&text, "%c\"%u\":%u", i == 0 ? '{' : ',', i * step % 10007, i);
        }
        writer_put_text(&text, "}");
        compare(writer_bytes(&text));
    }
}

// jansson's way with a real: base/codec relies on it when it writes one.
static void compare_real(double value)
{
    char theirs[64], ours[REAL_TEXT_SIZE];
    snprintf(theirs, sizeof theirs, "[%.17g]", value);
    compare(bytes_of_text(theirs));
    real_to_text(value, ours);
    double back;
    CHECK(real_parse(bytes_of_text(ours), &back));
    CHECK(memcmp(&back, &value, sizeof back) == 0);
}

TEST(reals_of_all_sizes_are_written_and_read_as_the_c_library_does)
{
    uint64_t state = 7;
    for (unsigned i = 0; i < 30000; i++) {
        uint64_t bits = chance(&state);
        // Every fourth one is small in the exponent or in the mantissa.
        bits &= i % 8 == 3 ? UINT64_C(0x801fffffffffffff) : UINT64_MAX;
        bits &= i % 8 == 7 ? UINT64_C(0xfff0000000000007) : UINT64_MAX;
        double value;
        memcpy(&value, &bits, sizeof value);
        if ((bits >> 52 & 0x7ff) != 0x7ff) {
            compare_real(value);
        }
    }
}

TEST(decimals_of_any_length_are_rounded_as_strtod_does)
{
    uint64_t state = 11;
    for (unsigned i = 0; i < 20000; i++) {
        char text[1300];
        size_t len = chance(&state) % (i % 16 == 0 ? 1200 : 40) + 1;
        size_t point = chance(&state) % (len + 1), at = 0;
        for (size_t k = 0; k < len; k++) {
            text[at++] = (char)('0' + (i % 4 == 1 && k > 3 ? 0 : chance(&state) % 10));
            if (k == point && k + 1 < len) {
                text[at++] = '.';
            }
        }
        snprintf(&text[at], sizeof text - at, "e%d", (int)(chance(&state) % 700) - 350);
        double theirs = strtod(text, NULL), ours = 0;
        bool fits = real_parse(bytes_of_text(text), &ours);
        CHECK_INT(fits, theirs <= 1.7976931348623157e308);
        CHECK(!fits || memcmp(&ours, &theirs, sizeof ours) == 0);
    }
}

// Between two doubles, and a digit beside it far behind.
TEST(halves_are_rounded_to_even_and_the_last_of_many_digits_decides)
{
    static const char *const halves[] = {
        "9007199254740993",
        "9007199254740995",
        "1.00000000000000011102230246251565404236316680908203125",
        "4.4501477170144023e-308",
    };
    for (size_t i = 0; i < COUNT_OF(halves); i++) {
        for (unsigned zeros = 0; zeros < 900; zeros += 300) {
            CLEANUP(writer_free) Writer text = writer_new(4096);
            bool has_point = strchr(halves[i], '.') != NULL;
            size_t len = strcspn(halves[i], "e");
            writer_put(&text, bytes_of(halves[i], len));
            writer_put_text(&text, has_point ? "" : ".");
            writer_put_repeated(&text, '0', zeros);
            writer_put_text(&text, zeros > 0 ? "1" : "0");
            writer_format(&text, "%s", &halves[i][len]);
            writer_put_u8(&text, 0);
            double theirs = strtod((const char *)text.data, NULL), ours = 0;
            CHECK(real_parse(bytes_slice(writer_bytes(&text), 0, text.len - 1), &ours));
            CHECK(memcmp(&ours, &theirs, sizeof ours) == 0);
        }
    }
}
