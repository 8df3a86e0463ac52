// SPDX-License-Identifier: Apache-2.0
#include "domain/document/characters.h"

#include "base/codec/utf8.h"

bool characters_decode(Arena *arena, Bytes text, Characters *ret, Error *err)
{
    Characters result = {arena_alloc(arena, (text.len + 1) * sizeof(uint32_t)), 0};
    if (result.code_points == NULL) {
        return error_memory(err);
    }
    Reader reader = reader_of(text);
    while (reader.rest.len > 0) {
        if (!utf8_next(&reader, &result.code_points[result.count])) {
            return error_set(err, ERROR_INPUT, "document.encoding", NULL,
                             "the text is not UTF-8 after character %zu", result.count);
        }
        result.count++;
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
