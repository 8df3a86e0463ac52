// SPDX-License-Identifier: Apache-2.0
//
// Report C, 个人征信电子授权电子数据验证报告: the evidence institution compares what was handed in
// with what it keeps, item by item, and says of each what was deposited and whether it agrees.
#ifndef ASSENT_DOMAIN_REPORT_REPORT_C_H
#define ASSENT_DOMAIN_REPORT_REPORT_C_H

#include "domain/evidence/deposit.h"
#include "domain/evidence/receipt.h"
#include "domain/report/report_material.h"

// One deposit as C5 keeps it.
typedef struct {
    DepositStage stage;
    int64_t sequence;
    const char *depositor;
    Time received;
    uint64_t log_index;
    Sm3Digest submission;
    Bytes receipt;
    const Deposit *deposit;  // NULL: the content is gone or damaged, see `damage`
    const char *damage;      // stable code, "" when the content was re-hashed and holds
    Bytes statement;         // OTHER only: as submitted, for no case file has it; or empty
} ReportDeposit;

typedef struct {
    ReportHead head;
    const char *log_origin;   // name of the log
    const char *environment;  // outcome of the latest self-check, "" when unknown
    const ReportApplication *application;
    const ReportDeposit *deposits;  // in log order
    size_t deposit_count;
    const Certificate *log_certificate;
    const TrustStore *trust;
} ReportCFacts;

// How one item compares.
typedef enum {
    ITEM_CONSISTENT,
    ITEM_INCONSISTENT,   // handed in under the same name, but other bytes
    ITEM_NOT_HANDED_IN,  // deposited only
    ITEM_NOT_DEPOSITED,  // handed in only
} ReportConsistency;

const char *report_consistency_chinese(ReportConsistency consistency);

// Compare and compute the report. What does not agree is reported, not an error. Fails with
// ERROR_LIMIT when the arena is exhausted. Source: JR/T 0299-2024 8.4 c, Annex C.
bool report_c_make(const ReportCFacts *facts, Arena *arena, Report **ret, Error *err) MUST_CHECK;

#endif
