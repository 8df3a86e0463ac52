// SPDX-License-Identifier: Apache-2.0
//
// Parsing PDF objects from hostile bytes. Internal to the reader.
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_PARSE_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_PARSE_H

#include "domain/document/pdf_reader.h"

// A position in a file. `budget` is how many more objects may be parsed from it at all.
typedef struct {
    Arena *arena;
    Bytes file;
    size_t at;
    size_t *budget;
    Error *err;
} PdfCursor;

// Record ERROR_INPUT "pdf.malformed" with the offset; returns false.
static inline bool pdf_malformed(Error *err, size_t offset, const char *what)
{
    return error_set(err, ERROR_INPUT, "pdf.malformed", "ISO 32000-1 7", "%s at offset %zu", what,
                     offset);
}

// Skip white space and comments.
void pdf_skip_space(PdfCursor *cursor);
// Skip white space alone.
void pdf_skip_blanks(PdfCursor *cursor);
// Take a keyword if it comes next (and ends there).
bool pdf_take_keyword(PdfCursor *cursor, const char *keyword);
// Take a non-negative integer of at most 10 digits.
bool pdf_take_integer(PdfCursor *cursor, uint64_t *ret) MUST_CHECK;
// Take the end of the line: CR, LF or CR LF. False if something else comes.
bool pdf_take_line_end(PdfCursor *cursor);

// Parse one object other than a stream. Duplicate keys, bad escapes, unbalanced strings and
// anything deeper than PDF_MAX_DEPTH are refused. Source: ISO 32000-1 7.3.
bool pdf_parse_object(PdfCursor *cursor, int depth, PdfObject **ret) MUST_CHECK;

#endif
