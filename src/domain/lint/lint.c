// SPDX-License-Identifier: Apache-2.0
#include "domain/lint/lint.h"

#include "domain/lint/lint_view.h"
#include "domain/pki/oid.h"

const char *lint_kind_name(LintKind kind)
{
    static const char *const names[] = {"certificate",   "certificate_request", "revocation_list",
                                        "ocsp_response", "time_stamp",          "unknown"};
    return names[kind];
}

const char *lint_severity_name(LintSeverity severity)
{
    static const char *const names[] = {"notice", "warning", "error"};
    return names[severity];
}

static void add_finding(LintReport *report, const LintRule *rule)
{
    LintFinding finding = {.code = rule->code,
                           .severity = rule->severity,
                           .clause = rule->clause,
                           .english = rule->english,
                           .chinese = rule->chinese};
    report->counts[rule->severity]++;
    if (rule->severity == LINT_ERROR && report->refusal.code == NULL) {
        report->refusal = finding;
    }
    if (report->arena == NULL) {
        return;
    }
    LintFinding *kept = arena_alloc(report->arena, sizeof *kept);
    if (kept == NULL) {
        report->exhausted = true;
        return;
    }
    *kept = finding;
    if (report->last == NULL) {
        report->first = kept;
    } else {
        report->last->next = kept;
    }
    report->last = kept;
}

void lint_apply(LintReport *report, const LintView *view, const LintRule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        report->rule_count++;
        if (!rules[i].holds(view)) {
            add_finding(report, &rules[i]);
        }
    }
}

// --- what it is -------------------------------------------------------------------------------

// After the first element of what is signed, by its tags.
static LintKind kind_of_signed(Reader body)
{
    if (der_peek(&body) == DER_CONTEXT_CONSTRUCTED(0)) {
        return LINT_CERTIFICATE;
    }
    if (der_peek(&body) == DER_SEQUENCE) {  // a list of version 1 begins with the algorithm
        return LINT_LIST;
    }
    (void)der_any(&body);  // version, or a serial number
    int second = der_peek(&body);
    (void)der_any(&body);
    if (second != DER_SEQUENCE) {
        return LINT_UNKNOWN;
    }
    Reader third = body;
    if (der_peek(&third) != DER_SEQUENCE) {
        return LINT_UNKNOWN;
    }
    (void)der_any(&third);
    int fourth = der_peek(&third);
    if (fourth == DER_UTC_TIME || fourth == DER_GENERALIZED_TIME) {
        return LINT_LIST;
    }
    return fourth == DER_SEQUENCE ? LINT_CERTIFICATE : LINT_REQUEST;
}

LintKind lint_kind_of(Bytes der)
{
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    switch (der_peek(&content)) {
    case DER_OID:
        return LINT_STAMP;
    case DER_ENUMERATED:
        return LINT_ANSWER;
    case DER_SEQUENCE:
        break;
    default:
        return LINT_UNKNOWN;
    }
    Reader first = der_enter(&content, DER_SEQUENCE);
    if (der_peek(&content) == -1 || first.rest.len == 0) {
        return !content.failed && der_peek(&first) == DER_INTEGER ? LINT_STAMP : LINT_UNKNOWN;
    }
    Reader second = content;
    Reader wrapped = der_enter(&second, DER_SEQUENCE);
    (void)der_oid(&wrapped);
    bool is_response = der_peek(&wrapped) == DER_CONTEXT_CONSTRUCTED(0);
    return is_response && der_peek(&first) == DER_INTEGER && der_peek(&second) == -1
               ? LINT_STAMP
               : kind_of_signed(first);
}

// --- all of it --------------------------------------------------------------------------------

static bool is_readable(const LintView *view)
{
    return view->is_readable;
}

static bool is_known(const LintView *view)
{
    (void)view;
    return false;
}

static const LintRule structure_rules[] = {
    {is_readable, "lint.structure", LINT_ERROR,
     "X.690 8, 10; RFC 5280 4.1, 5.1; RFC 6960 4.2; RFC 3161 2.4",
     "the object is DER and has the structure of its kind", "编码是 DER，并具有该类对象的结构"},
};

static const LintRule unknown_rules[] = {
    {is_known, "lint.kind", LINT_ERROR, "X.690",
     "the file is a certificate, request, revocation list, OCSP response or time stamp in DER or "
     "PEM",
     "文件是 DER 或 PEM 编码的证书、证书申请、吊销列表、OCSP 响应或时间戳"},
};

void lint_object(Arena *arena, LintKind kind, Bytes der, const LintOptions *options,
                 LintReport *ret)
{
    static const struct {
        bool (*read)(Bytes der, LintView *ret);
        void (*apply)(LintReport *report, const LintView *view);
    } kinds[LINT_KIND_COUNT] = {
        [LINT_CERTIFICATE] = {lint_read_certificate, lint_certificate_rules},
        [LINT_REQUEST] = {lint_read_request, lint_request_rules},
        [LINT_LIST] = {lint_read_list, lint_list_rules},
        [LINT_ANSWER] = {lint_read_answer, lint_answer_rules},
        [LINT_STAMP] = {lint_read_stamp, lint_stamp_rules},
    };
    LintView view = {.is_unsigned = options != NULL && options->is_unsigned};
    *ret = (LintReport){.arena = arena, .kind = kind};
    if (kind == LINT_UNKNOWN) {
        LINT_APPLY(ret, &view, unknown_rules);
        return;
    }
    bool can_be_read = kinds[kind].read(der, &view);
    LINT_APPLY(ret, &view, structure_rules);
    if (can_be_read) {
        kinds[kind].apply(ret, &view);
    }
}

bool lint_check(LintKind kind, Bytes der, const LintOptions *options, Error *err)
{
    LintReport report;
    lint_object(NULL, kind, der, options, &report);
    if (report.refusal.code == NULL) {
        return true;
    }
    return error_set(err, ERROR_INPUT, report.refusal.code, report.refusal.clause,
                     "the %s breaks the rule: %s", lint_kind_name(kind), report.refusal.english);
}

json_t *lint_to_json(const LintReport *report)
{
    json_t *json = json_make_object(), *findings = json_array();
    json_put_text(json, "kind", lint_kind_name(report->kind));
    json_put_int(json, "errors", (int64_t)report->counts[LINT_ERROR]);
    json_put_int(json, "warnings", (int64_t)report->counts[LINT_WARNING]);
    json_put_int(json, "notices", (int64_t)report->counts[LINT_NOTICE]);
    json_put_int(json, "rules", (int64_t)report->rule_count);
    for (const LintFinding *each = report->first; each != NULL; each = each->next) {
        json_t *finding = json_make_object();
        json_put_text(finding, "code", each->code);
        json_put_text(finding, "severity", lint_severity_name(each->severity));
        json_put_text(finding, "clause", each->clause);
        json_put_text(finding, "message", each->english);
        json_put_text(finding, "message_zh", each->chinese);
        json_array_append_new(findings, finding);
    }
    json_put(json, "findings", findings);
    return json;
}
