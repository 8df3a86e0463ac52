// SPDX-License-Identifier: Apache-2.0
//
// Report: one of the three reports that prove an authorization, as a model from which both its
// forms are computed: canonical JSON, and pages for people. The same model gives the same bytes.
//
// The JSON is the payload of a statement of type report_type_name(kind):
//
//     {"type":"assent.report-b/1", "set_id", "report_id", "case_number", "requester_role",
//      "issuer", "licence", "verification_url", "typesetting",
//      "date":RFC 3339, "title",
//      "sections":[{"level":1, "heading":"一、出具机构说明", "blocks":[BLOCK...]}...],
//      "attachments":[{"number":1, "title", "blocks":[BLOCK...],
//                      "files":[{"name","media_type","size_bytes","digest","description"}...]}...],
//      "conclusion":{"outcome":"passed", "reason":"", "text"},
//      "basis":{...}}  what it was computed from, report_basis.h
//     BLOCK: {"kind":"field", "key":"seal.changed", "label", "value"}
//          | {"kind":"paragraph"|"note", "text"}
//          | {"kind":"table", "key":"measures", "header":[...], "rows":[[...]...]}
//
// Keys are stable; headings, labels and values are texts for people. Only the pages of which a
// report consists are its evidence for people, and they print the SM3 of the JSON.
//
// The first failure (arena exhausted) makes later calls harmless and the encoding fail.
#ifndef ASSENT_DOMAIN_REPORT_REPORT_MODEL_H
#define ASSENT_DOMAIN_REPORT_REPORT_MODEL_H

#include "base/codec/json.h"
#include "base/sm3/sm3.h"
#include "domain/document/typeset.h"
#include "domain/verdict/verdict.h"

// Source: JR/T 0299-2024 8.4 a, b, c.
typedef enum { REPORT_A, REPORT_B, REPORT_C, REPORT_KINDS } ReportKind;

const char *report_type_name(ReportKind kind);  // "assent.report-a/1"
const char *report_title(ReportKind kind);      // "个人征信电子授权业务报告"
char report_letter(ReportKind kind);            // 'a'

enum { REPORT_CASE_SIZE = 80, REPORT_MAX_COLUMNS = 6, REPORT_MAX_ROWS = 600 };

// On whose behalf a report is asked for; a report is issued for a case only.
typedef struct {
    const char *name;  // "person", "court", ...
    const char *chinese;
    bool sees_identity;  // the report shows the whole identity number
} ReportRequester;

// Find a role: "person" (the person concerned), "institution", "bureau", "court", "arbitration",
// "procuratorate", "police", "regulator", "notary", "auditor". NULL: no such role.
const ReportRequester *report_requester_find(const char *name);
// Check what a request says for whom and why. Either may be NULL. Fails with ERROR_FORBIDDEN
// "report.case_required" or "report.role"; ERROR_INPUT "report.case_malformed" unless the case
// number is 1 to 79 bytes of UTF-8 without controls. Source: JR/T 0299-2024 8.4.
bool report_request_check(const char *case_number, const char *requester_role,
                          const ReportRequester **ret, Error *err) MUST_CHECK;

// What stands on the cover. Borrowed for the report's life.
typedef struct {
    const char *set_id;  // the same in A, B and C
    const char *case_number;
    const ReportRequester *requester;
    const char *issuer;
    const char *licence;  // "" when there is none
    // Of the page where anybody verifies reports, without query or fragment; NULL or "": none.
    const char *verification_url;
    // What the pages were typeset with (typeset_describe); NULL or "": not stated.
    const char *typesetting;
    Time date;
} ReportHead;

typedef struct Report Report;

Report *report_new(Arena *arena, ReportKind kind, const ReportHead *head) MUST_CHECK;
const ReportHead *report_head(const Report *report);
ReportKind report_kind(const Report *report);
Arena *report_arena(const Report *report);

// What follows goes under the newest section or attachment. Texts are copied; NULL gives "".
void report_add_section(Report *report, int level, const char *heading);
void report_add_attachment(Report *report, int number, const char *title);
void report_add_field(Report *report, const char *key, const char *label, const char *value);
void report_add_paragraph(Report *report, const char *format, ...) PRINTF_LIKE(2, 3);
void report_add_note(Report *report, const char *format, ...) PRINTF_LIKE(2, 3);

typedef struct {
    const char *key;
    size_t columns;
    const char *header[REPORT_MAX_COLUMNS];
    double widths[REPORT_MAX_COLUMNS];  // shares
} ReportColumns;

// Start a table; report_add_row adds `columns` cells to the newest table. More than
// REPORT_MAX_ROWS rows fail the report.
void report_add_table(Report *report, const ReportColumns *columns);
void report_add_row(Report *report, const char *const *cells);

// A file that belongs to an attachment; it is handed over beside the report (case file).
typedef struct {
    const char *name, *media_type, *description;
    uint64_t size_bytes;
    Sm3Digest digest;
} ReportFile;
void report_add_file(Report *report, const ReportFile *file);

// The conclusion; `reason` is the stable code of the deciding check, or "".
void report_conclude(Report *report, CheckOutcome outcome, const char *reason, const char *text);
CheckOutcome report_outcome(const Report *report);

// The payload. The caller owns the result; NULL when out of memory or the report failed.
json_t *report_to_json(const Report *report);

// Name of the reserved place of the issuer's seal in the layout.
#define REPORT_SEAL_ANCHOR "issuer"
// What the QR code on the pages says: the report's number and the SM3 of its canonical JSON, behind
// the verification page's address when there is one. Nothing of a person. NULL on exhaustion.
//     https://bank.example/verify#report=SET-A&sm3=HEX   or   assent-report:SET-A?sm3=HEX
const char *report_code_text(const Report *report, const Sm3Digest *json_digest);
// Lay the report out on A4 pages; `json_digest` (SM3 of the canonical JSON) is printed in the
// verification note, and in the QR code. Lives in the report's arena. Fails as document_typeset does, or with
// ERROR_LIMIT "report.failed".
bool report_typeset(const Report *report, const Sm3Digest *json_digest, const FontFamily *fonts,
                    Layout *ret, Error *err) MUST_CHECK;

#endif
