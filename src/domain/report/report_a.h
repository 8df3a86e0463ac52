// SPDX-License-Identifier: Apache-2.0
//
// Report A, 个人征信电子授权业务报告: the institution where the business happened tells the whole
// business, how an authorization is made, and what happened in this one, step by step, each with
// the source of its time and whether that time was verified.
#ifndef ASSENT_DOMAIN_REPORT_REPORT_A_H
#define ASSENT_DOMAIN_REPORT_REPORT_A_H

#include "domain/authorization/authorization.h"
#include "domain/authorization/state.h"
#include "domain/evidence/receipt.h"
#include "domain/report/report_material.h"

enum { REPORT_A_MAX_EVENTS = 380, REPORT_A_RECEIPTS = 3 };

// One entry of the institution's own history.
typedef struct {
    Time at;
    const char *event;  // "open", "present", "sign", ...
    const char *outcome;
    const char *code;  // "" when there is none
} ReportHistoryEvent;

// One query made under the authorization.
typedef struct {
    Time at;
    const char *query_id, *purpose, *outcome;
} ReportUse;

// Who the institution is and whom it works with.
typedef struct {
    const char *institution, *uscc, *address, *hotline;
    const char *product, *channel, *region;
    const char *sources;    // names of the credit databases
    const char *verifiers;  // who verifies identities
    const char *ca_name, *cps_url;
    const char *evidence_provider;
} ReportBusiness;

// Everything as C1 keeps it; empty bytes: there is none. Borrowed for the call.
typedef struct {
    ReportHead head;
    ReportBusiness business;
    AuthorizationState state;
    const char *authorization_id;
    Bytes authorization;       // JSON of what was agreed
    Bytes consents;            // JSON array or object of consents given, listed as attachment
    Bytes decision;            // statement
    Bytes certificate;         // DER
    Bytes registration_issue;  // C3's statement of the issue
    Bytes behaviour;           // JSON
    Bytes destruction;         // statement of a key that is destroyed, or
    Bytes key_use;             // of one that stays in a token
    Bytes signed_agreement;    // PDF
    Bytes receipts[REPORT_A_RECEIPTS];  // of M6, M7, M8
    bool is_batch;                      // deposited together, not staged
    ReportHolder holder;
    const ReportHistoryEvent *history;
    size_t history_count;
    const ReportUse *uses;
    size_t use_count;
    const TrustStore *trust;
    const Certificate *log_certificate;  // of the evidence log; NULL: receipts stay undecided
} ReportAFacts;

// Compute the report. Material that is missing or does not hold is reported, not an error. Fails
// with ERROR_LIMIT when the arena is exhausted. Source: JR/T 0299-2024 8.4 a, Annex A.
bool report_a_make(const ReportAFacts *facts, Arena *arena, Report **ret, Error *err) MUST_CHECK;

#endif
