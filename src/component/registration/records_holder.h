// SPDX-License-Identifier: Apache-2.0
//
// What C2 keeps of persons for the log of issues.
#ifndef ASSENT_COMPONENT_REGISTRATION_RECORDS_HOLDER_H
#define ASSENT_COMPONENT_REGISTRATION_RECORDS_HOLDER_H

#include "component/port/holder.h"
#include "component/registration/records.h"

struct HolderRow {
    Sm3Digest holder;         // of the pseudonym
    const char *institution;  // that knows the person by it
    Bytes secret;             // sealed
    Time created_at;
};

// Without one, ret->institution is NULL.
bool holder_record_find(Store *store, const Sm3Digest *holder, Arena *arena, HolderRow *ret,
                        Error *err) MUST_CHECK;
// Insert, unless it is there already.
bool holder_record_insert(Store *store, const HolderRow *row, Error *err) MUST_CHECK;
bool holder_insert_in(StoreSession *session, const HolderRow *row, Error *err) MUST_CHECK;

// The number behind the highest that is taken.
bool holder_record_next_number(Store *store, const Sm3Digest *holder, uint64_t *ret,
                               Error *err) MUST_CHECK;
// The number of what was issued to a person, for a registration.
struct HolderNumber {
    Sm3Digest holder;
    uint64_t number;
    const char *registration_id;  // NULL: nothing is logged here
};
// Take it. Fails with ERROR_UNTRUSTED "registration.issuance" when another registration has it, or
// this one another.
bool holder_take_number_in(StoreSession *session, const HolderNumber *number,
                           Error *err) MUST_CHECK;
// Everything that was issued, by number, at most HOLDER_ISSUANCES_MAX, the newest of more.
bool holder_record_list(Store *store, const Sm3Digest *holder, Arena *arena, HolderIssuance **ret,
                        size_t *ret_count, Error *err) MUST_CHECK;

typedef struct {
    const char *id;
    Sm3Digest holder;
    const char *serial;
    Sm3Digest receipt_digest;
    Bytes request;  // sealed
    Time created_at;
    Time suspended_at;  // 0: not yet
} ObjectionRow;

// Keep an objection, or find what is there under its id: then digest and suspended_at are that's.
bool holder_record_keep_objection(Store *store, ObjectionRow *row, Error *err) MUST_CHECK;
bool holder_record_finish_objection(Store *store, const char *id, Time now, Error *err) MUST_CHECK;

#endif
