// SPDX-License-Identifier: Apache-2.0
//
// Alarms of a component: what is wrong and somebody has to look at. A case has one open alarm
// however often it is seen, which is cleared when it is found right again. Critical ones stay in
// sight until a named person has acknowledged them with a reason, cleared or not; rows are never
// removed. A component that raises alarms has this table, to which it may add columns:
//
//     CREATE TABLE alarm (
//         id INTEGER PRIMARY KEY,
//         code TEXT NOT NULL,           -- "evidence.damaged", of a fixed list
//         subject INTEGER NOT NULL,     -- a place or number that tells cases apart; 0: none
//         authorization TEXT NOT NULL,  -- '': of none
//         detail TEXT NOT NULL,         -- a stable code that tells more, or ''
//         raised_at INTEGER NOT NULL,
//         seen_at INTEGER NOT NULL,
//         occurrences INTEGER NOT NULL DEFAULT 1,
//         log_index INTEGER,            -- of the entry of the evidence log that tells of it
//         cleared_at INTEGER,
//         acknowledged_at INTEGER,
//         acknowledged_by TEXT,
//         reason TEXT,
//         is_critical INTEGER NOT NULL DEFAULT 1
//     ) STRICT;
//     CREATE UNIQUE INDEX alarm_open ON alarm (code, subject, authorization)
//         WHERE cleared_at IS NULL;
//     CREATE INDEX alarm_unsettled ON alarm (id)
//         WHERE cleared_at IS NULL OR (is_critical = 1 AND acknowledged_at IS NULL);
//
// No field of an alarm says anything of a person but the number of an authorization.
// Source: JR/T 0299-2024 8.1; requirements E11, E14.
#ifndef ASSENT_COMPONENT_ALARM_ALARM_H
#define ASSENT_COMPONENT_ALARM_ALARM_H

#include "base/codec/json.h"
#include "base/core/time.h"
#include "base/store/store.h"

enum {
    ALARM_LISTED_MAX = 200,
    ALARM_OPEN_MAX = 100,
    ALARM_DETAIL_SIZE = 64,
    ALARM_AUTHORIZATION_SIZE = 65
};

// What is wrong. Texts are borrowed for the call; code is a constant of the program.
typedef struct {
    const char *code;
    int64_t subject;
    const char *authorization, *detail;  // "" when there is none
} AlarmCase;

// One alarm as it is kept.
typedef struct {
    int64_t id;
    AlarmCase what;
    bool is_critical;
    Time raised, seen;  // first and last
    int64_t occurrences;
    int64_t log_index;  // -1: none yet
    Time cleared;       // 0: it is open
    Time acknowledged;  // 0: nobody did
    const char *acknowledged_by, *reason;
} Alarm;

typedef enum { ALARM_RAISED, ALARM_ACKNOWLEDGED } AlarmChange;

typedef struct {
    Store *store;  // borrowed
    Clock clock;
    const char *const *warnings;  // codes that are no more than that, up to NULL; others: critical
    // Codes, up to NULL, of what happened and does not last: over when it is acknowledged.
    const char *const *events;
    bool names_authorizations;  // to whoever lists alarms
    // Keep what belongs to a change, in its transaction; of an acknowledgement acknowledged_by,
    // reason and acknowledged are set, of a new alarm everything else. NULL: nothing.
    bool (*keep)(StoreSession *session, void *state, AlarmChange change, const Alarm *alarm,
                 Error *err);
    void *state;
} AlarmBoardConfig;

typedef struct AlarmBoard AlarmBoard;

bool alarm_board_new(const AlarmBoardConfig *config, AlarmBoard **ret, Error *err) MUST_CHECK;
void alarm_board_free(AlarmBoard *board);  // NULL is harmless

// Raise an alarm, or note that the open one was seen again. A new one is a line "alarm.raised" in
// the process's log, once. What the store does not take now is kept in memory, listed from there
// and written by a later tick. Thread-safe.
void alarm_raise(AlarmBoard *board, const AlarmCase *what);
// The same for one of many authorizations: beyond ALARM_OPEN_MAX that are open of the code, one
// alarm of none stands for the others.
void alarm_raise_bounded(AlarmBoard *board, const AlarmCase *what);
// Clear what is open of a case; authorization NULL: of any. None is harmless and costs no write.
bool alarm_clear(AlarmBoard *board, const AlarmCase *what, Error *err) MUST_CHECK;
// How many are open of a code.
bool alarm_count_open(AlarmBoard *board, const char *code, int64_t *ret, Error *err) MUST_CHECK;
// Write what could not be written; to be called every few seconds.
bool alarm_board_tick(AlarmBoard *board, Error *err) MUST_CHECK;
// Newest first, at most ALARM_LISTED_MAX; only_unsettled: open, or critical and not acknowledged.
bool alarm_list(AlarmBoard *board, bool only_unsettled, Arena *arena, Alarm **ret,
                size_t *ret_count, Error *err) MUST_CHECK;
// The same within a transaction of the component's.
bool alarm_list_in(StoreSession *session, bool only_unsettled, Arena *arena, Alarm **ret,
                   size_t *ret_count, Error *err) MUST_CHECK;
// Note which entry of the evidence log tells of an authorization's alarms of a code.
bool alarm_note_logged(StoreSession *session, const char *code, const char *authorization,
                       uint64_t log_index, Error *err) MUST_CHECK;
// Prometheus text: alarms raised since the start.
void alarm_put_metrics(const AlarmBoard *board, Writer *ret);

#endif
