// SPDX-License-Identifier: Apache-2.0
//
// Alarms and the place of the watch. SQL as in records.h.
#ifndef ASSENT_COMPONENT_PRESERVATION_RECORDS_ALARMS_H
#define ASSENT_COMPONENT_PRESERVATION_RECORDS_ALARMS_H

#include "component/preservation/records.h"

enum { ALARMS_LISTED_MAX = 200 };

typedef struct {
    int64_t id;
    const char *code;           // "evidence.damaged"
    int64_t subject;            // index of the log, or id of a row
    const char *authorization;  // "": of none
    const char *detail;         // a stable code that tells more, or ""
    Time raised, seen;          // first and last
    int64_t occurrences;
    int64_t log_index;  // of the self-check that names it; -1: not logged yet
    Time cleared;       // 0: it is open
    Time acknowledged;  // 0: nobody did
    const char *acknowledged_by, *reason;
} AlarmRecord;

typedef struct {
    const char *code;
    int64_t count;
    Time since;
} AlarmCount;

// Raise, or note that an open one was seen again; *ret_is_new tells. Of damage, the payload as it
// lies there is kept with it.
bool alarm_record_raise(StoreSession *session, const AlarmRecord *alarm, bool *ret_is_new,
                        Error *err) MUST_CHECK;
// Clear what is open of a code and subject; none is harmless.
bool alarm_record_clear(StoreSession *session, const char *code, int64_t subject, Time now,
                        Error *err) MUST_CHECK;
// Clear what lacked evidence of chains that have come past `stage` since.
bool alarm_record_clear_arrived(StoreSession *session, const char *code, DepositStage stage,
                                Time now, int64_t *ret_count, Error *err) MUST_CHECK;
// Newest first, at most ALARMS_LISTED_MAX; only_unsettled: open or not acknowledged.
bool alarm_record_list(StoreSession *session, bool only_unsettled, Arena *arena, AlarmRecord **ret,
                       size_t *ret_count, Error *err) MUST_CHECK;
// Open alarms of damage above `after` to what a depositor deposited, by id.
bool alarm_record_list_of(StoreSession *session, const char *depositor, int64_t after, Arena *arena,
                          AlarmRecord **ret, size_t *ret_count, Error *err) MUST_CHECK;
// How many are open or not acknowledged, by code, at most `max` codes.
bool alarm_record_count(StoreSession *session, size_t max, Arena *arena, AlarmCount *ret,
                        size_t *ret_count, Error *err) MUST_CHECK;
// Fails with ERROR_NOT_FOUND, and ERROR_CONFLICT when it was acknowledged before.
bool alarm_record_acknowledge(StoreSession *session, int64_t id, const char *who,
                              const char *reason, Time now, Error *err) MUST_CHECK;
// Note the self-check that names all alarms up to `last_id`.
bool alarm_record_set_logged(StoreSession *session, int64_t last_id, uint64_t log_index,
                             Error *err) MUST_CHECK;
// The highest id of an alarm that no self-check names; 0: none.
bool alarm_record_last_unlogged(StoreSession *session, int64_t *ret, Error *err) MUST_CHECK;

// The next authorization whose chain stands at `stage`, begun before `before`, that has no open
// alarm of this code; *ret NULL: none.
bool authorization_record_next_lacking(StoreSession *session, const char *code, DepositStage stage,
                                       Time before, Arena *arena, const char **ret,
                                       Error *err) MUST_CHECK;
// Index of the tombstone that the row of a deposit names; -1: none.
bool deposit_record_tombstone(StoreSession *session, uint64_t log_index, int64_t *ret,
                              Error *err) MUST_CHECK;

typedef struct {
    uint64_t next;   // index of the log
    uint64_t until;  // size of the log when the pass began
    Time began;      // the pass
    int64_t passes;
} WatchRecord;
bool watch_record_load(StoreSession *session, WatchRecord *ret, Error *err) MUST_CHECK;
bool watch_record_keep(StoreSession *session, const WatchRecord *record, Error *err) MUST_CHECK;

#endif
