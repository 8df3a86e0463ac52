// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_compare.h"

static bool entries_equal(const PdfObject *a, const PdfObject *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        // Large ones are sorted: what is equal stands at the same place.
        bool is_same_key = bytes_equal(a->entries[i].key, b->entries[i].key);
        const PdfObject *other = is_same_key                   ? b->entries[i].value
                                 : a->count > PDF_UNSORTED_MAX ? NULL
                                                               : pdf_find(b, a->entries[i].key);
        if (other == NULL || !pdf_objects_equal(a->entries[i].value, other)) {
            return false;
        }
    }
    return true;
}

static bool items_equal(const PdfObject *a, const PdfObject *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (!pdf_objects_equal(a->items[i], b->items[i])) {
            return false;
        }
    }
    return true;
}

bool pdf_objects_equal(const PdfObject *a, const PdfObject *b)
{
    if (a == NULL || b == NULL || a->kind != b->kind) {
        return a == b;
    }
    switch (a->kind) {
    case PDF_NULL:
        return true;
    case PDF_BOOLEAN:
        return a->boolean == b->boolean;
    case PDF_INTEGER:
        return a->integer == b->integer;
    case PDF_REAL:
        return a->real <= b->real && a->real >= b->real;
    case PDF_STRING:
    case PDF_NAME:
        return bytes_equal(a->bytes, b->bytes);
    case PDF_ARRAY:
        return items_equal(a, b);
    case PDF_DICTIONARY:
        return entries_equal(a, b);
    case PDF_STREAM:
        return bytes_equal(a->bytes, b->bytes) && entries_equal(a, b);
    case PDF_REFERENCE:
        return a->integer == b->integer && a->generation == b->generation;
    }
    return false;
}

bool pdf_equal_except(const PdfObject *a, const PdfObject *b, const char *key)
{
    if (a == NULL || b == NULL || a->kind != PDF_DICTIONARY || b->kind != PDF_DICTIONARY) {
        return false;
    }
    size_t in_a = 0, in_b = 0;
    for (size_t i = 0; i < b->count; i++) {
        in_b += !bytes_equal_text(b->entries[i].key, key);
    }
    for (size_t i = 0; i < a->count; i++) {
        if (bytes_equal_text(a->entries[i].key, key)) {
            continue;
        }
        const PdfObject *other = pdf_find(b, a->entries[i].key);
        if (other == NULL || !pdf_objects_equal(a->entries[i].value, other)) {
            return false;
        }
        in_a++;
    }
    return in_a == in_b;
}

bool pdf_is_extended(const PdfObject *shorter, const PdfObject *longer, uint32_t *ret_added)
{
    size_t count = shorter == NULL ? 0 : shorter->count;
    bool are_arrays = longer != NULL && longer->kind == PDF_ARRAY &&
                      (shorter == NULL || shorter->kind == PDF_ARRAY);
    if (!are_arrays || longer->count != count + 1 || longer->items[count]->kind != PDF_REFERENCE) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!pdf_objects_equal(shorter->items[i], longer->items[i])) {
            return false;
        }
    }
    *ret_added = (uint32_t)longer->items[count]->integer;
    return true;
}

bool pdf_has_only(const PdfObject *dictionary, const char *const *keys)
{
    for (size_t i = 0; i < dictionary->count; i++) {
        bool known = false;
        for (const char *const *key = keys; *key != NULL && !known; key++) {
            known = bytes_equal_text(dictionary->entries[i].key, *key);
        }
        if (!known) {
            return false;
        }
    }
    return true;
}
