// SPDX-License-Identifier: Apache-2.0
//
// Comparing the form and its fields.
#include <string.h>

#include "domain/document/pdf_change_inside.h"
#include "domain/document/pdf_compare.h"
#include "domain/document/typeset.h"

enum { MAX_NODES = 8192, READ_ONLY = 1, HIDDEN = 2, NO_VIEW = 32, NAME_MAX = 512 };

// A later seal that is larger than this share of a page covers it.
#define LARGEST_SHARE 0.1

static bool other(Shown *shown, const char *what, uint32_t number)
{
    return change_note(shown->comparison, PDF_CHANGE_OTHER, what, number);
}

// --- collecting fields ------------------------------------------------------------------------

static Bytes name_below(Arena *arena, Bytes parent, Bytes own)
{
    CLEANUP(writer_free) Writer out = writer_new(NAME_MAX);
    writer_put(&out, parent);
    writer_put_text(&out, parent.len > 0 ? "." : "");
    writer_put(&out, own);
    return out.failed ? BYTES_EMPTY : arena_copy(arena, writer_bytes(&out));
}

static bool collect(Shown *shown, Side side, const PdfObject *reference, const FieldNode *parent,
                    int depth)
{
    Comparison *comparison = shown->comparison;
    FieldTree *tree = &shown->trees[side];
    const PdfObject *type = NULL, *kids = NULL, *name = NULL;
    FieldNode node = {.parent = parent == NULL ? 0 : parent->number};
    if (reference->kind != PDF_REFERENCE || reference->integer <= 0 ||
        reference->integer >= comparison->file->size || depth > PDF_MAX_DEPTH) {
        return other(shown, "a field is not an object of its own", node.parent);
    }
    node.number = (uint32_t)reference->integer;
    if (tree->index[node.number] >= 0 || tree->count == MAX_NODES) {
        return other(shown, "a field stands twice in the form, or there are too many", node.number);
    }
    if (!change_load(comparison, side, node.number, &node.dictionary) ||
        !change_get(comparison, side, node.dictionary, "FT", &type) ||
        !change_get(comparison, side, node.dictionary, "Kids", &kids) ||
        !change_get(comparison, side, node.dictionary, "T", &name)) {
        return false;
    }
    node.is_signature =
        type->kind == PDF_NULL ? parent != NULL && parent->is_signature : pdf_is_name(type, "Sig");
    node.name = name->kind != PDF_STRING
                    ? parent == NULL ? BYTES_EMPTY : parent->name
                    : name_below(comparison->file->arena,
                                 parent == NULL ? BYTES_EMPTY : parent->name, name->bytes);
    tree->index[node.number] = (int32_t)tree->count;
    tree->nodes[tree->count++] = node;
    comparison->is_seen[node.number] = true;
    for (size_t i = 0; kids->kind == PDF_ARRAY && i < kids->count; i++) {
        if (!collect(shown, side, kids->items[i], &node, depth + 1)) {
            return false;
        }
    }
    return true;
}

static bool collect_all(Shown *shown, Side side)
{
    Comparison *comparison = shown->comparison;
    FieldTree *tree = &shown->trees[side];
    const PdfObject *fields = NULL;
    size_t size = comparison->file->size;
    tree->nodes = arena_alloc(comparison->file->arena, MAX_NODES * sizeof *tree->nodes);
    tree->index = arena_alloc(comparison->file->arena, size * sizeof *tree->index);
    if (tree->nodes == NULL || tree->index == NULL) {
        return error_memory(comparison->err);
    }
    memset(tree->index, 0xff, size * sizeof *tree->index);
    if (!change_get(comparison, side, shown->forms[side], "Fields", &fields)) {
        return false;
    }
    for (size_t i = 0; fields->kind == PDF_ARRAY && i < fields->count; i++) {
        if (!collect(shown, side, fields->items[i], NULL, 0)) {
            return false;
        }
    }
    return true;
}

const FieldNode *change_node(const FieldTree *tree, uint32_t number)
{
    return tree->index[number] < 0 ? NULL : &tree->nodes[tree->index[number]];
}

// --- comparing fields -------------------------------------------------------------------------

bool change_is_absent(const PdfObject *dictionary, const char *key)
{
    const PdfObject *value = pdf_entry(dictionary, key);
    return value == NULL || value->kind == PDF_NULL;
}

// True if an entry says the same on both sides; whether what it refers to does is queued.
static bool entry_is_same(Shown *shown, const FieldNode *before, const FieldNode *after,
                          const char *key)
{
    const PdfObject *a = pdf_entry(before->dictionary, key);
    const PdfObject *b = pdf_entry(after->dictionary, key);
    bool is_missing = change_is_absent(before->dictionary, key);
    return is_missing || change_is_absent(after->dictionary, key)
               ? is_missing && change_is_absent(after->dictionary, key)
               : change_is_same(shown->comparison, a, b);
}

// A signature put into a field that was empty when the document was signed.
static bool compare_signed(Shown *shown, const FieldNode *before, const FieldNode *after)
{
    static const char *const free_keys[] = {"V", "AP", "AS", "F", "M", "MK", "DA", NULL};
    const PdfObject *value = NULL;
    if (!change_get(shown->comparison, AFTER, after->dictionary, "V", &value)) {
        return false;
    }
    bool is_stamp = pdf_is_name(pdf_entry(value, "Type"), "DocTimeStamp");
    change_note(shown->comparison, is_stamp ? PDF_CHANGE_STAMP : PDF_CHANGE_SIGNATURE,
                "an empty signature field was signed", after->number);
    return change_is_same_except(shown->comparison, before->dictionary, after->dictionary,
                                 free_keys) ||
           other(shown, "a field that was signed is another", after->number);
}

static void note_filled(Shown *shown, const FieldNode *field)
{
    PdfChanges *changes = shown->comparison->changes;
    change_note(shown->comparison, PDF_CHANGE_FORM, "a field was filled in", field->number);
    for (size_t i = 0; i < changes->field_count; i++) {
        if (bytes_equal(changes->fields[i], field->name)) {
            return;
        }
    }
    if (changes->field_count == PDF_CHANGE_MAX_FIELDS || field->name.len == 0) {
        other(shown, "too many fields were filled in, or one without a name", field->number);
    } else {
        changes->fields[changes->field_count++] = field->name;
    }
}

// Whoever signs may lock fields, which then also say that they are read only.
static bool flags_are_kept(const FieldNode *before, const FieldNode *after)
{
    const PdfObject *a = pdf_entry(before->dictionary, "Ff");
    const PdfObject *b = pdf_entry(after->dictionary, "Ff");
    int64_t old = a != NULL && a->kind == PDF_INTEGER ? a->integer : 0;
    int64_t new = b != NULL && b->kind == PDF_INTEGER ? b->integer : 0;
    bool are_numbers =
        (a == NULL || a->kind == PDF_INTEGER) && (b == NULL || b->kind == PDF_INTEGER);
    return are_numbers ? new == old || new == (old | READ_ONLY) : pdf_objects_equal(a, b);
}

// What a field or a widget of one shows may change with its value, and not without it.
static bool compare_filled(Shown *shown, const FieldNode *before, const FieldNode *after)
{
    static const char *const values[] = {"V", "RV", "I", "AS"};
    static const char *const free_keys[] = {"V", "RV", "I", "AS", "AP", "M", "Ff", NULL};
    const FieldNode *parents[SIDES] = {NULL, NULL};
    bool is_same = true;
    if (before->parent != 0 && before->parent == after->parent) {
        parents[BEFORE] = change_node(&shown->trees[BEFORE], before->parent);
        parents[AFTER] = change_node(&shown->trees[AFTER], after->parent);
    }
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        is_same = entry_is_same(shown, before, after, values[i]) && is_same;
    }
    bool parent_is_same = parents[BEFORE] == NULL || parents[AFTER] == NULL ||
                          entry_is_same(shown, parents[BEFORE], parents[AFTER], "V");
    if (!is_same) {
        note_filled(shown, after);
    }
    if (!change_is_same_except(shown->comparison, before->dictionary, after->dictionary,
                               free_keys) ||
        !flags_are_kept(before, after)) {
        other(shown, "a field is another", after->number);
    }
    bool may_look_new = !is_same || !parent_is_same;
    if (!may_look_new && !entry_is_same(shown, before, after, "AP")) {
        other(shown, "a field looks different with the same value", after->number);
    }
    return true;
}

static bool compare_node(Shown *shown, const FieldNode *before)
{
    static const char *const none[] = {NULL};
    const FieldNode *after = change_node(&shown->trees[AFTER], before->number);
    if (after == NULL) {
        return other(shown, "a field was removed", before->number);
    }
    if (before->dictionary == after->dictionary || !before->is_signature) {
        return compare_filled(shown, before, after);
    }
    if (change_is_absent(before->dictionary, "V") && !change_is_absent(after->dictionary, "V")) {
        return compare_signed(shown, before, after);
    }
    return change_is_same_except(shown->comparison, before->dictionary, after->dictionary, none) ||
           other(shown, "a signature field is another", before->number);
}

static bool rectangle_share(const PdfObject *rectangle, double *ret)
{
    double corner[4] = {0};
    if (rectangle->kind == PDF_NULL) {
        *ret = 0;
        return true;
    }
    for (size_t i = 0; i < 4; i++) {
        if (rectangle->kind != PDF_ARRAY || rectangle->count != 4 ||
            (rectangle->items[i]->kind != PDF_INTEGER && rectangle->items[i]->kind != PDF_REAL)) {
            return false;
        }
        corner[i] = rectangle->items[i]->real;
    }
    double share = (corner[2] - corner[0]) * (corner[3] - corner[1]) / (PAGE_WIDTH * PAGE_HEIGHT);
    *ret = share < 0 ? -share : share;
    return true;
}

// A new field has to be one of a signature. What it shows is its signer's, and lies over the page.
static bool judge_new_node(Shown *shown, const FieldNode *node)
{
    Comparison *comparison = shown->comparison;
    const PdfObject *rectangle = NULL, *flags = NULL, *look = NULL, *value = NULL;
    double share = 0;
    bool is_widget = change_is_absent(node->dictionary, "Subtype") ||
                     pdf_is_name(pdf_entry(node->dictionary, "Subtype"), "Widget");
    if (!node->is_signature || !is_widget || !change_is_absent(node->dictionary, "AA") ||
        !change_is_absent(node->dictionary, "A")) {
        return other(shown, "a field was added that is no signature", node->number);
    }
    if (!change_get(comparison, AFTER, node->dictionary, "Rect", &rectangle) ||
        !change_get(comparison, AFTER, node->dictionary, "F", &flags) ||
        !change_get(comparison, AFTER, node->dictionary, "AP", &look) ||
        !change_get(comparison, AFTER, node->dictionary, "V", &value)) {
        return false;
    }
    bool is_hidden = flags->kind == PDF_INTEGER && (flags->integer & (HIDDEN | NO_VIEW)) != 0;
    bool is_sound = rectangle_share(rectangle, &share);
    // Some readers draw a field without a look by its colours and captions.
    bool has_look = look->kind != PDF_NULL || !change_is_absent(node->dictionary, "MK");
    bool is_seen = !is_hidden && has_look && (!is_sound || share > 0);
    bool is_stamp = pdf_is_name(pdf_entry(value, "Type"), "DocTimeStamp");
    if (is_seen && value->kind == PDF_NULL) {
        return other(shown, "an unsigned field that shows something was added", node->number);
    }
    PdfChangeKind kind = is_seen && (!is_sound || share > LARGEST_SHARE) ? PDF_CHANGE_COVER
                         : is_seen                                       ? PDF_CHANGE_NEW_SEAL
                         : is_stamp                                      ? PDF_CHANGE_STAMP
                                                                         : PDF_CHANGE_SIGNATURE;
    return change_note(comparison, kind, "a signature field was added", node->number);
}

static bool compare_fields(Shown *shown)
{
    const FieldTree *before = &shown->trees[BEFORE], *after = &shown->trees[AFTER];
    for (size_t i = 0; i < before->count; i++) {
        if (!compare_node(shown, &before->nodes[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < after->count; i++) {
        if (change_node(before, after->nodes[i].number) == NULL &&
            !judge_new_node(shown, &after->nodes[i])) {
            return false;
        }
    }
    return true;
}

// Resources for drawing fields, by kind and name: more may come, what was there stays.
static bool compare_kept(Comparison *comparison, const PdfObject *const resources[SIDES], int depth,
                         bool *is_kept)
{
    for (size_t i = 0; resources[BEFORE]->kind == PDF_DICTIONARY && i < resources[BEFORE]->count;
         i++) {
        const PdfEntry *entry = &resources[BEFORE]->entries[i];
        const PdfObject *now = pdf_find(resources[AFTER], entry->key), *inner[SIDES];
        if (depth == 1) {
            *is_kept = *is_kept && now != NULL && change_is_same(comparison, entry->value, now);
        } else if (!change_resolve(comparison, BEFORE, entry->value, &inner[BEFORE]) ||
                   !change_resolve(comparison, AFTER, now, &inner[AFTER]) ||
                   !compare_kept(comparison, inner, depth + 1, is_kept)) {
            return false;
        }
    }
    return true;
}

static bool compare_form(Shown *shown)
{
    static const char *const own_rule[] = {"Fields", "SigFlags", "NeedAppearances",
                                           "DR",     "DA",       NULL};
    static const PdfObject nothing = {.kind = PDF_DICTIONARY};
    Comparison *comparison = shown->comparison;
    const PdfObject *before = shown->forms[BEFORE], *after = shown->forms[AFTER];
    const PdfObject *need = NULL, *resources[SIDES];
    if (before->kind == PDF_NULL) {
        before = &nothing;
    }
    if (after->kind != PDF_DICTIONARY) {
        return (after->kind == PDF_NULL && before == &nothing) ||
               other(shown, "the form was removed", 0);
    }
    if (!change_is_same_except(comparison, before, after, own_rule)) {
        other(shown, "the form is another", 0);
    }
    if (!change_get(comparison, AFTER, after, "NeedAppearances", &need) ||
        !change_get(comparison, BEFORE, before, "DR", &resources[BEFORE]) ||
        !change_get(comparison, AFTER, after, "DR", &resources[AFTER])) {
        return false;
    }
    if (need->boolean && !pdf_objects_equal(need, pdf_entry(before, "NeedAppearances"))) {
        other(shown, "fields are drawn anew", 0);
    }
    if (!change_is_absent(before, "DA") &&
        !pdf_objects_equal(pdf_entry(before, "DA"), pdf_entry(after, "DA"))) {
        other(shown, "fields are drawn differently", 0);
    }
    bool is_kept = true;
    if (!compare_kept(comparison, resources, 0, &is_kept)) {
        return false;
    }
    return is_kept || other(shown, "what fields are drawn with is another", 0);
}

bool change_compare_shown(Comparison *comparison, const PdfObject *const catalogs[SIDES])
{
    Shown shown = {.comparison = comparison};
    for (Side side = BEFORE; side < SIDES; side++) {
        if (!change_get(comparison, side, catalogs[side], "AcroForm", &shown.forms[side]) ||
            !collect_all(&shown, side)) {
            return false;
        }
        const PdfObject *form = pdf_entry(catalogs[side], "AcroForm");
        if (form != NULL && form->kind == PDF_REFERENCE && form->integer > 0 &&
            form->integer < comparison->file->size) {
            comparison->is_seen[form->integer] = true;
        }
    }
    return change_mark_pages(&shown, catalogs) && change_compare_catalog(comparison, catalogs) &&
           change_compare_pages(&shown) && compare_form(&shown) && compare_fields(&shown);
}
