// SPDX-License-Identifier: Apache-2.0
//
// An anti-aliasing rasteriser: closed paths add their exact signed area to each pixel.
// Internal to seal pictures.
#ifndef ASSENT_DOMAIN_DOCUMENT_RASTER_H
#define ASSENT_DOMAIN_DOCUMENT_RASTER_H

#include "base/core/arena.h"
#include "domain/document/font.h"

// x' = xx * x + xy * y + x0, y' = yx * x + yy * y + y0. Pixels: y grows downwards.
typedef struct {
    double xx, xy, x0, yx, yy, y0;
} Affine;

typedef struct {
    uint32_t width, height;
    double *area;  // (width + 1) * height: change of coverage from pixel to pixel
    double from_x, from_y, start_x, start_y;
} Raster;

// Fails with ERROR_INTERNAL when memory is exhausted.
bool raster_new(Arena *arena, uint32_t width, uint32_t height, Raster *ret, Error *err) MUST_CHECK;
void raster_move(Raster *raster, double x, double y);
void raster_line(Raster *raster, double x, double y);
void raster_close(Raster *raster);
// Add a glyph. Shapes that overlap in the same direction stay filled; opposite ones make holes.
void raster_outline(Raster *raster, const Outline *outline, const Affine *affine);
// A frame: the rectangle from (inset, inset) to the opposite corner, `thickness` wide inwards.
void raster_frame(Raster *raster, double inset, double thickness);
// A ring around the centre of the picture.
void raster_ring(Raster *raster, double outer_radius, double thickness);
// Coverage of one row, 0 to 255 for each pixel.
void raster_row(const Raster *raster, uint32_t row, uint8_t *ret);

#endif
