// SPDX-License-Identifier: Apache-2.0
//
// What a PDF shows: its pages in order, and the signature fields of its form.
#include <stdlib.h>
#include <string.h>

#include "base/codec/ber.h"
#include "base/codec/der.h"
#include "domain/document/pdf_file.h"

enum { MAX_PAGES = 4096, MAX_FIELDS = 4096, MAX_SIGNATURES = 64, MAX_TREE_NODES = 16384 };

// A walk through a tree of pages or fields.
typedef struct {
    PdfFile *file;
    size_t nodes;
    Error *err;
} TreeWalk;

static bool walk_step(TreeWalk *walk, int depth, size_t offset)
{
    if (depth > PDF_MAX_DEPTH || ++walk->nodes > MAX_TREE_NODES) {
        return error_set(walk->err, ERROR_LIMIT, "pdf.too_deep", NULL,
                         "the tree of pages or fields is too deep or too large near offset %zu",
                         offset);
    }
    return true;
}

static bool add_page(TreeWalk *walk, const PdfObject *page, uint32_t number)
{
    PdfFile *file = walk->file;
    for (size_t i = 0; i < file->page_count; i++) {
        if (file->page_numbers[i] == number) {
            return pdf_malformed(walk->err, page->offset, "a page stands twice in the tree");
        }
    }
    if (file->page_count == MAX_PAGES) {
        return error_set(walk->err, ERROR_LIMIT, "pdf.too_many_pages", NULL,
                         "the PDF has more than %d pages", MAX_PAGES);
    }
    file->pages[file->page_count] = page;
    file->page_numbers[file->page_count++] = number;
    return true;
}

static bool walk_pages(TreeWalk *walk, const PdfObject *reference, int depth)
{
    const PdfObject *node = NULL, *kids = NULL;
    if (reference == NULL || reference->kind != PDF_REFERENCE) {
        return pdf_malformed(walk->err, reference == NULL ? 0 : reference->offset,
                             "a page is not an object of its own");
    }
    if (!walk_step(walk, depth, reference->offset) ||
        !pdf_resolve(walk->file, reference, &node, walk->err) ||
        !pdf_get(walk->file, node, "Kids", &kids, walk->err)) {
        return false;
    }
    if (pdf_is_name(pdf_entry(node, "Type"), "Page")) {
        return add_page(walk, node, (uint32_t)reference->integer);
    }
    if (!pdf_is_name(pdf_entry(node, "Type"), "Pages") || kids->kind != PDF_ARRAY) {
        return pdf_malformed(walk->err, reference->offset, "neither a page nor a page tree");
    }
    for (size_t i = 0; i < kids->count; i++) {
        if (!walk_pages(walk, kids->items[i], depth + 1)) {
            return false;
        }
    }
    return true;
}

bool pdf_read_pages(PdfFile *file, Error *err)
{
    TreeWalk walk = {file, 0, err};
    file->pages = arena_alloc(file->arena, MAX_PAGES * sizeof *file->pages);
    file->page_numbers = arena_alloc(file->arena, MAX_PAGES * sizeof *file->page_numbers);
    if (file->pages == NULL || file->page_numbers == NULL) {
        return error_memory(err);
    }
    if (!walk_pages(&walk, pdf_entry(file->catalog, "Pages"), 0)) {
        return false;
    }
    return file->page_count > 0 || pdf_malformed(err, file->catalog->offset, "no pages");
}

// The outer element at the start of zero-padded contents: a message, which some write as BER, or an
// OCTET STRING with a bare signature. Empty when it is none.
static Bytes element_of(Bytes contents)
{
    size_t len = 0;
    bool is_one = contents.len > 0 &&
                  (contents.data[0] == DER_SEQUENCE || contents.data[0] == DER_OCTET_STRING) &&
                  ber_element_length(contents, &len, NULL);
    return is_one ? bytes_slice(contents, 0, len) : BYTES_EMPTY;
}

static void read_byte_range(const PdfObject *array, PdfSignature *signature)
{
    if (array == NULL || array->kind != PDF_ARRAY || array->count != 4) {
        return;
    }
    for (size_t i = 0; i < 4; i++) {
        const PdfObject *item = array->items[i];
        if (item->kind != PDF_INTEGER || item->integer < 0) {
            return;
        }
        signature->byte_range[i] = (uint64_t)item->integer;
    }
    signature->has_byte_range = true;
}

static bool text_of(PdfFile *file, const PdfObject *dictionary, const char *key, PdfKind kind,
                    Bytes *ret, Error *err)
{
    const PdfObject *value = NULL;
    if (!pdf_get(file, dictionary, key, &value, err)) {
        return false;
    }
    *ret = value->kind == kind ? value->bytes : BYTES_EMPTY;
    return true;
}

static bool add_signature(TreeWalk *walk, const PdfObject *field, uint32_t field_number)
{
    PdfFile *file = walk->file;
    const PdfObject *reference = pdf_entry(field, "V");
    PdfSignature signature = {.field = field, .field_number = field_number};
    if (!pdf_resolve(file, reference, &signature.value, walk->err)) {
        return false;
    }
    if (signature.value->kind != PDF_DICTIONARY) {
        return signature.value->kind == PDF_NULL ||
               pdf_malformed(walk->err, field->offset, "a signature's value is no dictionary");
    }
    if (file->signature_count == MAX_SIGNATURES) {
        return error_set(walk->err, ERROR_LIMIT, "pdf.too_many_signatures", NULL,
                         "the PDF has more than %d signatures", MAX_SIGNATURES);
    }
    signature.value_number = reference->kind == PDF_REFERENCE ? (uint32_t)reference->integer : 0;
    const PdfObject *value = signature.value, *contents = pdf_entry(value, "Contents");
    if (!text_of(file, field, "T", PDF_STRING, &signature.field_name, walk->err) ||
        !text_of(file, value, "Filter", PDF_NAME, &signature.filter, walk->err) ||
        !text_of(file, value, "SubFilter", PDF_NAME, &signature.sub_filter, walk->err) ||
        !text_of(file, value, "M", PDF_STRING, &signature.signing_time, walk->err) ||
        !text_of(file, value, "Reason", PDF_STRING, &signature.reason, walk->err)) {
        return false;
    }
    read_byte_range(pdf_entry(value, "ByteRange"), &signature);
    // Only what stands in the file itself can be left out of a byte range: the value's own object,
    // or its field's, in which some write it.
    PdfLocation location;
    uint32_t holder = signature.value_number != 0 ? signature.value_number : field_number;
    bool in_file =
        pdf_locate(file, file->revision_count, holder, &location) && !location.is_compressed;
    if (contents != NULL && contents->kind == PDF_STRING) {
        signature.der = element_of(contents->bytes);
        if (in_file && contents->end > contents->offset &&
            file->bytes.data[contents->offset] == '<') {
            signature.contents_offset = contents->offset;
            signature.contents_len = contents->end - contents->offset;
        }
    }
    file->signatures[file->signature_count++] = signature;
    return true;
}

static bool walk_fields(TreeWalk *walk, const PdfObject *reference, bool is_signature, int depth)
{
    const PdfObject *field = NULL, *type = NULL, *kids = NULL;
    if (reference->kind != PDF_REFERENCE) {
        return pdf_malformed(walk->err, reference->offset, "a field is not an object of its own");
    }
    if (!walk_step(walk, depth, reference->offset) ||
        !pdf_resolve(walk->file, reference, &field, walk->err) ||
        !pdf_get(walk->file, field, "FT", &type, walk->err) ||
        !pdf_get(walk->file, field, "Kids", &kids, walk->err)) {
        return false;
    }
    is_signature = type->kind == PDF_NULL ? is_signature : pdf_is_name(type, "Sig");
    if (is_signature && pdf_entry(field, "V") != NULL &&
        !add_signature(walk, field, (uint32_t)reference->integer)) {
        return false;
    }
    for (size_t i = 0; kids->kind == PDF_ARRAY && i < kids->count; i++) {
        if (!walk_fields(walk, kids->items[i], is_signature, depth + 1)) {
            return false;
        }
    }
    return true;
}

static int signature_compare(const void *left, const void *right)
{
    const PdfSignature *a = left, *b = right;
    return a->contents_offset < b->contents_offset ? -1 : a->contents_offset > b->contents_offset;
}

bool pdf_read_signatures(PdfFile *file, Error *err)
{
    const PdfObject *form = NULL, *fields = NULL;
    TreeWalk walk = {file, 0, err};
    file->signatures = arena_alloc(file->arena, MAX_SIGNATURES * sizeof *file->signatures);
    if (file->signatures == NULL) {
        return error_memory(err);
    }
    if (!pdf_get(file, file->catalog, "AcroForm", &form, err) ||
        !pdf_get(file, form, "Fields", &fields, err)) {
        return false;
    }
    if (fields->kind != PDF_ARRAY) {
        return fields->kind == PDF_NULL ||
               pdf_malformed(err, fields->offset, "the form's fields are no array");
    }
    if (fields->count > MAX_FIELDS) {
        return error_set(err, ERROR_LIMIT, "pdf.too_many_fields", NULL,
                         "the form has more than %d fields", MAX_FIELDS);
    }
    for (size_t i = 0; i < fields->count; i++) {
        if (!walk_fields(&walk, fields->items[i], false, 0)) {
            return false;
        }
    }
    qsort(file->signatures, file->signature_count, sizeof *file->signatures, signature_compare);
    return true;
}
