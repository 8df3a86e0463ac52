// SPDX-License-Identifier: Apache-2.0
//
// Byte strings: a borrowed view (Bytes), a bounds-checked cursor (Reader) and an owned,
// bounded, growing buffer (Writer). No other module does pointer arithmetic.
#ifndef ASSENT_BASE_CORE_BYTES_H
#define ASSENT_BASE_CORE_BYTES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/core/attributes.h"

// A borrowed view of `len` bytes. Never freed through the view. {NULL, 0} is the empty view.
typedef struct {
    const uint8_t *data;
    size_t len;
} Bytes;

#define BYTES_EMPTY ((Bytes){NULL, 0})
// View a whole array (not a pointer).
#define BYTES_OF_ARRAY(array) ((Bytes){(const uint8_t *)(array), sizeof(array)})
// View a string literal without its terminating zero.
#define BYTES_LITERAL(text) ((Bytes){(const uint8_t *)(text), sizeof(text) - 1})

// View `len` bytes at `data`.
Bytes bytes_of(const void *data, size_t len);
// View a C string without its terminating zero. NULL gives the empty view.
Bytes bytes_of_text(const char *text);
// Compare two views; not constant-time (see secret.h for secrets).
bool bytes_equal(Bytes a, Bytes b);
// Compare a view with a C string.
bool bytes_equal_text(Bytes a, const char *text);
// Order two views lexicographically, shorter first on a common prefix: <0, 0, >0.
int bytes_compare(Bytes a, Bytes b);
// True if `whole` begins with `prefix`.
bool bytes_start_with(Bytes whole, Bytes prefix);
// View part of a view. A range that does not lie inside gives the empty view.
Bytes bytes_slice(Bytes whole, size_t offset, size_t len);
// View everything from `offset` on; the empty view when offset is past the end.
Bytes bytes_from(Bytes whole, size_t offset);
// Find `needle` at or after `start`. False if it does not occur.
bool bytes_find(Bytes haystack, Bytes needle, size_t start, size_t *ret_offset);
// Find the last occurrence of `needle`. False if it does not occur.
bool bytes_find_last(Bytes haystack, Bytes needle, size_t *ret_offset);

// A cursor over a view. The first read past the end sets `failed`; every later read
// returns zero or the empty view, so a parser is a list of reads and one check.
typedef struct {
    Bytes rest;
    bool failed;
} Reader;

Reader reader_of(Bytes bytes);
uint8_t reader_u8(Reader *reader);
uint16_t reader_u16_be(Reader *reader);
uint32_t reader_u32_be(Reader *reader);
uint64_t reader_u64_be(Reader *reader);
uint16_t reader_u16_le(Reader *reader);
uint32_t reader_u32_le(Reader *reader);
Bytes reader_bytes(Reader *reader, size_t len);
// Look at the next byte without taking it; -1 at the end.
int reader_peek(const Reader *reader);
// True when nothing failed and nothing is left.
bool reader_done(const Reader *reader);

// An owned buffer that grows up to `limit` bytes. The first write past the limit or out
// of memory sets `failed`; later writes do nothing. One check at the end is enough.
typedef struct {
    uint8_t *data;
    size_t len;
    size_t capacity;
    size_t limit;
    bool failed;
} Writer;

// Start an empty writer. Free it with writer_free (or CLEANUP(writer_free)).
Writer writer_new(size_t limit_bytes);
// Release the buffer (it is wiped first, it may hold plaintext). Harmless when repeated.
void writer_free(Writer *writer);
// Make room for `more` bytes at once, for who knows how many come: a buffer that grows step by step
// is copied and wiped at each of them. More than the limit is no failure until it is written.
void writer_expect(Writer *writer, size_t more);
void writer_put(Writer *writer, Bytes bytes);
void writer_put_text(Writer *writer, const char *text);
void writer_put_u8(Writer *writer, uint8_t value);
void writer_put_u16_be(Writer *writer, uint16_t value);
void writer_put_u32_be(Writer *writer, uint32_t value);
void writer_put_u64_be(Writer *writer, uint64_t value);
void writer_put_u16_le(Writer *writer, uint16_t value);
void writer_put_u32_le(Writer *writer, uint32_t value);
// Append `count` copies of `value`.
void writer_put_repeated(Writer *writer, uint8_t value, size_t count);
// Append `len` > 0 bytes that the caller fills at once; NULL when there is no room.
uint8_t *writer_put_space(Writer *writer, size_t len);
void writer_format(Writer *writer, const char *format, ...) PRINTF_LIKE(2, 3);
// Overwrite bytes already written; a range outside sets `failed`.
void writer_patch(Writer *writer, size_t offset, Bytes bytes);
// View what was written so far; invalid after the next write or writer_free.
Bytes writer_bytes(const Writer *writer);

#endif
