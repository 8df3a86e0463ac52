// SPDX-License-Identifier: Apache-2.0
#include "base/codec/utf8.h"

#include <string.h>

static bool utf8_fail(Reader *reader)
{
    reader->failed = true;
    return false;
}

// Number of continuation bytes and the smallest character of that length.
static bool utf8_lead(uint8_t lead, int *ret_more, uint32_t *ret_bits, uint32_t *ret_smallest)
{
    static const struct {
        uint8_t mask, value;
        int more;
        uint32_t smallest;
    } forms[] = {
        {0x80, 0x00, 0, 0x0},
        {0xe0, 0xc0, 1, 0x80},
        {0xf0, 0xe0, 2, 0x800},
        {0xf8, 0xf0, 3, 0x10000},
    };
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        if ((lead & forms[i].mask) == forms[i].value) {
            *ret_more = forms[i].more;
            *ret_bits = lead & (uint8_t)~forms[i].mask;
            *ret_smallest = forms[i].smallest;
            return true;
        }
    }
    return false;
}

bool utf8_next(Reader *reader, uint32_t *ret)
{
    int more = 0;
    uint32_t character = 0;
    uint32_t smallest = 0;
    if (!utf8_lead(reader_u8(reader), &more, &character, &smallest) || reader->failed) {
        return utf8_fail(reader);
    }
    for (int i = 0; i < more; i++) {
        const uint8_t next = reader_u8(reader);
        if ((next & 0xc0) != 0x80) {
            return utf8_fail(reader);
        }
        character = (character << 6) | (next & 0x3f);
    }
    if (character < smallest || character > 0x10ffff ||
        (character >= 0xd800 && character <= 0xdfff)) {
        return utf8_fail(reader);
    }
    *ret = character;
    return true;
}

// How many bytes from the start on are ASCII, eight at a time: nearly all of most texts.
static size_t ascii_prefix(Bytes text)
{
    size_t at = 0;
    uint64_t eight = 0;
    while (at + sizeof eight <= text.len) {
        memcpy(&eight, &text.data[at], sizeof eight);
        if ((eight & (UINT64_MAX / 255 * 0x80)) != 0) {
            break;
        }
        at += sizeof eight;
    }
    return at;
}

bool utf8_is_valid(Bytes text)
{
    Reader reader = reader_of(bytes_from(text, ascii_prefix(text)));
    uint32_t character = 0;
    while (reader_peek(&reader) >= 0) {
        if (!utf8_next(&reader, &character)) {
            return false;
        }
        if (character >= 0x80) {
            reader.rest = bytes_from(reader.rest, ascii_prefix(reader.rest));
        }
    }
    return true;
}

bool utf8_count(Bytes text, size_t *ret)
{
    Reader reader = reader_of(text);
    size_t count = 0;
    uint32_t character = 0;
    while (reader_peek(&reader) >= 0) {
        if (!utf8_next(&reader, &character)) {
            return false;
        }
        count++;
    }
    *ret = count;
    return true;
}

void utf8_put(Writer *writer, uint32_t character)
{
    if (character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff)) {
        writer->failed = true;
    } else if (character < 0x80) {
        writer_put_u8(writer, (uint8_t)character);
    } else if (character < 0x800) {
        writer_put_u8(writer, (uint8_t)(0xc0 | (character >> 6)));
        writer_put_u8(writer, (uint8_t)(0x80 | (character & 0x3f)));
    } else if (character < 0x10000) {
        writer_put_u8(writer, (uint8_t)(0xe0 | (character >> 12)));
        writer_put_u8(writer, (uint8_t)(0x80 | ((character >> 6) & 0x3f)));
        writer_put_u8(writer, (uint8_t)(0x80 | (character & 0x3f)));
    } else {
        writer_put_u8(writer, (uint8_t)(0xf0 | (character >> 18)));
        writer_put_u8(writer, (uint8_t)(0x80 | ((character >> 12) & 0x3f)));
        writer_put_u8(writer, (uint8_t)(0x80 | ((character >> 6) & 0x3f)));
        writer_put_u8(writer, (uint8_t)(0x80 | (character & 0x3f)));
    }
}
