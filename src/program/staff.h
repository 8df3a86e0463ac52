// SPDX-License-Identifier: Apache-2.0
//
// What staff of the bank ask C1 for: open an authorization, query under it, reports, case file.
#ifndef ASSENT_PROGRAM_STAFF_H
#define ASSENT_PROGRAM_STAFF_H

#include "base/codec/json.h"
#include "base/core/arena.h"
#include "base/net/peer.h"

enum { STAFF_PURPOSES_MAX = 16, STAFF_TOKEN_SIZE = 64, STAFF_ID_SIZE = 64 };

// What the bank asks the person for. Borrowed.
typedef struct {
    const char *purposes[STAFF_PURPOSES_MAX];
    size_t purpose_count;
    bool may_query, may_report;
    const char *application;  // number of the application, no personal data
    Time starts_at, ends_at;
} StaffOffer;

typedef struct {
    char authorization_id[STAFF_ID_SIZE];
    char token[STAFF_TOKEN_SIZE];
} StaffOpening;

bool staff_open(Peer *business, const StaffOffer *offer, Arena *arena, StaffOpening *ret,
                Error *err) MUST_CHECK;

// Borrowed.
typedef struct {
    const char *query_id;
    const char *purpose;
    const char *party_uscc;
    const char *source_uscc;
    const char *id_number;
} StaffQuery;

// Query the bureau under an authorization; the report's JSON is in the arena.
bool staff_query(Peer *business, const char *authorization_id, const StaffQuery *query,
                 Arena *arena, Bytes *ret_report, Error *err) MUST_CHECK;
// The history of an authorization; the caller owns *ret.
bool staff_history(Peer *business, const char *authorization_id, Arena *arena, json_t **ret,
                   Error *err) MUST_CHECK;
// Have the reports A, B and C issued for a case; the answer names their digests.
bool staff_reports(Peer *business, const char *authorization_id, const char *case_number,
                   Arena *arena, Error *err) MUST_CHECK;
// Fetch what C1 keeps: "document", "case", "reports/a.pdf" ...
bool staff_fetch(Peer *business, const char *authorization_id, const char *what, Arena *arena,
                 Bytes *ret, Error *err) MUST_CHECK;

#endif
