// SPDX-License-Identifier: Apache-2.0
//
// Comparing what was handed in with what is kept.
#ifndef ASSENT_DOMAIN_REPORT_REPORT_C_COMPARE_H
#define ASSENT_DOMAIN_REPORT_REPORT_C_COMPARE_H

#include "domain/authorization/behaviour.h"
#include "domain/report/report_c.h"

// The sections of the conclusion.
typedef enum { PART_IDENTITY, PART_BEHAVIOUR, PART_DOCUMENT, PART_OTHER, PART_COUNT } ReportCPart;

// One thing that is deposited, or only handed in.
typedef struct {
    ReportCPart part;
    const ReportDeposit *deposit;  // NULL: not deposited
    const DepositItem *item;       // one of these
    const DepositEvent *event;
    const ReportMaterial *material;
    ReportConsistency consistency;
} Comparison;

enum { COMPARISONS_MAX = 2048 };

typedef struct {
    Comparison *rows;
    size_t count;
    bool overflows;
    Verdict verdict;
} Comparisons;

// Compare everything; adds "report.item_consistent", "report.deposit_intact" and the checks of the
// receipts and their chain. NULL rows on exhaustion.
void report_c_compare(const ReportCFacts *facts, Arena *arena, Comparisons *ret);

#endif
