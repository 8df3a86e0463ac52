// SPDX-License-Identifier: Apache-2.0
//
// Fonts: glyphs, advances and outlines of OpenType faces (through HarfBuzz), and subsets of them.
// A face may be used by many threads at once: what it answers never changes.
#ifndef ASSENT_DOMAIN_DOCUMENT_FONT_H
#define ASSENT_DOMAIN_DOCUMENT_FONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/core/arena.h"
#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"

typedef struct FontFace FontFace;

// Where Debian's fonts-noto-cjk puts its files.
#define FONT_DEFAULT_DIRECTORY "/usr/share/fonts/opentype/noto"

// The two faces that every document is set in. Owned by whoever opened it.
typedef struct {
    FontFace *regular;
    FontFace *bold;
} FontFamily;

// Map a font file (the one kind of file this module opens: part of the installation, never
// input) and select the face with this full name, for example "Noto Sans CJK SC Bold". Only
// the pages that are touched become resident. Fails with ERROR_UNAVAILABLE "font.unreadable",
// ERROR_INPUT "font.malformed" or "font.face_missing", or as cff_open does.
bool font_face_open(const char *path, const char *full_name, FontFace **ret, Error *err) MUST_CHECK;
void font_face_free(FontFace *face);

// Open Noto Sans CJK SC, regular and bold, from a directory (NULL: FONT_DEFAULT_DIRECTORY).
bool font_family_open(const char *directory, FontFamily *ret, Error *err) MUST_CHECK;
void font_family_close(FontFamily *family);
// Give the resident pages of the font files back to the system; they come back when needed.
void font_family_trim(const FontFamily *family);

// All measures of a face are in thousandths of the em.
typedef struct {
    double ascent, descent;  // descent is negative
    double cap_height;
    double left, bottom, right, top;  // bounding box of all glyphs
} FontMetrics;

FontMetrics font_metrics(const FontFace *face);
// The version that the font file states; lives as long as the face.
const char *font_version(const FontFace *face);
// PostScript name, for example "NotoSansCJKsc-Bold"; lives as long as the face.
const char *font_postscript_name(const FontFace *face);

// Find the glyph of a character. A character without a glyph is never replaced by a box:
// fails with ERROR_INPUT "font.character_missing" naming U+XXXX.
bool font_glyph(const FontFace *face, uint32_t code_point, uint32_t *ret_glyph,
                Error *err) MUST_CHECK;
double font_advance(const FontFace *face, uint32_t glyph);

typedef enum { OUTLINE_MOVE, OUTLINE_LINE, OUTLINE_CURVE, OUTLINE_CLOSE } OutlineVerb;

// One step of a path. MOVE and LINE use point [0]; CURVE is a cubic with controls [0] and [1]
// and end [2]; CLOSE uses none.
typedef struct {
    OutlineVerb verb;
    double x[3], y[3];
} OutlineStep;

typedef struct {
    OutlineStep *steps;
    size_t count;
} Outline;

// Trace a glyph, y upwards from the base line. Blank glyphs have no steps.
bool font_outline(const FontFace *face, Arena *arena, uint32_t glyph, Outline *ret,
                  Error *err) MUST_CHECK;

// Append the CFF table of a subset with these glyphs (and .notdef), hints removed. The face is
// CID-keyed with CID = glyph number, and CIDs survive: a PDF shows glyph g by the code g.
// The same set gives the same bytes. Fails as cff_outline does.
bool font_subset_cff(const FontFace *face, const uint32_t *glyphs, size_t count, Writer *ret,
                     Error *err) MUST_CHECK;

#endif
