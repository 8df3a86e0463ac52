// SPDX-License-Identifier: Apache-2.0
//
// A strict reader for hostile PDF files: cross-reference tables and streams, objects, streams
// with FlateDecode, and the signatures of the form. Everything is bounded: depth, counts, the
// size of inflated data, the number of revisions. Nothing is repaired: a file that needs
// repairing is refused, because two readers would repair it into two different documents.
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_READER_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/core/arena.h"
#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"

enum {
    PDF_MAX_DEPTH = 32,
    PDF_MAX_OBJECTS = 200000,
    PDF_MAX_REVISIONS = 64,
    PDF_MAX_INFLATED = 48 * 1024 * 1024,
    PDF_UNSORTED_MAX = 16,
    PDF_MAX_LOCATIONS = 1000000,  // entries of all tables together
};

typedef enum {
    PDF_NULL,
    PDF_BOOLEAN,
    PDF_INTEGER,
    PDF_REAL,
    PDF_STRING,
    PDF_NAME,
    PDF_ARRAY,
    PDF_DICTIONARY,
    PDF_STREAM,
    PDF_REFERENCE,
} PdfKind;

typedef struct PdfObject PdfObject;
typedef struct {
    Bytes key;  // without the slash, escapes resolved
    PdfObject *value;
} PdfEntry;

struct PdfObject {
    PdfKind kind;
    bool boolean;
    int64_t integer;      // INTEGER; REFERENCE: object number
    double real;          // INTEGER and REAL
    uint32_t generation;  // REFERENCE
    Bytes bytes;          // STRING, NAME: decoded. STREAM: raw data
    PdfObject **items;    // ARRAY
    PdfEntry *entries;    // DICTIONARY, STREAM; more than PDF_UNSORTED_MAX are sorted by key
    size_t count;         // of items or entries
    size_t offset, end;   // where it stands in the file; 0, 0: in an object stream
};

typedef struct PdfFile PdfFile;

// One revision: what one save or one signature appended.
typedef struct {
    size_t end;  // offset after its %%EOF line
    size_t xref_offset;
    const PdfObject *trailer;  // dictionary; the cross-reference stream if is_stream
    bool is_stream;
    const uint32_t *changed;  // numbers of the objects that it defines or frees
    size_t changed_count;
} PdfRevision;

// One signature field with a value, in the order of the revisions.
typedef struct {
    Bytes field_name;
    Bytes filter, sub_filter;
    Bytes signing_time;  // /M as it stands; empty when absent
    Bytes reason;
    uint64_t byte_range[4];
    bool has_byte_range;     // false: absent or not four non-negative integers
    Bytes der;               // /Contents up to the end of its outer element
    size_t contents_offset;  // of "<"; 0 when not a direct hexadecimal string
    size_t contents_len;
    uint32_t field_number;  // object numbers; value_number 0: direct
    uint32_t value_number;
    const PdfObject *field;  // the field (and widget) dictionary
    const PdfObject *value;  // the signature dictionary
} PdfSignature;

// Open a file (borrowed; must outlive the PdfFile, which lives in the arena). Fails with
// ERROR_INPUT "pdf.malformed" (the text says what and where), "pdf.encrypted",
// "pdf.unsupported" (well-formed, but nothing that this reader decides on), or ERROR_LIMIT.
bool pdf_open(Arena *arena, Bytes file, PdfFile **ret, Error *err) MUST_CHECK;

Bytes pdf_bytes(const PdfFile *file);
const PdfRevision *pdf_revisions(const PdfFile *file, size_t *ret_count);  // oldest first
const PdfSignature *pdf_signatures(const PdfFile *file, size_t *ret_count);
// Number after the largest object number.
uint32_t pdf_size(const PdfFile *file);
const PdfObject *pdf_catalog(const PdfFile *file);
// Pages in order; object numbers beside them.
const PdfObject *const *pdf_pages(const PdfFile *file, const uint32_t **ret_numbers,
                                  size_t *ret_count);

// The object in force; NULL when it does not exist (which means the null object).
bool pdf_load(PdfFile *file, uint32_t number, const PdfObject **ret, Error *err) MUST_CHECK;
// Follow references (bounded). A missing object gives the null object, never NULL.
bool pdf_resolve(PdfFile *file, const PdfObject *object, const PdfObject **ret,
                 Error *err) MUST_CHECK;
// Entry of a dictionary or stream, unresolved; NULL when absent or not a dictionary.
const PdfObject *pdf_find(const PdfObject *dictionary, Bytes key);
const PdfObject *pdf_entry(const PdfObject *dictionary, const char *key);
// Entry, resolved; the null object when absent.
bool pdf_get(PdfFile *file, const PdfObject *dictionary, const char *key, const PdfObject **ret,
             Error *err) MUST_CHECK;
bool pdf_is_name(const PdfObject *object, const char *name);
// Decode a stream (no filter, or FlateDecode with or without predictors) into the arena.
bool pdf_stream_decode(PdfFile *file, const PdfObject *stream, Bytes *ret, Error *err) MUST_CHECK;

#endif
