// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/test/test.h"
#include "domain/document/seal_picture.h"

enum { PIXELS = 180, WIDTH = 450, ROW = 3 * WIDTH + 1 };

static void draw(const Stroke *strokes, size_t count, uint8_t pixels[PIXELS * ROW])
{
    Error err = {0};
    SealPicture picture;
    uLongf len = PIXELS * ROW;
    CLEANUP(writer_free) Writer png = writer_new(1 << 20);
    CHECK_OK(seal_picture_draw_strokes(strokes, count, PIXELS, &png, &err));
    CHECK_OK(seal_picture_parse(writer_bytes(&png), &picture, &err));
    CHECK_INT(picture.width, WIDTH);
    CHECK_INT(picture.height, PIXELS);
    CHECK_INT(uncompress(pixels, &len, picture.idat.data, picture.idat.len), Z_OK);
    CHECK_INT(len, PIXELS * ROW);
}

static bool is_ink(const uint8_t *pixels, size_t x, size_t y)
{
    return pixels[y * ROW + 1 + 3 * x] < 128;
}

static size_t count_ink(const uint8_t *pixels)
{
    size_t count = 0;
    for (size_t i = 0; i < (size_t)PIXELS * WIDTH; i++) {
        count += is_ink(pixels, i % WIDTH, i / WIDTH) ? 1 : 0;
    }
    return count;
}

TEST(handwriting_is_a_picture_with_ink_where_the_pen_went)
{
    static uint8_t pixels[PIXELS * ROW];
    const StrokePoint across[] = {{0, 500}, {1000, 500}}, down[] = {{500, 0}, {500, 1000}};
    const Stroke strokes[] = {{across, 2}, {down, 2}};
    draw(strokes, 2, pixels);
    CHECK(is_ink(pixels, WIDTH / 2, PIXELS / 2));  // where they cross it stays filled
    CHECK(is_ink(pixels, 10, PIXELS / 2) && is_ink(pixels, WIDTH - 10, PIXELS / 2));
    CHECK(is_ink(pixels, WIDTH / 2, 10) && is_ink(pixels, WIDTH / 2, PIXELS - 10));
    CHECK(!is_ink(pixels, 10, 10) && !is_ink(pixels, WIDTH / 4, PIXELS / 4));
}

// The line is as wide with few points as with many, in whatever direction.
TEST(a_line_has_an_even_width)
{
    static uint8_t few[PIXELS * ROW], many[PIXELS * ROW];
    StrokePoint points[STROKE_POINTS_MAX];
    for (uint16_t i = 0; i < STROKE_POINTS_MAX; i++) {
        points[i] = (StrokePoint){(uint16_t)(i * 3), (uint16_t)(i * 3)};
    }
    const StrokePoint ends[] = {points[0], points[STROKE_POINTS_MAX - 1]};
    draw(&(Stroke){ends, 2}, 1, few);
    draw(&(Stroke){points, STROKE_POINTS_MAX}, 1, many);
    size_t thin = count_ink(few), wide = count_ink(many);
    CHECK(thin > 1500 && wide >= thin && wide - thin < thin / 5);
}

TEST(the_same_strokes_give_the_same_picture_and_the_corners_belong_to_the_box)
{
    static uint8_t first[PIXELS * ROW], second[PIXELS * ROW];
    const StrokePoint corners[] = {{0, 0}, {1000, 0}, {1000, 1000}, {0, 1000}, {0, 0}, {0, 0}};
    const Stroke strokes[] = {{corners, 6}, {corners, 1}, {corners, 0}};
    draw(strokes, 3, first);
    draw(strokes, 3, second);
    CHECK(memcmp(first, second, sizeof first) == 0);
    CHECK(is_ink(first, 8, 8) && is_ink(first, WIDTH - 9, PIXELS - 9));
}

TEST(the_bounds_of_handwriting_are_kept)
{
    static const StrokePoint points[STROKE_POINTS_MAX + 1];
    static const StrokePoint outside[] = {{0, 0}, {1001, 0}}, below[] = {{0, 0}, {0, 65535}};
    Stroke many[STROKES_MAX + 1];
    for (size_t i = 0; i < COUNT_OF(many); i++) {
        many[i] = (Stroke){points, STROKE_POINTS_MAX};
    }
    const struct {
        const Stroke *strokes;
        size_t count;
        uint32_t pixels;
        ErrorKind kind;
        const char *code;
    } cases[] = {
        {NULL, 0, PIXELS, ERROR_INPUT, "seal_picture.empty"},
        {&(Stroke){points, 1}, 1, PIXELS, ERROR_INPUT, "seal_picture.empty"},
        {&(Stroke){points, STROKE_POINTS_MAX + 1}, 1, PIXELS, ERROR_LIMIT, "seal_picture.too_many"},
        {many, STROKES_MAX + 1, PIXELS, ERROR_LIMIT, "seal_picture.too_many"},
        {&(Stroke){outside, 2}, 1, PIXELS, ERROR_INPUT, "seal_picture.range"},
        {&(Stroke){below, 2}, 1, PIXELS, ERROR_INPUT, "seal_picture.range"},
        {many, 1, SEAL_PICTURE_MAX_PIXELS + 1, ERROR_INPUT, "seal_picture.size"},
    };
    CLEANUP(writer_free) Writer png = writer_new(1 << 20);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        CHECK_FAILS_WITH(seal_picture_draw_strokes(cases[i].strokes, cases[i].count,
                                                   cases[i].pixels, &png, &err),
                         cases[i].kind, cases[i].code);
    }
    Error err = {0};
    CHECK_INT(png.len, 0);
    CHECK_OK(seal_picture_draw_strokes(many, STROKES_MAX, SEAL_PICTURE_MAX_PIXELS, &png, &err));
}
