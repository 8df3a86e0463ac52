// SPDX-License-Identifier: Apache-2.0
//
// The inside of a board, shared by alarm.c and door.c.
#ifndef ASSENT_COMPONENT_ALARM_ALARM_STATE_H
#define ASSENT_COMPONENT_ALARM_ALARM_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "component/alarm/alarm.h"

enum { ALARM_PENDING_MAX = 32 };

// An alarm that the store has not taken yet.
typedef struct {
    const char *code;
    int64_t subject;
    char authorization[ALARM_AUTHORIZATION_SIZE], detail[ALARM_DETAIL_SIZE];
    Time raised;
} AlarmPending;

struct AlarmBoard {
    AlarmBoardConfig config;
    atomic_ullong raised;
    pthread_mutex_t mutex;  // of what follows
    AlarmPending pending[ALARM_PENDING_MAX];
    size_t pending_count;
};

bool alarm_is_critical(const AlarmBoard *board, const char *code);

#endif
