// SPDX-License-Identifier: Apache-2.0
#include "domain/report/report_pages_compare.h"

#include <string.h>

#include "base/codec/hex.h"
#include "base/test/test.h"
#include "domain/document/pdf_file.h"
#include "domain/report/scene_test.h"

typedef struct {
    Scene scene;
    Report *report;
    Sm3Digest digest;
    Bytes pdf;
} Pages;

static void pages_make(Pages *pages)
{
    Error err = {0};
    Scene *scene = &pages->scene;
    Layout layout;
    CLEANUP(writer_free) Writer pdf = writer_new(1 << 24);
    scene_make(scene);
    CHECK_OK(report_b_make(&scene->b, scene->arena, &pages->report, &err));
    pages->digest = sm3_digest(scene_json(scene, pages->report));
    CHECK_OK(report_typeset(pages->report, &pages->digest, &scene->fonts, &layout, &err));
    CHECK_OK(layout_write_pdf(&layout, &scene->fonts, &pdf, &err));
    pages->pdf = arena_copy(scene->arena, writer_bytes(&pdf));
}

static ReportPagesFound compare(Pages *pages, Bytes sealed)
{
    Error err = {0};
    ReportPagesFound found;
    CHECK_OK(report_pages_compare(pages->report, &pages->digest, &pages->scene.fonts, sealed,
                                  &found, &err));
    return found;
}

static Bytes changed_at(Pages *pages, size_t offset)
{
    Bytes copy = arena_copy(pages->scene.arena, pages->pdf);
    ((uint8_t *)(uintptr_t)copy.data)[offset] ^= 1;
    return copy;
}

// Offset of the last byte of a page's packed contents.
static size_t contents_of(Pages *pages, size_t page)
{
    Error err = {0};
    PdfFile *file = NULL;
    const uint32_t *numbers;
    size_t count = 0;
    const PdfObject *stream = NULL;
    CHECK_OK(pdf_open(pages->scene.arena, pages->pdf, &file, &err));
    const PdfObject *const *all = pdf_pages(file, &numbers, &count);
    CHECK(page < count);
    CHECK_OK(pdf_resolve(file, pdf_entry(all[page], "Contents")->items[0], &stream, &err));
    return (size_t)(&stream->bytes.data[stream->bytes.len - 1] - pages->pdf.data);
}

TEST(pages_are_identical_whatever_a_seal_appends_to_them)
{
    Pages pages;
    pages_make(&pages);
    CHECK_TEXT(compare(&pages, pages.pdf).code, "report.identical");
    CLEANUP(writer_free) Writer longer = writer_new(1 << 24);
    writer_put(&longer, pages.pdf);
    writer_put_text(&longer, "1 0 obj");
    CHECK_INT(compare(&pages, writer_bytes(&longer)).outcome, CHECK_PASSED);
    CHECK_INT(compare(&pages, bytes_slice(pages.pdf, 0, pages.pdf.len - 1)).outcome, CHECK_FAILED);
    CHECK_INT(compare(&pages, BYTES_EMPTY).outcome, CHECK_FAILED);
    scene_free(&pages.scene);
}

TEST(a_changed_page_is_named_by_its_number_and_anything_else_by_its_place)
{
    Pages pages;
    pages_make(&pages);
    static const size_t numbers[] = {0, 2, 4};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        ReportPagesFound found =
            compare(&pages, changed_at(&pages, contents_of(&pages, numbers[i])));
        char place[32];
        snprintf(place, sizeof place, "page %zu", numbers[i] + 1);
        CHECK_TEXT(found.code, "report.pages_differ");
        CHECK_TEXT(found.place, place);
        CHECK_INT(found.outcome, CHECK_FAILED);
    }
    ReportPagesFound found = compare(&pages, changed_at(&pages, pages.pdf.len - 20));
    CHECK_TEXT(found.code, "report.pages_differ");
    CHECK(strstr(found.place, "outside of the pages' contents") != NULL);
    scene_free(&pages.scene);
}

// Never "not identical" for what is only set with other fonts, nor "identical".
TEST(pages_set_with_other_fonts_or_another_version_are_undecided_and_both_are_named)
{
    Pages pages;
    pages_make(&pages);
    FontFamily turned = {pages.scene.fonts.bold, pages.scene.fonts.regular};
    Error err = {0};
    ReportPagesFound found;
    CHECK_OK(report_pages_compare(pages.report, &pages.digest, &turned, pages.pdf, &found, &err));
    CHECK_INT(found.outcome, CHECK_UNKNOWN);
    CHECK_TEXT(found.code, "report.other_typesetting");
    CHECK(strstr(found.stated, "NotoSansCJKsc-Regular Version 2") != NULL);
    CHECK(strstr(found.computed, "NotoSansCJKsc-Bold Version 2") != NULL);
    CHECK(strcmp(found.stated, found.computed) != 0);
    scene_free(&pages.scene);
}

// Covers: requirement F13
TEST(the_code_names_number_and_digest_and_nothing_of_a_person)
{
    Pages pages;
    pages_make(&pages);
    Arena *arena = pages.scene.arena;
    const char *text = report_code_text(pages.report, &pages.digest);
    const char *expected = arena_format(
        arena,
        "https://bank.example.cn/verify#report=99999999-2222-4333-8444-555555555555-B&sm3=%s",
        hex_text(arena, sm3_bytes(&pages.digest)));
    CHECK_TEXT(text, expected);
    pages.scene.b.head.verification_url = "";
    Report *without = NULL;
    Error err = {0};
    CHECK_OK(report_b_make(&pages.scene.b, arena, &without, &err));
    CHECK(strncmp(report_code_text(without, &pages.digest),
                  "assent-report:99999999-2222-4333-8444-555555555555-B?sm3=", 57) == 0);
    scene_free(&pages.scene);
}
