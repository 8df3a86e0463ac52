// SPDX-License-Identifier: Apache-2.0
//
// Comparing the pages and their annotations.
#include "domain/document/pdf_change_inside.h"
#include "domain/document/pdf_compare.h"

enum { MAX_PAGES = 4096 };

static bool list_pages(Comparison *comparison, Side side, const PdfObject *reference, int depth,
                       PageList *list)
{
    const PdfObject *node = NULL, *kids = NULL;
    if (reference == NULL || reference->kind != PDF_REFERENCE || depth > PDF_MAX_DEPTH ||
        ++list->nodes > 4 * MAX_PAGES || list->count == MAX_PAGES) {
        return pdf_malformed(comparison->err, 0, "the tree of pages is no tree");
    }
    if (!change_resolve(comparison, side, reference, &node) ||
        !change_get(comparison, side, node, "Kids", &kids)) {
        return false;
    }
    if (kids->kind != PDF_ARRAY) {
        list->numbers[list->count++] = (uint32_t)reference->integer;
        return true;
    }
    for (size_t i = 0; i < kids->count; i++) {
        if (!list_pages(comparison, side, kids->items[i], depth + 1, list)) {
            return false;
        }
    }
    return true;
}

static bool same_annotation(const PdfObject *a, const PdfObject *b)
{
    return a->kind == PDF_REFERENCE && b->kind == PDF_REFERENCE ? a->integer == b->integer
                                                                : pdf_objects_equal(a, b);
}

// An annotation that came later: that of a signature's new field is judged there.
static bool judge_new_annotation(Shown *shown, const PdfObject *item, uint32_t page)
{
    const FieldNode *node = item->kind == PDF_REFERENCE && item->integer > 0 &&
                                    item->integer < shown->comparison->file->size
                                ? change_node(&shown->trees[AFTER], (uint32_t)item->integer)
                                : NULL;
    bool is_signature =
        node != NULL && node->is_signature &&
        (change_node(&shown->trees[BEFORE], node->number) == NULL ||
         change_is_absent(change_node(&shown->trees[BEFORE], node->number)->dictionary, "V"));
    return is_signature || change_note(shown->comparison, PDF_CHANGE_ANNOTATION,
                                       "an annotation was added to the page", page);
}

static bool compare_annotations(Shown *shown, const PdfObject *const pages[SIDES], uint32_t number)
{
    Comparison *comparison = shown->comparison;
    const PdfObject *lists[SIDES];
    size_t at = 0;
    if (!change_get(comparison, BEFORE, pages[BEFORE], "Annots", &lists[BEFORE]) ||
        !change_get(comparison, AFTER, pages[AFTER], "Annots", &lists[AFTER])) {
        return false;
    }
    size_t count = lists[BEFORE]->kind == PDF_ARRAY ? lists[BEFORE]->count : 0;
    for (size_t i = 0; lists[AFTER]->kind == PDF_ARRAY && i < lists[AFTER]->count; i++) {
        const PdfObject *item = lists[AFTER]->items[i];
        if (at < count && same_annotation(lists[BEFORE]->items[at], item)) {
            comparison->blame = PDF_CHANGE_ANNOTATION;
            (void)change_is_same(comparison, lists[BEFORE]->items[at++], item);
            comparison->blame = PDF_CHANGE_OTHER;
        } else if (!judge_new_annotation(shown, item, number)) {
            return false;
        }
    }
    return at == count || change_note(comparison, PDF_CHANGE_ANNOTATION,
                                      "an annotation was removed from the page", number);
}

static bool compare_page(Shown *shown, uint32_t number)
{
    static const char *const own_rule[] = {"Annots", NULL};
    Comparison *comparison = shown->comparison;
    const PdfObject *pages[SIDES];
    if (!change_load(comparison, BEFORE, number, &pages[BEFORE]) ||
        !change_load(comparison, AFTER, number, &pages[AFTER])) {
        return false;
    }
    if (!change_is_same_except(comparison, pages[BEFORE], pages[AFTER], own_rule)) {
        change_note(shown->comparison, PDF_CHANGE_OTHER, "a page is another", number);
    }
    return true;
}

bool change_mark_pages(Shown *shown, const PdfObject *const catalogs[SIDES])
{
    Comparison *comparison = shown->comparison;
    PageList *lists = shown->pages;
    for (Side side = BEFORE; side < SIDES; side++) {
        lists[side].numbers = arena_alloc(comparison->file->arena, MAX_PAGES * sizeof(uint32_t));
        if (lists[side].numbers == NULL) {
            return error_memory(comparison->err);
        }
        if (!list_pages(comparison, side, pdf_entry(catalogs[side], "Pages"), 0, &lists[side])) {
            return false;
        }
    }
    shown->has_same_pages = lists[BEFORE].count == lists[AFTER].count;
    bool same = shown->has_same_pages;
    for (size_t i = 0; same && i < lists[BEFORE].count; i++) {
        same = lists[BEFORE].numbers[i] == lists[AFTER].numbers[i];
    }
    for (size_t i = 0; i < lists[BEFORE].count; i++) {
        if (lists[BEFORE].numbers[i] >= comparison->file->size) {
            return pdf_malformed(comparison->err, 0, "a page is missing");
        }
        comparison->is_seen[lists[BEFORE].numbers[i]] = true;
    }
    shown->has_same_pages = same;
    return true;
}

bool change_compare_pages(Shown *shown)
{
    Comparison *comparison = shown->comparison;
    const PageList *lists = shown->pages;
    if (!shown->has_same_pages) {
        return change_note(shown->comparison, PDF_CHANGE_OTHER, "there are other pages", 0);
    }
    for (size_t i = 0; i < lists[BEFORE].count; i++) {
        if (!compare_page(shown, lists[BEFORE].numbers[i])) {
            return false;
        }
    }
    // What pages consist of comes first: what an annotation shares with it is the page's.
    if (!change_compare_queued(comparison)) {
        return false;
    }
    for (size_t i = 0; i < lists[BEFORE].count; i++) {
        const PdfObject *pages[SIDES];
        uint32_t number = lists[BEFORE].numbers[i];
        if (!change_load(comparison, BEFORE, number, &pages[BEFORE]) ||
            !change_load(comparison, AFTER, number, &pages[AFTER]) ||
            !compare_annotations(shown, pages, number)) {
            return false;
        }
    }
    return true;
}
