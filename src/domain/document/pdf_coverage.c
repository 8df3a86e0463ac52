// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_coverage.h"

#include <stdlib.h>

#include "domain/document/pdf_appearance.h"
#include "domain/document/pdf_compare.h"
#include "domain/document/pdf_later_revision.h"
#include "domain/document/pdf_signature.h"
#include "domain/document/seal_picture.h"

#define CLAUSE_SIGNATURES "ISO 32000-1 12.8.1"

typedef struct {
    Verdict *verdict;
    PdfFile *file;
    const PdfSignature *signature;
    size_t index;
} Judging;

static bool require(const Judging *judging, bool condition, const char *code, const char *detail)
{
    return verdict_require(judging->verdict, condition, AREA_COVERAGE, code, CLAUSE_SIGNATURES,
                           "%s", detail);
}

static bool judge_byte_range(const Judging *judging)
{
    const uint64_t *range = judging->signature->byte_range;
    uint64_t size = judging->file->bytes.len;
    bool valid = judging->signature->has_byte_range && range[0] == 0 && range[1] > 0 &&
                 range[1] <= size && range[2] > range[1] && range[2] <= size && range[3] > 0 &&
                 range[3] <= size - range[2];
    return require(judging, valid, "pdf_coverage.byte_range",
                   "two spans that begin at 0 and lie in the file one after the other");
}

// Only digits between the brackets: white space and comments could hide bytes. Letters of one case:
// the string is not covered, so there is one way to write it but for its case as a whole.
static bool is_plain_hex(Bytes string)
{
    bool has_upper = false, has_lower = false;
    for (size_t i = 1; i + 1 < string.len; i++) {
        uint8_t c = string.data[i];
        bool is_upper = c >= 'A' && c <= 'F', is_lower = c >= 'a' && c <= 'f';
        if (!is_upper && !is_lower && (c < '0' || c > '9')) {
            return false;
        }
        has_upper = has_upper || is_upper;
        has_lower = has_lower || is_lower;
    }
    return string.len >= 2 && string.len % 2 == 0 && !(has_upper && has_lower);
}

static bool judge_contents(const Judging *judging)
{
    const PdfSignature *signature = judging->signature;
    const uint64_t *range = signature->byte_range;
    Bytes string =
        bytes_slice(judging->file->bytes, signature->contents_offset, signature->contents_len);
    bool exact = signature->contents_offset != 0 && is_plain_hex(string) &&
                 range[1] == signature->contents_offset &&
                 range[2] == signature->contents_offset + signature->contents_len;
    return require(judging, exact, "pdf_coverage.contents",
                   "what is not covered is exactly the hexadecimal string of this signature");
}

static bool judge_padding(const Judging *judging)
{
    const PdfSignature *signature = judging->signature;
    const PdfObject *contents = pdf_entry(signature->value, "Contents");
    bool clean = signature->der.len > 0 && contents != NULL;
    for (size_t i = signature->der.len; clean && i < contents->bytes.len; i++) {
        clean = contents->bytes.data[i] == 0;
    }
    return require(judging, clean, "pdf_coverage.contents_padding",
                   "the signature is one DER element, followed by zeros only");
}

// The revision that ends where the byte range ends and that defines the signature.
static bool judge_end(const Judging *judging, size_t *ret_revision)
{
    const PdfFile *file = judging->file;
    const PdfSignature *signature = judging->signature;
    uint64_t end = signature->byte_range[2] + signature->byte_range[3];
    size_t found = file->revision_count;
    for (size_t i = 0; i < file->revision_count; i++) {
        const PdfSection *section = &file->sections[i];
        bool holds = section->start <= signature->contents_offset &&
                     signature->contents_offset < section->shown.xref_offset;
        if (section->shown.end == end && holds) {
            found = i;
        }
    }
    *ret_revision = found;
    return require(judging, found < file->revision_count, "pdf_coverage.end",
                   "the byte range reaches the end of the revision that holds the signature");
}

static bool judge_later(const Judging *judging, size_t revision)
{
    PdfFile *file = judging->file;
    bool pure = true;
    Error err = {0};
    for (size_t i = revision + 1; pure && i < file->revision_count; i++) {
        pure = pdf_later_revision_check(file, i, &err);
    }
    size_t later = file->revision_count - 1 - revision;
    return verdict_require(judging->verdict, pure, AREA_COVERAGE, "pdf_coverage.later_revisions",
                           CLAUSE_SIGNATURES, "%zu later revisions%s%s", later,
                           pure ? ", each adding one signature only" : ": ", err.text);
}

static int offset_compare(const void *left, const void *right)
{
    const PdfLocation *a = left, *b = right;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

static size_t skip_blanks(Bytes bytes, size_t at)
{
    while (at < bytes.len &&
           (bytes.data[at] == '\n' || bytes.data[at] == '\r' || bytes.data[at] == ' ')) {
        at++;
    }
    return at;
}

// The objects of the table follow each other without gaps: nothing lies between them that another
// reader could take for an object.
static bool is_tiled(PdfFile *file, size_t revision)
{
    const PdfSection *section = &file->sections[revision];
    PdfLocation *sorted = arena_alloc(file->arena, (section->count + 1) * sizeof *sorted);
    size_t count = 0;
    if (sorted == NULL) {
        return false;
    }
    for (size_t i = 0; i < section->count; i++) {
        const PdfLocation *location = &section->locations[i];
        bool is_table = location->number == section->stream_number && location->number != 0;
        if (location->in_use && !location->is_compressed && !is_table) {
            sorted[count++] = *location;
        }
    }
    qsort(sorted, count, sizeof *sorted, offset_compare);
    PdfCursor cursor = {file->arena, file->bytes, section->start, &file->budget, NULL};
    if (revision == 0) {
        pdf_skip_space(&cursor);  // the header is comments
    }
    size_t at = skip_blanks(file->bytes, cursor.at);
    for (size_t i = 0; i < count; i++) {
        const PdfObject *object = NULL;
        if (sorted[i].offset != at ||
            !pdf_parse_indirect(file, &sorted[i], revision + 1, &object, &at, NULL)) {
            return false;
        }
        at = skip_blanks(file->bytes, at);
    }
    return at == section->shown.xref_offset;
}

static bool judge_definitions(const Judging *judging)
{
    bool exact = true;
    for (size_t i = 0; exact && i < judging->file->revision_count; i++) {
        exact = is_tiled(judging->file, i);
    }
    return require(judging, exact, "pdf_coverage.definitions",
                   "each revision consists of the objects of its table and nothing else");
}

static bool annotates_its_page(PdfFile *file, const PdfSignature *signature)
{
    const PdfObject *page_reference = pdf_entry(signature->field, "P");
    size_t shown = 0;
    for (size_t p = 0; p < file->page_count; p++) {
        const PdfObject *annotations = NULL;
        if (!pdf_get(file, file->pages[p], "Annots", &annotations, NULL)) {
            return false;
        }
        for (size_t i = 0; annotations->kind == PDF_ARRAY && i < annotations->count; i++) {
            const PdfObject *item = annotations->items[i];
            if (item->kind == PDF_REFERENCE && item->integer == signature->field_number) {
                bool right = page_reference != NULL && page_reference->kind == PDF_REFERENCE &&
                             page_reference->integer == file->page_numbers[p];
                shown += right ? 1 : 2;
            }
        }
    }
    return shown == 1;
}

static bool judge_field(const Judging *judging)
{
    PdfFile *file = judging->file;
    const PdfSignature *signature = judging->signature;
    bool valid = pdf_is_name(pdf_entry(signature->field, "FT"), "Sig") &&
                 pdf_is_name(pdf_entry(signature->value, "Type"), "Sig") &&
                 signature->value_number != 0 && signature->field_name.len > 0 &&
                 annotates_its_page(file, signature);
    for (size_t i = 0; i < file->signature_count; i++) {
        const PdfSignature *other = &file->signatures[i];
        if (i != judging->index) {
            valid = valid && other->value_number != signature->value_number &&
                    other->field_number != signature->field_number &&
                    !bytes_equal(other->field_name, signature->field_name);
        }
    }
    return require(judging, valid, "pdf_coverage.field",
                   "one signature field with this name shows this value, on one page");
}

bool pdf_coverage_judge(Verdict *verdict, PdfFile *file, size_t signature_index)
{
    Judging judging = {verdict, file, NULL, signature_index};
    if (signature_index >= file->signature_count) {
        verdict_add(verdict, AREA_COVERAGE, CHECK_FAILED, "pdf_coverage.field", CLAUSE_SIGNATURES,
                    "the PDF has no signature %zu", signature_index + 1);
        return false;
    }
    judging.signature = &file->signatures[signature_index];
    size_t revision = 0;
    if (!judge_byte_range(&judging) || !judge_contents(&judging)) {
        return false;
    }
    bool sound = judge_padding(&judging);
    if (!judge_end(&judging, &revision)) {
        return false;
    }
    sound = judge_later(&judging, revision) && sound;
    sound = judge_definitions(&judging) && sound;
    return judge_field(&judging) && sound;
}

// The image is the PNG's pixels as they are, with nothing that would change how they look.
static bool image_is(const PdfObject *image, const SealPicture *picture)
{
    static const char *const keys[] = {
        "Type",   "Subtype",     "Width",  "Height", "ColorSpace", "BitsPerComponent",
        "Filter", "DecodeParms", "Length", NULL};
    static const char *const parameter_keys[] = {"Predictor", "Colors", "BitsPerComponent",
                                                 "Columns", NULL};
    const struct {
        const PdfObject *dictionary;
        const char *key;
        int64_t value;
    } numbers[] = {
        {image, "Width", picture->width},
        {image, "Height", picture->height},
        {image, "BitsPerComponent", 8},
        {pdf_entry(image, "DecodeParms"), "Predictor", 15},
        {pdf_entry(image, "DecodeParms"), "Colors", 3},
        {pdf_entry(image, "DecodeParms"), "BitsPerComponent", 8},
        {pdf_entry(image, "DecodeParms"), "Columns", picture->width},
    };
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        const PdfObject *value = pdf_entry(numbers[i].dictionary, numbers[i].key);
        if (value == NULL || value->kind != PDF_INTEGER || value->integer != numbers[i].value) {
            return false;
        }
    }
    return image->kind == PDF_STREAM && pdf_has_only(image, keys) &&
           pdf_has_only(pdf_entry(image, "DecodeParms"), parameter_keys) &&
           pdf_is_name(pdf_entry(image, "Subtype"), "Image") &&
           pdf_is_name(pdf_entry(image, "ColorSpace"), "DeviceRGB") &&
           pdf_is_name(pdf_entry(image, "Filter"), "FlateDecode") &&
           bytes_equal(image->bytes, picture->idat);
}

bool pdf_coverage_judge_picture(Verdict *verdict, PdfFile *file, size_t signature_index,
                                Bytes picture_png)
{
    static const char code[] = "pdf_coverage.picture", clause[] = "GB/T 38540-2020 6.1";
    Error err = {0};
    SealPicture picture;
    PdfAppearance appearance = {0};
    if (signature_index >= file->signature_count) {
        return verdict_require(verdict, false, AREA_COVERAGE, code, clause,
                               "the PDF has no signature %zu", signature_index + 1);
    }
    if (!seal_picture_parse(picture_png, &picture, &err)) {
        // A picture of another kind may be right, but this cannot be shown byte for byte.
        verdict_add(verdict, AREA_COVERAGE, CHECK_UNKNOWN, code, clause, "%s", err.text);
        return false;
    }
    const PdfObject *field = file->signatures[signature_index].field;
    if (!pdf_appearance_read(file, field, &appearance, &err)) {
        return verdict_require(verdict, false, AREA_COVERAGE, code, clause, "%s", err.text);
    }
    return verdict_require(verdict, image_is(appearance.image, &picture), AREA_COVERAGE, code,
                           clause, "the picture shown on the page is the picture of the seal");
}
