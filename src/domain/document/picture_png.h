// SPDX-License-Identifier: Apache-2.0
//
// PNG of a raster in seal red on white. Internal to seal pictures.
#ifndef ASSENT_DOMAIN_DOCUMENT_PICTURE_PNG_H
#define ASSENT_DOMAIN_DOCUMENT_PICTURE_PNG_H

#include "domain/document/raster.h"

// Append an 8-bit RGB PNG with one IDAT. Source: ISO/IEC 15948 (PNG) 11.2.
bool picture_png_write(const Raster *raster, Writer *ret, Error *err) MUST_CHECK;

#endif
