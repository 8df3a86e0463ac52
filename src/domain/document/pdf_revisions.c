// SPDX-License-Identifier: Apache-2.0
//
// Cross-reference tables: the history of a file, newest first, each older one before it.
#include <stdlib.h>
#include <string.h>

#include "domain/document/pdf_file.h"

enum { ENTRY_SIZE = 20, TAIL_SIZE = 1024 };

static PdfCursor cursor_at(PdfFile *file, size_t at, Error *err)
{
    return (PdfCursor){file->arena, file->bytes, at, &file->budget, err};
}

// Find the offset after "startxref" at the very end of the file.
static bool find_last_table(PdfFile *file, size_t *ret, Error *err)
{
    size_t tail = file->bytes.len < TAIL_SIZE ? file->bytes.len : TAIL_SIZE;
    size_t start = file->bytes.len - tail, found = 0;
    if (!bytes_find_last(bytes_from(file->bytes, start), BYTES_LITERAL("startxref"), &found)) {
        return pdf_malformed(err, start, "no startxref at the end of the file");
    }
    PdfCursor cursor = cursor_at(file, start + found + 9, err);
    uint64_t offset = 0;
    pdf_skip_space(&cursor);
    if (!pdf_take_integer(&cursor, &offset)) {
        return false;
    }
    if (offset >= file->bytes.len) {
        return pdf_malformed(err, cursor.at, "startxref points outside the file");
    }
    *ret = (size_t)offset;
    return true;
}

// "nnnnnnnnnn ggggg n" and a two-byte line end.
static bool parse_entry(Bytes line, uint32_t number, PdfLocation *ret)
{
    uint64_t offset = 0, generation = 0;
    for (size_t i = 0; i < 16; i++) {
        if (i == 10) {
            if (line.data[i] != ' ') {
                return false;
            }
            continue;
        }
        if (line.data[i] < '0' || line.data[i] > '9') {
            return false;
        }
        uint64_t *value = i < 10 ? &offset : &generation;
        *value = *value * 10 + (uint64_t)(line.data[i] - '0');
    }
    bool ends = bytes_equal(bytes_slice(line, 18, 2), BYTES_LITERAL(" \n")) ||
                bytes_equal(bytes_slice(line, 18, 2), BYTES_LITERAL(" \r")) ||
                bytes_equal(bytes_slice(line, 18, 2), BYTES_LITERAL("\r\n"));
    uint8_t kind = line.data[17];
    *ret = (PdfLocation){.number = number,
                         .generation = (uint32_t)generation,
                         .offset = (size_t)offset,
                         // Offset 0 is the header's: some write so that an object is missing.
                         .in_use = kind == 'n' && offset != 0};
    return line.data[16] == ' ' && (kind == 'n' || kind == 'f') && ends && generation <= 65535;
}

static bool subsection_grow(PdfFile *file, PdfSection *section, uint64_t count, Error *err)
{
    PdfLocation *grown =
        arena_alloc(file->arena, (section->count + (size_t)count + 1) * sizeof *grown);
    if (grown == NULL) {
        return error_memory(err);
    }
    if (section->count > 0) {
        memcpy(grown, section->locations, section->count * sizeof *grown);
    }
    section->locations = grown;
    return true;
}

static bool parse_subsection(PdfFile *file, PdfCursor *cursor, PdfSection *section)
{
    uint64_t first = 0, count = 0;
    if (!pdf_take_integer(cursor, &first)) {
        return false;
    }
    pdf_skip_space(cursor);
    if (!pdf_take_integer(cursor, &count)) {
        return false;
    }
    pdf_skip_space(cursor);
    size_t room = (file->bytes.len - cursor->at) / ENTRY_SIZE;
    if (count > room || first + count > PDF_MAX_OBJECTS ||
        section->count + count > PDF_MAX_OBJECTS) {
        return pdf_malformed(cursor->err, cursor->at, "cross-reference section is too long");
    }
    if (!subsection_grow(file, section, count, cursor->err)) {
        return false;
    }
    for (uint64_t i = 0; i < count; i++) {
        PdfLocation *location = &section->locations[section->count];
        Bytes line = bytes_slice(file->bytes, cursor->at, ENTRY_SIZE);
        if (!parse_entry(line, (uint32_t)(first + i), location)) {
            return pdf_malformed(cursor->err, cursor->at, "bad cross-reference entry");
        }
        section->count++;
        cursor->at += ENTRY_SIZE;
    }
    return true;
}

// Some write their tables out of order; in no table may an object stand twice.
static int number_compare(const void *left, const void *right)
{
    const PdfLocation *a = left, *b = right;
    return a->number < b->number ? -1 : a->number > b->number;
}

static bool sort_locations(PdfSection *section, size_t offset, Error *err)
{
    bool is_sorted = true;
    for (size_t i = 1; i < section->count; i++) {
        is_sorted = is_sorted && section->locations[i - 1].number < section->locations[i].number;
    }
    if (is_sorted) {
        return true;
    }
    qsort(section->locations, section->count, sizeof *section->locations, number_compare);
    for (size_t i = 1; i < section->count; i++) {
        if (section->locations[i - 1].number == section->locations[i].number) {
            return pdf_malformed(err, offset, "an object stands twice in one table");
        }
    }
    return true;
}

// After the trailer: startxref with the offset of a table, %%EOF and the end of the line.
static bool parse_section_end(PdfCursor *cursor, PdfSection *section)
{
    pdf_skip_space(cursor);
    if (!pdf_take_keyword(cursor, "startxref")) {
        return pdf_malformed(cursor->err, cursor->at, "trailer without startxref");
    }
    pdf_skip_space(cursor);
    if (!pdf_take_integer(cursor, &section->named_offset)) {
        return false;
    }
    while (cursor->at < cursor->file.len && cursor->file.data[cursor->at] == ' ') {
        cursor->at++;
    }
    (void)pdf_take_line_end(cursor);
    if (!bytes_start_with(bytes_from(cursor->file, cursor->at), BYTES_LITERAL("%%EOF"))) {
        return pdf_malformed(cursor->err, cursor->at, "no %%EOF after startxref");
    }
    cursor->at += 5;
    section->mark_end = cursor->at;
    while (cursor->at < cursor->file.len && cursor->file.data[cursor->at] == ' ') {
        cursor->at++;
    }
    bool is_end = cursor->at == cursor->file.len;
    if (!pdf_take_line_end(cursor) && !is_end) {
        return pdf_malformed(cursor->err, cursor->at, "something follows %%EOF on its line");
    }
    section->shown.end = cursor->at;
    return true;
}

static bool check_trailer(const PdfObject *trailer, size_t offset, Error *err)
{
    if (trailer->kind != PDF_DICTIONARY && trailer->kind != PDF_STREAM) {
        return pdf_malformed(err, offset, "the trailer is not a dictionary");
    }
    if (pdf_entry(trailer, "Encrypt") != NULL) {
        return error_set(err, ERROR_INPUT, "pdf.encrypted", NULL, "the PDF is encrypted");
    }
    const PdfObject *size = pdf_entry(trailer, "Size");
    if (size == NULL || size->kind != PDF_INTEGER || size->integer < 1 ||
        size->integer > PDF_MAX_OBJECTS) {
        return pdf_malformed(err, offset, "the trailer lacks Size");
    }
    return true;
}

// Of a file for readers of two ages: objects that the table hides stand in a stream beside it.
// Source: ISO 32000-1 7.5.8.4.
static bool merge_hidden(PdfFile *file, PdfSection *section, Error *err)
{
    const PdfObject *place = pdf_entry(section->shown.trailer, "XRefStm");
    PdfSection hidden = {0};
    size_t end = 0, count = 0;
    if (place == NULL) {
        return true;
    }
    if (section->shown.is_stream || place->kind != PDF_INTEGER || place->integer < 0 ||
        (uint64_t)place->integer >= section->shown.xref_offset) {
        return pdf_malformed(err, section->shown.xref_offset, "bad XRefStm");
    }
    section->hidden_offset = (size_t)place->integer;
    if (!pdf_parse_xref_stream(file, section->hidden_offset, &hidden, &end, err) ||
        !sort_locations(&hidden, section->hidden_offset, err)) {
        return false;
    }
    PdfLocation *merged =
        arena_alloc(file->arena, (section->count + hidden.count + 1) * sizeof *merged);
    if (merged == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0, k = 0; i < section->count || k < hidden.count;) {
        const PdfLocation *shown = i < section->count ? &section->locations[i] : NULL;
        const PdfLocation *other = k < hidden.count ? &hidden.locations[k] : NULL;
        bool takes_shown = other == NULL || (shown != NULL && shown->number <= other->number);
        bool is_same = shown != NULL && other != NULL && shown->number == other->number;
        merged[count++] = takes_shown && !(is_same && !shown->in_use) ? *shown : *other;
        i += takes_shown;
        k += !takes_shown || is_same;
    }
    section->locations = merged;
    section->count = count;
    return true;
}

static bool parse_table(PdfFile *file, PdfCursor *cursor, PdfSection *section)
{
    pdf_skip_space(cursor);
    while (!pdf_take_keyword(cursor, "trailer")) {
        if (!parse_subsection(file, cursor, section)) {
            return false;
        }
        pdf_skip_space(cursor);
    }
    PdfObject *trailer = NULL;
    if (!pdf_parse_object(cursor, 0, &trailer)) {
        return false;
    }
    section->shown.trailer = trailer;
    return true;
}

static bool parse_section(PdfFile *file, size_t offset, PdfSection *section, Error *err)
{
    PdfCursor cursor = cursor_at(file, offset, err);
    section->shown.xref_offset = offset;
    if (pdf_take_keyword(&cursor, "xref")) {
        if (!parse_table(file, &cursor, section)) {
            return false;
        }
    } else if (!pdf_parse_xref_stream(file, offset, section, &cursor.at, err)) {
        return false;
    }
    const PdfObject *previous = pdf_entry(section->shown.trailer, "Prev");
    section->is_linearized =
        previous != NULL && previous->kind == PDF_INTEGER && previous->integer > (int64_t)offset;
    section->mark_end = cursor.at;
    return sort_locations(section, offset, err) &&
           check_trailer(section->shown.trailer, cursor.at, err) &&
           // The front part of a linearized file's table is not the end of anything.
           (section->is_linearized || parse_section_end(&cursor, section)) &&
           merge_hidden(file, section, err);
}

// An object lies before the table of its revision, perhaps in an older one; a cross-reference
// stream is the last object of its own.
static bool is_inside(const PdfFile *file, const PdfSection *section, const PdfLocation *location)
{
    if (location->is_compressed) {
        return location->container != 0 && location->container < file->size;
    }
    bool is_table = location->number == section->stream_number && location->number != 0 &&
                    location->offset == section->shown.xref_offset;
    return location->number != 0 && (location->offset < section->shown.xref_offset || is_table);
}

// Each revision's objects lie in front of its own table.
static bool check_bounds(PdfFile *file, Error *err)
{
    size_t start = 0;
    for (size_t i = 0; i < file->revision_count; i++) {
        PdfSection *section = &file->sections[i];
        section->start = start;
        for (size_t k = 0; k < section->count; k++) {
            const PdfLocation *location = &section->locations[k];
            if (location->in_use && !is_inside(file, section, location)) {
                return pdf_malformed(err, location->offset, "an object lies outside its revision");
            }
        }
        start = section->shown.end;
    }
    return true;
}

static bool publish(PdfFile *file, Error *err)
{
    file->revisions = arena_alloc(file->arena, file->revision_count * sizeof(PdfRevision));
    if (file->revisions == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < file->revision_count; i++) {
        PdfSection *section = &file->sections[i];
        uint32_t *changed = arena_alloc(file->arena, (section->count + 1) * sizeof *changed);
        if (changed == NULL) {
            return error_memory(err);
        }
        for (size_t k = 0; k < section->count; k++) {
            changed[k] = section->locations[k].number;
        }
        section->shown.changed = changed;
        section->shown.changed_count = section->count;
        file->revisions[i] = section->shown;
    }
    return true;
}

static bool is_blank(Bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t c = bytes.data[i];
        if (c != '\n' && c != '\r' && c != ' ' && c != '\t' && c != 0) {
            return false;
        }
    }
    return true;
}

// The table of a linearized file is in two parts: the first, for the first page, stands in front
// and names the other, which names the first as where readers begin. Together they are one
// revision. Source: ISO 32000-1 annex F.3.
static bool join_parts(PdfFile *file, PdfSection *first, size_t offset, Error *err)
{
    PdfSection main = {0};
    if (!parse_section(file, offset, &main, err)) {
        return false;
    }
    if (pdf_entry(main.shown.trailer, "Prev") != NULL ||
        main.named_offset != first->shown.xref_offset || first->mark_end > offset ||
        first->hidden_offset != 0 || main.hidden_offset != 0) {
        return pdf_malformed(err, offset, "Prev does not point backwards");
    }
    PdfLocation *joined =
        arena_alloc(file->arena, (first->count + main.count + 1) * sizeof *joined);
    size_t count = 0;
    if (joined == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0, k = 0; i < first->count || k < main.count;) {
        bool takes_first = k == main.count || (i < first->count && first->locations[i].number <=
                                                                       main.locations[k].number);
        k +=
            takes_first && k < main.count && main.locations[k].number == first->locations[i].number;
        joined[count++] = takes_first ? first->locations[i++] : main.locations[k++];
    }
    main.locations = joined;
    main.count = count;
    main.shown.trailer = first->shown.trailer;
    main.is_linearized = true;
    *first = main;
    return true;
}

// Parse the table at an offset and find the one before it; *ret_previous is 0 at the oldest.
static bool parse_step(PdfFile *file, size_t offset, PdfSection *section, size_t *ret_previous,
                       Error *err)
{
    if (!parse_section(file, offset, section, err)) {
        return false;
    }
    const PdfObject *previous = pdf_entry(section->shown.trailer, "Prev");
    const PdfObject *root = pdf_entry(section->shown.trailer, "Root");
    if (root == NULL || root->kind != PDF_REFERENCE) {
        return pdf_malformed(err, offset, "the trailer lacks Root");
    }
    *ret_previous = 0;
    if (previous != NULL && (previous->kind != PDF_INTEGER || previous->integer <= 0 ||
                             (uint64_t)previous->integer >= file->bytes.len)) {
        return pdf_malformed(err, offset, "Prev does not point into the file");
    }
    if (section->is_linearized) {
        return join_parts(file, section, (size_t)previous->integer, err);
    }
    if (section->named_offset != offset) {
        return pdf_malformed(err, offset, "startxref does not name its own table");
    }
    // Only backwards: this ends, and revisions cannot interleave.
    if (previous != NULL && (uint64_t)previous->integer == offset) {
        return pdf_malformed(err, offset, "Prev does not point backwards");
    }
    *ret_previous = previous == NULL ? 0 : (size_t)previous->integer;
    return true;
}

// Some say a Size that is too small; how readers take this differs, so that a later one is told.
static uint32_t size_of(const PdfFile *file)
{
    uint32_t size = 0;
    for (size_t i = 0; i < file->revision_count; i++) {
        const PdfSection *section = &file->sections[i];
        int64_t said = pdf_entry(section->shown.trailer, "Size")->integer;
        size = said > size ? (uint32_t)said : size;
        if (section->count > 0 && section->locations[section->count - 1].number >= size) {
            size = section->locations[section->count - 1].number + 1;
        }
    }
    return size;
}

bool pdf_read_revisions(PdfFile *file, Error *err)
{
    PdfSection newest_first[PDF_MAX_REVISIONS] = {0};
    size_t offset = 0, count = 0;
    if (!find_last_table(file, &offset, err)) {
        return false;
    }
    size_t locations = 0;
    for (size_t later = file->bytes.len, previous = 1; previous != 0; count++) {
        if (count == PDF_MAX_REVISIONS || locations > PDF_MAX_LOCATIONS) {
            return error_set(err, ERROR_LIMIT, "pdf.too_many_revisions", NULL,
                             "the PDF has more than %d revisions, or more than %d entries in their "
                             "tables",
                             PDF_MAX_REVISIONS, PDF_MAX_LOCATIONS);
        }
        PdfSection *section = &newest_first[count];
        if (!parse_step(file, offset, section, &previous, err)) {
            return false;
        }
        bool ends_right = section->shown.end <= later &&
                          (count > 0 || is_blank(bytes_from(file->bytes, section->shown.end)));
        if (!ends_right) {
            return pdf_malformed(err, section->shown.end, "bytes follow the last %%EOF");
        }
        locations += section->count;
        later = offset;
        offset = previous;
    }
    file->sections = arena_alloc(file->arena, count * sizeof(PdfSection));
    if (file->sections == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        file->sections[i] = newest_first[count - 1 - i];
    }
    file->revision_count = count;
    file->size = size_of(file);
    return check_bounds(file, err) && publish(file, err);
}

static int location_compare(const void *key, const void *element)
{
    uint32_t number = *(const uint32_t *)key;
    const PdfLocation *location = element;
    return number < location->number ? -1 : number > location->number;
}

bool pdf_locate(const PdfFile *file, size_t revisions, uint32_t number, PdfLocation *ret)
{
    for (size_t i = revisions; i > 0; i--) {
        const PdfSection *section = &file->sections[i - 1];
        const PdfLocation *found = section->count == 0
                                       ? NULL
                                       : bsearch(&number, section->locations, section->count,
                                                 sizeof *section->locations, location_compare);
        if (found != NULL) {
            *ret = *found;
            bool is_table = found->number == section->stream_number && !found->is_compressed;
            ret->limit = is_table ? section->mark_end : section->shown.xref_offset;
            return found->in_use;
        }
    }
    return false;
}
