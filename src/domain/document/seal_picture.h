// SPDX-License-Identifier: Apache-2.0
//
// Seal pictures: the visible impression of a name seal or an organisation seal as PNG, drawn
// from the font's outlines, or of the person's own handwriting, drawn from its strokes. 8-bit RGB
// on white without alpha, one IDAT, so that the compressed pixels can stand unchanged in a PDF
// image (/Predictor 15).
#ifndef ASSENT_DOMAIN_DOCUMENT_SEAL_PICTURE_H
#define ASSENT_DOMAIN_DOCUMENT_SEAL_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "domain/document/font.h"

enum { SEAL_PICTURE_MIN_PIXELS = 60, SEAL_PICTURE_MAX_PIXELS = 600 };

// Draw a person's name seal: a red square with a border, `pixels` wide and high (two rows for up
// to four characters; longer names in a wider picture). Deterministic. Fails with ERROR_INPUT
// for an empty name, a control character or a character that the font lacks, and with
// ERROR_LIMIT above 40 characters.
bool seal_picture_draw_name(const FontFamily *fonts, const char *name, uint32_t pixels,
                            Writer *ret_png, Error *err) MUST_CHECK;

// Draw an organisation's round seal: its name along the upper arc, a star, and `purpose` (for
// example "电子签章专用章") in a straight line below the star.
bool seal_picture_draw_organization(const FontFamily *fonts, const char *name, const char *purpose,
                                    uint32_t pixels, Writer *ret_png, Error *err) MUST_CHECK;

// A point of handwriting in thousandths of a box that is 5 wide and 2 high; y grows downwards.
typedef struct {
    uint16_t x, y;
} StrokePoint;

// One movement of the pen.
typedef struct {
    const StrokePoint *points;
    size_t count;
} Stroke;

enum { STROKES_MAX = 64, STROKE_POINTS_MAX = 256, STROKE_RANGE = 1000 };

// Draw handwriting in black, `pixels` high and 5/2 as wide: lines of even width with round ends.
// Deterministic. Fails with ERROR_INPUT "seal_picture.empty" when no stroke has two points,
// "seal_picture.range" for a point outside the box, ERROR_LIMIT "seal_picture.too_many" above the
// bounds, and for `pixels` as the others.
bool seal_picture_draw_strokes(const Stroke *strokes, size_t count, uint32_t pixels,
                               Writer *ret_png, Error *err) MUST_CHECK;

// What a PDF image needs of a PNG.
typedef struct {
    uint32_t width, height;
    Bytes idat;  // the zlib stream, a view into the PNG
} SealPicture;

// Read a PNG of exactly the kind above (8-bit RGB, not interlaced, one IDAT, right checksums,
// nothing after IEND, pixels that inflate to the right size). Fails with ERROR_INPUT
// "seal_picture.malformed" or "seal_picture.unsupported".
bool seal_picture_parse(Bytes png, SealPicture *ret, Error *err) MUST_CHECK;

#endif
