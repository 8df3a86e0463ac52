// SPDX-License-Identifier: Apache-2.0
#include "base/core/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WRITER_FIRST_CAPACITY = 256 };

Bytes bytes_of(const void *data, size_t len)
{
    return (Bytes){data, len};
}

Bytes bytes_of_text(const char *text)
{
    return text == NULL ? BYTES_EMPTY : (Bytes){(const uint8_t *)text, strlen(text)};
}

bool bytes_equal(Bytes a, Bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool bytes_equal_text(Bytes a, const char *text)
{
    return bytes_equal(a, bytes_of_text(text));
}

int bytes_compare(Bytes a, Bytes b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common == 0 ? 0 : memcmp(a.data, b.data, common);
    if (order != 0) {
        return order;
    }
    return a.len < b.len ? -1 : a.len > b.len;
}

bool bytes_start_with(Bytes whole, Bytes prefix)
{
    return whole.len >= prefix.len && bytes_equal(bytes_slice(whole, 0, prefix.len), prefix);
}

Bytes bytes_slice(Bytes whole, size_t offset, size_t len)
{
    if (offset > whole.len || len > whole.len - offset || whole.data == NULL) {
        return BYTES_EMPTY;
    }
    return (Bytes){whole.data + offset, len};
}

Bytes bytes_from(Bytes whole, size_t offset)
{
    return offset >= whole.len ? BYTES_EMPTY : bytes_slice(whole, offset, whole.len - offset);
}

bool bytes_find(Bytes haystack, Bytes needle, size_t start, size_t *ret_offset)
{
    if (start > haystack.len || needle.len > haystack.len - start || needle.len == 0) {
        return false;
    }
    const uint8_t *found =
        memmem(haystack.data + start, haystack.len - start, needle.data, needle.len);
    if (found == NULL) {
        return false;
    }
    *ret_offset = (size_t)(found - haystack.data);
    return true;
}

bool bytes_find_last(Bytes haystack, Bytes needle, size_t *ret_offset)
{
    if (needle.len == 0 || needle.len > haystack.len) {
        return false;
    }
    for (size_t offset = haystack.len - needle.len + 1; offset-- > 0;) {
        if (memcmp(haystack.data + offset, needle.data, needle.len) == 0) {
            *ret_offset = offset;
            return true;
        }
    }
    return false;
}

Reader reader_of(Bytes bytes)
{
    return (Reader){bytes, false};
}

Bytes reader_bytes(Reader *reader, size_t len)
{
    if (reader->failed || len > reader->rest.len) {
        reader->failed = true;
        return BYTES_EMPTY;
    }
    Bytes taken = {reader->rest.data, len};
    reader->rest.data += len;
    reader->rest.len -= len;
    return taken;
}

static uint64_t reader_number(Reader *reader, size_t size, bool big_endian)
{
    Bytes taken = reader_bytes(reader, size);
    uint64_t value = 0;
    for (size_t i = 0; i < taken.len; i++) {
        value = value << 8 | taken.data[big_endian ? i : taken.len - 1 - i];
    }
    return value;
}

uint8_t reader_u8(Reader *reader)
{
    return (uint8_t)reader_number(reader, 1, true);
}

uint16_t reader_u16_be(Reader *reader)
{
    return (uint16_t)reader_number(reader, 2, true);
}

uint32_t reader_u32_be(Reader *reader)
{
    return (uint32_t)reader_number(reader, 4, true);
}

uint64_t reader_u64_be(Reader *reader)
{
    return reader_number(reader, 8, true);
}

uint16_t reader_u16_le(Reader *reader)
{
    return (uint16_t)reader_number(reader, 2, false);
}

uint32_t reader_u32_le(Reader *reader)
{
    return (uint32_t)reader_number(reader, 4, false);
}

int reader_peek(const Reader *reader)
{
    return reader->failed || reader->rest.len == 0 ? -1 : reader->rest.data[0];
}

bool reader_done(const Reader *reader)
{
    return !reader->failed && reader->rest.len == 0;
}

Writer writer_new(size_t limit_bytes)
{
    return (Writer){.limit = limit_bytes};
}

void writer_free(Writer *writer)
{
    if (writer->data != NULL) {
        explicit_bzero(writer->data, writer->capacity);
        free(writer->data);
    }
    *writer = (Writer){0};
}

// Make room for `more` bytes. The old buffer is wiped, which realloc would not do.
// Move to a buffer of another size, wiping the one before.
static bool writer_move(Writer *writer, size_t capacity)
{
    uint8_t *grown = malloc(capacity);
    if (grown == NULL) {
        return false;
    }
    if (writer->data != NULL) {
        memcpy(grown, writer->data, writer->len);
        explicit_bzero(writer->data, writer->capacity);
        free(writer->data);
    }
    writer->data = grown;
    writer->capacity = capacity;
    return true;
}

void writer_expect(Writer *writer, size_t more)
{
    bool fits = !writer->failed && more <= writer->limit && writer->len <= writer->limit - more;
    if (fits && writer->len + more > writer->capacity) {
        (void)writer_move(writer, writer->len + more);
    }
}

static bool writer_reserve(Writer *writer, size_t more)
{
    if (writer->failed || more > writer->limit || writer->len > writer->limit - more) {
        writer->failed = true;
        return false;
    }
    if (writer->len + more <= writer->capacity) {
        return true;
    }
    size_t capacity = writer->capacity == 0 ? WRITER_FIRST_CAPACITY : writer->capacity;
    while (capacity < writer->len + more) {
        capacity = capacity > writer->limit / 2 ? writer->limit : capacity * 2;
    }
    if (!writer_move(writer, capacity)) {
        writer->failed = true;
        return false;
    }
    return true;
}

void writer_put(Writer *writer, Bytes bytes)
{
    if (bytes.len > 0 && writer_reserve(writer, bytes.len)) {
        memcpy(writer->data + writer->len, bytes.data, bytes.len);
        writer->len += bytes.len;
    }
}

void writer_put_text(Writer *writer, const char *text)
{
    writer_put(writer, bytes_of_text(text));
}

static void writer_put_number(Writer *writer, uint64_t value, size_t size, bool big_endian)
{
    uint8_t encoded[8];
    for (size_t i = 0; i < size; i++) {
        size_t shift = 8 * (big_endian ? size - 1 - i : i);
        encoded[i] = (uint8_t)(value >> shift);
    }
    writer_put(writer, bytes_of(encoded, size));
}

void writer_put_u8(Writer *writer, uint8_t value)
{
    writer_put_number(writer, value, 1, true);
}

void writer_put_u16_be(Writer *writer, uint16_t value)
{
    writer_put_number(writer, value, 2, true);
}

void writer_put_u32_be(Writer *writer, uint32_t value)
{
    writer_put_number(writer, value, 4, true);
}

void writer_put_u64_be(Writer *writer, uint64_t value)
{
    writer_put_number(writer, value, 8, true);
}

void writer_put_u16_le(Writer *writer, uint16_t value)
{
    writer_put_number(writer, value, 2, false);
}

void writer_put_u32_le(Writer *writer, uint32_t value)
{
    writer_put_number(writer, value, 4, false);
}

void writer_put_repeated(Writer *writer, uint8_t value, size_t count)
{
    if (count > 0 && writer_reserve(writer, count)) {
        memset(writer->data + writer->len, value, count);
        writer->len += count;
    }
}

uint8_t *writer_put_space(Writer *writer, size_t len)
{
    if (!writer_reserve(writer, len)) {
        return NULL;
    }
    uint8_t *space = writer->data + writer->len;
    writer->len += len;
    return space;
}

void writer_format(Writer *writer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = NULL;
    int len = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (len < 0) {
        writer->failed = true;
        return;
    }
    writer_put(writer, bytes_of(text, (size_t)len));
    free(text);
}

void writer_patch(Writer *writer, size_t offset, Bytes bytes)
{
    if (writer->failed || offset > writer->len || bytes.len > writer->len - offset) {
        writer->failed = true;
        return;
    }
    if (bytes.len > 0) {
        memcpy(writer->data + offset, bytes.data, bytes.len);
    }
}

Bytes writer_bytes(const Writer *writer)
{
    return writer->failed ? BYTES_EMPTY : (Bytes){writer->data, writer->len};
}
