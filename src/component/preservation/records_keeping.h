// SPDX-License-Identifier: Apache-2.0
//
// What C5 keeps in its store about keeping: retention, tombstones, and its own operation. SQL as in
// records.h.
#ifndef ASSENT_COMPONENT_PRESERVATION_RECORDS_KEEPING_H
#define ASSENT_COMPONENT_PRESERVATION_RECORDS_KEEPING_H

#include "component/preservation/records_custody.h"

// One time that the system ran without a break.
typedef struct {
    int64_t id;  // 0: none
    Time started, seen;
    bool is_ended;  // in order
} OperationRecord;

// The latest, and those whose end or beginning is after `since`, oldest first, at most `max`.
bool operation_record_last(StoreSession *session, OperationRecord *ret, Error *err) MUST_CHECK;
bool operation_record_list(StoreSession *session, Time since, size_t max, Arena *arena,
                           OperationRecord **ret, size_t *ret_count, Error *err) MUST_CHECK;
bool operation_record_begin(StoreSession *session, Time at, int64_t *ret_id, Error *err) MUST_CHECK;
bool operation_record_seen(StoreSession *session, int64_t id, Time at, bool is_end,
                           Error *err) MUST_CHECK;

// Fails with ERROR_NOT_FOUND.
bool authorization_record_set_retention(StoreSession *session, const char *id, int64_t retention,
                                        Error *err) MUST_CHECK;
// Retention class and time of the last deposit of an authorization that is known.
bool authorization_record_retention(StoreSession *session, const char *id, int64_t *ret_class,
                                    Time *ret_last, Error *err) MUST_CHECK;
// The next authorization above `after` with content, begun before `before`; NULL: none.
bool authorization_record_next_old(StoreSession *session, const char *after, Time before,
                                   Arena *arena, const char **ret, Error *err) MUST_CHECK;

// The erased deposit above `after` that has no tombstone yet; *ret_id 0: none.
bool deposit_record_next_unburied(StoreSession *session, int64_t after, Arena *arena,
                                  int64_t *ret_id, uint64_t *ret_index, const char **ret_name,
                                  Error *err) MUST_CHECK;
bool deposit_record_set_tombstone(StoreSession *session, uint64_t log_index, uint64_t tombstone,
                                  Error *err) MUST_CHECK;

// One self-check as it is kept, and the custody row whose digest it anchors.
typedef struct {
    int64_t id;  // 0: none
    Time at;
    Bytes record, salt;
    uint64_t log_index;
    int64_t custody_id;  // 0: unknown, or there was none
    bool has_anchor;     // the row is there
    Sm3Digest anchor;    // its digest
} EnvironmentRecord;
bool environment_record_insert(StoreSession *session, const EnvironmentRecord *record,
                               Error *err) MUST_CHECK;
bool environment_record_next(StoreSession *session, int64_t after, Arena *arena,
                             EnvironmentRecord *ret, Error *err) MUST_CHECK;
// Authorizations whose hold is not what the custody's latest hold or release says.
bool authorization_record_count_wrong_holds(StoreSession *session, int64_t *ret,
                                            Error *err) MUST_CHECK;
// Deposits of the chain M6, M7, M8 that their authorization's row does not know of.
bool authorization_record_count_behind(StoreSession *session, int64_t *ret, Error *err) MUST_CHECK;
// Deposits that are logged.
bool deposit_record_count_logged(StoreSession *session, uint64_t *ret, Error *err) MUST_CHECK;

#endif
