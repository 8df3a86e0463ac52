// SPDX-License-Identifier: Apache-2.0
//
// What C3 keeps of proposals of its officers. The only place with SQL.
#ifndef ASSENT_COMPONENT_CERTIFICATION_RECORDS_CONTROL_H
#define ASSENT_COMPONENT_CERTIFICATION_RECORDS_CONTROL_H

#include "base/core/arena.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "base/store/store.h"

enum { CONTROL_LIST_MAX = 100 };

// One proposal.
typedef struct {
    const char *control_id;
    const char *action;
    const char *subject;  // serial number, or name of the rule
    const char *state;    // as stored: "PENDING", "CONFIRMED", "DECLINED"
    const char *proposer;
    const char *request_id;  // the proposer's own
    Bytes proposal;          // sealed
    Time created_at, expires_at;
    const char *decider;  // "": nobody yet
    Bytes answer;         // sealed
    Time decided_at;
} ControlRow;

// A proposal that nobody answered in time is EXPIRED.
const char *control_state_at(const ControlRow *row, Time now);

// Insert a proposal; *ret_raced when the proposer made it before under this request id.
bool control_record_insert(Store *store, const ControlRow *row, bool *ret_raced,
                           Error *err) MUST_CHECK;
// Fails with ERROR_NOT_FOUND "control.unknown".
bool control_record_get(Store *store, const char *control_id, Arena *arena, ControlRow *ret,
                        Error *err) MUST_CHECK;
// Without one, ret->control_id is NULL.
bool control_record_find_request(Store *store, const char *proposer, const char *request_id,
                                 Arena *arena, ControlRow *ret, Error *err) MUST_CHECK;
// About one subject, oldest first; NULL: all, newest first. At most CONTROL_LIST_MAX.
bool control_record_list(Store *store, const char *subject, Arena *arena, ControlRow **ret,
                         size_t *ret_count, Error *err) MUST_CHECK;
// Within a session: keep state, decider, answer and decided_at of a proposal that is pending at
// that time. Fails with ERROR_CONFLICT "control.closed".
bool control_record_answer(StoreSession *session, const ControlRow *row, Error *err) MUST_CHECK;

#endif
