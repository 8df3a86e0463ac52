// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_appearance.h"

#include "domain/document/pdf_compare.h"
#include "domain/document/pdf_writer.h"

enum { FLAG_PRINT = 4, FLAG_LOCKED = 128 };

static bool unlike(Error *err, const char *what)
{
    return error_set(err, ERROR_INPUT, "pdf.appearance", "ISO 32000-1 12.5.5",
                     "the signature's appearance is not just its picture: %s", what);
}

static bool numbers_of(const PdfObject *array, double ret[4])
{
    if (array == NULL || array->kind != PDF_ARRAY || array->count != 4) {
        return false;
    }
    for (size_t i = 0; i < 4; i++) {
        PdfKind kind = array->items[i]->kind;
        if (kind != PDF_INTEGER && kind != PDF_REAL) {
            return false;
        }
        ret[i] = array->items[i]->real;
    }
    return true;
}

static bool is_near(double a, double b)
{
    double difference = a - b;
    return difference < 0.01 && difference > -0.01;
}

static bool read_widget(const PdfObject *field, PdfAppearance *ret, Error *err)
{
    static const char *const keys[] = {"Type", "Subtype", "FT",   "T",  "V",
                                       "F",    "P",       "Rect", "AP", NULL};
    const PdfObject *flags = pdf_entry(field, "F");
    double rect[4] = {0};
    if (!pdf_has_only(field, keys) || !pdf_is_name(pdf_entry(field, "Subtype"), "Widget") ||
        !numbers_of(pdf_entry(field, "Rect"), rect)) {
        return unlike(err, "the widget has other entries");
    }
    if (flags == NULL || flags->kind != PDF_INTEGER ||
        flags->integer != (FLAG_PRINT | FLAG_LOCKED)) {
        return unlike(err, "the widget is hidden or not printed");
    }
    ret->x = rect[0];
    ret->y = rect[1];
    ret->width = rect[2] - rect[0];
    ret->height = rect[3] - rect[1];
    if (ret->width < 1 || ret->height < 1) {
        return unlike(err, "the widget has no size");
    }
    return true;
}

// The one entry of a dictionary that has this key and no other.
static const PdfObject *only(const PdfObject *dictionary, const char *key)
{
    bool is_single =
        dictionary != NULL && dictionary->kind == PDF_DICTIONARY && dictionary->count == 1;
    return is_single ? pdf_entry(dictionary, key) : NULL;
}

static bool check_resources(PdfFile *file, const PdfObject *form, PdfAppearance *ret, Error *err)
{
    static const char *const resource_keys[] = {"XObject", "ExtGState", NULL};
    static const char *const state_keys[] = {"Type", "BM", NULL};
    const PdfObject *resources = pdf_entry(form, "Resources");
    const PdfObject *picture = only(pdf_entry(resources, "XObject"), "Seal");
    const PdfObject *state = only(pdf_entry(resources, "ExtGState"), "Ink");
    bool valid = resources != NULL && resources->kind == PDF_DICTIONARY &&
                 pdf_has_only(resources, resource_keys) && picture != NULL && state != NULL &&
                 picture->kind == PDF_REFERENCE && state->kind == PDF_DICTIONARY &&
                 pdf_has_only(state, state_keys) && pdf_is_name(pdf_entry(state, "BM"), "Multiply");
    if (!valid) {
        return unlike(err, "it uses other resources");
    }
    ret->image_number = (uint32_t)picture->integer;
    return pdf_resolve(file, picture, &ret->image, err);
}

// The content is the one that the size determines.
static bool check_content(const PdfObject *form, const double box[4], Error *err)
{
    CLEANUP(writer_free) Writer expected = writer_new(256);
    writer_put_text(&expected, "q /Ink gs ");
    const double matrix[6] = {box[2], 0, 0, box[3], 0, 0};
    for (size_t i = 0; i < 6; i++) {
        pdf_put_number(&expected, matrix[i]);
        writer_put_text(&expected, i < 5 ? " " : "");
    }
    writer_put_text(&expected, " cm /Seal Do Q");
    bool same = !expected.failed && bytes_equal(form->bytes, writer_bytes(&expected));
    return same || unlike(err, "it draws something else");
}

bool pdf_appearance_read(PdfFile *file, const PdfObject *field, PdfAppearance *ret, Error *err)
{
    static const char *const keys[] = {"Type", "Subtype", "BBox", "Resources", "Length", NULL};
    PdfAppearance appearance = {0};
    const PdfObject *form = NULL;
    double box[4] = {0};
    if (!read_widget(field, &appearance, err)) {
        return false;
    }
    const PdfObject *normal = only(pdf_entry(field, "AP"), "N");
    if (normal == NULL || normal->kind != PDF_REFERENCE) {
        return unlike(err, "there are several appearances");
    }
    appearance.form_number = (uint32_t)normal->integer;
    if (!pdf_resolve(file, normal, &form, err)) {
        return false;
    }
    bool valid = form->kind == PDF_STREAM && pdf_has_only(form, keys) &&
                 pdf_is_name(pdf_entry(form, "Subtype"), "Form") &&
                 numbers_of(pdf_entry(form, "BBox"), box) && is_near(box[0], 0) &&
                 is_near(box[1], 0) && is_near(box[2], appearance.width) &&
                 is_near(box[3], appearance.height);
    if (!valid) {
        return unlike(err, "the form has other entries or another size");
    }
    if (!check_content(form, box, err) || !check_resources(file, form, &appearance, err)) {
        return false;
    }
    *ret = appearance;
    return true;
}
