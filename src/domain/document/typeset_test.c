// SPDX-License-Identifier: Apache-2.0
#include "domain/document/typeset.h"

#include <string.h>

#include "base/test/test.h"
#include "domain/document/document_oracle.h"
#include "domain/document/line_break.h"

static void sample_add(Document *document)
{
    static const char *const cells[] = {
        "序号", "操作",         "时间",                "摘要（SM3）",
        "1",    "身份核验通过", "2026-11-25 16:00:00",
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        "2",    "签署授权书",   "2026-11-25 16:01:00", NULL,
    };
    document_set_header(document, "示例银行股份有限公司");
    document_set_footer(document, "报告编号：R-0001");
    document_add_subtitle(document, "编号 R-0001 · 版本 1.0");
    document_add_heading(document, 1, "一、基本情况");
    document_add_paragraph(document,
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
