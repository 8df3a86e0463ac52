// SPDX-License-Identifier: Apache-2.0
#include "domain/report/report_pages_compare.h"

#include <string.h>

#include "domain/document/pdf_file.h"
#include "domain/report/report_state.h"

enum { PAGES_MAX_SIZE = 32 * 1024 * 1024 };

static size_t first_difference(Bytes a, Bytes b)
{
    size_t at = 0;
    while (at < a.len && at < b.len && a.data[at] == b.data[at]) {
        at++;
    }
    return at;
}

static bool holds(PdfFile *file, const PdfObject *contents, size_t offset)
{
    for (size_t i = 0; contents != NULL && i < contents->count; i++) {
        const PdfObject *stream = NULL;
        if (pdf_resolve(file, contents->items[i], &stream, NULL) && stream != NULL &&
            offset >= stream->offset && offset < stream->end) {
            return true;
        }
    }
    return false;
}

// In whose contents the byte lies, in the file as it should be.
static const char *place_of(Arena *arena, Bytes computed, size_t offset)
{
    PdfFile *file = NULL;
    size_t count = 0;
    const uint32_t *numbers;
    if (pdf_open(arena, computed, &file, NULL)) {
        const PdfObject *const *pages = pdf_pages(file, &numbers, &count);
        for (size_t i = 0; i < count; i++) {
            const PdfObject *contents = pdf_entry(pages[i], "Contents");
            if (contents != NULL && contents->kind == PDF_ARRAY && holds(file, contents, offset)) {
                return arena_format(arena, "page %zu", i + 1);
            }
        }
    }
    return arena_format(arena, "byte %zu, outside of the pages' contents", offset);
}

bool report_pages_compare(const Report *report, const Sm3Digest *json_digest,
                          const FontFamily *fonts, Bytes sealed, ReportPagesFound *ret, Error *err)
{
    Layout layout;
    CLEANUP(writer_free) Writer pdf = writer_new(PAGES_MAX_SIZE);
    const char *stated = report->head.typesetting == NULL ? "" : report->head.typesetting;
    const char *computed = typeset_describe(report->arena, fonts);
    if (!report_typeset(report, json_digest, fonts, &layout, err) ||
        !layout_write_pdf(&layout, fonts, &pdf, err)) {
        return false;
    }
    *ret = (ReportPagesFound){CHECK_PASSED, "report.identical", "", "", ""};
    if (bytes_start_with(sealed, writer_bytes(&pdf))) {
        return true;
    }
    bool has_same_means = computed != NULL && strcmp(stated, computed) == 0;
    ret->outcome = has_same_means ? CHECK_FAILED : CHECK_UNKNOWN;
    ret->code = has_same_means ? "report.pages_differ" : "report.other_typesetting";
    ret->place =
        place_of(report->arena, writer_bytes(&pdf), first_difference(writer_bytes(&pdf), sealed));
    if (!has_same_means) {
        ret->stated = stated;
        ret->computed = computed;
    }
    return (ret->place != NULL && computed != NULL) || error_memory(err);
}
