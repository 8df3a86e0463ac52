// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_later_revision.h"

#include "domain/document/pdf_appearance.h"
#include "domain/document/pdf_compare.h"
#include "domain/document/typeset.h"

enum { NEW_OBJECTS = 4 };  // field, value, appearance, picture

// A later seal may not be larger than this share of a page.
#define LARGEST_SHARE 0.1

typedef struct {
    PdfFile *file;
    size_t revision;      // the later one
    uint32_t first_new;   // Size before it
    uint32_t form, page;  // numbers of the changed objects
    uint32_t field;
    Error *err;
} Change;

static bool changed(const Change *change, const char *what)
{
    return error_set(change->err, ERROR_UNTRUSTED, "pdf.changed_after_signing",
                     "ISO 32000-1 12.8.1", "revision %zu %s", change->revision + 1, what);
}

static bool check_trailer(Change *change)
{
    static const char *const keys[] = {"Size", "Root", "Info", "ID", "Prev", NULL};
    const PdfObject *before = change->file->revisions[change->revision - 1].trailer;
    const PdfObject *after = change->file->revisions[change->revision].trailer;
    const PdfObject *root = pdf_entry(before, "Root");
    change->first_new = (uint32_t)pdf_entry(before, "Size")->integer;
    bool same = pdf_has_only(after, keys) && pdf_objects_equal(root, pdf_entry(after, "Root")) &&
                pdf_objects_equal(pdf_entry(before, "Info"), pdf_entry(after, "Info"));
    return same || changed(change, "has another catalog or document information");
}

static bool is_page(const Change *change, uint32_t number)
{
    for (size_t i = 0; i < change->file->page_count; i++) {
        if (change->file->page_numbers[i] == number) {
            return true;
        }
    }
    return false;
}

// Old objects that may change: the form and one page. Everything else must be new.
static bool check_numbers(Change *change)
{
    const PdfSection *section = &change->file->sections[change->revision];
    const PdfObject *form = pdf_entry(change->file->catalog, "AcroForm");
    size_t added = 0;
    if (form == NULL || form->kind != PDF_REFERENCE) {
        return changed(change, "follows a form that no sealing has made");
    }
    change->form = (uint32_t)form->integer;
    bool has_form = false;
    for (size_t i = 0; i < section->count; i++) {
        const PdfLocation *location = &section->locations[i];
        if (!location->in_use) {
            return changed(change, "deletes an object");
        }
        if (location->number >= change->first_new) {
            added++;
        } else if (location->number == change->form) {
            has_form = true;
        } else if (change->page == 0 && is_page(change, location->number)) {
            change->page = location->number;
        } else {
            return changed(change, "replaces an object that was signed");
        }
    }
    if (!has_form || change->page == 0 || added != NEW_OBJECTS) {
        return changed(change, "adds something other than one signature");
    }
    return true;
}

// Load an object before and after.
static bool load_both(const Change *change, uint32_t number, const PdfObject *ret[2])
{
    return pdf_load_as_of(change->file, change->revision, number, &ret[0], change->err) &&
           pdf_load_as_of(change->file, change->revision + 1, number, &ret[1], change->err);
}

static bool check_form_and_page(Change *change)
{
    const PdfObject *form[2], *page[2];
    uint32_t annotation = 0;
    if (!load_both(change, change->form, form) || !load_both(change, change->page, page)) {
        return false;
    }
    if (!pdf_equal_except(form[0], form[1], "Fields") ||
        !pdf_is_extended(pdf_entry(form[0], "Fields"), pdf_entry(form[1], "Fields"),
                         &change->field)) {
        return changed(change, "changes the form");
    }
    if (!pdf_equal_except(page[0], page[1], "Annots") ||
        !pdf_is_extended(pdf_entry(page[0], "Annots"), pdf_entry(page[1], "Annots"), &annotation)) {
        return changed(change, "changes a page");
    }
    if (annotation != change->field) {
        return changed(change, "shows another annotation than its signature field");
    }
    return true;
}

// The new field, its value and what it shows are the four new objects.
static bool check_field(Change *change)
{
    const PdfObject *field = NULL, *value = NULL;
    PdfAppearance appearance = {0};
    if (!pdf_load_as_of(change->file, change->revision + 1, change->field, &field, change->err)) {
        return false;
    }
    const PdfObject *reference = pdf_entry(field, "V"), *page = pdf_entry(field, "P");
    if (field == NULL || !pdf_is_name(pdf_entry(field, "FT"), "Sig") || reference == NULL ||
        reference->kind != PDF_REFERENCE || page == NULL || page->kind != PDF_REFERENCE ||
        page->integer != change->page) {
        return changed(change, "adds a field that is no signature");
    }
    if (!pdf_appearance_read(change->file, field, &appearance, change->err) ||
        !pdf_resolve(change->file, reference, &value, change->err)) {
        return false;
    }
    const uint32_t numbers[NEW_OBJECTS] = {change->field, (uint32_t)reference->integer,
                                           appearance.form_number, appearance.image_number};
    for (size_t i = 0; i < NEW_OBJECTS; i++) {
        for (size_t k = 0; k < i; k++) {
            if (numbers[i] == numbers[k]) {
                return changed(change, "uses one object twice");
            }
        }
        if (numbers[i] < change->first_new) {
            return changed(change, "uses an older object in its signature");
        }
    }
    if (!pdf_is_name(pdf_entry(value, "Type"), "Sig")) {
        return changed(change, "adds a field without a signature");
    }
    if (appearance.width * appearance.height > LARGEST_SHARE * PAGE_WIDTH * PAGE_HEIGHT) {
        return changed(change, "adds a seal that is too large");
    }
    return true;
}

// Its own signature covers it whole; whether that holds is judged where it is verified.
static bool check_signed(const Change *change)
{
    const PdfFile *file = change->file;
    for (size_t i = 0; i < file->signature_count; i++) {
        const PdfSignature *signature = &file->signatures[i];
        if (signature->field_number == change->field) {
            uint64_t end = signature->byte_range[2] + signature->byte_range[3];
            bool covers = signature->has_byte_range && signature->byte_range[0] == 0 &&
                          end == file->revisions[change->revision].end && signature->der.len > 0;
            return covers || changed(change, "is not covered by its own signature");
        }
    }
    return changed(change, "adds a field without a signature");
}

bool pdf_later_revision_check(PdfFile *file, size_t revision, Error *err)
{
    Change change = {.file = file, .revision = revision, .err = err};
    return check_trailer(&change) && check_numbers(&change) && check_form_and_page(&change) &&
           check_field(&change) && check_signed(&change);
}
