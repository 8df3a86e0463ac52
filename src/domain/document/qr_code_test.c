// SPDX-License-Identifier: Apache-2.0
//
// The examples are the standard's own; the whole square is read back by zbarimg where it is there.
#include "domain/document/qr_code.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/core/attributes.h"
#include "base/test/test.h"
#include "domain/document/qr_correction.h"

enum { PIXELS = 4 };

// Source: ISO/IEC 18004 Annex I, symbol 1-M of "01234567".
TEST(correction_codewords_are_those_of_the_standards_example)
{
    static const uint8_t data[] = {0x10, 0x20, 0x0c, 0x56, 0x61, 0x80, 0xec, 0x11,
                                   0xec, 0x11, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11};
    static const uint8_t expected[] = {0xa5, 0x24, 0xd4, 0xc1, 0xed, 0x36, 0xc7, 0x87, 0x2c, 0x55};
    uint8_t found[sizeof expected];
    qr_correction(BYTES_OF_ARRAY(data), sizeof found, found);
    CHECK_BYTES(BYTES_OF_ARRAY(found), BYTES_OF_ARRAY(expected));
}

static QrCode encode(Arena *arena, size_t len)
{
    Error err = {0};
    QrCode code = {0};
    char *content = arena_alloc(arena, len + 1);
    for (size_t i = 0; i < len; i++) {
        content[i] = (char)('!' + i * 7 % 90);
    }
    CHECK_OK(qr_code_encode(arena, bytes_of(content, len), &code, &err));
    return code;
}

// Capacity in byte mode at level M. Source: ISO/IEC 18004 table 7.
TEST(each_version_holds_what_the_standard_says_and_no_more)
{
    static const struct {
        int version;
        size_t capacity;
    } rows[] = {{1, 14},   {2, 26},   {6, 106},   {7, 122},   {9, 180},  {10, 213},
                {14, 362}, {20, 666}, {27, 1125}, {32, 1538}, {40, 2331}};
    Error err = {0};
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        QrCode code = encode(arena, rows[i].capacity);
        CHECK_INT(code.version, rows[i].version);
        CHECK_INT(code.size, 17 + 4 * rows[i].version);
        if (rows[i].version < QR_VERSION_MAX) {
            CHECK_INT(encode(arena, rows[i].capacity + 1).version, rows[i].version + 1);
        }
    }
    uint8_t *long_content = arena_alloc(arena, QR_CONTENT_MAX + 1);
    QrCode code;
    CHECK_FAILS_WITH(qr_code_encode(arena, bytes_of(long_content, QR_CONTENT_MAX + 1), &code, &err),
                     ERROR_LIMIT, "qr_code.too_long");
    arena_free(arena);
}

static unsigned read_format(const QrCode *code)
{
    unsigned bits = 0;
    for (int i = 14; i >= 0; i--) {
        int row = i < 6 ? i : i < 8 ? i + 1 : 8, column = i < 8 ? 8 : i == 8 ? 7 : 14 - i;
        bits = bits << 1 | (qr_code_is_dark(code, row, column) ? 1 : 0);
    }
    return bits;
}

// Source: ISO/IEC 18004 tables C.1 (level M is 00) and D.1.
TEST(format_and_version_information_are_those_of_the_standards_tables)
{
    static const unsigned formats[8] = {0x5412, 0x5125, 0x5e7c, 0x5b4b,
                                        0x45f9, 0x40ce, 0x4f97, 0x4aa0};
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t len = 1; len < 40; len++) {
        QrCode code = encode(arena, len);
        CHECK_INT(read_format(&code), formats[code.mask]);
    }
    QrCode code = encode(arena, 122);
    unsigned version = 0;
    for (int i = 17; i >= 0; i--) {
        version = version << 1 | (qr_code_is_dark(&code, i / 3, code.size - 11 + i % 3) ? 1 : 0);
    }
    CHECK_INT(version, 0x07c94);
    arena_free(arena);
}

TEST(the_same_content_gives_the_same_square_and_another_content_another)
{
    Error err = {0};
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    QrCode a, b, c;
    CHECK_OK(qr_code_encode(arena, BYTES_LITERAL("report 1"), &a, &err));
    CHECK_OK(qr_code_encode(arena, BYTES_LITERAL("report 1"), &b, &err));
    CHECK_OK(qr_code_encode(arena, BYTES_LITERAL("report 2"), &c, &err));
    size_t len = (size_t)(a.size * a.size);
    CHECK_BYTES(bytes_of(a.modules, len), bytes_of(b.modules, len));
    CHECK(memcmp(a.modules, c.modules, len) != 0);
    arena_free(arena);
}

static void write_picture(const QrCode *code, const char *path)
{
    FILE *file = fopen(path, "wb");
    int size = (code->size + 2 * QR_QUIET_ZONE) * PIXELS;
    CHECK(file != NULL);
    fprintf(file, "P5 %d %d 255\n", size, size);
    for (int y = 0; y < size; y++) {
        for (int x = 0; x < size; x++) {
            int row = y / PIXELS - QR_QUIET_ZONE, column = x / PIXELS - QR_QUIET_ZONE;
            bool is_inside = row >= 0 && row < code->size && column >= 0 && column < code->size;
            fputc(is_inside && qr_code_is_dark(code, row, column) ? 0 : 255, file);
        }
    }
    CHECK_INT(fclose(file), 0);
}

TEST(an_independent_reader_reads_every_version_back)
{
    if (system("command -v zbarimg >/dev/null 2>&1") != 0) {
        test_skip("zbarimg is not installed");
    }
    static const size_t lengths[] = {5,   20,  40,  60,  80,   100,  115,  150, 170,
                                     200, 250, 300, 500, 1000, 1500, 1900, 2331};
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        char path[512], command[1200], content[QR_CONTENT_MAX + 2] = "";
        QrCode code = encode(arena, lengths[i]);
        snprintf(path, sizeof path, "%s/code.pgm", test_directory());
        write_picture(&code, path);
        snprintf(command, sizeof command, "zbarimg -q --raw '%s' 2>/dev/null", path);
        FILE *pipe = popen(command, "r");
        CHECK(pipe != NULL);
        size_t len = fread(content, 1, sizeof content - 1, pipe);
        CHECK_INT(pclose(pipe), 0);
        CHECK_INT(len, lengths[i] + 1);
        for (size_t k = 0; k < lengths[i]; k++) {
            CHECK_INT(content[k], '!' + (int)(k * 7 % 90));
        }
    }
    arena_free(arena);
}
