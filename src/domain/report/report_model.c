// SPDX-License-Identifier: Apache-2.0
#include "domain/report/report_model.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
#include "domain/report/report_state.h"

static const struct {
    const char *type;
    const char *title;
} kinds[REPORT_KINDS] = {
    [REPORT_A] = {"assent.report-a/1", "个人征信电子授权业务报告"},
    [REPORT_B] = {"assent.report-b/1", "个人征信电子授权电子签章验证报告"},
    [REPORT_C] = {"assent.report-c/1", "个人征信电子授权电子数据验证报告"},
};

const char *report_type_name(ReportKind kind)
{
    return kinds[kind].type;
}

const char *report_title(ReportKind kind)
{
    return kinds[kind].title;
}

char report_letter(ReportKind kind)
{
    return (char)('a' + (int)kind);
}

// --- for whom ---------------------------------------------------------------------------------

static const ReportRequester requesters[] = {
    {"person", "信息主体本人或其受托人", true},
    {"institution", "业务发生机构", false},
    {"bureau", "征信机构（异议核查）", false},
    {"court", "人民法院", true},
    {"arbitration", "仲裁机构", true},
    {"procuratorate", "人民检察院", true},
    {"police", "公安机关", true},
    {"regulator", "金融管理部门", true},
    {"notary", "公证机构", true},
    {"auditor", "审计机构", false},
};

const ReportRequester *report_requester_find(const char *name)
{
    for (size_t i = 0; name != NULL && i < COUNT_OF(requesters); i++) {
        if (strcmp(requesters[i].name, name) == 0) {
            return &requesters[i];
        }
    }
    return NULL;
}

static bool is_plain(const char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) {
            return false;
        }
    }
    return len > 0 && len < REPORT_CASE_SIZE;
}

bool report_request_check(const char *case_number, const char *requester_role,
                          const ReportRequester **ret, Error *err)
{
    if (case_number == NULL || case_number[0] == '\0' || requester_role == NULL ||
        requester_role[0] == '\0') {
        return error_set(err, ERROR_FORBIDDEN, "report.case_required", "JR/T 0299-2024 8.4",
                         "reports are issued only for a case or objection number and a role");
    }
    const ReportRequester *requester = report_requester_find(requester_role);
    if (requester == NULL) {
        return error_set(err, ERROR_FORBIDDEN, "report.role", "JR/T 0299-2024 8.4",
                         "reports are not issued to this role");
    }
    if (!is_plain(case_number)) {
        return error_set(err, ERROR_INPUT, "report.case_malformed", NULL,
                         "the case number is not 1 to %d bytes of plain text",
                         REPORT_CASE_SIZE - 1);
    }
    *ret = requester;
    return true;
}

// --- building ---------------------------------------------------------------------------------

Report *report_new(Arena *arena, ReportKind kind, const ReportHead *head)
{
    Report *report = arena_alloc(arena, sizeof *report);
    if (report != NULL) {
        *report = (Report){.arena = arena,
                           .kind = kind,
                           .head = *head,
                           .outcome = CHECK_UNKNOWN,
                           .reason = "",
                           .conclusion = ""};
        report->last_part = &report->parts;
    }
    return report;
}

const ReportHead *report_head(const Report *report)
{
    return &report->head;
}

ReportKind report_kind(const Report *report)
{
    return report->kind;
}

Arena *report_arena(const Report *report)
{
    return report->arena;
}

static const char *copied(Report *report, const char *text)
{
    const char *copy = arena_text(report->arena, bytes_of_text(text));
    report->failed = report->failed || copy == NULL;
    return copy == NULL ? "" : copy;
}

static void *zeroed(Report *report, size_t size)
{
    void *memory = report->failed ? NULL : arena_alloc(report->arena, size);
    report->failed = report->failed || memory == NULL;
    return memory;
}

static void add_part(Report *report, int level, int number, const char *title)
{
    ReportPart *part = zeroed(report, sizeof *part);
    if (part == NULL) {
        return;
    }
    *part = (ReportPart){.level = level, .attachment = number, .title = copied(report, title)};
    part->last_block = &part->blocks;
    part->last_file = &part->files;
    *report->last_part = part;
    report->last_part = &part->next;
    report->part = part;
}

void report_add_section(Report *report, int level, const char *heading)
{
    add_part(report, level, 0, heading);
}

void report_add_attachment(Report *report, int number, const char *title)
{
    add_part(report, 1, number, title);
}

static ReportBlock *add_block(Report *report, ReportBlockKind kind)
{
    ReportBlock *block = zeroed(report, sizeof *block);
    if (block == NULL || report->part == NULL) {
        report->failed = true;
        return NULL;
    }
    block->kind = kind;
    *report->part->last_block = block;
    report->part->last_block = &block->next;
    return block;
}

void report_add_field(Report *report, const char *key, const char *label, const char *value)
{
    ReportBlock *block = add_block(report, REPORT_BLOCK_FIELD);
    if (block != NULL) {
        block->key = copied(report, key);
        block->label = copied(report, label);
        block->text = copied(report, value);
    }
}

// `len` is what vsnprintf said of the text.
static void add_text(Report *report, ReportBlockKind kind, const char *text, int len)
{
    ReportBlock *block = add_block(report, kind);
    if (block != NULL) {
        report->failed = report->failed || len < 0 || len >= REPORT_TEXT_SIZE;
        block->text = copied(report, text);
    }
}

void report_add_paragraph(Report *report, const char *format, ...)
{
    char text[REPORT_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    add_text(report, REPORT_BLOCK_PARAGRAPH, text, len);
}

void report_add_note(Report *report, const char *format, ...)
{
    char text[REPORT_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    add_text(report, REPORT_BLOCK_NOTE, text, len);
}

void report_add_table(Report *report, const ReportColumns *columns)
{
    ReportBlock *block = add_block(report, REPORT_BLOCK_TABLE);
    if (block != NULL) {
        block->key = copied(report, columns->key);
        block->columns = *columns;
        block->columns.key = block->key;
        block->last_row = &block->rows;
        report->table = block;
        report_add_row(report, columns->header);
    }
}

void report_add_row(Report *report, const char *const *cells)
{
    ReportBlock *table = report->table;
    if (table == NULL || table->row_count > REPORT_MAX_ROWS) {
        report->failed = true;
        return;
    }
    ReportRow *row = zeroed(report, sizeof *row);
    if (row == NULL) {
        return;
    }
    for (size_t i = 0; i < table->columns.columns; i++) {
        row->cells[i] = copied(report, cells[i]);
    }
    *table->last_row = row;
    table->last_row = &row->next;
    table->row_count++;
}

void report_add_file(Report *report, const ReportFile *file)
{
    ReportFileRow *row = zeroed(report, sizeof *row);
    if (row == NULL || report->part == NULL) {
        report->failed = true;
        return;
    }
    row->file = *file;
    row->file.name = copied(report, file->name);
    row->file.media_type = copied(report, file->media_type);
    row->file.description = copied(report, file->description);
    *report->part->last_file = row;
    report->part->last_file = &row->next;
}

void report_conclude(Report *report, CheckOutcome outcome, const char *reason, const char *text)
{
    report->outcome = outcome;
    report->reason = copied(report, reason);
    report->conclusion = copied(report, text);
}

CheckOutcome report_outcome(const Report *report)
{
    return report->outcome;
}

// --- JSON -------------------------------------------------------------------------------------

static json_t *row_to_json(const ReportRow *row, size_t columns)
{
    json_t *cells = json_array();
    for (size_t i = 0; i < columns; i++) {
        json_array_append_new(cells, json_string(row->cells[i]));
    }
    return cells;
}

static void put_table(json_t *json, const ReportBlock *block)
{
    size_t columns = block->columns.columns;
    json_t *rows = json_array();
    json_put_text(json, "key", block->key);
    json_put(json, "header", row_to_json(block->rows, columns));
    for (const ReportRow *row = block->rows->next; row != NULL; row = row->next) {
        json_array_append_new(rows, row_to_json(row, columns));
    }
    json_put(json, "rows", rows);
}

static json_t *block_to_json(const ReportBlock *block)
{
    static const char *const names[] = {"field", "paragraph", "note", "table"};
    json_t *json = json_make_object();
    json_put_text(json, "kind", names[block->kind]);
    switch (block->kind) {
    case REPORT_BLOCK_FIELD:
        json_put_text(json, "key", block->key);
        json_put_text(json, "label", block->label);
        json_put_text(json, "value", block->text);
        break;
    case REPORT_BLOCK_TABLE:
        put_table(json, block);
        break;
    default:
        json_put_text(json, "text", block->text);
        break;
    }
    return json;
}

static json_t *blocks_to_json(const ReportPart *part)
{
    json_t *blocks = json_array();
    for (const ReportBlock *block = part->blocks; block != NULL; block = block->next) {
        json_array_append_new(blocks, block_to_json(block));
    }
    return blocks;
}

static json_t *section_to_json(const ReportPart *part)
{
    json_t *json = json_make_object();
    json_put_int(json, "level", part->level);
    json_put_text(json, "heading", part->title);
    json_put(json, "blocks", blocks_to_json(part));
    return json;
}

static json_t *attachment_to_json(const ReportPart *part)
{
    json_t *json = json_make_object();
    json_t *files = json_array();
    json_put_int(json, "number", part->attachment);
    json_put_text(json, "title", part->title);
    json_put(json, "blocks", blocks_to_json(part));
    for (const ReportFileRow *row = part->files; row != NULL; row = row->next) {
        json_t *file = json_make_object();
        json_put_text(file, "name", row->file.name);
        json_put_text(file, "media_type", row->file.media_type);
        json_put_text(file, "description", row->file.description);
        json_put_int(file, "size_bytes", (int64_t)row->file.size_bytes);
        json_put_hex(file, "digest", sm3_bytes(&row->file.digest));
        json_array_append_new(files, file);
    }
    json_put(json, "files", files);
    return json;
}

static void put_head(json_t *json, const Report *report)
{
    const ReportHead *head = &report->head;
    json_put_text(json, "type", report_type_name(report->kind));
    json_put_text(json, "title", report_title(report->kind));
    json_put_text(json, "set_id", head->set_id);
    json_put_text(json, "report_id", report_id(report));
    json_put_text(json, "case_number", head->case_number);
    json_put_text(json, "requester_role", head->requester->name);
    json_put_text(json, "issuer", head->issuer);
    json_put_text(json, "licence", head->licence);
    json_put_text(json, "verification_url",
                  head->verification_url == NULL ? "" : head->verification_url);
    json_put_text(json, "typesetting", head->typesetting == NULL ? "" : head->typesetting);
    json_put_time(json, "date", head->date);
}

const char *report_id(const Report *report)
{
    return arena_format(report->arena, "%s-%c", report->head.set_id, 'A' + (int)report->kind);
}

const char *report_code_text(const Report *report, const Sm3Digest *json_digest)
{
    const char *url = report->head.verification_url, *id = report_id(report);
    const char *digest = hex_text(report->arena, sm3_bytes(json_digest));
    if (id == NULL || digest == NULL) {
        return NULL;
    }
    return url == NULL || url[0] == '\0'
               ? arena_format(report->arena, "assent-report:%s?sm3=%s", id, digest)
               : arena_format(report->arena, "%s#report=%s&sm3=%s", url, id, digest);
}

static void put_basis(json_t *json, const Report *report)
{
    json_t *basis = NULL;
    if (report->basis.len > 0) {
        // What cannot be read again poisons the whole.
        json_put(json, "basis", json_parse(report->basis, &basis, NULL) ? basis : NULL);
    }
}

json_t *report_to_json(const Report *report)
{
    if (report->failed) {
        return NULL;
    }
    json_t *json = json_make_object();
    json_t *sections = json_array();
    json_t *attachments = json_array();
    json_t *conclusion = json_make_object();
    put_head(json, report);
    for (const ReportPart *part = report->parts; part != NULL; part = part->next) {
        if (part->attachment == 0) {
            json_array_append_new(sections, section_to_json(part));
        } else {
            json_array_append_new(attachments, attachment_to_json(part));
        }
    }
    put_basis(json, report);
    json_put_text(conclusion, "outcome", check_outcome_name(report->outcome));
    json_put_text(conclusion, "reason", report->reason);
    json_put_text(conclusion, "text", report->conclusion);
    json_put(json, "sections", sections);
    json_put(json, "attachments", attachments);
    json_put(json, "conclusion", conclusion);
    return json;
}
