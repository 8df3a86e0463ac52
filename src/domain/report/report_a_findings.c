// SPDX-License-Identifier: Apache-2.0
#include "domain/report/report_a_findings.h"

#include <string.h>

static void find_authorization(const ReportAFacts *facts, Arena *arena, ReportAFindings *ret)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    ret->has_authorization = json_parse(facts->authorization, &json, NULL) &&
                             authorization_parse(json, arena, &ret->authorization, NULL);
}

static void find_behaviour(const ReportAFacts *facts, ReportAFindings *ret)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    ret->has_behaviour =
        json_parse(facts->behaviour, &json, NULL) && behaviour_parse(json, &ret->behaviour, NULL);
}

// A statement of any type: its signer is judged at the time when it was signed.
static void find_statement(const ReportAFacts *facts, const char *subject, Bytes text,
                           Verdict *verdict, FoundStatement *ret)
{
    if (text.len == 0) {
        return;
    }
    Error err = {0};
    const char *previous = verdict_enter(verdict, subject);
    ret->is_present = statement_parse(verdict->arena, text, &ret->statement, &err);
    ret->holds = ret->is_present
                     ? statement_check(&ret->statement, ret->statement.type, facts->trust,
                                       REVOCATION_IF_GIVEN, ret->statement.signed_at, verdict)
                     : verdict_take(verdict, false, AREA_FORMAT, "report.statement_readable",
                                    "docs/signatures.md", &err);
    verdict_leave(verdict, previous);
}

static void find_decision(const ReportAFacts *facts, ReportAFindings *ret)
{
    find_statement(facts, MATERIAL_DECISION, facts->decision, &ret->verdict,
                   &ret->decision_statement);
    ret->has_decision =
        ret->decision_statement.is_present &&
        strcmp(ret->decision_statement.statement.type, IDENTITY_DECISION_TYPE) == 0 &&
        identity_decision_parse(ret->decision_statement.statement.payload, &ret->decision, NULL);
    verdict_require(&ret->verdict, ret->has_decision, AREA_COMPLETENESS, "report.decision_present",
                    "JR/T 0299-2024 5.2", "the identity decision %s",
                    ret->has_decision ? "is there" : "is missing or malformed");
}

static void find_seal(const ReportAFacts *facts, ReportAFindings *ret)
{
    ret->has_seal = facts->signed_agreement.len > 0;
    if (!verdict_require(&ret->verdict, ret->has_seal, AREA_COMPLETENESS,
                         "report.agreement_present", "JR/T 0299-2024 7", "the sealed agreement %s",
                         ret->has_seal ? "is there" : "is missing")) {
        return;
    }
    const ReportMaterial material = {MATERIAL_AGREEMENT, "application/pdf",
                                     facts->signed_agreement};
    const ReportApplication application = {.materials = &material, .material_count = 1};
    const ReportBFacts sealed = {
        .head = facts->head, .application = &application, .trust = facts->trust};
    report_b_verify(&sealed, &ret->verdict, &ret->seal);
}

static void find_receipt(const ReportAFacts *facts, const char *subject, Bytes text,
                         Verdict *verdict, FoundReceipt *ret)
{
    Error err = {0};
    const char *previous = verdict_enter(verdict, subject);
    ret->is_present = text.len > 0 && receipt_parse(verdict->arena, text, &ret->receipt, &err) &&
                      entry_parse(verdict->arena, ret->receipt.entry, &ret->entry, &err);
    verdict_require(verdict, ret->is_present, AREA_COMPLETENESS, "report.receipt_present",
                    "JR/T 0299-2024 8.3", "the receipt %s",
                    ret->is_present ? "is there" : "is missing or malformed");
    if (ret->is_present) {
        const ReceiptTrust trust = {.log_certificate = facts->log_certificate,
                                    .trust = facts->trust,
                                    .revocation = REVOCATION_IF_GIVEN,
                                    .at = ret->entry.received};
        ret->holds = receipt_check(&ret->receipt, &trust, verdict);
    }
    verdict_leave(verdict, previous);
}

static void find_receipts(const ReportAFacts *facts, ReportAFindings *ret)
{
    static const char *const names[REPORT_A_RECEIPTS] = {"m6.receipt", "m7.receipt", "m8.receipt"};
    EvidenceEntry entries[REPORT_A_RECEIPTS];
    size_t count = 0;
    for (size_t i = 0; i < REPORT_A_RECEIPTS; i++) {
        find_receipt(facts, names[i], facts->receipts[i], &ret->verdict, &ret->receipts[i]);
        if (ret->receipts[i].is_present) {
            entries[count++] = ret->receipts[i].entry;
        }
    }
    (void)entry_chain_check(entries, count, &ret->verdict);
}

void report_a_examine(const ReportAFacts *facts, Arena *arena, ReportAFindings *ret)
{
    ret->verdict = verdict_new(arena);
    find_authorization(facts, arena, ret);
    find_behaviour(facts, ret);
    find_decision(facts, ret);
    find_statement(facts, "issue.json", facts->registration_issue, &ret->verdict, &ret->issue);
    bool stays = facts->destruction.len == 0 && facts->key_use.len > 0;
    find_statement(facts, stays ? "key-use.json" : "destruction.json",
                   stays ? facts->key_use : facts->destruction, &ret->verdict, &ret->key_record);
    ret->has_certificate = certificate_parse(facts->certificate, &ret->certificate, NULL);
    find_seal(facts, ret);
    find_receipts(facts, ret);
}
