// SPDX-License-Identifier: Apache-2.0
#include "domain/document/raster.h"

#include <math.h>

bool raster_new(Arena *arena, uint32_t width, uint32_t height, Raster *ret, Error *err)
{
    Raster raster = {.width = width, .height = height};
    raster.area = arena_alloc(arena, (size_t)(width + 1) * height * sizeof(double));
    if (raster.area == NULL) {
        return error_memory(err);
    }
    *ret = raster;
    return true;
}

// Add the part of an edge that lies in one pixel row, from x1 to x2: what is to its right is
// covered `height` (signed) more.
static void add_in_row(Raster *raster, uint32_t row, double x1, double x2, double height)
{
    double *cells = raster->area + (size_t)row * (raster->width + 1);
    double low = x1 < x2 ? x1 : x2, high = x1 < x2 ? x2 : x1;
    double limit = raster->width;
    if (low >= limit) {
        return;
    }
    if (high <= 0) {
        cells[0] += height;
        return;
    }
    if (high - low < 1e-9) {
        double column = floor(low < 0 ? 0 : low);
        double middle = low < 0 ? 0 : low - column;
        cells[(size_t)column] += height * (1 - middle);
        cells[(size_t)column + 1] += height * middle;
        return;
    }
    double per_column = height / (high - low);
    if (low < 0) {
        cells[0] += -low * per_column;
        low = 0;
    }
    while (low < high && low < limit) {
        double column = floor(low);
        double end = high < column + 1 ? high : column + 1;
        double part = (end - low) * per_column;
        double middle = (low + end) / 2 - column;
        cells[(size_t)column] += part * (1 - middle);
        cells[(size_t)column + 1] += part * middle;
        low = end;
    }
}

static void add_edge(Raster *raster, double x1, double y1, double x2, double y2)
{
    double sign = 1;
    if (y1 > y2) {
        double x = x1, y = y1;
        x1 = x2, y1 = y2, x2 = x, y2 = y;
        sign = -1;
    }
    double slope = y2 > y1 ? (x2 - x1) / (y2 - y1) : 0;
    double top = y1 < 0 ? 0 : y1;
    double bottom = y2 > raster->height ? raster->height : y2;
    for (double y = top; y < bottom;) {
        double next = floor(y) + 1 < bottom ? floor(y) + 1 : bottom;
        double from = x1 + (y - y1) * slope, to = x1 + (next - y1) * slope;
        add_in_row(raster, (uint32_t)floor(y), from, to, sign * (next - y));
        y = next;
    }
}

void raster_move(Raster *raster, double x, double y)
{
    raster->from_x = raster->start_x = x;
    raster->from_y = raster->start_y = y;
}

void raster_line(Raster *raster, double x, double y)
{
    add_edge(raster, raster->from_x, raster->from_y, x, y);
    raster->from_x = x;
    raster->from_y = y;
}

void raster_close(Raster *raster)
{
    raster_line(raster, raster->start_x, raster->start_y);
}

static void add_curve(Raster *raster, const double *x, const double *y)
{
    enum { STEPS = 10 };
    double x0 = raster->from_x, y0 = raster->from_y;
    for (int i = 1; i <= STEPS; i++) {
        double t = (double)i / STEPS, s = 1 - t;
        double a = s * s * s, b = 3 * s * s * t, c = 3 * s * t * t, d = t * t * t;
        raster_line(raster, a * x0 + b * x[0] + c * x[1] + d * x[2],
                    a * y0 + b * y[0] + c * y[1] + d * y[2]);
    }
}

void raster_outline(Raster *raster, const Outline *outline, const Affine *affine)
{
    for (size_t i = 0; i < outline->count; i++) {
        const OutlineStep *step = &outline->steps[i];
        double x[3], y[3];
        for (size_t k = 0; k < 3; k++) {
            x[k] = affine->xx * step->x[k] + affine->xy * step->y[k] + affine->x0;
            y[k] = affine->yx * step->x[k] + affine->yy * step->y[k] + affine->y0;
        }
        switch (step->verb) {
        case OUTLINE_MOVE:
            raster_move(raster, x[0], y[0]);
            break;
        case OUTLINE_LINE:
            raster_line(raster, x[0], y[0]);
            break;
        case OUTLINE_CURVE:
            add_curve(raster, x, y);
            break;
        case OUTLINE_CLOSE:
            raster_close(raster);
            break;
        }
    }
}

static void add_rectangle(Raster *raster, double inset, bool reversed)
{
    double right = raster->width - inset, bottom = raster->height - inset;
    raster_move(raster, inset, inset);
    raster_line(raster, reversed ? inset : right, reversed ? bottom : inset);
    raster_line(raster, right, bottom);
    raster_line(raster, reversed ? right : inset, reversed ? inset : bottom);
    raster_close(raster);
}

void raster_frame(Raster *raster, double inset, double thickness)
{
    add_rectangle(raster, inset, false);
    add_rectangle(raster, inset + thickness, true);
}

static void add_circle(Raster *raster, double radius, double direction)
{
    enum { STEPS = 240 };
    const double turn = 2 * acos(-1.0) / STEPS;
    double x = raster->width / 2.0, y = raster->height / 2.0;
    raster_move(raster, x + radius, y);
    for (int i = 1; i < STEPS; i++) {
        double angle = direction * turn * i;
        raster_line(raster, x + radius * cos(angle), y + radius * sin(angle));
    }
    raster_close(raster);
}

void raster_ring(Raster *raster, double outer_radius, double thickness)
{
    add_circle(raster, outer_radius, 1);
    add_circle(raster, outer_radius - thickness, -1);
}

void raster_row(const Raster *raster, uint32_t row, uint8_t *ret)
{
    const double *cells = raster->area + (size_t)row * (raster->width + 1);
    double sum = 0;
    for (uint32_t i = 0; i < raster->width; i++) {
        sum += cells[i];
        double cover = sum < 0 ? -sum : sum;
        ret[i] = (uint8_t)((cover > 1 ? 1 : cover) * 255 + 0.5);
    }
}
