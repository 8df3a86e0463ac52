// SPDX-License-Identifier: Apache-2.0
//
// Type 2 charstrings: programs of a small stack machine that move a pen. Hints are skipped; what
// computes is refused, for fonts in documents have it resolved. Source: Adobe Technical Note 5177.
#include <string.h>

#include "domain/document/cff_inside.h"

enum { FIRST_CAPACITY = 64 };

typedef struct {
    const CffFont *font;
    const CffIndex *local;
    Arena *arena;
    Error *err;
    Outline *outline;
    size_t capacity;
    double stack[CFF_STACK_MAX];
    size_t count;
    double x, y;
    unsigned hints;
    unsigned budget;
    bool is_open, has_width, has_ended;
} Glyph;

static bool refuse(Glyph *glyph, const char *what)
{
    return cff_malformed(glyph->err, what);
}

static bool add_step(Glyph *glyph, const OutlineStep *step)
{
    Outline *outline = glyph->outline;
    if (outline->count == CFF_MAX_STEPS) {
        return error_set(glyph->err, ERROR_LIMIT, "cff.too_large", NULL,
                         "a glyph has more than %d steps", CFF_MAX_STEPS);
    }
    if (outline->count == glyph->capacity) {
        size_t capacity = glyph->capacity == 0 ? FIRST_CAPACITY : 2 * glyph->capacity;
        OutlineStep *steps = arena_alloc(glyph->arena, capacity * sizeof *steps);
        if (steps == NULL) {
            return error_memory(glyph->err);
        }
        if (outline->count > 0) {
            memcpy(steps, outline->steps, outline->count * sizeof *steps);
        }
        outline->steps = steps;
        glyph->capacity = capacity;
    }
    outline->steps[outline->count++] = *step;
    return true;
}

static bool close_path(Glyph *glyph)
{
    bool was_open = glyph->is_open;
    glyph->is_open = false;
    return !was_open || add_step(glyph, &(OutlineStep){.verb = OUTLINE_CLOSE});
}

static bool move(Glyph *glyph, double dx, double dy)
{
    if (!close_path(glyph)) {
        return false;
    }
    glyph->x += dx;
    glyph->y += dy;
    glyph->is_open = true;
    return add_step(glyph, &(OutlineStep){OUTLINE_MOVE, {glyph->x}, {glyph->y}});
}

static bool line(Glyph *glyph, double dx, double dy)
{
    glyph->x += dx;
    glyph->y += dy;
    return glyph->is_open ? add_step(glyph, &(OutlineStep){OUTLINE_LINE, {glyph->x}, {glyph->y}})
                          : refuse(glyph, "a glyph draws before it moves");
}

// Six differences: to the first control, to the second, to the end.
static bool curve(Glyph *glyph, double dxa, double dya, const double rest[4])
{
    OutlineStep step = {OUTLINE_CURVE, {glyph->x + dxa}, {glyph->y + dya}};
    step.x[1] = step.x[0] + rest[0];
    step.y[1] = step.y[0] + rest[1];
    step.x[2] = glyph->x = step.x[1] + rest[2];
    step.y[2] = glyph->y = step.y[1] + rest[3];
    return glyph->is_open ? add_step(glyph, &step) : refuse(glyph, "a glyph draws before it moves");
}

// The first operator that clears the stack may find one number more: the width, which the page
// knows from elsewhere.
static void drop_width(Glyph *glyph, bool is_there)
{
    if (!glyph->has_width && is_there) {
        memmove(glyph->stack, &glyph->stack[1], (glyph->count - 1) * sizeof(double));
        glyph->count--;
    }
    glyph->has_width = true;
}

static bool run_lines(Glyph *glyph, size_t from, size_t to)
{
    for (size_t i = from; i < to; i += 2) {
        if (!line(glyph, glyph->stack[i], glyph->stack[i + 1])) {
            return false;
        }
    }
    return true;
}

static bool run_curves(Glyph *glyph, size_t from, size_t to)
{
    const double *s = glyph->stack;
    for (size_t i = from; i < to; i += 6) {
        if (!curve(glyph, s[i], s[i + 1], &s[i + 2])) {
            return false;
        }
    }
    return true;
}

static bool run_alternating_lines(Glyph *glyph, bool is_horizontal)
{
    for (size_t i = 0; i < glyph->count; i++, is_horizontal = !is_horizontal) {
        double d = glyph->stack[i];
        if (!line(glyph, is_horizontal ? d : 0, is_horizontal ? 0 : d)) {
            return false;
        }
    }
    return true;
}

// hhcurveto and vvcurveto: curves that begin and end in one direction.
static bool run_parallel_curves(Glyph *glyph, bool is_horizontal)
{
    const double *s = glyph->stack;
    size_t i = glyph->count % 4;
    double aside = i == 1 ? s[0] : 0;
    if (i > 1 || glyph->count < 4) {
        return refuse(glyph, "a curve has too few numbers");
    }
    for (; i < glyph->count; i += 4, aside = 0) {
        double dxa = is_horizontal ? s[i] : aside, dya = is_horizontal ? aside : s[i];
        const double rest[4] = {s[i + 1], s[i + 2], is_horizontal ? s[i + 3] : 0,
                                is_horizontal ? 0 : s[i + 3]};
        if (!curve(glyph, dxa, dya, rest)) {
            return false;
        }
    }
    return true;
}

// hvcurveto and vhcurveto: curves that begin in one direction and end in the other, in turn. The
// last one may end in any.
static bool run_turning_curves(Glyph *glyph, bool is_horizontal)
{
    const double *s = glyph->stack;
    size_t odd = glyph->count % 4;
    if (odd > 1 || glyph->count < 4) {
        return refuse(glyph, "a curve has too few numbers");
    }
    for (size_t i = 0; i + 4 <= glyph->count; i += 4, is_horizontal = !is_horizontal) {
        bool is_last = i + 4 + odd == glyph->count;
        double aside = is_last && odd == 1 ? s[i + 4] : 0;
        const double rest[4] = {s[i + 1], s[i + 2], is_horizontal ? aside : s[i + 3],
                                is_horizontal ? s[i + 3] : aside};
        if (!curve(glyph, is_horizontal ? s[i] : 0, is_horizontal ? 0 : s[i], rest)) {
            return false;
        }
    }
    return true;
}

// Two curves for a slight bend. Source: Adobe TN 5177 4.1, flex operators.
static bool run_flex(Glyph *glyph, uint8_t kind)
{
    const double *s = glyph->stack;
    double start_y = glyph->y, start_x = glyph->x;
    switch (kind) {
    case 34:  // hflex
        return glyph->count == 7 && curve(glyph, s[0], 0, (const double[4]){s[1], s[2], s[3], 0}) &&
               curve(glyph, s[4], 0, (const double[4]){s[5], -s[2], s[6], 0});
    case 35:  // flex
        return glyph->count == 13 && run_curves(glyph, 0, 12);
    case 36:  // hflex1
        return glyph->count == 9 &&
               curve(glyph, s[0], s[1], (const double[4]){s[2], s[3], s[4], 0}) &&
               curve(glyph, s[5], 0,
                     (const double[4]){s[6], s[7], s[8], start_y - (glyph->y + s[7])});
    case 37: {  // flex1
        double dx = s[0] + s[2] + s[4] + s[6] + s[8], dy = s[1] + s[3] + s[5] + s[7] + s[9];
        bool is_wide = (dx < 0 ? -dx : dx) > (dy < 0 ? -dy : dy);
        if (glyph->count != 11 || !run_curves(glyph, 0, 6)) {
            return false;
        }
        double end_x = is_wide ? s[10] : start_x - (glyph->x + s[6] + s[8]);
        double end_y = is_wide ? start_y - (glyph->y + s[7] + s[9]) : s[10];
        return curve(glyph, s[6], s[7], (const double[4]){s[8], s[9], end_x, end_y});
    }
    default:
        return error_set(glyph->err, ERROR_INPUT, "cff.unsupported", "Adobe TN 5177 4.4",
                         "an embedded font computes within a glyph");
    }
}

static bool run_hints(Glyph *glyph)
{
    drop_width(glyph, glyph->count % 2 == 1);
    glyph->hints += (unsigned)(glyph->count / 2);
    return true;
}

static bool run_move(Glyph *glyph, uint8_t operator)
{
    size_t wanted = operator== 21 ? 2 : 1;
    drop_width(glyph, glyph->count > wanted);
    if (glyph->count != wanted) {
        return refuse(glyph, "a move has not its numbers");
    }
    const double *s = glyph->stack;
    return operator== 21 ? move(glyph, s[0], s[1])
                         : move(glyph, operator== 22 ? s[0] : 0, operator== 22 ? 0 : s[0]);
}

static bool run_path(Glyph *glyph, uint8_t operator)
{
    size_t count = glyph->count;
    switch (operator) {
    case 5:  // rlineto
        return count % 2 == 0 && run_lines(glyph, 0, count);
    case 6:  // hlineto
        return run_alternating_lines(glyph, true);
    case 7:  // vlineto
        return run_alternating_lines(glyph, false);
    case 8:  // rrcurveto
        return count % 6 == 0 && run_curves(glyph, 0, count);
    case 24:  // rcurveline
        return count >= 8 && count % 6 == 2 && run_curves(glyph, 0, count - 2) &&
               run_lines(glyph, count - 2, count);
    case 25:  // rlinecurve
        return count >= 8 && count % 2 == 0 && run_lines(glyph, 0, count - 6) &&
               run_curves(glyph, count - 6, count);
    case 26:  // vvcurveto
        return run_parallel_curves(glyph, false);
    case 27:  // hhcurveto
        return run_parallel_curves(glyph, true);
    case 30:  // vhcurveto
        return run_turning_curves(glyph, false);
    case 31:  // hvcurveto
        return run_turning_curves(glyph, true);
    default:
        return false;
    }
}

static bool run_program(Glyph *glyph, Bytes program, int depth);

int cff_subroutine_bias(uint32_t count)
{
    return count < 1240 ? 107 : count < 33900 ? 1131 : 32768;
}

static bool call(Glyph *glyph, const CffIndex *subroutines, int depth)
{
    Bytes program;
    if (glyph->count == 0 || depth == CFF_DEPTH_MAX) {
        return refuse(glyph, "a glyph calls without a number, or too deep");
    }
    double number = glyph->stack[--glyph->count] + cff_subroutine_bias(subroutines->count);
    if (number < 0 || number >= (double)subroutines->count ||
        !cff_index_entry(subroutines, (uint32_t)number, &program)) {
        return refuse(glyph, "a glyph calls what is not there");
    }
    return run_program(glyph, program, depth + 1);
}

static bool run_operator(Glyph *glyph, uint8_t operator, Reader * reader)
{
    bool ok = true;
    switch (operator) {
    case 1:
    case 3:
    case 18:
    case 23:  // hstem, vstem, hstemhm, vstemhm
        ok = run_hints(glyph);
        break;
    case 19:
    case 20:  // hintmask, cntrmask: vertical hints may stand before them unsaid
        ok = run_hints(glyph);
        (void)reader_bytes(reader, (glyph->hints + 7) / 8);
        break;
    case 4:
    case 21:
    case 22:  // vmoveto, rmoveto, hmoveto
        ok = run_move(glyph, operator);
        break;
    case 12:
        ok = run_flex(glyph, reader_u8(reader)) || refuse(glyph, "a bend has not its numbers");
        break;
    case 14:  // endchar
        drop_width(glyph, glyph->count == 1);
        glyph->has_ended = true;
        ok = glyph->count == 0 ? close_path(glyph) : refuse(glyph, "a glyph is made of others");
        break;
    default:
        ok = run_path(glyph, operator) || refuse(glyph, "an operator is unknown or ill supplied");
        break;
    }
    glyph->count = 0;
    return ok && !reader->failed;
}

static bool push(Glyph *glyph, uint8_t first, Reader *reader)
{
    double number;
    if (first == 28) {
        number = (int16_t)reader_u16_be(reader);
    } else if (first <= 246) {
        number = first - 139;
    } else if (first <= 250) {
        number = (first - 247) * 256 + reader_u8(reader) + 108;
    } else if (first <= 254) {
        number = -(first - 251) * 256 - reader_u8(reader) - 108;
    } else {
        number = (int32_t)reader_u32_be(reader) / 65536.0;
    }
    if (reader->failed || glyph->count == CFF_STACK_MAX) {
        return refuse(glyph, "a glyph's numbers are cut off or too many");
    }
    glyph->stack[glyph->count++] = number;
    return true;
}

// One instruction. *ret_returns is set by "return".
static bool run_one(Glyph *glyph, Reader *reader, int depth, bool *ret_returns)
{
    uint8_t first = reader_u8(reader);
    if (glyph->budget-- == 0) {
        return error_set(glyph->err, ERROR_LIMIT, "cff.too_large", NULL, "a glyph runs too long");
    }
    if (first == 28 || first >= 32) {
        return push(glyph, first, reader);
    }
    switch (first) {
    case 10:
        return call(glyph, glyph->local, depth);
    case 29:
        return call(glyph, &glyph->font->global_subroutines, depth);
    case 11:
        *ret_returns = true;
        return depth > 0 || refuse(glyph, "a glyph returns to nowhere");
    default:
        return run_operator(glyph, first, reader) || refuse(glyph, "a glyph is cut off");
    }
}

static bool run_program(Glyph *glyph, Bytes program, int depth)
{
    Reader reader = reader_of(program);
    bool returns = false;
    while (!returns && !glyph->has_ended) {
        if (reader_done(&reader)) {
            return refuse(glyph, "a glyph does not end");
        }
        if (!run_one(glyph, &reader, depth, &returns)) {
            return false;
        }
    }
    return true;
}

bool cff_outline(const CffFont *font, Arena *arena, uint32_t cid, Outline *ret, Error *err)
{
    uint32_t number, dict;
    Bytes program;
    Outline outline = {0};
    if (!cff_find_glyph(font, cid, &number, &dict, err)) {
        return false;
    }
    if (!cff_index_entry(&font->glyphs, number, &program)) {
        return cff_malformed(err, "a glyph cannot be read");
    }
    Glyph glyph = {.font = font,
                   .local = &font->local_subroutines[dict],
                   .arena = arena,
                   .err = err,
                   .outline = &outline,
                   .budget = CFF_STEPS_OF_PROGRAM_MAX};
    if (!run_program(&glyph, program, 0)) {
        return false;
    }
    *ret = outline;
    return true;
}
