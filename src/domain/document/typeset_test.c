// SPDX-License-Identifier: Apache-2.0
#include "domain/document/typeset.h"

#include <string.h>

#include "base/test/test.h"
#include "domain/document/document_oracle.h"

static void sample_add(Document *document)
{
    static const char *const cells[] = {
        "序号",
        "操作",
        "时间",
        "摘要（SM3）",
        "1",
        "身份核验通过",
        "2026-11-25 16:00:00",
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        "2",
        "签署授权书",
        "2026-11-25 16:01:00",
        NULL,
    };
    document_set_header(document, "示例银行股份有限公司");
    document_set_footer(document, "报告编号：R-0001");
    document_add_subtitle(document, "编号 R-0001 · 版本 1.0");
    document_add_heading(document, 1, "一、基本情况");
    document_add_paragraph(
        document,
        "本报告依据《个人征信电子授权安全技术指南》（JR/T 0299-2024）附录，对"
        "个人征信电子授权的全过程进行说明：包括身份核验、数字证书签发、协议签署、"
        "征信查询以及电子存证（evidence preservation）等环节。姓名䶮𠅤·买买提。");
    document_add_field(document, "业务名称", "个人消费贷款");
    document_add_field(document, "摘要",
                       "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
                       "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    document_add_field(document, "说明", "");
    document_add_bullet(document, 1, "措施一：身份证件核验；");
    document_add_bullet(document, 2, "人像比对；");
    document_add_tick(document, true, "已核验");
    document_add_tick(document, false, "未核验");
    document_add_callout(document, "重要提示：本报告仅用于证明上述授权的真实性与完整性。");
    document_add_note(document, "注：本报告由系统自动生成。");
    document_add_table(document, (const double[]){1, 3, 4, 6}, 4, cells, 3);
    document_add_seal_place(document, "issuer", "出具机构（签章）：", 110, 110);
}

TEST(document_is_laid_out_and_its_text_can_be_extracted)
{
    Error err = {0};
    FontFamily fonts;
    CHECK_OK(font_family_open(NULL, &fonts, &err));
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Document *document = document_new(arena, "业务报告", true);
    sample_add(document);
    Layout layout;
    CHECK_OK(document_typeset(document, &fonts, &layout, &err));
    CHECK_INT(layout.page_count, 1);
    Writer pdf = writer_new(1 << 22);
    CHECK_OK(layout_write_pdf(&layout, &fonts, &pdf, &err));
    CHECK(oracle_is_clean(test_directory(), writer_bytes(&pdf)));
    const char *text = oracle_text(test_directory(), writer_bytes(&pdf));
    CHECK(strstr(text, "䶮𠅤·买买提") != NULL);
    CHECK(strstr(text, "第1页/共1页") != NULL);
    CHECK(strstr(text, "出具机构（签章）：") != NULL);
    PagePlace place;
    CHECK_OK(layout_anchor(&layout, "issuer", &place, &err));
    CHECK_FAILS_WITH(layout_anchor(&layout, "nobody", &place, &err), ERROR_NOT_FOUND,
                     "document.anchor");
    writer_free(&pdf);
    arena_free(arena);
    font_family_close(&fonts);
}

// A document of many rows; aborts its test when it cannot be made.
static Bytes long_document(Arena *arena, const FontFamily *fonts, size_t rows, Layout *ret)
{
    Error err = {0};
    const char **cells = arena_alloc(arena, (rows + 1) * 3 * sizeof *cells);
    CHECK(cells != NULL);
    for (size_t i = 0; i <= rows; i++) {
        cells[3 * i] = i == 0 ? "序号" : arena_format(arena, "%zu", i);
        cells[3 * i + 1] = i == 0 ? "操作" : "完成了一项需要写得比较长的操作，以便单元格换行显示";
        cells[3 * i + 2] =
            i == 0 ? "摘要" : "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
    }
    Document *document = document_new(arena, "明细", true);
    document_set_header(document, "示例");
    document_add_table(document, (const double[]){1, 3, 5}, 3, cells, rows + 1);
    for (size_t i = 0; i < rows; i++) {
        document_add_heading(document, 1, "标题");
        document_add_paragraph(document, cells[4]);
    }
    char *hex = arena_alloc(arena, 12001);
    CHECK(hex != NULL);
    memset(hex, 'f', 12000);
    document_add_field(document, "长值", hex);
    CHECK_OK(document_typeset(document, fonts, ret, &err));
    Writer pdf = writer_new(1 << 24);
    CHECK_OK(layout_write_pdf(ret, fonts, &pdf, &err));
    Bytes copy = arena_copy(arena, writer_bytes(&pdf));
    writer_free(&pdf);
    return copy;
}

TEST(long_document_continues_on_more_pages_within_the_margins)
{
    Error err = {0};
    FontFamily fonts;
    Layout layout;
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CHECK_OK(font_family_open(NULL, &fonts, &err));
    Bytes pdf = long_document(arena, &fonts, 60, &layout);
    CHECK(layout.page_count > 4);
    for (size_t p = 0; p < layout.page_count; p++) {
        const LaidPage *page = &layout.pages[p];
        for (size_t i = 0; i < page->glyph_count; i++) {
            CHECK(page->glyphs[i].x >= 60 && page->glyphs[i].x < PAGE_WIDTH - 60);
            CHECK(page->glyphs[i].y >= 30 && page->glyphs[i].y < PAGE_HEIGHT - 30);
        }
    }
    CHECK(oracle_is_clean(test_directory(), pdf));
    const char *text = oracle_text(test_directory(), pdf);
    size_t headers = 0;
    for (const char *at = text; (at = strstr(at, "序号")) != NULL; at++) {
        headers++;
    }
    CHECK(headers >= 3);
    Layout again;
    CHECK_BYTES(long_document(arena, &fonts, 60, &again), pdf);
    arena_free(arena);
    font_family_close(&fonts);
}

TEST(document_that_cannot_be_set_is_refused)
{
    Error err = {0};
    FontFamily fonts;
    Layout layout;
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CHECK_OK(font_family_open(NULL, &fonts, &err));
    Document *document = document_new(arena, "甲", true);
    document_add_paragraph(document, "缺字\xf3\xb0\x80\x80");
    CHECK_FAILS_WITH(document_typeset(document, &fonts, &layout, &err), ERROR_INPUT,
                     "font.character_missing");
    document = document_new(arena, "甲", true);
    document_add_field(document, "乙", "\xff");
    CHECK_FAILS_WITH(document_typeset(document, &fonts, &layout, &err), ERROR_INPUT,
                     "document.encoding");
    document = document_new(arena, "甲", true);
    document_add_table(document, (const double[]){1, 1000}, 2, (const char *const[]){"a", "b"}, 1);
    CHECK_FAILS_WITH(document_typeset(document, &fonts, &layout, &err), ERROR_INPUT,
                     "document.too_wide");
    document = document_new(arena, "甲", true);
    for (int i = 0; i < TYPESET_MAX_PAGES + 1; i++) {
        document_add_paragraph(document, "丙");
        document_add_page_break(document);
    }
    CHECK_FAILS_WITH(document_typeset(document, &fonts, &layout, &err), ERROR_LIMIT,
                     "document.too_many_pages");
    document = document_new(arena, "甲", true);
    for (int i = 0; i <= DOCUMENT_MAX_BLOCKS; i++) {
        document_add_space(document, 0);
    }
    CHECK_FAILS_WITH(document_typeset(document, &fonts, &layout, &err), ERROR_LIMIT,
                     "document.too_large");
    arena_free(arena);
    font_family_close(&fonts);
}

TEST(two_characters_with_one_glyph_are_extracted_as_they_were_set)
{
    // U+2F00 (a radical) and U+4E00 share a glyph in this font.
    Error err = {0};
    FontFamily fonts;
    Layout layout;
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Writer pdf = writer_new(1 << 22);
    CHECK_OK(font_family_open(NULL, &fonts, &err));
    Document *document = document_new(arena, "甲", true);
    document_add_paragraph(document, "一二一⼀二⼀");
    CHECK_OK(document_typeset(document, &fonts, &layout, &err));
    CHECK_OK(layout_write_pdf(&layout, &fonts, &pdf, &err));
    CHECK(oracle_is_clean(test_directory(), writer_bytes(&pdf)));
    CHECK(strstr(oracle_text(test_directory(), writer_bytes(&pdf)), "一二一⼀二⼀") != NULL);
    writer_free(&pdf);
    arena_free(arena);
    font_family_close(&fonts);
}
