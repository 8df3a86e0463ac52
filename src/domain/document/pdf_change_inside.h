// SPDX-License-Identifier: Apache-2.0
//
// The comparison of two states of a PDF. Internal to pdf_change.
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_CHANGE_INSIDE_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_CHANGE_INSIDE_H

#include "domain/document/pdf_change.h"

typedef enum { BEFORE, AFTER, SIDES } Side;

typedef struct {
    PdfFile *file;
    size_t revisions[SIDES];
    const PdfObject **loaded[SIDES];  // by number; NULL: not yet, or missing
    bool *is_seen;                    // by number: queued, or compared by a rule of its own
    struct {
        uint32_t number;
        uint8_t blame;
    } * queue;
    size_t queue_start, queue_end;
    PdfChangeKind blame;  // what a difference is that is found now
    PdfChanges *changes;
    bool is_exhausted;  // more was written again than may be compared
    Error *err;
} Comparison;

// Note a difference. Returns true: finding one is no failure.
bool change_note(Comparison *comparison, PdfChangeKind kind, const char *what, uint32_t number);
// The object as it was on a side; the null object when it was missing.
bool change_load(Comparison *comparison, Side side, uint32_t number, const PdfObject **ret);
bool change_resolve(Comparison *comparison, Side side, const PdfObject *object,
                    const PdfObject **ret);
bool change_get(Comparison *comparison, Side side, const PdfObject *dictionary, const char *key,
                const PdfObject **ret);
// True if two values are the same; what they refer to is queued to be compared.
bool change_is_same(Comparison *comparison, const PdfObject *before, const PdfObject *after);
// The same for dictionaries, except for the keys in a list that ends with NULL.
bool change_is_same_except(Comparison *comparison, const PdfObject *before, const PdfObject *after,
                           const char *const *keys);
// Compare what is queued, until nothing is.
bool change_compare_queued(Comparison *comparison);

// Compare what the catalogs say, but for form and structure.
bool change_compare_catalog(Comparison *comparison, const PdfObject *const catalogs[SIDES]);
// A field, or a widget that is a field's kid.
typedef struct {
    uint32_t number, parent;
    const PdfObject *dictionary;
    bool is_signature;
    Bytes name;  // full
} FieldNode;

typedef struct {
    FieldNode *nodes;
    size_t count;
    int32_t *index;  // by number; -1: no field
} FieldTree;

typedef struct {
    uint32_t *numbers;
    size_t count, nodes;
} PageList;

typedef struct {
    Comparison *comparison;
    const PdfObject *forms[SIDES];
    FieldTree trees[SIDES];
    PageList pages[SIDES];
    bool has_same_pages;
} Shown;

// The node of a number; NULL: it is no field.
const FieldNode *change_node(const FieldTree *tree, uint32_t number);
// True if a dictionary lacks an entry, or has null there.
bool change_is_absent(const PdfObject *dictionary, const char *key);
// List the pages and mark them, which have a rule of their own, before anything that refers to them
// is compared.
bool change_mark_pages(Shown *shown, const PdfObject *const catalogs[SIDES]);
bool change_compare_pages(Shown *shown);

// Compare the forms and what the pages show. The catalogs are given.
bool change_compare_shown(Comparison *comparison, const PdfObject *const catalogs[SIDES]);

#endif
