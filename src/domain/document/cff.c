// SPDX-License-Identifier: Apache-2.0
#include "domain/document/cff.h"

#include "domain/document/cff_inside.h"

enum {
    OPERANDS_MAX = 48,
    REAL_BYTES_MAX = 30,
    // Operators of dictionaries; those of two bytes are 0x0c00 and the second one.
    OPERATOR_CHARSET = 15,
    OPERATOR_CHARSTRINGS = 17,
    OPERATOR_PRIVATE = 18,
    OPERATOR_SUBROUTINES = 19,
    OPERATOR_STANDARD_WIDTH = 20,
    OPERATOR_NOMINAL_WIDTH = 21,
    OPERATOR_FONT_MATRIX = 0x0c07,
    OPERATOR_ROS = 0x0c1e,
    OPERATOR_FD_ARRAY = 0x0c24,
    OPERATOR_FD_SELECT = 0x0c25,
};

// What a dictionary says, as far as we need it. Offsets are 0 when it does not say.
typedef struct {
    bool is_cid_keyed, has_other_matrix;
    size_t charset, glyphs, font_dicts, select;
    size_t private_size, private_offset;
    size_t subroutines;
    CffWidths widths;
} Dictionary;

bool cff_malformed(Error *err, const char *what)
{
    return error_set(err, ERROR_INPUT, "cff.malformed", "Adobe TN 5176", "an embedded font: %s",
                     what);
}

static uint32_t read_offset(const CffIndex *index, uint32_t i)
{
    uint32_t offset = 0;
    for (size_t k = 0; k < index->offset_size; k++) {
        offset = offset << 8 | index->program.data[index->offsets + i * index->offset_size + k];
    }
    return offset;
}

// Read the index at `at`; its `end` is where it stops.
static bool read_index(Bytes program, size_t at, CffIndex *ret)
{
    Reader reader = reader_of(bytes_from(program, at));
    *ret = (CffIndex){.program = program, .count = reader_u16_be(&reader)};
    ret->end = at + 2;
    if (reader.failed || ret->count == 0) {
        return !reader.failed;
    }
    ret->offset_size = reader_u8(&reader);
    ret->offsets = at + 3;
    size_t table = ((size_t)ret->count + 1) * ret->offset_size;
    if (reader.failed || ret->offset_size < 1 || ret->offset_size > 4 ||
        table > program.len - ret->offsets) {
        return false;
    }
    ret->base = ret->offsets + table - 1;
    uint32_t last = read_offset(ret, ret->count);
    ret->end = ret->base + last;
    return last >= 1 && last <= program.len - ret->base;
}

bool cff_index_entry(const CffIndex *index, uint32_t i, Bytes *ret)
{
    if (i >= index->count) {
        return false;
    }
    uint32_t from = read_offset(index, i), to = read_offset(index, i + 1);
    *ret = bytes_slice(index->program, index->base + from, to - from);
    return from >= 1 && from <= to && index->base + to <= index->end;
}

// A real number in the making: digits, places behind the point, exponent.
typedef struct {
    double mantissa;
    int places, exponent, exponent_sign;
    bool is_negative, has_point, has_exponent;
} Real;

// Take a half byte; false at the end of the number.
static bool take_nibble(Real *real, uint8_t nibble)
{
    if (nibble < 10 && real->has_exponent) {
        real->exponent = real->exponent < 100 ? 10 * real->exponent + nibble : 1000;
    } else if (nibble < 10) {
        real->mantissa = 10 * real->mantissa + nibble;
        real->places += real->has_point ? 1 : 0;
    } else if (nibble == 10) {
        real->has_point = true;
    } else if (nibble == 11 || nibble == 12) {
        real->has_exponent = true;
        real->exponent_sign = nibble == 11 ? 1 : -1;
    } else if (nibble == 14) {
        real->is_negative = true;
    }
    return nibble != 15;
}

// A real number: two half bytes a byte, up to one that is 15.
static double read_real(Reader *reader)
{
    Real real = {.exponent_sign = 1};
    bool goes_on = true;
    for (size_t i = 0; goes_on && i < REAL_BYTES_MAX && !reader->failed; i++) {
        uint8_t pair = reader_u8(reader);
        goes_on = take_nibble(&real, pair >> 4) && take_nibble(&real, pair & 15);
    }
    reader->failed = reader->failed || goes_on;
    double value = real.is_negative ? -real.mantissa : real.mantissa;
    for (int scale = real.exponent_sign * real.exponent - real.places; scale != 0;
         scale += scale < 0 ? 1 : -1) {
        value = scale < 0 ? value / 10 : value * 10;
    }
    return value;
}

static double read_operand(Reader *reader, uint8_t first)
{
    if (first == 28) {
        return (int16_t)reader_u16_be(reader);
    }
    if (first == 29) {
        return (int32_t)reader_u32_be(reader);
    }
    if (first == 30) {
        return read_real(reader);
    }
    if (first >= 32 && first <= 246) {
        return first - 139;
    }
    if (first >= 247 && first <= 250) {
        return (first - 247) * 256 + reader_u8(reader) + 108;
    }
    if (first >= 251 && first <= 254) {
        return -(first - 251) * 256 - reader_u8(reader) - 108;
    }
    reader->failed = true;
    return 0;
}

// An operand that is an offset or a size; anything else becomes one outside every program.
static size_t as_offset(const double *operands, size_t count, size_t i)
{
    bool sound = i < count && operands[i] >= 0 && operands[i] <= CFF_MAX_SIZE;
    return sound ? (size_t)operands[i] : SIZE_MAX;
}

static bool is_thousandths(const double *operands, size_t count)
{
    static const double expected[6] = {0.001, 0, 0, 0.001, 0, 0};
    for (size_t i = 0; i < 6; i++) {
        double difference = count == 6 ? operands[i] - expected[i] : 1;
        if (difference > 1e-9 || difference < -1e-9) {
            return false;
        }
    }
    return true;
}

static void take_entry(Dictionary *ret, unsigned operator, const double * operands, size_t count)
{
    switch (operator) {
    case OPERATOR_ROS:
        ret->is_cid_keyed = true;
        break;
    case OPERATOR_CHARSET:
        ret->charset = as_offset(operands, count, 0);
        break;
    case OPERATOR_CHARSTRINGS:
        ret->glyphs = as_offset(operands, count, 0);
        break;
    case OPERATOR_FD_ARRAY:
        ret->font_dicts = as_offset(operands, count, 0);
        break;
    case OPERATOR_FD_SELECT:
        ret->select = as_offset(operands, count, 0);
        break;
    case OPERATOR_PRIVATE:
        ret->private_size = as_offset(operands, count, 0);
        ret->private_offset = as_offset(operands, count, 1);
        break;
    case OPERATOR_SUBROUTINES:
        ret->subroutines = as_offset(operands, count, 0);
        break;
    case OPERATOR_STANDARD_WIDTH:
        ret->widths.standard = count == 1 ? operands[0] : 0;
        break;
    case OPERATOR_NOMINAL_WIDTH:
        ret->widths.nominal = count == 1 ? operands[0] : 0;
        break;
    case OPERATOR_FONT_MATRIX:
        ret->has_other_matrix = !is_thousandths(operands, count);
        break;
    default:
        break;
    }
}

static bool read_dictionary(Bytes bytes, Dictionary *ret)
{
    double operands[OPERANDS_MAX];
    size_t count = 0;
    Reader reader = reader_of(bytes);
    *ret = (Dictionary){0};
    while (!reader.failed && !reader_done(&reader)) {
        uint8_t first = reader_u8(&reader);
        if (first > 21) {
            double operand = read_operand(&reader, first);
            if (count == OPERANDS_MAX) {
                return false;
            }
            operands[count++] = operand;
            continue;
        }
        unsigned operator= first == 12 ? 0x0c00U | reader_u8(&reader) : first;
        take_entry(ret, operator, operands, count);
        count = 0;
    }
    return !reader.failed && count == 0;
}

// The widths and the local subroutines of one font dictionary; it may have none of these.
static bool read_font_dict(CffFont *font, Bytes bytes, CffIndex *ret, CffWidths *ret_widths)
{
    Dictionary dict, inner;
    if (!read_dictionary(bytes, &dict) || dict.has_other_matrix ||
        dict.private_offset > font->program.len ||
        dict.private_size > font->program.len - dict.private_offset ||
        !read_dictionary(bytes_slice(font->program, dict.private_offset, dict.private_size),
                         &inner)) {
        return false;
    }
    *ret = (CffIndex){.program = font->program};
    *ret_widths = inner.widths;
    return inner.subroutines == 0 ||
           (inner.subroutines <= font->program.len - dict.private_offset &&
            read_index(font->program, dict.private_offset + inner.subroutines, ret));
}

static bool read_font_dicts(CffFont *font, size_t at, Error *err)
{
    CffIndex dicts;
    if (!read_index(font->program, at, &dicts) || dicts.count == 0 ||
        dicts.count > CFF_MAX_FONT_DICTS) {
        return cff_malformed(err, "its font dictionaries cannot be read");
    }
    font->font_dict_count = dicts.count;
    for (uint32_t i = 0; i < dicts.count; i++) {
        Bytes bytes;
        if (!cff_index_entry(&dicts, i, &bytes) ||
            !read_font_dict(font, bytes, &font->local_subroutines[i], &font->widths[i])) {
            return cff_malformed(err, "a font dictionary cannot be read");
        }
    }
    return true;
}

static bool read_tables(CffFont *font, Error *err)
{
    CffIndex names, tops, strings;
    Bytes top;
    Dictionary dict;
    Reader header = reader_of(font->program);
    uint8_t major = reader_u8(&header);
    (void)reader_u8(&header);
    uint8_t header_size = reader_u8(&header);
    if (header.failed || major != 1 || !read_index(font->program, header_size, &names) ||
        !read_index(font->program, names.end, &tops) ||
        !read_index(font->program, tops.end, &strings) ||
        !read_index(font->program, strings.end, &font->global_subroutines) ||
        !cff_index_entry(&tops, 0, &top) || !read_dictionary(top, &dict)) {
        return cff_malformed(err, "its header cannot be read");
    }
    if (!dict.is_cid_keyed || dict.has_other_matrix) {
        return error_set(err, ERROR_INPUT, "cff.unsupported", "Adobe TN 5176 18",
                         "an embedded font is not CID-keyed with 1000 units to the em");
    }
    font->charset = dict.charset;
    font->font_dict_select = dict.select;
    if (dict.glyphs == 0 || !read_index(font->program, dict.glyphs, &font->glyphs)) {
        return cff_malformed(err, "its glyphs cannot be read");
    }
    return read_font_dicts(font, dict.font_dicts, err);
}

bool cff_open(Arena *arena, Bytes program, CffFont **ret, Error *err)
{
    if (program.len > CFF_MAX_SIZE) {
        return error_set(err, ERROR_LIMIT, "cff.too_large", NULL,
                         "an embedded font has %zu bytes, more than %d", program.len, CFF_MAX_SIZE);
    }
    CffFont *font = arena_alloc(arena, sizeof *font);
    if (font == NULL) {
        return error_memory(err);
    }
    font->program = program;
    if (!read_tables(font, err)) {
        return false;
    }
    *ret = font;
    return true;
}

// The glyph of a CID: charsets list the CIDs of glyphs 1, 2 ... one by one (format 0) or as ranges
// with one or two bytes for how many follow.
static bool find_in_charset(const CffFont *font, uint32_t cid, uint32_t *ret)
{
    Reader reader = reader_of(bytes_from(font->program, font->charset));
    uint8_t format = reader_u8(&reader);
    uint32_t glyph = 1;
    *ret = 0;
    if (font->charset == 0 || format > 2) {
        return false;
    }
    while (cid != 0 && glyph < font->glyphs.count && !reader.failed) {
        uint32_t first = reader_u16_be(&reader), more = 0;
        if (format > 0) {
            more = format == 1 ? reader_u8(&reader) : reader_u16_be(&reader);
        }
        if (cid >= first && cid <= first + more) {
            *ret = glyph + (cid - first);
            break;
        }
        glyph += more + 1;
    }
    return !reader.failed && *ret < font->glyphs.count;
}

static bool find_dict(const CffFont *font, uint32_t glyph, uint32_t *ret)
{
    Reader reader = reader_of(bytes_from(font->program, font->font_dict_select));
    uint8_t format = reader_u8(&reader);
    if (font->font_dict_select == 0) {
        *ret = 0;
        return true;
    }
    if (format == 0) {
        (void)reader_bytes(&reader, glyph);
        *ret = reader_u8(&reader);
        return !reader.failed;
    }
    uint32_t ranges = reader_u16_be(&reader), first = reader_u16_be(&reader);
    for (uint32_t i = 0; format == 3 && i < ranges && !reader.failed; i++) {
        uint8_t dict = reader_u8(&reader);
        uint32_t next = reader_u16_be(&reader);
        if (glyph >= first && glyph < next) {
            *ret = dict;
            return !reader.failed;
        }
        first = next;
    }
    return false;
}

bool cff_find_glyph(const CffFont *font, uint32_t cid, uint32_t *ret_glyph, uint32_t *ret_dict,
                    Error *err)
{
    if (!find_in_charset(font, cid, ret_glyph)) {
        return cff_malformed(err, "its character set cannot be read");
    }
    if (*ret_glyph == 0 && cid != 0) {
        return error_set(err, ERROR_INPUT, "cff.no_glyph", NULL,
                         "an embedded font has no glyph for CID %u", cid);
    }
    if (!find_dict(font, *ret_glyph, ret_dict) || *ret_dict >= font->font_dict_count) {
        return cff_malformed(err, "a glyph belongs to no font dictionary");
    }
    return true;
}
