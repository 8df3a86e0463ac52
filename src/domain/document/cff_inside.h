// SPDX-License-Identifier: Apache-2.0
//
// The inside of an opened CFF font, shared by its tables and its glyphs.
#ifndef ASSENT_DOMAIN_DOCUMENT_CFF_INSIDE_H
#define ASSENT_DOMAIN_DOCUMENT_CFF_INSIDE_H

#include "domain/document/cff.h"

enum { CFF_MAX_FONT_DICTS = 64 };

// What a charstring may ask for: operands (Adobe Technical Note 5177, appendix B), calls within
// calls (the same), and steps, so that every program ends.
enum { CFF_STACK_MAX = 48, CFF_DEPTH_MAX = 10, CFF_STEPS_OF_PROGRAM_MAX = 100000 };

// A table of byte strings: `count` of them, offsets of `offset_size` bytes at `offsets`, which
// count from `base`.
typedef struct {
    Bytes program;
    uint32_t count;
    uint8_t offset_size;
    size_t offsets, base, end;
} CffIndex;

// How a glyph says its width: nothing for the standard one, else the difference to the nominal one.
typedef struct {
    double standard, nominal;
} CffWidths;

struct CffFont {
    Bytes program;
    CffIndex glyphs, global_subroutines;
    CffIndex local_subroutines[CFF_MAX_FONT_DICTS];
    CffWidths widths[CFF_MAX_FONT_DICTS];
    uint32_t font_dict_count;
    size_t charset, font_dict_select;  // offsets
};

// What is added to the number of a call, for this many subroutines.
int cff_subroutine_bias(uint32_t count);
bool cff_malformed(Error *err, const char *what);
// Entry `i` of an index. False when it does not lie in the program.
bool cff_index_entry(const CffIndex *index, uint32_t i, Bytes *ret);
// The glyph of a CID, and the font dictionary that it belongs to.
bool cff_find_glyph(const CffFont *font, uint32_t cid, uint32_t *ret_glyph, uint32_t *ret_dict,
                    Error *err) MUST_CHECK;

#endif
