// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_coverage.h"

#include <stdlib.h>

#include "domain/document/pdf_appearance.h"
#include "domain/document/pdf_compare.h"
#include "domain/document/pdf_later_revision.h"
#include "domain/document/pdf_permission.h"
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

static size_t skip_blanks(Bytes bytes, size_t at)
{
    while (at < bytes.len &&
           (bytes.data[at] == '\n' || bytes.data[at] == '\r' || bytes.data[at] == ' ')) {
        at++;
    }
    return at;
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
        // Up to the mark, the end of its line, or blanks behind it, as who signed it cut the file;
        // behind the last nothing is left over.
        bool is_last = i + 1 == file->revision_count;
        if (holds && end >= section->mark_end && (!is_last || end == file->bytes.len) &&
            skip_blanks(file->bytes, section->mark_end) >= end) {
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
    if (revision + 1 == file->revision_count) {
        return require(judging, true, "pdf_coverage.later_revisions", "no revision follows");
    }
    for (size_t i = revision + 1; pure && i < file->revision_count; i++) {
        pure = pdf_later_revision_check(file, i, &err);
    }
    if (!pure) {
        return pdf_permission_judge(judging->verdict, file, judging->signature, revision);
    }
    return verdict_require(judging->verdict, true, AREA_COVERAGE, "pdf_coverage.later_revisions",
                           CLAUSE_SIGNATURES, "%zu later revisions, each adding one seal only",
                           file->revision_count - 1 - revision);
}

static int offset_compare(const void *left, const void *right)
{
    const PdfLocation *a = left, *b = right;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

// The objects of the table follow each other without gaps: nothing lies between them that another
// reader could take for an object.
static bool find_tiled(PdfFile *file, size_t revision)
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

static bool is_tiled(PdfFile *file, size_t revision)
{
    PdfSection *section = &file->sections[revision];
    if (!section->is_tiled_known) {
        section->is_tiled = find_tiled(file, revision);
        section->is_tiled_known = true;
    }
    return section->is_tiled;
}

// What was hidden when it was signed is signed, and told; what came later has to be all there is.
static bool judge_definitions(const Judging *judging, size_t revision)
{
    static const char code[] = "pdf_coverage.definitions";
    bool later_is_exact = true, is_exact = true;
    for (size_t i = 0; i < judging->file->revision_count; i++) {
        bool tiled = is_tiled(judging->file, i);
        is_exact = is_exact && tiled;
        later_is_exact = later_is_exact && (tiled || i <= revision);
    }
    if (later_is_exact && !is_exact) {
        verdict_add(judging->verdict, AREA_COVERAGE, CHECK_INFORMED, code, CLAUSE_SIGNATURES,
                    "what was signed holds bytes that belong to no object");
        return true;
    }
    return require(judging, later_is_exact, code,
                   "each revision consists of the objects of its table and nothing else");
}

// Two fields that show one value, or have one name, are one signature too many.
static bool judge_field(const Judging *judging)
{
    PdfFile *file = judging->file;
    const PdfSignature *signature = judging->signature;
    const PdfObject *type = pdf_entry(signature->value, "Type");
    bool valid = (type == NULL || pdf_is_name(type, "Sig") || pdf_is_name(type, "DocTimeStamp")) &&
                 signature->field_name.len > 0;
    for (size_t i = 0; i < file->signature_count; i++) {
        const PdfSignature *other = &file->signatures[i];
        if (i != judging->index) {
            bool is_shared =
                other->value_number == signature->value_number && signature->value_number != 0;
            valid = valid && !is_shared && other->field_number != signature->field_number &&
                    !bytes_equal(other->field_name, signature->field_name);
        }
    }
    return require(judging, valid, "pdf_coverage.field",
                   "one signature field with this name shows this value");
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
    sound = judge_definitions(&judging, revision) && sound;
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
        // Others draw their seals in other ways. It is signed; whether it is the seal is not told.
        verdict_add(verdict, AREA_COVERAGE, CHECK_INFORMED, code, clause, "not compared: %s",
                    err.text);
        return true;
    }
    return verdict_require(verdict, image_is(appearance.image, &picture), AREA_COVERAGE, code,
                           clause, "the picture shown on the page is the picture of the seal");
}
