// SPDX-License-Identifier: Apache-2.0
//
// Handwriting as a seal picture: each piece of a stroke is a rectangle, each bend and end a disc.
#include <math.h>

#include "domain/document/picture_png.h"
#include "domain/document/raster.h"
#include "domain/document/seal_picture.h"

enum { STROKE_ARENA = 32 * 1024 * 1024, DISC_STEPS = 24 };

#define BOX_RATIO 2.5    // width to height
#define PEN_RADIUS 0.02  // of the height
#define DISC_PART 0.93   // of the pen's radius
#define BOX_MARGIN 0.04  // of the height, so that no round end is cut off

// Where strokes lie in the picture.
typedef struct {
    Raster *raster;
    double radius, margin, scale_x, scale_y;
} Pen;

typedef struct {
    double x, y;
} Place;

static Place place_of(const Pen *pen, const StrokePoint *point)
{
    return (Place){pen->margin + point->x * pen->scale_x, pen->margin + point->y * pen->scale_y};
}

// Discs and rectangles run in the same direction: where they overlap they stay filled. A disc is a
// little narrower than the line, for their half-covered edges add up where they meet.
static void draw_disc(const Pen *pen, Place centre)
{
    const double turn = 2 * acos(-1.0) / DISC_STEPS, radius = pen->radius * DISC_PART;
    raster_move(pen->raster, centre.x + radius, centre.y);
    for (int i = 1; i < DISC_STEPS; i++) {
        raster_line(pen->raster, centre.x + radius * cos(turn * i),
                    centre.y + radius * sin(turn * i));
    }
    raster_close(pen->raster);
}

static void draw_piece(const Pen *pen, Place from, Place to, double length)
{
    double x = -(to.y - from.y) / length * pen->radius, y = (to.x - from.x) / length * pen->radius;
    raster_move(pen->raster, from.x - x, from.y - y);
    raster_line(pen->raster, to.x - x, to.y - y);
    raster_line(pen->raster, to.x + x, to.y + y);
    raster_line(pen->raster, from.x + x, from.y + y);
    raster_close(pen->raster);
}

// Points nearer to each other than half the pen is wide are passed over, but for the last: where
// many edges lie upon each other, their shades would add up to a jagged, wider line.
static void draw_stroke(const Pen *pen, const Stroke *stroke)
{
    Place at = place_of(pen, &stroke->points[0]);
    draw_disc(pen, at);
    for (size_t i = 1; i < stroke->count; i++) {
        Place next = place_of(pen, &stroke->points[i]);
        double length = hypot(next.x - at.x, next.y - at.y);
        if (length >= pen->radius || (i + 1 == stroke->count && length > 0)) {
            draw_piece(pen, at, next, length);
            draw_disc(pen, next);
            at = next;
        }
    }
}

static bool check_stroke(const Stroke *stroke, Error *err)
{
    if (stroke->count > STROKE_POINTS_MAX) {
        return error_set(err, ERROR_LIMIT, "seal_picture.too_many", NULL,
                         "a stroke has at most %d points", STROKE_POINTS_MAX);
    }
    for (size_t i = 0; i < stroke->count; i++) {
        if (stroke->points[i].x > STROKE_RANGE || stroke->points[i].y > STROKE_RANGE) {
            return error_set(err, ERROR_INPUT, "seal_picture.range", NULL,
                             "a point of handwriting lies outside of 0 to %d", STROKE_RANGE);
        }
    }
    return true;
}

static bool check_strokes(const Stroke *strokes, size_t count, Error *err)
{
    bool has_line = false;
    if (count > STROKES_MAX) {
        return error_set(err, ERROR_LIMIT, "seal_picture.too_many", NULL,
                         "handwriting has at most %d strokes", STROKES_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        if (!check_stroke(&strokes[i], err)) {
            return false;
        }
        has_line = has_line || strokes[i].count > 1;
    }
    return has_line || error_set(err, ERROR_INPUT, "seal_picture.empty", NULL,
                                 "handwriting needs a stroke of two points");
}

bool seal_picture_draw_strokes(const Stroke *strokes, size_t count, uint32_t pixels,
                               Writer *ret_png, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(STROKE_ARENA);
    Raster raster;
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!seal_picture_check_pixels(pixels, err) || !check_strokes(strokes, count, err) ||
        !raster_new(arena, (uint32_t)(pixels * BOX_RATIO), pixels, &raster, err)) {
        return false;
    }
    double margin = pixels * BOX_MARGIN;
    const Pen pen = {.raster = &raster,
                     .radius = pixels * PEN_RADIUS,
                     .margin = margin,
                     .scale_x = (raster.width - 2 * margin) / STROKE_RANGE,
                     .scale_y = (raster.height - 2 * margin) / STROKE_RANGE};
    for (size_t i = 0; i < count; i++) {
        if (strokes[i].count > 0) {
            draw_stroke(&pen, &strokes[i]);
        }
    }
    return picture_png_write(&raster, &ink_black, ret_png, err);
}
