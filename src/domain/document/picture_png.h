// SPDX-License-Identifier: Apache-2.0
//
// PNG of a raster in one ink on white. Internal to seal pictures.
#ifndef ASSENT_DOMAIN_DOCUMENT_PICTURE_PNG_H
#define ASSENT_DOMAIN_DOCUMENT_PICTURE_PNG_H

#include "domain/document/raster.h"

// Red, green, blue at full coverage.
typedef struct {
    uint8_t colours[3];
} Ink;

extern const Ink ink_seal_red, ink_black;

// Append an 8-bit RGB PNG with one IDAT. Source: ISO/IEC 15948 (PNG) 11.2.
bool picture_png_write(const Raster *raster, const Ink *ink, Writer *ret, Error *err) MUST_CHECK;
// The bounds of a seal picture's height. Fails with ERROR_INPUT "seal_picture.size".
bool seal_picture_check_pixels(uint32_t pixels, Error *err) MUST_CHECK;

#endif
