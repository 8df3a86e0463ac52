// SPDX-License-Identifier: Apache-2.0
//
// The report on paper: cover, sections, conclusion with the issuer's seal, attachments.
#include "base/codec/hex.h"
#include "domain/report/report_material.h"
#include "domain/report/report_state.h"

enum {
    SEAL_POINTS = 118,
    CODE_POINTS = 112,
    CELLS_MAX = REPORT_MAX_COLUMNS * (REPORT_MAX_ROWS + 2)
};

static void add_lines(Document *document, BlockKind kind, const char *text)
{
    Span span = {.text = text, .is_bold = kind == BLOCK_TITLE};
    document_add_spans(document, &(Block){.kind = kind, .spans = &span, .span_count = 1});
}

// What leads from paper to the file: the number and the digest, for a camera.
static void add_code(Document *document, const Report *report, const Sm3Digest *digest)
{
    const char *content = report_code_text(report, digest);
    if (content == NULL) {
        document->failed = true;
        return;
    }
    document_add_code(
        document, content,
        "二维码载明本报告的编号和结构化数据的 SM3 摘要，不含个人信息。扫描后在核验页面选择本报告的"
        "电子文件，即可核对其是否为二维码所指的报告；没有核验页面的，与末页“报告核验说明”所列数值逐字比对。",
        CODE_POINTS);
}

static void add_cover(Document *document, const Report *report, const Sm3Digest *digest)
{
    static const char first_line[] = "个人征信电子授权";
    const ReportHead *head = &report->head;
    const char *title = report_title(report->kind);
    document_add_space(document, 120);
    add_lines(document, BLOCK_TITLE, first_line);
    add_lines(document, BLOCK_TITLE, title + sizeof first_line - 1);
    document_add_space(document, 150);
    document_add_field(document, "报告编号", report_id(report));
    document_add_field(document, "出具单位", head->issuer);
    if (head->licence[0] != '\0') {
        document_add_field(document, "许可/登记编号", head->licence);
    }
    document_add_field(document, "日期", report_date_text(report->arena, head->date));
    document_add_field(document, "案件或异议编号", head->case_number);
    document_add_field(document, "申请方身份", head->requester->chinese);
    document_add_field(document, "成套编号", head->set_id);
    document_add_space(document, 8);
    document_add_note(document,
                      "本报告按照 JR/T 0299—2024《个人征信电子授权安全技术指南》8.4 及其附录出具。"
                      "同一成套编号下的业务报告（A）、电子签章验证报告（B）和电子数据验证报告（C）"
                      "由各出具单位分别签章，宜同时使用，互相印证。");
    document_add_space(document, 24);
    add_code(document, report, digest);
    document_add_page_break(document);
}

static void add_table(Document *document, const Report *report, const ReportBlock *block)
{
    size_t columns = block->columns.columns;
    const char **cells = arena_alloc(report->arena, columns * block->row_count * sizeof *cells);
    if (cells == NULL) {
        document->failed = true;
        return;
    }
    size_t count = 0;
    for (const ReportRow *row = block->rows; row != NULL; row = row->next) {
        for (size_t i = 0; i < columns; i++) {
            cells[count++] = row->cells[i];
        }
    }
    document_add_table(document, block->columns.widths, columns, cells, block->row_count);
}

static void add_blocks(Document *document, const Report *report, const ReportPart *part)
{
    for (const ReportBlock *block = part->blocks; block != NULL; block = block->next) {
        switch (block->kind) {
        case REPORT_BLOCK_FIELD:
            document_add_field(document, block->label, block->text);
            break;
        case REPORT_BLOCK_PARAGRAPH:
            document_add_paragraph(document, block->text);
            break;
        case REPORT_BLOCK_NOTE:
            document_add_note(document, block->text);
            break;
        case REPORT_BLOCK_TABLE:
            add_table(document, report, block);
            break;
        }
    }
}

static void add_files(Document *document, const Report *report, const ReportPart *part)
{
    static const double widths[] = {3, 5, 2, 6};
    const char *cells[CELLS_MAX] = {"文件名", "说明（格式）", "字节数", "SM3 摘要"};
    size_t count = 4;
    for (const ReportFileRow *row = part->files; row != NULL && count + 4 <= CELLS_MAX;
         row = row->next) {
        cells[count++] = row->file.name;
        cells[count++] =
            arena_format(report->arena, "%s（%s）", row->file.description, row->file.media_type);
        cells[count++] =
            arena_format(report->arena, "%llu", (unsigned long long)row->file.size_bytes);
        cells[count++] = hex_text(report->arena, sm3_bytes(&row->file.digest));
    }
    if (count > 4) {
        document_add_table(document, widths, 4, cells, count / 4);
    }
}

static void add_conclusion(Document *document, const Report *report)
{
    document_add_space(document, 6);
    document_add_callout(document, report->conclusion);
    document_add_seal_place(
        document, REPORT_SEAL_ANCHOR,
        arena_format(report->arena, "出具单位（签章）：%s    日期：%s", report->head.issuer,
                     report_date_text(report->arena, report->head.date)),
        SEAL_POINTS, SEAL_POINTS);
}

static void add_attachments(Document *document, const Report *report)
{
    document_add_space(document, 10);
    for (const ReportPart *part = report->parts; part != NULL; part = part->next) {
        if (part->attachment != 0) {
            document_add_heading(
                document, 1,
                arena_format(report->arena, "附件 %d：%s", part->attachment, part->title));
            add_blocks(document, report, part);
            add_files(document, report, part);
        }
    }
}

// How somebody who holds the pages checks them.
static void add_verification(Document *document, const Report *report, const Sm3Digest *digest)
{
    document_add_heading(document, 1, "报告核验说明");
    document_add_paragraph(
        document,
        "本报告为电子文件，带有出具单位符合 GB/T 38540—2020 的电子签章和时间戳，打印件"
        "仅供阅读，以电子文件为准。核验时使用 assent verify 或其他支持国密电子签章的工具"
        "打开本文件，检查电子签章、时间戳及文件自签章后是否改动；再将随附的结构化数据"
        "（JSON）中 payload 字段解码后计算 SM3 摘要，与下列值比对。");
    document_add_field(document, "结构化数据类型", report_type_name(report->kind));
    document_add_field(document, "结构化数据 SM3 摘要", report_digest_text(report->arena, digest));
    document_add_field(document, "二维码内容", report_code_text(report, digest));
}

bool report_typeset(const Report *report, const Sm3Digest *json_digest, const FontFamily *fonts,
                    Layout *ret, Error *err)
{
    Document *document = document_new(report->arena, report_title(report->kind), false);
    if (document == NULL) {
        return error_memory(err);
    }
    if (report->failed) {
        return error_set(err, ERROR_LIMIT, "report.failed", NULL,
                         "the report is too large or memory ran out");
    }
    document_set_header(document, report_title(report->kind));
    document_set_footer(document, arena_format(report->arena, "报告编号 %s", report_id(report)));
    add_cover(document, report, json_digest);
    for (const ReportPart *part = report->parts; part != NULL; part = part->next) {
        if (part->attachment == 0) {
            document_add_heading(document, part->level, part->title);
            add_blocks(document, report, part);
        }
    }
    add_conclusion(document, report);
    add_attachments(document, report);
    add_verification(document, report, json_digest);
    return document_typeset(document, fonts, ret, err);
}
