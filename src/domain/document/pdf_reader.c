// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_reader.h"

#include <stdlib.h>
#include <string.h>

#include "domain/document/pdf_file.h"

enum { PARSE_BUDGET = 700000, COMPARISONS = 8000000, MAX_HOPS = 8, HEADER_WITHIN = 1024 };

bool pdf_open(Arena *arena, Bytes file, PdfFile **ret, Error *err)
{
    size_t at = 0;
    PdfFile *opened = arena_alloc(arena, sizeof *opened);
    if (opened == NULL) {
        return error_memory(err);
    }
    opened->arena = arena;
    opened->bytes = file;
    opened->budget = PARSE_BUDGET;
    opened->comparisons = COMPARISONS;
    if (!bytes_start_with(file, BYTES_LITERAL("%PDF-1.")) &&
        !bytes_start_with(file, BYTES_LITERAL("%PDF-2."))) {
        // Offsets may count from it or from the file's start: readers differ.
        return bytes_find(bytes_slice(file, 0, HEADER_WITHIN), BYTES_LITERAL("%PDF-"), 1, &at)
                   ? error_set(err, ERROR_INPUT, "pdf.unsupported", "ISO 32000-1 7.5.2",
                               "the PDF begins %zu bytes into the file", at)
                   : pdf_malformed(err, 0, "no PDF header");
    }
    if (!pdf_read_revisions(opened, err)) {
        return false;
    }
    opened->loaded = arena_alloc(arena, opened->size * sizeof *opened->loaded);
    opened->containers = arena_alloc(arena, opened->size * sizeof(PdfContainer *));
    opened->versions = arena_alloc(arena, opened->size * sizeof(PdfVersion *));
    if (opened->loaded == NULL || opened->containers == NULL || opened->versions == NULL) {
        return error_memory(err);
    }
    const PdfObject *trailer = opened->revisions[opened->revision_count - 1].trailer;
    if (!pdf_get(opened, trailer, "Root", &opened->catalog, err)) {
        return false;
    }
    if (opened->catalog->kind != PDF_DICTIONARY ||
        !pdf_is_name(pdf_entry(opened->catalog, "Type"), "Catalog")) {
        return pdf_malformed(err, opened->catalog->offset, "Root is not a catalog");
    }
    if (!pdf_read_pages(opened, err) || !pdf_read_signatures(opened, err)) {
        return false;
    }
    *ret = opened;
    return true;
}

Bytes pdf_bytes(const PdfFile *file)
{
    return file->bytes;
}

const PdfRevision *pdf_revisions(const PdfFile *file, size_t *ret_count)
{
    *ret_count = file->revision_count;
    return file->revisions;
}

const PdfSignature *pdf_signatures(const PdfFile *file, size_t *ret_count)
{
    *ret_count = file->signature_count;
    return file->signatures;
}

uint32_t pdf_size(const PdfFile *file)
{
    return file->size;
}

const PdfObject *pdf_catalog(const PdfFile *file)
{
    return file->catalog;
}

const PdfObject *const *pdf_pages(const PdfFile *file, const uint32_t **ret_numbers,
                                  size_t *ret_count)
{
    *ret_numbers = file->page_numbers;
    *ret_count = file->page_count;
    return file->pages;
}

// "n g obj" at a location; the cursor then stands before the object.
static bool take_object_start(PdfCursor *cursor, const PdfLocation *location)
{
    uint64_t number = 0, generation = 0;
    if (!pdf_take_integer(cursor, &number)) {
        return false;
    }
    pdf_skip_space(cursor);
    if (!pdf_take_integer(cursor, &generation)) {
        return false;
    }
    pdf_skip_space(cursor);
    if (number != location->number || generation != location->generation ||
        !pdf_take_keyword(cursor, "obj")) {
        return pdf_malformed(cursor->err, location->offset,
                             "not the object that the table promises");
    }
    return true;
}

// The length of a stream: direct, or an integer object of its own (never a stream, so this does
// not recurse).
static bool stream_length(PdfFile *file, const PdfObject *dictionary, size_t revisions, size_t *ret,
                          Error *err)
{
    const PdfObject *length = pdf_entry(dictionary, "Length");
    PdfLocation location;
    if (length != NULL && length->kind == PDF_REFERENCE && length->integer < file->size &&
        pdf_locate(file, revisions, (uint32_t)length->integer, &location) &&
        !location.is_compressed) {
        PdfCursor cursor = {file->arena, file->bytes, location.offset, &file->budget, err};
        PdfObject *parsed = NULL;
        if (!take_object_start(&cursor, &location) || !pdf_parse_object(&cursor, 0, &parsed)) {
            return false;
        }
        length = parsed;
    }
    if (length == NULL || length->kind != PDF_INTEGER || length->integer < 0 ||
        (uint64_t)length->integer > file->bytes.len) {
        return pdf_malformed(err, dictionary->offset, "stream without a valid Length");
    }
    *ret = (size_t)length->integer;
    return true;
}

// The cursor stands after "stream"; the data ends with "endstream".
static bool take_stream(PdfFile *file, PdfCursor *cursor, PdfObject *object, size_t revisions)
{
    size_t length = 0;
    bool crlf = bytes_start_with(bytes_from(file->bytes, cursor->at), BYTES_LITERAL("\r\n"));
    bool lf = bytes_start_with(bytes_from(file->bytes, cursor->at), BYTES_LITERAL("\n"));
    if (object->kind != PDF_DICTIONARY || (!crlf && !lf)) {
        return pdf_malformed(cursor->err, cursor->at, "bad start of a stream");
    }
    cursor->at += crlf ? 2 : 1;
    if (!stream_length(file, object, revisions, &length, cursor->err)) {
        return false;
    }
    if (length > file->bytes.len - cursor->at) {
        return pdf_malformed(cursor->err, cursor->at, "stream longer than the file");
    }
    object->kind = PDF_STREAM;
    object->bytes = bytes_slice(file->bytes, cursor->at, length);
    cursor->at += length;
    // Some count the line end before it, some do not.
    pdf_skip_blanks(cursor);
    if (!pdf_take_keyword(cursor, "endstream")) {
        return pdf_malformed(cursor->err, cursor->at, "stream does not end where Length says");
    }
    object->end = cursor->at;
    pdf_skip_space(cursor);
    return true;
}

bool pdf_parse_indirect(PdfFile *file, const PdfLocation *location, size_t revisions,
                        const PdfObject **ret, size_t *ret_end, Error *err)
{
    PdfCursor cursor = {file->arena, file->bytes, location->offset, &file->budget, err};
    PdfObject *object = NULL;
    if (!take_object_start(&cursor, location)) {
        return false;
    }
    if (!pdf_parse_object(&cursor, 0, &object)) {
        return false;
    }
    pdf_skip_space(&cursor);
    if (pdf_take_keyword(&cursor, "stream") && !take_stream(file, &cursor, object, revisions)) {
        return false;
    }
    if (!pdf_take_keyword(&cursor, "endobj")) {
        return pdf_malformed(err, cursor.at, "object without endobj");
    }
    *ret = object;
    *ret_end = cursor.at;
    return true;
}

// Where an object stands, whatever its number: two states of a file share what stands where it
// stood.
static bool version_of(const PdfFile *file, const PdfLocation *location, size_t revisions,
                       PdfVersion *ret)
{
    PdfLocation place = *location;
    if (location->is_compressed &&
        (location->container >= file->size ||
         !pdf_locate(file, revisions, location->container, &place) || place.is_compressed)) {
        return false;
    }
    *ret = (PdfVersion){
        .offset = place.offset, .index = location->index, .is_compressed = location->is_compressed};
    return true;
}

static bool parse_located(PdfFile *file, const PdfLocation *location, size_t revisions,
                          const PdfObject **ret, Error *err)
{
    size_t end = 0;
    if (location->is_compressed) {
        return pdf_parse_compressed(file, location, revisions, ret, err);
    }
    if (!pdf_parse_indirect(file, location, revisions, ret, &end, err)) {
        return false;
    }
    // What was there when it was signed cannot end in what came later.
    return end <= location->limit ||
           pdf_malformed(err, location->offset, "an object reaches into its table");
}

bool pdf_load_as_of(PdfFile *file, size_t revisions, uint32_t number, const PdfObject **ret,
                    Error *err)
{
    PdfLocation location;
    PdfVersion wanted;
    if (number >= file->size || !pdf_locate(file, revisions, number, &location)) {
        *ret = NULL;
        return true;
    }
    bool is_kept = version_of(file, &location, revisions, &wanted);
    for (const PdfVersion *known = file->versions[number]; is_kept && known != NULL;
         known = known->next) {
        if (known->offset == wanted.offset && known->index == wanted.index &&
            known->is_compressed == wanted.is_compressed) {
            *ret = known->object;
            return true;
        }
    }
    if (!parse_located(file, &location, revisions, ret, err)) {
        return false;
    }
    const PdfObject *length = pdf_entry(*ret, "Length");
    bool has_own_length =
        (*ret)->kind == PDF_STREAM && length != NULL && length->kind == PDF_REFERENCE;
    PdfVersion *kept = is_kept && !has_own_length ? arena_alloc(file->arena, sizeof *kept) : NULL;
    if (kept != NULL) {
        *kept = wanted;
        kept->object = *ret;
        kept->next = file->versions[number];
        file->versions[number] = kept;
    }
    return true;
}

bool pdf_load(PdfFile *file, uint32_t number, const PdfObject **ret, Error *err)
{
    if (number >= file->size) {
        *ret = NULL;
        return true;
    }
    if (file->loaded[number] == NULL &&
        !pdf_load_as_of(file, file->revision_count, number, &file->loaded[number], err)) {
        return false;
    }
    *ret = file->loaded[number];
    return true;
}

bool pdf_resolve(PdfFile *file, const PdfObject *object, const PdfObject **ret, Error *err)
{
    static const PdfObject null_object = {.kind = PDF_NULL};
    for (int hop = 0; object != NULL && object->kind == PDF_REFERENCE; hop++) {
        if (hop == MAX_HOPS) {
            return pdf_malformed(err, object->offset, "references lead in a circle");
        }
        if (object->integer >= file->size) {
            object = NULL;
        } else if (!pdf_load(file, (uint32_t)object->integer, &object, err)) {
            return false;
        }
    }
    *ret = object == NULL ? &null_object : object;
    return true;
}

static int key_compare(const void *key, const void *entry)
{
    return bytes_compare(*(const Bytes *)key, ((const PdfEntry *)entry)->key);
}

const PdfObject *pdf_find(const PdfObject *dictionary, Bytes key)
{
    if (dictionary == NULL ||
        (dictionary->kind != PDF_DICTIONARY && dictionary->kind != PDF_STREAM)) {
        return NULL;
    }
    if (dictionary->count > PDF_UNSORTED_MAX) {
        const PdfEntry *found = bsearch(&key, dictionary->entries, dictionary->count,
                                        sizeof *dictionary->entries, key_compare);
        return found == NULL ? NULL : found->value;
    }
    for (size_t i = 0; i < dictionary->count; i++) {
        if (bytes_equal(dictionary->entries[i].key, key)) {
            return dictionary->entries[i].value;
        }
    }
    return NULL;
}

const PdfObject *pdf_entry(const PdfObject *dictionary, const char *key)
{
    return pdf_find(dictionary, bytes_of_text(key));
}

bool pdf_get(PdfFile *file, const PdfObject *dictionary, const char *key, const PdfObject **ret,
             Error *err)
{
    return pdf_resolve(file, pdf_entry(dictionary, key), ret, err);
}

bool pdf_is_name(const PdfObject *object, const char *name)
{
    return object != NULL && object->kind == PDF_NAME && bytes_equal_text(object->bytes, name);
}
