// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_security_store.h"

#include "domain/document/pdf_file.h"

static const char *const keys[PDF_SECURITY_KINDS] = {
    [PDF_SECURITY_CERTIFICATES] = "Certs",
    [PDF_SECURITY_LISTS] = "CRLs",
    [PDF_SECURITY_ANSWERS] = "OCSPs",
};

PdfSecurityStore pdf_security_store_of(const PathMaterial *material)
{
    PdfSecurityStore store = {0};
    store.kinds[PDF_SECURITY_CERTIFICATES].items = material->certificates;
    store.kinds[PDF_SECURITY_CERTIFICATES].count = material->certificate_count;
    store.kinds[PDF_SECURITY_LISTS].items = material->lists;
    store.kinds[PDF_SECURITY_LISTS].count = material->list_count;
    store.kinds[PDF_SECURITY_ANSWERS].items = material->answers;
    store.kinds[PDF_SECURITY_ANSWERS].count = material->answer_count;
    return store;
}

bool pdf_security_store_is_empty(const PdfSecurityStore *store)
{
    size_t count = 0;
    for (size_t kind = 0; store != NULL && kind < PDF_SECURITY_KINDS; kind++) {
        count += store->kinds[kind].count;
    }
    return count == 0;
}

// --- writing ----------------------------------------------------------------------------------

uint32_t pdf_security_store_write(PdfWriter *writer, const PdfSecurityStore *store)
{
    uint32_t number = pdf_writer_reserve(writer), first = writer->next_number;
    for (size_t kind = 0; kind < PDF_SECURITY_KINDS; kind++) {
        for (size_t i = 0; i < store->kinds[kind].count; i++) {
            pdf_writer_stream(writer, pdf_writer_reserve(writer), "", store->kinds[kind].items[i],
                              PDF_PACK_TEXT);
        }
    }
    pdf_writer_begin(writer, number);
    writer_put_text(writer->out, "<< /Type /DSS");
    for (size_t kind = 0; kind < PDF_SECURITY_KINDS; kind++) {
        if (store->kinds[kind].count > 0) {
            writer_format(writer->out, " /%s [", keys[kind]);
            for (size_t i = 0; i < store->kinds[kind].count; i++) {
                writer_format(writer->out, i == 0 ? "%u 0 R" : " %u 0 R", (unsigned)first++);
            }
            writer_put_text(writer->out, "]");
        }
    }
    writer_put_text(writer->out, " >>");
    pdf_writer_end(writer);
    return number;
}

// --- reading ----------------------------------------------------------------------------------

static bool too_large(Error *err)
{
    return error_set(err, ERROR_LIMIT, "pdf.security_store", "ISO 32000-2 12.8.4.3",
                     "the document security store holds more than %d items of a kind or %d bytes",
                     PDF_SECURITY_MAX_ITEMS, PDF_SECURITY_MAX_SIZE);
}

static bool read_item(PdfFile *file, const PdfObject *reference, Bytes *ret, Error *err)
{
    const PdfObject *stream = NULL;
    if (reference->kind != PDF_REFERENCE) {
        return pdf_malformed(err, reference->offset, "the security store names no stream");
    }
    return pdf_resolve(file, reference, &stream, err) && pdf_stream_decode(file, stream, ret, err);
}

static bool read_kind(PdfFile *file, const PdfObject *array, PdfSecurityStore *ret, size_t kind,
                      size_t *left, Error *err)
{
    if (array->kind == PDF_NULL || (array->kind == PDF_ARRAY && array->count == 0)) {
        return true;
    }
    if (array->kind != PDF_ARRAY) {
        return pdf_malformed(err, array->offset, "the security store holds no array");
    }
    if (array->count > PDF_SECURITY_MAX_ITEMS) {
        return too_large(err);
    }
    Bytes *items = arena_alloc(file->arena, array->count * sizeof *items);
    if (items == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < array->count; i++) {
        if (!read_item(file, array->items[i], &items[i], err)) {
            return false;
        }
        if (items[i].len > *left) {
            return too_large(err);
        }
        *left -= items[i].len;
    }
    ret->kinds[kind].items = items;
    ret->kinds[kind].count = array->count;
    return true;
}

bool pdf_security_store_read(PdfFile *file, PdfSecurityStore *ret, Error *err)
{
    const PdfObject *dictionary = NULL, *array = NULL;
    PdfSecurityStore store = {0};
    size_t left = PDF_SECURITY_MAX_SIZE;
    if (!pdf_get(file, pdf_catalog(file), "DSS", &dictionary, err)) {
        return false;
    }
    if (dictionary->kind != PDF_NULL && dictionary->kind != PDF_DICTIONARY) {
        return pdf_malformed(err, dictionary->offset, "the security store is no dictionary");
    }
    for (size_t kind = 0; kind < PDF_SECURITY_KINDS; kind++) {
        if (!pdf_get(file, dictionary, keys[kind], &array, err) ||
            !read_kind(file, array, &store, kind, &left, err)) {
            return false;
        }
    }
    *ret = store;
    return true;
}
