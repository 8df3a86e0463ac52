// SPDX-License-Identifier: Apache-2.0
//
// The inside of an opened PDF. Internal to reading and judging.
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_FILE_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_FILE_H

#include "domain/document/pdf_parse.h"
#include "domain/document/pdf_reader.h"

// One line of a cross-reference table. A compressed object has no place of its own: it is the
// `index`th object of the object stream `container`.
typedef struct {
    uint32_t number, generation;
    size_t offset;
    bool in_use, is_compressed;
    uint32_t container, index;
    size_t limit;  // what it must end before; set by pdf_locate
} PdfLocation;

typedef struct {
    PdfRevision shown;
    size_t start;            // where the revision begins: the end of the one before
    PdfLocation *locations;  // ascending by number
    size_t count;
    uint32_t stream_number;         // the object that is the table; 0: a classic table
    size_t mark_end;                // offset after "%%EOF"; shown.end is after the end of its line
    size_t hidden_offset;           // of the stream that a classic table has beside it; 0: none
    uint64_t named_offset;          // what its startxref says
    bool is_linearized;             // its table is in two parts
    bool is_tiled_known, is_tiled;  // whether its objects are all there is in it
} PdfSection;

// An object as it was parsed from one place; another place of the same number follows.
typedef struct PdfVersion PdfVersion;
struct PdfVersion {
    size_t offset;   // of the object, or of the stream that holds it
    uint32_t index;  // in that stream
    bool is_compressed;
    const PdfObject *object;
    PdfVersion *next;
};

// A decoded object stream; another version of the same number follows.
typedef struct PdfContainer PdfContainer;
struct PdfContainer {
    size_t offset;  // of the stream in the file
    Bytes content;
    uint32_t *numbers, *offsets;  // of the objects in it
    size_t count;
    PdfContainer *next;
};

struct PdfFile {
    Arena *arena;
    Bytes bytes;
    size_t budget;              // objects that may still be parsed
    size_t comparisons;         // entries written again that may still be compared
    size_t inflated;            // bytes inflated so far
    PdfContainer **containers;  // by number, decoded
    PdfVersion **versions;      // by number
    PdfSection *sections;       // oldest first
    PdfRevision *revisions;
    size_t revision_count;
    uint32_t size;
    const PdfObject **loaded;  // by number; NULL: not yet
    const PdfObject *catalog;
    const PdfObject **pages;
    uint32_t *page_numbers;
    size_t page_count;
    PdfSignature *signatures;
    size_t signature_count;
};

// Parse the cross-reference stream at `offset` into the section: locations, stream_number,
// trailer; *ret_end is the offset after it. Source: ISO 32000-1 7.5.8.
bool pdf_parse_xref_stream(PdfFile *file, size_t offset, PdfSection *section, size_t *ret_end,
                           Error *err) MUST_CHECK;
// Parse an object that lies in an object stream. Source: ISO 32000-1 7.5.7.
bool pdf_parse_compressed(PdfFile *file, const PdfLocation *location, size_t revisions,
                          const PdfObject **ret, Error *err) MUST_CHECK;

// Read the chain of cross-reference tables from the end of the file.
bool pdf_read_revisions(PdfFile *file, Error *err) MUST_CHECK;
// Find the fields of the form that are signatures with a value.
bool pdf_read_signatures(PdfFile *file, Error *err) MUST_CHECK;
bool pdf_read_pages(PdfFile *file, Error *err) MUST_CHECK;

// Where an object is, looking at the first `revisions` revisions only. False when it is free or
// absent.
bool pdf_locate(const PdfFile *file, size_t revisions, uint32_t number, PdfLocation *ret);
// The object as it was after the first `revisions` revisions; NULL when it did not exist.
bool pdf_load_as_of(PdfFile *file, size_t revisions, uint32_t number, const PdfObject **ret,
                    Error *err) MUST_CHECK;
// Parse "n g obj ... endobj" at a location; *ret_end is the offset after "endobj".
bool pdf_parse_indirect(PdfFile *file, const PdfLocation *location, size_t revisions,
                        const PdfObject **ret, size_t *ret_end, Error *err) MUST_CHECK;

#endif
