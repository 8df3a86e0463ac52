// SPDX-License-Identifier: Apache-2.0
//
// What the watch asks of the store. SQL as in records.h.
#ifndef ASSENT_COMPONENT_BUSINESS_RECORDS_WATCH_H
#define ASSENT_COMPONENT_BUSINESS_RECORDS_WATCH_H

#include "component/business/records.h"

// Evidence that waits for C5 or C2: authorizations that are signed and not in force, and what is to
// be deposited later.
typedef struct {
    int64_t waiting;
    Time since;  // of the oldest; 0: nothing waits
} QueueState;

bool records_queue_state(StoreSession *session, QueueState *ret, Error *err) MUST_CHECK;
// The next authorization whose certificate was issued before `before`, that is not signed, not
// expired at `now`, and has no open alarm "certificate.unsigned"; *ret NULL: none.
bool records_next_unsigned(StoreSession *session, Time before, Time now, Arena *arena,
                           const char **ret, Error *err) MUST_CHECK;
// The next authorization whose open objection was made before `before` and that has no open alarm
// of this code; *ret NULL: none. It reads every session.
bool records_next_objection(StoreSession *session, const char *code, Time before, Arena *arena,
                            const char **ret, Error *err) MUST_CHECK;
// Clear the alarms of a code whose objections are settled.
bool records_clear_objections(StoreSession *session, const char *code, Time now,
                              Error *err) MUST_CHECK;
// Clear that of an unsigned certificate where the person has signed or given up since, or the time
// is over.
bool records_clear_unsigned(StoreSession *session, Time now, Error *err) MUST_CHECK;

#endif
