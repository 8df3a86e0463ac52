// SPDX-License-Identifier: Apache-2.0
//
// What lets a file be believed after the certificates and algorithms of its time.
#include <string.h>

#include "domain/casefile/judging.h"
#include "domain/evidence/receipt_renewal.h"

static const char clause_record[] = "RFC 4998 5.3";
// The arc of SM2, SM3 and what is made of them.
static const char arc_of_the_log[] = "1.2.156.10197.1.";

static EvidenceRecordPolicy record_policy(const VerificationPolicy *policy)
{
    return (EvidenceRecordPolicy){.trust = policy->trust,
                                  .revocation = policy->institutions,
                                  .at = policy->at,
                                  .sunsets = policy->sunsets,
                                  .sunset_count = policy->sunset_count};
}

void evidence_record_judge(Bytes content, const VerificationPolicy *policy, Verdict *verdict,
                           FileFacts *facts)
{
    EvidenceRecord record;
    Error err = {0};
    if (!evidence_record_parse(verdict->arena, content, &record, &err)) {
        add_format_failure(verdict, &err);
        return;
    }
    facts->signing_time = record.stamps[0].token.time;
    if (policy->original == NULL) {
        verdict_add(verdict, AREA_COVERAGE, CHECK_UNKNOWN, "verify.record_object", clause_record,
                    "what the evidence record is about was not given");
        return;
    }
    const EvidenceRecordPolicy rules = record_policy(policy);
    facts->is_stamped = evidence_record_check(&record, *policy->original, &rules, verdict);
}

static Time judge_beside(Bytes content, const VerificationPolicy *policy, Verdict *verdict)
{
    EvidenceRecord record;
    Error err = {0};
    char time[TIME_TEXT_SIZE];
    const EvidenceRecordPolicy rules = record_policy(policy);
    if (!evidence_record_parse(verdict->arena, policy->evidence_record, &record, &err)) {
        (void)verdict_take(verdict, false, AREA_TIME, "verify.record", clause_record, &err);
        return policy->at;
    }
    const char *subject = verdict_enter(verdict, "evidence record");
    bool holds = evidence_record_check(&record, content, &rules, verdict);
    verdict_leave(verdict, subject);
    if (!holds) {
        // The checks of the record say whether it fails or cannot be decided.
        verdict_add(verdict, AREA_TIME, CHECK_UNKNOWN, "verify.record", clause_record,
                    "the evidence record does not show that the file is older than today");
        return policy->at;
    }
    time_to_text(record.stamps[0].token.time, time);
    verdict_add(verdict, AREA_TIME, CHECK_PASSED, "verify.record", clause_record,
                "%zu time stamps show that the file is not younger than %s, as of which it is "
                "judged",
                record.stamp_count, time);
    return record.stamps[0].token.time;
}

void receipt_renewal_judge(const Receipt *receipt, const VerificationPolicy *policy, Time *ret_time,
                           Verdict *verdict)
{
    const EvidenceRecordPolicy rules = record_policy(policy);
    (void)receipt_renewal_check(receipt, &rules, ret_time, verdict);
}

// Since when a receipt's time stamp is known by its own renewals. They cover the text of the
// checkpoint, and so the algorithms of whoever stamped it; not the log's signature under that text,
// and not the tree that ties the entry to it.
static Time renewed_since(Bytes content, FileKind kind, const VerificationPolicy *policy,
                          Verdict *verdict)
{
    Receipt receipt;
    Time since;
    Verdict apart = verdict_new(verdict->arena);
    if (kind != FILE_RECEIPT || policy->sunset_count == 0 ||
        !receipt_parse(verdict->arena, content, &receipt, NULL)) {
        return policy->at;
    }
    receipt_renewal_judge(&receipt, policy, &since, &apart);
    return since == 0 ? policy->at : since;
}

Time long_life_judge(Bytes content, FileKind kind, const VerificationPolicy *policy,
                     Verdict *verdict)
{
    Time as_of = policy->at;
    // A record judges its own algorithms, and what is not recognised is not judged at all.
    if (kind == FILE_EVIDENCE_RECORD || kind == FILE_UNKNOWN) {
        return as_of;
    }
    if (policy->evidence_record.len > 0) {
        as_of = judge_beside(content, policy, verdict);
    }
    Time renewed = renewed_since(content, kind, policy, verdict);
    for (size_t i = 0; i < policy->sunset_count; i++) {
        bool is_of_log =
            strncmp(policy->sunsets[i].oid, arc_of_the_log, strlen(arc_of_the_log)) == 0;
        Time needed = is_of_log || as_of < renewed ? as_of : renewed;
        if (policy->sunsets[i].weak_from <= needed) {
            char time[TIME_TEXT_SIZE];
            time_to_text(policy->sunsets[i].weak_from, time);
            verdict_add(verdict, AREA_TIME, CHECK_UNKNOWN, "verify.algorithm", clause_record,
                        "%s is declared weak from %s on, and nothing shows that the file is older",
                        policy->sunsets[i].oid, time);
            break;
        }
    }
    return as_of;
}
