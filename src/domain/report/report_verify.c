// SPDX-License-Identifier: Apache-2.0
#include "domain/report/report_verify.h"

#include <string.h>

#include "domain/report/report_b.h"

bool report_kind_of_type(const char *type, ReportKind *ret)
{
    for (int kind = 0; kind < REPORT_KINDS; kind++) {
        if (strcmp(report_type_name((ReportKind)kind), type) == 0) {
            *ret = (ReportKind)kind;
            return true;
        }
    }
    return false;
}

static const char *text_of(Arena *arena, const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    const char *copy = arena_text(arena, bytes_of_text(text));
    return copy == NULL ? "" : copy;
}

static bool summarize(const Statement *statement, Arena *arena, ReportSummary *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(statement->payload, &json, err)) {
        return false;
    }
    const json_t *conclusion = json_object_get(json, "conclusion");
    ret->set_id = text_of(arena, json, "set_id");
    ret->case_number = text_of(arena, json, "case_number");
    ret->requester_role = text_of(arena, json, "requester_role");
    ret->issuer = text_of(arena, json, "issuer");
    ret->outcome = text_of(arena, conclusion, "outcome");
    ret->reason = text_of(arena, conclusion, "reason");
    bool ok = report_kind_of_type(statement->type, &ret->kind) &&
              strcmp(text_of(arena, json, "type"), statement->type) == 0 &&
              ret->set_id[0] != '\0' && ret->issuer[0] != '\0' && ret->outcome[0] != '\0' &&
              time_from_text(bytes_of_text(text_of(arena, json, "date")), &ret->date, NULL);
    return ok || error_set(err, ERROR_INPUT, "report.content", "JR/T 0299-2024 8.4",
                           "the statement is no report of the kind that its type names");
}

static void judge_pages(const Statement *statement, Bytes pdf, const TrustStore *trust, Time now,
                        Verdict *verdict, const ReportSummary *summary)
{
    const ReportMaterial material = {MATERIAL_AGREEMENT, "application/pdf", pdf};
    const ReportApplication application = {.materials = &material, .material_count = 1};
    const ReportBFacts facts = {.head = {.date = now}, .application = &application, .trust = trust};
    ReportBFindings findings;
    report_b_verify(&facts, verdict, &findings);
    if (!findings.has_signature) {
        return;
    }
    Sm3Digest digest = sm3_digest(statement->payload);
    const char *text = report_digest_text(verdict->arena, &digest);
    size_t place;
    verdict_require(
        verdict,
        text[0] != '\0' && bytes_find(findings.signature.property, bytes_of_text(text), 0, &place),
        AREA_COMPLETENESS, "report.twin", "JR/T 0299-2024 8.4",
        "the pages' seal and the digest of the JSON form");
    verdict_require(verdict, bytes_equal_text(findings.signature.seal.name, summary->issuer),
                    AREA_TRUST, "report.issuer_seal", "JR/T 0299-2024 8.4",
                    "the name of the seal and the issuer");
}

bool report_check(Bytes statement, Bytes pdf, const TrustStore *trust, Time now, Verdict *verdict,
                  ReportSummary *ret)
{
    Statement parsed;
    Error err = {0};
    *ret = (ReportSummary){REPORT_A, "", "", "", "", "", "", 0};
    bool is_report = statement_parse(verdict->arena, statement, &parsed, &err) &&
                     summarize(&parsed, verdict->arena, ret, &err);
    if (verdict_take(verdict, is_report, AREA_FORMAT, "report.content", "JR/T 0299-2024 8.4",
                     &err)) {
        (void)statement_check(&parsed, report_type_name(ret->kind), trust, REVOCATION_IF_GIVEN,
                              parsed.signed_at, verdict);
        if (pdf.len > 0) {
            judge_pages(&parsed, pdf, trust, now, verdict, ret);
        }
    }
    return verdict_outcome(verdict) == CHECK_PASSED;
}
