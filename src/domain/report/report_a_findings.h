// SPDX-License-Identifier: Apache-2.0
//
// What report A found when it examined C1's own material, and the chronological detail.
#ifndef ASSENT_DOMAIN_REPORT_REPORT_A_FINDINGS_H
#define ASSENT_DOMAIN_REPORT_REPORT_A_FINDINGS_H

#include "domain/authorization/behaviour.h"
#include "domain/evidence/entry.h"
#include "domain/report/report_a.h"
#include "domain/report/report_b.h"

// One statement of somebody.
typedef struct {
    bool is_present, holds;
    Statement statement;
} FoundStatement;

typedef struct {
    bool is_present, holds;
    Receipt receipt;
    EvidenceEntry entry;
} FoundReceipt;

typedef struct {
    bool has_authorization;
    Authorization authorization;
    FoundStatement decision_statement;
    bool has_decision;
    IdentityDecision decision;
    FoundStatement issue, key_record;
    bool has_certificate;
    Certificate certificate;
    bool has_behaviour;
    Behaviour behaviour;
    bool has_seal;
    ReportBFindings seal;
    FoundReceipt receipts[REPORT_A_RECEIPTS];
    Verdict verdict;
} ReportAFindings;

// Examine everything; bad material is found, never a failure.
void report_a_examine(const ReportAFacts *facts, Arena *arena, ReportAFindings *ret);

// Section 三: every step in order of time. Fails with ERROR_LIMIT when there are too many.
bool report_a_add_detail(Report *report, const ReportAFacts *facts, const ReportAFindings *findings,
                         Error *err) MUST_CHECK;

#endif
