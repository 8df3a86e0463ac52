// SPDX-License-Identifier: Apache-2.0
//
// The program is read as it would run, but nothing is drawn: operands wait until the operator that
// takes them shows whether they are wanted.
#include "domain/document/cff_flatten.h"

enum {
    OPERATOR_CALL_LOCAL = 10,
    OPERATOR_RETURN = 11,
    OPERATOR_ESCAPE = 12,
    OPERATOR_END = 14,
    OPERATOR_HINT_MASK = 19,
    OPERATOR_COUNTER_MASK = 20,
    OPERATOR_CALL_GLOBAL = 29,
    FLEX_FIRST = 34,
    FLEX_LAST = 37,
};

typedef struct {
    const CffFont *font;
    const CffIndex *local;
    Writer *out;
    Error *err;
    Bytes stack[CFF_STACK_MAX];  // operands as written
    size_t count;
    size_t hints;
    unsigned budget;
    bool has_width, has_ended;
} Flattening;

static bool refuse(const Flattening *flattening, const char *what)
{
    return cff_malformed(flattening->err, what);
}

// Take one operand whose first byte is known; how long it is depends on that.
static bool push(Flattening *flattening, Reader *reader)
{
    uint8_t first = reader->rest.data[0];
    size_t len = first == 28 ? 3 : first <= 246 ? 1 : first <= 254 ? 2 : 5;
    Bytes operand = reader_bytes(reader, len);
    if (reader->failed || flattening->count == CFF_STACK_MAX) {
        return refuse(flattening, "a glyph's numbers are cut off or too many");
    }
    flattening->stack[flattening->count++] = operand;
    return true;
}

// An operand that is a whole number; anything else names no subroutine.
static int whole_number(Bytes operand)
{
    Reader reader = reader_of(operand);
    uint8_t first = reader_u8(&reader);
    if (first == 28) {
        return (int16_t)reader_u16_be(&reader);
    }
    if (first <= 246) {
        return first - 139;
    }
    int next = reader_u8(&reader);
    return first <= 250   ? (first - 247) * 256 + next + 108
           : first <= 254 ? -(first - 251) * 256 - next - 108
                          : INT32_MAX / 2;
}

// Drop hints. A width that stands before them stays, for the operator that comes next.
static void drop_hints(Flattening *flattening)
{
    bool has_width = !flattening->has_width && flattening->count % 2 == 1;
    flattening->hints += flattening->count / 2;
    if (has_width) {
        writer_put(flattening->out, flattening->stack[0]);
    }
    flattening->has_width = true;
    flattening->count = 0;
}

// Operands that stand one after another in the font are copied together.
static void put_operands(Flattening *flattening)
{
    for (size_t i = 0; i < flattening->count;) {
        Bytes run = flattening->stack[i++];
        while (i < flattening->count && flattening->stack[i].data == &run.data[run.len]) {
            run.len += flattening->stack[i++].len;
        }
        writer_put(flattening->out, run);
    }
    flattening->has_width = true;
    flattening->count = 0;
}

static bool copy_operator(Flattening *flattening, uint8_t operator, Reader * reader)
{
    put_operands(flattening);
    writer_put_u8(flattening->out, operator);
    if (operator== OPERATOR_ESCAPE) {
        uint8_t second = reader_u8(reader);
        writer_put_u8(flattening->out, second);
        if (second < FLEX_FIRST || second > FLEX_LAST) {
            return error_set(flattening->err, ERROR_INPUT, "cff.unsupported", "Adobe TN 5177 4.4",
                             "a font computes within a glyph");
        }
    }
    flattening->has_ended = operator== OPERATOR_END;
    return !reader->failed || refuse(flattening, "a glyph is cut off");
}

static bool run_operator(Flattening *flattening, uint8_t operator, Reader * reader)
{
    switch (operator) {
    case 1:
    case 3:
    case 18:
    case 23:  // hstem, vstem, hstemhm, vstemhm
        drop_hints(flattening);
        return true;
    case OPERATOR_HINT_MASK:
    case OPERATOR_COUNTER_MASK:  // vertical hints may stand before them unsaid
        drop_hints(flattening);
        (void)reader_bytes(reader, (flattening->hints + 7) / 8);
        return !reader->failed || refuse(flattening, "a glyph is cut off");
    case 4:
    case 5:
    case 6:
    case 7:
    case 8:
    case OPERATOR_ESCAPE:
    case OPERATOR_END:
    case 21:
    case 22:
    case 24:
    case 25:
    case 26:
    case 27:
    case 30:
    case 31:  // moves, lines, curves, bends, the end
        return copy_operator(flattening, operator, reader);
    default:
        return refuse(flattening, "an operator of a glyph is unknown");
    }
}

static bool run_program(Flattening *flattening, Bytes program, int depth);

static bool call(Flattening *flattening, const CffIndex *subroutines, int depth)
{
    Bytes program;
    if (flattening->count == 0 || depth == CFF_DEPTH_MAX) {
        return refuse(flattening, "a glyph calls without a number, or too deep");
    }
    int number = whole_number(flattening->stack[--flattening->count]) +
                 cff_subroutine_bias(subroutines->count);
    if (number < 0 || !cff_index_entry(subroutines, (uint32_t)number, &program)) {
        return refuse(flattening, "a glyph calls what is not there");
    }
    return run_program(flattening, program, depth + 1);
}

static bool run_program(Flattening *flattening, Bytes program, int depth)
{
    Reader reader = reader_of(program);
    while (!flattening->has_ended) {
        int first = reader_peek(&reader);
        if (first < 0 || flattening->budget-- == 0) {
            return refuse(flattening, "a glyph does not end");
        }
        bool ok;
        if (first == 28 || first >= 32) {
            ok = push(flattening, &reader);
        } else {
            uint8_t operator= reader_u8(&reader);
            if (operator== OPERATOR_RETURN) {
                return depth > 0 || refuse(flattening, "a glyph returns to nowhere");
            }
            ok = operator== OPERATOR_CALL_LOCAL ? call(flattening, flattening->local, depth) :
                 operator== OPERATOR_CALL_GLOBAL
                     ? call(flattening, &flattening->font->global_subroutines, depth)
                     : run_operator(flattening, operator, & reader);
        }
        if (!ok) {
            return false;
        }
    }
    return true;
}

bool cff_flatten(const CffFont *font, uint32_t glyph, uint32_t dict, Writer *ret, Error *err)
{
    Bytes program;
    if (!cff_index_entry(&font->glyphs, glyph, &program)) {
        return cff_malformed(err, "a glyph cannot be read");
    }
    Flattening flattening = {.font = font,
                             .local = &font->local_subroutines[dict],
                             .out = ret,
                             .err = err,
                             .budget = CFF_STEPS_OF_PROGRAM_MAX};
    return run_program(&flattening, program, 0);
}
