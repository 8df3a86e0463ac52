// SPDX-License-Identifier: Apache-2.0
#include "domain/document/characters.h"

// How many continuation bytes follow a lead byte, and the smallest character that needs them.
static bool lead_parse(uint8_t lead, uint32_t *ret_bits, int *ret_more, uint32_t *ret_minimum)
{
    static const struct {
        uint8_t mask, value;
        int more;
        uint32_t minimum;
    } forms[] = {
        {0x80, 0x00, 0, 0},
        {0xe0, 0xc0, 1, 0x80},
        {0xf0, 0xe0, 2, 0x800},
        {0xf8, 0xf0, 3, 0x10000},
    };
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        if ((lead & forms[i].mask) == forms[i].value) {
            *ret_bits = lead & (uint8_t)~forms[i].mask;
            *ret_more = forms[i].more;
            *ret_minimum = forms[i].minimum;
            return true;
        }
    }
    return false;
}

uint32_t character_next(Reader *reader)
{
    uint32_t value = 0, minimum = 0;
    int more = 0;
    uint8_t lead = reader_u8(reader);
    if (reader->failed) {
        return 0;
    }
    bool valid = lead_parse(lead, &value, &more, &minimum);
    for (int i = 0; valid && i < more; i++) {
        uint8_t next = reader_u8(reader);
        valid = !reader->failed && (next & 0xc0) == 0x80;
        value = value << 6 | (next & 0x3fU);
    }
    if (!valid || value < minimum || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
        reader->failed = true;
        return 0;
    }
    return value;
}

void character_put(Writer *writer, uint32_t code_point)
{
    if (code_point < 0x80) {
        writer_put_u8(writer, (uint8_t)code_point);
    } else if (code_point < 0x800) {
        writer_put_u8(writer, (uint8_t)(0xc0 | code_point >> 6));
        writer_put_u8(writer, (uint8_t)(0x80 | (code_point & 0x3f)));
    } else if (code_point < 0x10000) {
        writer_put_u8(writer, (uint8_t)(0xe0 | code_point >> 12));
        writer_put_u8(writer, (uint8_t)(0x80 | (code_point >> 6 & 0x3f)));
        writer_put_u8(writer, (uint8_t)(0x80 | (code_point & 0x3f)));
    } else {
        writer_put_u8(writer, (uint8_t)(0xf0 | (code_point >> 18 & 0x07)));
        writer_put_u8(writer, (uint8_t)(0x80 | (code_point >> 12 & 0x3f)));
        writer_put_u8(writer, (uint8_t)(0x80 | (code_point >> 6 & 0x3f)));
        writer_put_u8(writer, (uint8_t)(0x80 | (code_point & 0x3f)));
    }
}

bool characters_decode(Arena *arena, Bytes text, Characters *ret, Error *err)
{
    Characters result = {arena_alloc(arena, (text.len + 1) * sizeof(uint32_t)), 0};
    if (result.code_points == NULL) {
        return error_memory(err);
    }
    Reader reader = reader_of(text);
    while (reader.rest.len > 0 && !reader.failed) {
        result.code_points[result.count++] = character_next(&reader);
    }
    if (reader.failed) {
        return error_set(err, ERROR_INPUT, "document.encoding", NULL,
                         "the text is not UTF-8 after character %zu", result.count - 1);
    }
    *ret = result;
    return true;
}

void character_put_utf16(Writer *writer, uint32_t code_point)
{
    if (code_point < 0x10000) {
        writer_put_u16_be(writer, (uint16_t)code_point);
        return;
    }
    uint32_t offset = code_point - 0x10000;
    writer_put_u16_be(writer, (uint16_t)(0xd800 | offset >> 10));
    writer_put_u16_be(writer, (uint16_t)(0xdc00 | (offset & 0x3ff)));
}
