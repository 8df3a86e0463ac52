// SPDX-License-Identifier: Apache-2.0
//
// Cross-reference streams and object streams, as other programs write them.
#include "domain/document/pdf_file.h"

enum { MAX_FIELD_WIDTH = 8, MAX_CONTAINED = 65536 };

// The columns of a cross-reference stream.
typedef struct {
    size_t widths[3];
    Reader rows;
} XrefRows;

static bool widths_read(const PdfObject *stream, XrefRows *rows)
{
    const PdfObject *widths = pdf_entry(stream, "W");
    if (widths == NULL || widths->kind != PDF_ARRAY || widths->count != 3) {
        return false;
    }
    for (size_t i = 0; i < 3; i++) {
        const PdfObject *width = widths->items[i];
        if (width->kind != PDF_INTEGER || width->integer < 0 || width->integer > MAX_FIELD_WIDTH) {
            return false;
        }
        rows->widths[i] = (size_t)width->integer;
    }
    return rows->widths[1] > 0;
}

static uint64_t take_number(Reader *reader, size_t width, uint64_t otherwise)
{
    uint64_t value = width == 0 ? otherwise : 0;
    for (size_t i = 0; i < width; i++) {
        value = value << 8 | reader_u8(reader);
    }
    return value;
}

static bool take_row(XrefRows *rows, uint32_t number, PdfLocation *ret)
{
    uint64_t kind = take_number(&rows->rows, rows->widths[0], 1);
    uint64_t second = take_number(&rows->rows, rows->widths[1], 0);
    uint64_t third = take_number(&rows->rows, rows->widths[2], 0);
    *ret = (PdfLocation){.number = number, .in_use = kind != 0 && (kind != 1 || second != 0)};
    if (second > UINT32_MAX || third > UINT32_MAX) {
        return false;
    }
    if (kind == 1) {
        ret->offset = (size_t)second;
        ret->generation = (uint32_t)third;
    } else if (kind == 2) {
        ret->is_compressed = true;
        ret->container = (uint32_t)second;
        ret->index = (uint32_t)third;
    }
    return !rows->rows.failed && kind <= 2;
}

// One pair of /Index, or all of /Size.
static bool take_rows(PdfSection *section, XrefRows *rows, int64_t first, int64_t count)
{
    if (first < 0 || count < 0 || first > PDF_MAX_OBJECTS || count > PDF_MAX_OBJECTS - first) {
        return false;
    }
    for (int64_t i = 0; i < count; i++) {
        PdfLocation *location = &section->locations[section->count];
        if (rows->rows.rest.len == 0 || !take_row(rows, (uint32_t)(first + i), location)) {
            return false;
        }
        section->count++;
    }
    return true;
}

static bool take_index(PdfFile *file, const PdfObject *stream, XrefRows *rows, PdfSection *section,
                       Error *err)
{
    const PdfObject *index = pdf_entry(stream, "Index"), *size = pdf_entry(stream, "Size");
    size_t row_len = rows->widths[0] + rows->widths[1] + rows->widths[2];
    size_t capacity = rows->rows.rest.len / row_len;
    section->locations = arena_alloc(file->arena, (capacity + 1) * sizeof(PdfLocation));
    if (section->locations == NULL) {
        return error_memory(err);
    }
    bool valid = size != NULL && size->kind == PDF_INTEGER && capacity <= PDF_MAX_OBJECTS;
    if (valid && index == NULL) {
        valid = take_rows(section, rows, 0, size->integer);
    } else if (valid) {
        valid = index->kind == PDF_ARRAY && index->count % 2 == 0;
        for (size_t i = 0; valid && i < index->count; i += 2) {
            valid =
                index->items[i]->kind == PDF_INTEGER && index->items[i + 1]->kind == PDF_INTEGER &&
                take_rows(section, rows, index->items[i]->integer, index->items[i + 1]->integer);
        }
    }
    valid = valid && reader_done(&rows->rows);
    return valid || pdf_malformed(err, stream->offset, "bad rows of a cross-reference stream");
}

bool pdf_parse_xref_stream(PdfFile *file, size_t offset, PdfSection *section, size_t *ret_end,
                           Error *err)
{
    PdfCursor cursor = {file->arena, file->bytes, offset, &file->budget, err};
    PdfLocation location = {.offset = offset, .in_use = true};
    const PdfObject *stream = NULL;
    uint64_t number = 0;
    XrefRows rows = {0};
    Bytes content;
    if (!pdf_take_integer(&cursor, &number)) {
        return false;
    }
    location.number = (uint32_t)number;
    // No revisions are known yet, so that nothing in it may be a reference.
    if (!pdf_parse_indirect(file, &location, 0, &stream, ret_end, err)) {
        return false;
    }
    if (stream->kind != PDF_STREAM || !pdf_is_name(pdf_entry(stream, "Type"), "XRef") ||
        !widths_read(stream, &rows) || number == 0 || number > PDF_MAX_OBJECTS) {
        return pdf_malformed(err, offset, "neither a table nor a cross-reference stream");
    }
    if (!pdf_stream_decode(file, stream, &content, err)) {
        return false;
    }
    rows.rows = reader_of(content);
    section->stream_number = (uint32_t)number;
    section->shown.trailer = stream;
    section->shown.is_stream = true;
    return take_index(file, stream, &rows, section, err);
}

// The pairs of number and offset at the start of an object stream.
static bool read_pairs(PdfFile *file, PdfContainer *container, const PdfObject *stream, Error *err)
{
    const PdfObject *first = pdf_entry(stream, "First"), *count = pdf_entry(stream, "N");
    if (first == NULL || first->kind != PDF_INTEGER || first->integer < 0 || count == NULL ||
        count->kind != PDF_INTEGER || count->integer < 0 || count->integer > MAX_CONTAINED ||
        (uint64_t)first->integer > container->content.len ||
        (uint64_t)count->integer > container->content.len / 2) {
        return pdf_malformed(err, stream->offset, "bad object stream");
    }
    container->count = (size_t)count->integer;
    container->numbers = arena_alloc(file->arena, (container->count + 1) * sizeof(uint32_t));
    container->offsets = arena_alloc(file->arena, (container->count + 1) * sizeof(uint32_t));
    if (container->numbers == NULL || container->offsets == NULL) {
        return error_memory(err);
    }
    PdfCursor cursor = {file->arena, container->content, 0, &file->budget, err};
    for (size_t i = 0; i < container->count; i++) {
        uint64_t number = 0, offset = 0;
        pdf_skip_space(&cursor);
        if (!pdf_take_integer(&cursor, &number)) {
            return false;
        }
        pdf_skip_space(&cursor);
        if (!pdf_take_integer(&cursor, &offset)) {
            return false;
        }
        if (number > UINT32_MAX || offset > container->content.len - (uint64_t)first->integer) {
            return pdf_malformed(err, stream->offset, "bad object stream");
        }
        container->numbers[i] = (uint32_t)number;
        container->offsets[i] = (uint32_t)offset + (uint32_t)first->integer;
    }
    return true;
}

// How long an object stream is may be said by an object of its own, and that could be another in a
// later revision: then the stream would be another too, unseen.
static bool length_is_fixed(const PdfFile *file, const PdfObject *stream, size_t revisions)
{
    const PdfObject *length = pdf_entry(stream, "Length");
    PdfLocation then, now;
    if (length == NULL || length->kind != PDF_REFERENCE) {
        return true;
    }
    uint32_t number = (uint32_t)length->integer;
    return pdf_locate(file, revisions, number, &then) &&
           pdf_locate(file, file->revision_count, number, &now) && then.offset == now.offset;
}

// Load and decode the object stream that holds an object, once for each place where it stands.
static bool container_load(PdfFile *file, const PdfLocation *location, size_t revisions,
                           const PdfContainer **ret, Error *err)
{
    PdfLocation place;
    const PdfObject *stream = NULL;
    size_t end = 0;
    // An object stream is never inside another: this does not recurse.
    if (location->container >= file->size ||
        !pdf_locate(file, revisions, location->container, &place) || place.is_compressed) {
        return pdf_malformed(err, 0, "an object stream is missing");
    }
    for (*ret = file->containers[place.number]; *ret != NULL; *ret = (*ret)->next) {
        if ((*ret)->offset == place.offset) {
            return true;
        }
    }
    if (!pdf_parse_indirect(file, &place, revisions, &stream, &end, err)) {
        return false;
    }
    if (!pdf_is_name(pdf_entry(stream, "Type"), "ObjStm") || end > place.limit ||
        !length_is_fixed(file, stream, revisions)) {
        return pdf_malformed(err, place.offset, "not an object stream");
    }
    PdfContainer *container = arena_alloc(file->arena, sizeof *container);
    if (container == NULL) {
        return error_memory(err);
    }
    container->offset = place.offset;
    if (!pdf_stream_decode(file, stream, &container->content, err) ||
        !read_pairs(file, container, stream, err)) {
        return false;
    }
    container->next = file->containers[place.number];
    file->containers[place.number] = container;
    *ret = container;
    return true;
}

// Offsets into a decoded stream mean nothing in the file.
static void forget_places(PdfObject *object)
{
    object->offset = 0;
    object->end = 0;
    for (size_t i = 0; object->kind == PDF_ARRAY && i < object->count; i++) {
        forget_places(object->items[i]);
    }
    for (size_t i = 0; object->kind == PDF_DICTIONARY && i < object->count; i++) {
        forget_places(object->entries[i].value);
    }
}

bool pdf_parse_compressed(PdfFile *file, const PdfLocation *location, size_t revisions,
                          const PdfObject **ret, Error *err)
{
    const PdfContainer *container = NULL;
    PdfObject *object = NULL;
    if (!container_load(file, location, revisions, &container, err)) {
        return false;
    }
    if (location->index >= container->count ||
        container->numbers[location->index] != location->number) {
        return pdf_malformed(err, container->offset, "object stream holds another object");
    }
    PdfCursor cursor = {file->arena, container->content, container->offsets[location->index],
                        &file->budget, err};
    if (!pdf_parse_object(&cursor, 0, &object)) {
        return false;
    }
    forget_places(object);
    *ret = object;
    return true;
}
