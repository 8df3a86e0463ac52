// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_change_inside.h"

#include "domain/document/pdf_compare.h"

enum { MAX_HOPS = 8 };

static const PdfObject null_object = {.kind = PDF_NULL};

bool change_note(Comparison *comparison, PdfChangeKind kind, const char *what, uint32_t number)
{
    if (comparison->changes->kinds[kind].what == NULL) {
        comparison->changes->kinds[kind].what = what;
        comparison->changes->kinds[kind].number = number;
    }
    return true;
}

bool change_load(Comparison *comparison, Side side, uint32_t number, const PdfObject **ret)
{
    const PdfObject **loaded = &comparison->loaded[side][number];
    if (*loaded == NULL && !pdf_load_as_of(comparison->file, comparison->revisions[side], number,
                                           loaded, comparison->err)) {
        return false;
    }
    if (*loaded == NULL) {
        *loaded = &null_object;
    }
    *ret = *loaded;
    return true;
}

bool change_resolve(Comparison *comparison, Side side, const PdfObject *object,
                    const PdfObject **ret)
{
    for (int hop = 0; object != NULL && object->kind == PDF_REFERENCE; hop++) {
        if (hop == MAX_HOPS) {
            return pdf_malformed(comparison->err, object->offset, "references lead in a circle");
        }
        if (object->integer >= comparison->file->size) {
            object = NULL;
        } else if (!change_load(comparison, side, (uint32_t)object->integer, &object)) {
            return false;
        }
    }
    *ret = object == NULL ? &null_object : object;
    return true;
}

bool change_get(Comparison *comparison, Side side, const PdfObject *dictionary, const char *key,
                const PdfObject **ret)
{
    return change_resolve(comparison, side, pdf_entry(dictionary, key), ret);
}

static void enqueue(Comparison *comparison, int64_t number)
{
    if (number <= 0 || number >= comparison->file->size || comparison->is_seen[number]) {
        return;
    }
    comparison->is_seen[number] = true;
    comparison->queue[comparison->queue_end].number = (uint32_t)number;
    comparison->queue[comparison->queue_end].blame = (uint8_t)comparison->blame;
    comparison->queue_end++;
}

static bool is_listed(Bytes key, const char *const *keys)
{
    for (; *keys != NULL; keys++) {
        if (bytes_equal_text(key, *keys)) {
            return true;
        }
    }
    return false;
}

static bool is_null(const PdfObject *object)
{
    return object == NULL || object->kind == PDF_NULL;
}

// Take the price of a comparison from what may be compared in the file.
static bool pay(Comparison *comparison, size_t price)
{
    comparison->is_exhausted = comparison->is_exhausted || price > comparison->file->comparisons;
    comparison->file->comparisons -= comparison->is_exhausted ? 0 : price;
    return !comparison->is_exhausted;
}

bool change_is_same_except(Comparison *comparison, const PdfObject *before, const PdfObject *after,
                           const char *const *keys)
{
    bool has_entries = before->kind == PDF_DICTIONARY || before->kind == PDF_STREAM;
    bool same = before->kind == after->kind && has_entries &&
                (before->kind != PDF_STREAM || bytes_equal(before->bytes, after->bytes));
    // What was not written again is one object: only what it refers to is of interest. What was
    // is compared for each signature, which has to end some time.
    bool is_one = before == after;
    same = same && (is_one || pay(comparison, before->count + after->count));
    for (size_t i = 0; same && !is_one && i < after->count; i++) {
        Bytes key = after->entries[i].key;
        same = same && (is_listed(key, keys) || is_null(after->entries[i].value) ||
                        pdf_find(before, key) != NULL);
    }
    for (size_t i = 0; same && i < before->count; i++) {
        Bytes key = before->entries[i].key;
        const PdfObject *other = is_one ? before->entries[i].value : pdf_find(after, key);
        bool is_free =
            is_listed(key, keys) || (is_null(before->entries[i].value) && is_null(other));
        same = is_free ||
               (other != NULL && change_is_same(comparison, before->entries[i].value, other));
    }
    return same;
}

// The parser has bounded the depth.
bool change_is_same(Comparison *comparison, const PdfObject *before, const PdfObject *after)
{
    // How long the data is, is told by comparing them.
    static const char *const none[] = {NULL}, *const length[] = {"Length", NULL};
    if (before->kind != after->kind) {
        return false;
    }
    switch (before->kind) {
    case PDF_REFERENCE:
        enqueue(comparison, before->integer);
        return before->integer == after->integer && before->generation == after->generation;
    case PDF_ARRAY:
        for (size_t i = 0; i < before->count; i++) {
            if (i >= after->count ||
                !change_is_same(comparison, before->items[i], after->items[i])) {
                return false;
            }
        }
        return before->count == after->count;
    case PDF_DICTIONARY:
        return change_is_same_except(comparison, before, after, none);
    case PDF_STREAM:
        return change_is_same_except(comparison, before, after, length);
    case PDF_STRING:
    case PDF_NAME:
        return bytes_equal(before->bytes, after->bytes);
    case PDF_BOOLEAN:
        return before->boolean == after->boolean;
    case PDF_INTEGER:
        return before->integer == after->integer;
    case PDF_REAL:
        return before->real <= after->real && before->real >= after->real;
    case PDF_NULL:
        return true;
    }
    return false;
}

bool change_compare_queued(Comparison *comparison)
{
    while (comparison->queue_start < comparison->queue_end) {
        const PdfObject *before = NULL, *after = NULL;
        uint32_t number = comparison->queue[comparison->queue_start].number;
        comparison->blame = (PdfChangeKind)comparison->queue[comparison->queue_start++].blame;
        if (!change_load(comparison, BEFORE, number, &before) ||
            !change_load(comparison, AFTER, number, &after)) {
            return false;
        }
        if (!change_is_same(comparison, before, after)) {
            change_note(comparison, comparison->blame, "an object that was signed is another",
                        number);
        }
    }
    comparison->blame = PDF_CHANGE_OTHER;
    return true;
}

// --- trailer and catalog ----------------------------------------------------------------------

static bool compare_information(Comparison *comparison, const PdfObject *const trailers[SIDES])
{
    static const char *const free_keys[] = {"ModDate", "Producer", NULL};
    const PdfObject *before = NULL, *after = NULL;
    if (!change_get(comparison, BEFORE, trailers[BEFORE], "Info", &before) ||
        !change_get(comparison, AFTER, trailers[AFTER], "Info", &after)) {
        return false;
    }
    static const PdfObject nothing = {.kind = PDF_DICTIONARY};
    before = is_null(before) ? &nothing : before;
    after = is_null(after) ? &nothing : after;
    if (!change_is_same_except(comparison, before, after, free_keys)) {
        return change_note(comparison, PDF_CHANGE_INFORMATION,
                           "the document information is another", 0);
    }
    return before == after || change_note(comparison, PDF_CHANGE_SECURITY, "dates or metadata", 0);
}

static bool check_store(Comparison *comparison, const PdfObject *catalog)
{
    static const char *const keys[] = {"Type", "Certs", "CRLs", "OCSPs", "VRI", NULL};
    const PdfObject *store = NULL;
    if (!change_get(comparison, AFTER, catalog, "DSS", &store)) {
        return false;
    }
    for (size_t i = 0; i < store->count; i++) {
        if (store->kind != PDF_DICTIONARY || !is_listed(store->entries[i].key, keys)) {
            return change_note(comparison, PDF_CHANGE_OTHER, "what is no security store", 0);
        }
    }
    return true;
}

// Entries that say nothing of what is seen.
static bool compare_free_entries(Comparison *comparison, const PdfObject *const catalogs[SIDES],
                                 const char *const *keys)
{
    for (; *keys != NULL; keys++) {
        const PdfObject *before = pdf_entry(catalogs[BEFORE], *keys);
        const PdfObject *after = pdf_entry(catalogs[AFTER], *keys);
        const PdfObject *values[SIDES] = {NULL, NULL};
        if (!change_resolve(comparison, BEFORE, before, &values[BEFORE]) ||
            !change_resolve(comparison, AFTER, after, &values[AFTER])) {
            return false;
        }
        if (values[BEFORE] != values[AFTER] && !pdf_objects_equal(values[BEFORE], values[AFTER])) {
            change_note(comparison, PDF_CHANGE_SECURITY, *keys, 0);
        }
    }
    return check_store(comparison, catalogs[AFTER]);
}

static bool compare_structure(Comparison *comparison, const PdfObject *const catalogs[SIDES])
{
    const PdfObject *before = pdf_entry(catalogs[BEFORE], "StructTreeRoot");
    const PdfObject *after = pdf_entry(catalogs[AFTER], "StructTreeRoot");
    comparison->blame = PDF_CHANGE_STRUCTURE;
    if (is_null(before) != is_null(after) ||
        (!is_null(before) && !change_is_same(comparison, before, after))) {
        change_note(comparison, PDF_CHANGE_STRUCTURE, "the logical structure is another", 0);
    }
    return change_compare_queued(comparison);
}

bool change_compare_catalog(Comparison *comparison, const PdfObject *const catalogs[SIDES])
{
    static const char *const own_rule[] = {"AcroForm", "DSS",      "Extensions",     "Metadata",
                                           "Version",  "MarkInfo", "StructTreeRoot", NULL};
    static const char *const free_keys[] = {"DSS",     "Extensions", "Metadata",
                                            "Version", "MarkInfo",   NULL};
    if (!change_is_same_except(comparison, catalogs[BEFORE], catalogs[AFTER], own_rule)) {
        change_note(comparison, PDF_CHANGE_OTHER, "the catalog is another", 0);
    }
    return compare_free_entries(comparison, catalogs, free_keys);
}

static bool compare_catalogs(Comparison *comparison, const PdfObject *const catalogs[SIDES])
{
    return change_compare_shown(comparison, catalogs) && change_compare_queued(comparison) &&
           compare_structure(comparison, catalogs);
}

static bool compare_trailers(Comparison *comparison)
{
    const PdfObject *trailers[SIDES], *roots[SIDES], *catalogs[SIDES];
    for (Side side = BEFORE; side < SIDES; side++) {
        trailers[side] = comparison->file->revisions[comparison->revisions[side] - 1].trailer;
        roots[side] = pdf_entry(trailers[side], "Root");
        if (!change_resolve(comparison, side, roots[side], &catalogs[side])) {
            return false;
        }
    }
    if (catalogs[BEFORE]->kind != PDF_DICTIONARY || catalogs[AFTER]->kind != PDF_DICTIONARY ||
        roots[BEFORE]->integer != roots[AFTER]->integer ||
        roots[AFTER]->integer >= comparison->file->size) {
        return change_note(comparison, PDF_CHANGE_OTHER, "there is another catalog",
                           (uint32_t)roots[AFTER]->integer);
    }
    if (pdf_entry(trailers[AFTER], "Size")->integer <
        pdf_entry(trailers[BEFORE], "Size")->integer) {
        change_note(comparison, PDF_CHANGE_STRUCTURE, "Size says that objects are missing", 0);
    }
    comparison->is_seen[roots[AFTER]->integer] = true;
    return compare_information(comparison, trailers) && compare_catalogs(comparison, catalogs);
}

bool pdf_changes_find(PdfFile *file, size_t revisions, PdfChanges *ret, Error *err)
{
    Comparison comparison = {
        .file = file,
        .revisions = {revisions, file->revision_count},
        .is_seen = arena_alloc(file->arena, file->size * sizeof(bool)),
        .queue = arena_alloc(file->arena, file->size * sizeof *comparison.queue),
        .blame = PDF_CHANGE_OTHER,
        .changes = ret,
        .err = err};
    bool has_room = comparison.is_seen != NULL && comparison.queue != NULL;
    for (Side side = BEFORE; side < SIDES; side++) {
        comparison.loaded[side] = arena_alloc(file->arena, file->size * sizeof(PdfObject *));
        has_room = has_room && comparison.loaded[side] != NULL;
    }
    *ret = (PdfChanges){0};
    if (!has_room) {
        return error_memory(err);
    }
    return compare_trailers(&comparison) &&
           (!comparison.is_exhausted || error_set(err, ERROR_LIMIT, "pdf.too_many_objects", NULL,
                                                  "too much was written again"));
}

// What a later table says of an object is what was said before. Tables and the streams that objects
// stand in belong to the writing, not to the document.
static bool is_said_again(PdfFile *file, size_t revisions, const PdfSection *section,
                          const PdfLocation *location, bool *ret, Error *err)
{
    const PdfObject *before = NULL, *after = NULL;
    if (!pdf_load_as_of(file, revisions, location->number, &before, err) ||
        !pdf_load_as_of(file, file->revision_count, location->number, &after, err)) {
        return false;
    }
    bool is_table = location->number == section->stream_number ||
                    (before == NULL && pdf_is_name(pdf_entry(after, "Type"), "ObjStm"));
    *ret = is_table || pdf_objects_equal(before, after);
    return true;
}

bool pdf_changes_say_nothing(PdfFile *file, size_t revisions, bool *ret, Error *err)
{
    bool is_nothing = true;
    for (size_t i = revisions; is_nothing && i < file->revision_count; i++) {
        const PdfSection *section = &file->sections[i];
        for (size_t k = 0; is_nothing && k < section->count; k++) {
            if (!is_said_again(file, revisions, section, &section->locations[k], &is_nothing,
                               err)) {
                return false;
            }
        }
    }
    *ret = is_nothing;
    return true;
}
