// SPDX-License-Identifier: Apache-2.0
//
// The custody chain: who did what with the evidence and why. SQL as in records.h.
#ifndef ASSENT_COMPONENT_PRESERVATION_RECORDS_CUSTODY_H
#define ASSENT_COMPONENT_PRESERVATION_RECORDS_CUSTODY_H

#include "component/preservation/records.h"

typedef struct {
    Time at;
    const char *caller;  // role and name
    const char *action;  // "deposit", "refuse", "open", "verify", "hold", "erase" ...
    const char *purpose;
    const char *authorization;
    bool has_subject;
    uint64_t subject;  // log index
    Sm3Digest digest;  // over the digest before and this row
} CustodyRecord;

// The latest row of the custody chain; zero when there is none.
typedef struct {
    int64_t id;
    Sm3Digest digest;
} CustodyHead;

// Append one row after the head, which moves on to it; computes record->digest.
bool custody_record_append_to(StoreSession *session, CustodyHead *head, CustodyRecord *record,
                              Error *err) MUST_CHECK;
// The same after whatever the latest row is.
bool custody_record_append(StoreSession *session, CustodyRecord *record, Error *err) MUST_CHECK;
// Id and digest of the latest row; zero when there is none.
bool custody_record_head(StoreSession *session, int64_t *ret_id, Sm3Digest *ret,
                         Error *err) MUST_CHECK;
// The digest that a row has to have: over the digest before it and the row's fields, each with its
// length.
bool custody_record_digest(const Sm3Digest *before, const CustodyRecord *record, Sm3Digest *ret,
                           Error *err) MUST_CHECK;
// The rows of an authorization, oldest first, at most `max`.
bool custody_record_list(StoreSession *session, const char *authorization, size_t max, Arena *arena,
                         CustodyRecord **ret, size_t *ret_count, Error *err) MUST_CHECK;

// Whether an access of this kind, other than "deposit", to the authorization was recorded.
bool custody_record_has(StoreSession *session, const char *authorization, const char *action,
                        bool *ret, Error *err) MUST_CHECK;

// For the audit. The rows of the custody chain above `after`, in order, at most `max`, each with
// the digest that it should have; *ret_before is the digest before the first and is carried on.
typedef struct {
    int64_t id;
    Time at;
    Sm3Digest digest, expected;
} CustodyLink;
bool custody_record_links(StoreSession *session, int64_t after, size_t max, Sm3Digest *before,
                          CustodyLink *ret, size_t *ret_count, Error *err) MUST_CHECK;

#endif
