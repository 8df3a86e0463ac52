// SPDX-License-Identifier: Apache-2.0
#include "domain/document/cff_subset.h"

#include "domain/document/cff_flatten.h"

enum {
    // Strings of our own come after the standard ones.
    FIRST_STRING = 391,
    STRING_ADOBE = FIRST_STRING,
    STRING_IDENTITY,
    CID_COUNT = 65536,
    PROGRAM_MAX = 16 * 1024 * 1024,
    OFFSETS_SIZE = 4,
};

// One subset in the making. Glyph numbers are new ones: 0 is .notdef, then the CIDs in order.
typedef struct {
    const CffFont *font;
    const uint32_t *cids;
    size_t count;                         // without .notdef
    uint8_t dict_of[CFF_MAX_FONT_DICTS];  // new number of a used dictionary
    uint32_t dicts[CFF_MAX_FONT_DICTS];   // old numbers
    size_t dict_count;
    Writer programs, ends, select, charset;
    uint32_t selected;  // dictionary of the newest range, new number
} Subset;

// --- numbers and indexes ----------------------------------------------------------------------

// A number of a dictionary, always five bytes: offsets are written before they are known to be
// small.
static void put_number(Writer *out, uint32_t number)
{
    writer_put_u8(out, 29);
    writer_put_u32_be(out, number);
}

static void put_index_head(Writer *out, size_t count)
{
    writer_put_u16_be(out, (uint16_t)count);
    if (count > 0) {
        writer_put_u8(out, OFFSETS_SIZE);
        writer_put_u32_be(out, 1);
    }
}

static void put_single_index(Writer *out, Bytes entry)
{
    put_index_head(out, 1);
    writer_put_u32_be(out, (uint32_t)entry.len + 1);
    writer_put(out, entry);
}

// --- the parts --------------------------------------------------------------------------------

static uint8_t dict_number(Subset *subset, uint32_t old)
{
    size_t i = subset->dict_of[old];
    if (i == 0) {
        subset->dicts[subset->dict_count++] = old;
        i = subset->dict_of[old] = (uint8_t)subset->dict_count;
    }
    return (uint8_t)(i - 1);
}

// Ranges of glyphs of one dictionary: the first glyph and the dictionary of each.
static size_t select_glyph(Subset *subset, size_t number, uint32_t old_dict)
{
    uint8_t dict = dict_number(subset, old_dict);
    if (number > 0 && dict == subset->selected) {
        return 0;
    }
    subset->selected = dict;
    writer_put_u16_be(&subset->select, (uint16_t)number);
    writer_put_u8(&subset->select, dict);
    return 1;
}

static bool take_glyphs(Subset *subset, Error *err)
{
    size_t ranges = 0;
    writer_put_u8(&subset->select, 3);
    writer_put_u16_be(&subset->select, 0);
    writer_put_u8(&subset->charset, 0);
    for (size_t i = 0; i <= subset->count; i++) {
        uint32_t cid = i == 0 ? 0 : subset->cids[i - 1], glyph, dict;
        if (!cff_find_glyph(subset->font, cid, &glyph, &dict, err) ||
            !cff_flatten(subset->font, glyph, dict, &subset->programs, err)) {
            return false;
        }
        writer_put_u32_be(&subset->ends, (uint32_t)subset->programs.len + 1);
        ranges += select_glyph(subset, i, dict);
        if (i > 0) {
            writer_put_u16_be(&subset->charset, (uint16_t)cid);
        }
    }
    writer_put_u16_be(&subset->select, (uint16_t)(subset->count + 1));
    const uint8_t count[2] = {(uint8_t)(ranges >> 8), (uint8_t)ranges};
    writer_patch(&subset->select, 1, BYTES_OF_ARRAY(count));
    return !subset->programs.failed && !subset->ends.failed && !subset->select.failed &&
                   !subset->charset.failed
               ? true
               : error_memory(err);
}

// What glyphs leave unsaid: the private dictionary of one font dictionary. Widths of whole units
// are all that Chinese fonts have; one between would be rounded, and the page says it anyway.
static size_t put_private(Writer *out, const CffWidths *widths)
{
    size_t start = out->len;
    put_number(out, (uint32_t)(int32_t)widths->standard);
    writer_put_u8(out, 20);
    put_number(out, (uint32_t)(int32_t)widths->nominal);
    writer_put_u8(out, 21);
    return out->len - start;
}

enum { PRIVATE_SIZE = 12, FONT_DICT_SIZE = 11, TOP_DICT_SIZE = 50 };

// Font dictionaries, each with its private one at `privates` and after.
static void put_font_dicts(const Subset *subset, size_t privates, Writer *out)
{
    put_index_head(out, subset->dict_count);
    for (size_t i = 0; i < subset->dict_count; i++) {
        writer_put_u32_be(out, (uint32_t)((i + 1) * FONT_DICT_SIZE + 1));
    }
    for (size_t i = 0; i < subset->dict_count; i++) {
        put_number(out, PRIVATE_SIZE);
        put_number(out, (uint32_t)(privates + i * PRIVATE_SIZE));
        writer_put_u8(out, 18);
    }
}

static void put_entry(Writer *out, size_t number, uint8_t operator, bool is_long)
{
    put_number(out, (uint32_t)number);
    if (is_long) {
        writer_put_u8(out, 12);
    }
    writer_put_u8(out, operator);
}

// --- the program ------------------------------------------------------------------------------

static void put_head(const Subset *subset, const char *name, Writer *out)
{
    const uint8_t header[4] = {1, 0, 4, OFFSETS_SIZE};
    const size_t start = out->len;
    writer_put(out, BYTES_OF_ARRAY(header));
    put_single_index(out, bytes_of_text(name));
    // Header and names stand; the top dictionary, the strings and no global subroutines follow.
    const size_t index = 2 + 1 + 2 * OFFSETS_SIZE;
    const size_t strings = index + OFFSETS_SIZE + sizeof "AdobeIdentity" - 1;
    const size_t charset = out->len - start + index + TOP_DICT_SIZE + strings + 2;
    const size_t select = charset + subset->charset.len;
    const size_t glyphs = select + subset->select.len;
    const size_t font_dicts =
        glyphs + 2 + 1 + OFFSETS_SIZE + subset->ends.len + subset->programs.len;
    CLEANUP(writer_free) Writer top = writer_new(256);
    put_number(&top, STRING_ADOBE);
    put_number(&top, STRING_IDENTITY);
    put_entry(&top, 0, 30, true);  // ROS
    put_entry(&top, CID_COUNT, 34, true);
    put_entry(&top, charset, 15, false);
    put_entry(&top, select, 37, true);
    put_entry(&top, glyphs, 17, false);
    put_entry(&top, font_dicts, 36, true);
    put_single_index(out, writer_bytes(&top));
    put_index_head(out, 2);
    writer_put_u32_be(out, 1 + 5);
    writer_put_u32_be(out, 1 + 5 + 8);
    writer_put_text(out, "AdobeIdentity");
    put_index_head(out, 0);
    out->failed = out->failed || top.len != TOP_DICT_SIZE;
}

static void put_program(const Subset *subset, const char *name, Writer *out)
{
    const size_t start = out->len;
    put_head(subset, name, out);
    writer_put(out, writer_bytes(&subset->charset));
    writer_put(out, writer_bytes(&subset->select));
    put_index_head(out, subset->count + 1);
    writer_put(out, writer_bytes(&subset->ends));
    writer_put(out, writer_bytes(&subset->programs));
    const size_t index = 2 + 1 + OFFSETS_SIZE;
    put_font_dicts(subset,
                   out->len - start + index + subset->dict_count * (OFFSETS_SIZE + FONT_DICT_SIZE),
                   out);
    for (size_t i = 0; i < subset->dict_count; i++) {
        out->failed = put_private(out, &subset->font->widths[subset->dicts[i]]) != PRIVATE_SIZE ||
                      out->failed;
    }
}

bool cff_subset(const CffFont *font, const char *name, const uint32_t *cids, size_t count,
                Writer *ret, Error *err)
{
    Subset subset = {.font = font,
                     .cids = cids,
                     .count = count,
                     .programs = writer_new(PROGRAM_MAX),
                     .ends = writer_new(PROGRAM_MAX),
                     .select = writer_new(PROGRAM_MAX),
                     .charset = writer_new(PROGRAM_MAX)};
    bool ok = take_glyphs(&subset, err);
    if (ok) {
        put_program(&subset, name, ret);
    }
    writer_free(&subset.programs);
    writer_free(&subset.ends);
    writer_free(&subset.select);
    writer_free(&subset.charset);
    return ok && ret->failed ? error_memory(err) : ok;
}
