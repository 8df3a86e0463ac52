// SPDX-License-Identifier: Apache-2.0
//
// What C5 keeps of alarms beside component/alarm, and the place of the watch. SQL as in records.h.
#ifndef ASSENT_COMPONENT_PRESERVATION_RECORDS_ALARMS_H
#define ASSENT_COMPONENT_PRESERVATION_RECORDS_ALARMS_H

#include "component/alarm/alarm.h"
#include "component/preservation/records.h"

enum { ALARMS_LISTED_MAX = ALARM_LISTED_MAX };

// An open alarm of damage, as its depositor is told.
typedef struct {
    int64_t id;
    const char *authorization;
    int64_t subject;  // index of the log
    Time raised;
} DamageRecord;

typedef struct {
    const char *code;
    int64_t count;
    Time since;
} AlarmCount;

// Keep with an alarm of damage the payload as it lies there.
bool alarm_record_keep_found(StoreSession *session, int64_t id, int64_t log_index,
                             Error *err) MUST_CHECK;
// Clear what lacked evidence of chains that have come past `stage` since.
bool alarm_record_clear_arrived(StoreSession *session, const char *code, DepositStage stage,
                                Time now, int64_t *ret_count, Error *err) MUST_CHECK;
// Open alarms of damage above `after` to what a depositor deposited, by id.
bool alarm_record_list_of(StoreSession *session, const char *depositor, int64_t after, Arena *arena,
                          DamageRecord **ret, size_t *ret_count, Error *err) MUST_CHECK;
// How many are unsettled, by code, at most `max` codes.
bool alarm_record_count(StoreSession *session, size_t max, Arena *arena, AlarmCount *ret,
                        size_t *ret_count, Error *err) MUST_CHECK;
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
