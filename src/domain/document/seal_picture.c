// SPDX-License-Identifier: Apache-2.0
#include "domain/document/seal_picture.h"

#include <math.h>

#include "domain/document/characters.h"
#include "domain/document/picture_png.h"
#include "domain/document/raster.h"

enum { NAME_MAX_CHARACTERS = 40, PICTURE_ARENA = 32 * 1024 * 1024 };

// In Noto Sans CJK an ideograph's box reaches from here to 1000 above.
#define IDEOGRAPH_BOTTOM (-120.0)

// A text as glyphs of the bold face.
typedef struct {
    Outline outlines[NAME_MAX_CHARACTERS];
    double advances[NAME_MAX_CHARACTERS];
    uint32_t code_points[NAME_MAX_CHARACTERS];
    size_t count;
} SealText;

static bool seal_text(const FontFamily *fonts, Arena *arena, const char *text, SealText *ret,
                      Error *err)
{
    Characters characters;
    if (!characters_decode(arena, bytes_of_text(text), &characters, err)) {
        return false;
    }
    if (characters.count == 0) {
        return error_set(err, ERROR_INPUT, "seal_picture.empty", NULL, "a seal needs a name");
    }
    if (characters.count > NAME_MAX_CHARACTERS) {
        return error_set(err, ERROR_LIMIT, "seal_picture.too_long", NULL,
                         "a seal's text has at most %d characters", NAME_MAX_CHARACTERS);
    }
    for (size_t i = 0; i < characters.count; i++) {
        uint32_t glyph = 0;
        if (!font_glyph(fonts->bold, characters.code_points[i], &glyph, err) ||
            !font_outline(fonts->bold, arena, glyph, &ret->outlines[i], err)) {
            return false;
        }
        ret->code_points[i] = characters.code_points[i];
        ret->advances[i] = font_advance(fonts->bold, glyph);
    }
    ret->count = characters.count;
    return true;
}

// Put a glyph's box (its advance wide, 1000 high) into a rectangle of the picture.
static void place_in_cell(Raster *raster, const SealText *text, size_t index, const double cell[4])
{
    double scale_x = cell[2] / text->advances[index], scale_y = cell[3] / 1000;
    Affine affine = {scale_x, 0,        cell[0],
                     0,       -scale_y, cell[1] + cell[3] + IDEOGRAPH_BOTTOM * scale_y};
    raster_outline(raster, &text->outlines[index], &affine);
}

// The traditional order: columns from right to left, each from top to bottom.
static void draw_square(Raster *raster, const SealText *text, double border)
{
    double inner = raster->width - 2 * border;
    double cell = inner / 2;
    for (size_t i = 0; i < 4; i++) {
        double rectangle[4] = {border + (i < 2 ? cell : 0) + cell * 0.03,
                               border + (i % 2 == 0 ? 0 : cell) + cell * 0.03, cell * 0.94,
                               cell * 0.94};
        place_in_cell(raster, text, i, rectangle);
    }
}

// Rows share the width evenly; none begins with the middle dot of a name.
static bool row_takes(const SealText *text, size_t first, size_t next, double width, double wanted)
{
    return next == first || text->code_points[next] == 0xb7 ||
           width + text->advances[next] / 2 <= wanted + 1;
}

// Long names run from left to right in rows.
static void draw_rows(Raster *raster, const SealText *text, size_t rows, double border)
{
    double total = 0, row_height = (raster->height - 2 * border) / (double)rows;
    for (size_t i = 0; i < text->count; i++) {
        total += text->advances[i];
    }
    size_t next = 0;
    for (size_t row = 0; row < rows; row++) {
        size_t first = next;
        double width = 0, wanted = total / (double)(rows - row);
        while (next < text->count && row_takes(text, first, next, width, wanted)) {
            width += text->advances[next++];
        }
        total -= width;
        double room = raster->width - 2.6 * border;
        double scale =
            room / width < row_height * 0.92 / 1000 ? room / width : row_height * 0.92 / 1000;
        double x = (raster->width - width * scale) / 2;
        for (size_t i = first; i < next; i++) {
            double rectangle[4] = {x, border + row_height * ((double)row + 0.04),
                                   text->advances[i] * scale, row_height * 0.92};
            place_in_cell(raster, text, i, rectangle);
            x += text->advances[i] * scale;
        }
    }
}

bool seal_picture_check_pixels(uint32_t pixels, Error *err)
{
    if (pixels < SEAL_PICTURE_MIN_PIXELS || pixels > SEAL_PICTURE_MAX_PIXELS) {
        return error_set(err, ERROR_INPUT, "seal_picture.size", NULL,
                         "a seal picture is %d to %d pixels high", SEAL_PICTURE_MIN_PIXELS,
                         SEAL_PICTURE_MAX_PIXELS);
    }
    return true;
}

bool seal_picture_draw_name(const FontFamily *fonts, const char *name, uint32_t pixels,
                            Writer *ret_png, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(PICTURE_ARENA);
    SealText text = {.count = 0};
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!seal_picture_check_pixels(pixels, err) || !seal_text(fonts, arena, name, &text, err)) {
        return false;
    }
    // Two and three characters are filled up to four, as is the custom.
    const char *ending = text.count == 2 ? "之印" : text.count == 3 ? "印" : "";
    const char *full = arena_format(arena, "%s%s", name, ending);
    if (full == NULL) {
        return error_memory(err);
    }
    if (!seal_text(fonts, arena, full, &text, err)) {
        return false;
    }
    size_t rows = text.count <= 4 ? 1 : text.count <= 10 ? 2 : text.count <= 21 ? 3 : 4;
    double total = 0;
    for (size_t i = 0; i < text.count; i++) {
        total += text.advances[i] / 1000;
    }
    double ratio = text.count <= 4 ? 1 : total / (double)(rows * rows) * 0.76 + 0.28;
    uint32_t width = (uint32_t)(pixels * (ratio < 1 ? 1 : ratio > 3 ? 3 : ratio));
    Raster raster;
    if (!raster_new(arena, width, pixels, &raster, err)) {
        return false;
    }
    raster_frame(&raster, pixels * 0.02, pixels * 0.045);
    if (text.count == 4) {
        draw_square(&raster, &text, pixels * 0.09);
    } else {
        draw_rows(&raster, &text, rows, pixels * 0.09);
    }
    return picture_png_write(&raster, &ink_seal_red, ret_png, err);
}

static void draw_star(Raster *raster, double radius)
{
    const double turn = 2 * acos(-1.0) / 10;
    const double inner = radius * 0.381966;  // of the regular pentagram
    double x = raster->width / 2.0, y = raster->height / 2.0;
    raster_move(raster, x, y - radius);
    for (int i = 1; i < 10; i++) {
        double r = i % 2 == 0 ? radius : inner;
        raster_line(raster, x + r * sin(turn * i), y - r * cos(turn * i));
    }
    raster_close(raster);
}

// The name along the upper arc, each character's foot towards the centre.
static void draw_arc(Raster *raster, const SealText *text, double radius)
{
    const double pi = acos(-1.0);
    double height = radius * 0.30, middle = radius * 0.76;
    double step = text->count > 1 ? 1.22 * pi / (double)(text->count - 1) : 0;
    double widest = 1.25 * height / middle;
    step = step > widest ? widest : step;
    double width = step * middle * 0.9 < height && text->count > 1 ? step * middle * 0.9 : height;
    double centre = raster->width / 2.0;
    for (size_t i = 0; i < text->count; i++) {
        double angle = step * ((double)i - ((double)text->count - 1) / 2);
        double scale_x = width / 1000, scale_y = height / 1000;
        double along = -text->advances[i] / 2 * scale_x;            // to the glyph's left edge
        double away = middle - (500 + IDEOGRAPH_BOTTOM) * scale_y;  // to its base line
        Affine affine = {
            scale_x * cos(angle),
            scale_y * sin(angle),
            centre + along * cos(angle) + away * sin(angle),
            scale_x * sin(angle),
            -scale_y * cos(angle),
            centre + along * sin(angle) - away * cos(angle),
        };
        raster_outline(raster, &text->outlines[i], &affine);
    }
}

static void draw_purpose(Raster *raster, const SealText *text, double radius)
{
    double total = 0;
    for (size_t i = 0; i < text->count; i++) {
        total += text->advances[i];
    }
    double height = radius * 0.17, room = radius * 1.02;
    double scale = height / 1000 < room / total ? height / 1000 : room / total;
    double x = raster->width / 2.0 - total * scale / 2;
    double y = raster->height / 2.0 + radius * 0.5;
    for (size_t i = 0; i < text->count; i++) {
        place_in_cell(raster, text, i, (const double[4]){x, y, text->advances[i] * scale, height});
        x += text->advances[i] * scale;
    }
}

bool seal_picture_draw_organization(const FontFamily *fonts, const char *name, const char *purpose,
                                    uint32_t pixels, Writer *ret_png, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(PICTURE_ARENA);
    SealText around = {.count = 0}, below = {.count = 0};
    Raster raster;
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!seal_picture_check_pixels(pixels, err) || !seal_text(fonts, arena, name, &around, err) ||
        !seal_text(fonts, arena, purpose, &below, err) ||
        !raster_new(arena, pixels, pixels, &raster, err)) {
        return false;
    }
    double radius = pixels * 0.49;
    raster_ring(&raster, radius, radius * 0.045);
    draw_arc(&raster, &around, radius);
    draw_star(&raster, radius * 0.3);
    draw_purpose(&raster, &below, radius);
    return picture_png_write(&raster, &ink_seal_red, ret_png, err);
}
