// SPDX-License-Identifier: Apache-2.0
#include "component/alarm/alarm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/core/log.h"
#include "component/alarm/alarm_state.h"
#include "component/alarm/records.h"

bool alarm_board_new(const AlarmBoardConfig *config, AlarmBoard **ret, Error *err)
{
    AlarmBoard *board = calloc(1, sizeof *board);
    if (board == NULL) {
        return error_memory(err);
    }
    board->config = *config;
    pthread_mutex_init(&board->mutex, NULL);
    *ret = board;
    return true;
}

void alarm_board_free(AlarmBoard *board)
{
    if (board == NULL) {
        return;
    }
    Error err = {0};
    if (!alarm_board_tick(board, &err)) {
        LOG(LOG_ERROR, "alarm.not_kept", log_text("code", err.code));
    }
    pthread_mutex_destroy(&board->mutex);
    free(board);
}

static bool is_listed(const char *const *codes, const char *code)
{
    while (codes != NULL && *codes != NULL && strcmp(*codes, code) != 0) {
        codes++;
    }
    return codes != NULL && *codes != NULL;
}

bool alarm_is_critical(const AlarmBoard *board, const char *code)
{
    return !is_listed(board->config.warnings, code);
}

// --- raising ----------------------------------------------------------------------------------

typedef struct {
    const AlarmBoard *board;
    Alarm alarm;
    bool is_new;
} AlarmWrite;

static bool write_alarm(StoreSession *session, void *context, Error *err)
{
    AlarmWrite *write = context;
    const AlarmBoardConfig *config = &write->board->config;
    return alarm_record_raise(session, &write->alarm, &write->is_new, err) &&
           (!write->is_new || config->keep == NULL ||
            config->keep(session, config->state, ALARM_RAISED, &write->alarm, err));
}

static bool is_same(const AlarmPending *pending, const AlarmCase *what)
{
    return strcmp(pending->code, what->code) == 0 && pending->subject == what->subject &&
           strcmp(pending->authorization, what->authorization) == 0;
}

// Keep in memory what the store did not take. False: it is there already, or there is no room.
static bool hold(AlarmBoard *board, const Alarm *alarm)
{
    bool is_known = false;
    pthread_mutex_lock(&board->mutex);
    for (size_t i = 0; i < board->pending_count; i++) {
        is_known = is_known || is_same(&board->pending[i], &alarm->what);
    }
    bool is_held = !is_known && board->pending_count < ALARM_PENDING_MAX;
    if (is_held) {
        AlarmPending *pending = &board->pending[board->pending_count++];
        pending->code = alarm->what.code;
        pending->subject = alarm->what.subject;
        pending->raised = alarm->raised;
        snprintf(pending->authorization, sizeof pending->authorization, "%s",
                 alarm->what.authorization);
        snprintf(pending->detail, sizeof pending->detail, "%s", alarm->what.detail);
    }
    pthread_mutex_unlock(&board->mutex);
    return is_held;
}

static void tell(AlarmBoard *board, const Alarm *alarm)
{
    atomic_fetch_add(&board->raised, 1);
    LOG(alarm->is_critical ? LOG_ERROR : LOG_WARNING, "alarm.raised",
        log_text("severity", alarm->is_critical ? "critical" : "warning"),
        log_text("code", alarm->what.code), log_number("subject", alarm->what.subject),
        log_text("detail", alarm->what.detail));
}

void alarm_raise(AlarmBoard *board, const AlarmCase *what)
{
    AlarmWrite write = {.board = board,
                        .alarm = {.what = *what,
                                  .is_critical = alarm_is_critical(board, what->code),
                                  .raised = clock_now(board->config.clock)}};
    Error err = {0};
    if (!store_write(board->config.store, write_alarm, &write, &err)) {
        // Told in the process's log all the same, and once.
        write.is_new = hold(board, &write.alarm);
        if (write.is_new) {
            LOG(LOG_ERROR, "alarm.not_kept", log_text("code", err.code));
        }
    }
    if (write.is_new) {
        tell(board, &write.alarm);
    }
}

void alarm_raise_bounded(AlarmBoard *board, const AlarmCase *what)
{
    int64_t open = 0;
    Error err = {0};
    AlarmCase bounded = *what;
    // What cannot be counted is raised as it is: the board's memory is bounded too.
    if (alarm_count_open(board, what->code, &open, &err) && open >= ALARM_OPEN_MAX) {
        bounded.authorization = "";
    }
    alarm_raise(board, &bounded);
}

bool alarm_board_tick(AlarmBoard *board, Error *err)
{
    for (;;) {
        AlarmPending first;
        pthread_mutex_lock(&board->mutex);
        bool has_any = board->pending_count > 0;
        if (has_any) {
            first = board->pending[0];
        }
        pthread_mutex_unlock(&board->mutex);
        if (!has_any) {
            return true;
        }
        AlarmWrite write = {
            .board = board,
            .alarm = {.what = {first.code, first.subject, first.authorization, first.detail},
                      .is_critical = alarm_is_critical(board, first.code),
                      .raised = first.raised}};
        if (!store_write(board->config.store, write_alarm, &write, err)) {
            return false;
        }
        pthread_mutex_lock(&board->mutex);
        board->pending_count--;
        memmove(&board->pending[0], &board->pending[1],
                board->pending_count * sizeof board->pending[0]);
        pthread_mutex_unlock(&board->mutex);
    }
}

// --- clearing and reading ---------------------------------------------------------------------

typedef struct {
    const char *code;
    const AlarmCase *what;
    int64_t count;
    Time now;
    bool only_unsettled;
    Arena *arena;
    Alarm *alarms;
    size_t alarm_count;
} AlarmRead;

static bool read_open(StoreSession *session, void *context, Error *err)
{
    AlarmRead *read = context;
    return alarm_record_count_open(session, read->code, read->what, &read->count, err);
}

static bool write_cleared(StoreSession *session, void *context, Error *err)
{
    const AlarmRead *read = context;
    return alarm_record_clear(session, read->what, read->now, err);
}

bool alarm_clear(AlarmBoard *board, const AlarmCase *what, Error *err)
{
    AlarmRead read = {.code = what->code, .what = what, .now = clock_now(board->config.clock)};
    if (!store_read(board->config.store, read_open, &read, err)) {
        return false;
    }
    if (read.count == 0) {
        return true;
    }
    if (!store_write(board->config.store, write_cleared, &read, err)) {
        return false;
    }
    LOG(LOG_INFO, "alarm.cleared", log_text("code", what->code),
        log_number("subject", what->subject));
    return true;
}

bool alarm_count_open(AlarmBoard *board, const char *code, int64_t *ret, Error *err)
{
    AlarmRead read = {.code = code};
    if (!store_read(board->config.store, read_open, &read, err)) {
        return false;
    }
    *ret = read.count;
    return true;
}

static bool read_list(StoreSession *session, void *context, Error *err)
{
    AlarmRead *read = context;
    return alarm_list_in(session, read->only_unsettled, read->arena, &read->alarms,
                         &read->alarm_count, err);
}

bool alarm_list(AlarmBoard *board, bool only_unsettled, Arena *arena, Alarm **ret,
                size_t *ret_count, Error *err)
{
    AlarmRead read = {.only_unsettled = only_unsettled, .arena = arena};
    if (!store_read(board->config.store, read_list, &read, err)) {
        return false;
    }
    *ret = read.alarms;
    *ret_count = read.alarm_count;
    return true;
}

void alarm_put_metrics(const AlarmBoard *board, Writer *ret)
{
    writer_format(ret,
                  "# HELP assent_alarms_raised_total Alarms raised since the start.\n"
                  "# TYPE assent_alarms_raised_total counter\n"
                  "assent_alarms_raised_total %llu\n",
                  (unsigned long long)atomic_load(&board->raised));
}
