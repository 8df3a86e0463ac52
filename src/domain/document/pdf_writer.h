// SPDX-License-Identifier: Apache-2.0
//
// Writing PDF 1.7: objects, streams, classic cross-reference tables, and incremental updates.
// Deterministic: no clock, no randomness; the file identifier comes from what the caller says
// the content is.
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_WRITER_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/core/arena.h"
#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "domain/document/pdf_pack.h"

typedef struct {
    uint32_t number;
    size_t offset;
} PdfOffset;

// A file being written. Failures stick to `out` and are found by pdf_writer_finish.
typedef struct {
    Arena *arena;
    Writer *out;
    uint32_t next_number;
    PdfOffset *offsets;
    size_t offset_count;
} PdfWriter;

// Start a file: writes the header to an empty writer.
PdfWriter pdf_writer_new(Arena *arena, Writer *out);
// Go on with a file that `out` already holds: new objects are numbered from `size`.
PdfWriter pdf_writer_continue(Arena *arena, Writer *out, uint32_t size);

// Count in an object that `out` already holds.
void pdf_writer_adopt(PdfWriter *writer, PdfOffset offset);

// Take the next object number.
uint32_t pdf_writer_reserve(PdfWriter *writer);
// "N 0 obj", then write the object to writer->out, then "endobj".
void pdf_writer_begin(PdfWriter *writer, uint32_t number);
void pdf_writer_end(PdfWriter *writer);
// A whole object from a format.
void pdf_writer_object(PdfWriter *writer, uint32_t number, const char *format, ...)
    PRINTF_LIKE(3, 4);
// A whole stream object. `entries` are dictionary entries beside Length and Filter ("" for none).
void pdf_writer_stream(PdfWriter *writer, uint32_t number, const char *entries, Bytes content,
                       PdfPacking packing);

// What the trailer says.
typedef struct {
    uint32_t root, info;      // object numbers; info 0: none
    Bytes first_id, last_id;  // 16 bytes each
    bool has_previous;
    size_t previous_xref;
} PdfTrailer;

// Write table and trailer. Fails with ERROR_LIMIT or when memory ran out on the way.
bool pdf_writer_finish(PdfWriter *writer, const PdfTrailer *trailer, Error *err) MUST_CHECK;

// A number with at most three decimals, locale-independent.
void pdf_put_number(Writer *out, double number);
// "(...)" for ASCII, otherwise UTF-16 with byte-order mark in hexadecimal. `text` is UTF-8.
void pdf_put_text(Writer *out, Bytes text);
// "/Name" with escapes.
void pdf_put_name(Writer *out, Bytes name);

#endif
