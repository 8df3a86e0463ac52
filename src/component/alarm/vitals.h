// SPDX-License-Identifier: Apache-2.0
//
// Vitals: what every system watches of itself, each an alarm on its board:
//
//     disk.low       less room than the limit where its data is
//     clock.off      its clock is away from three time stamps in a row by more than the limit
//     store.failed   its database could not be read or written
//
// Source: domain 8.1 (clock health); requirements E12, E13.
#ifndef ASSENT_COMPONENT_ALARM_VITALS_H
#define ASSENT_COMPONENT_ALARM_VITALS_H

#include <stdatomic.h>

#include "component/alarm/alarm.h"

enum { VITALS_DISK_FREE_MB = 512, VITALS_CLOCK_OFFSET_MS = 30000 };

typedef struct {
    uint32_t disk_free_mb;     // 0: VITALS_DISK_FREE_MB
    uint32_t clock_offset_ms;  // 0: VITALS_CLOCK_OFFSET_MS
} VitalLimits;

typedef struct {
    AlarmBoard *board;
    const char *directory;  // where its data is
    VitalLimits limits;
    atomic_llong offset;        // of the clock at the last stamp
    atomic_uint offsets_wrong;  // in a row
    atomic_bool has_offset, has_failed;
    bool is_low;           // of the ticker
    atomic_llong free_mb;  // -1: not measured
} Vitals;

// `directory` and board are borrowed as long as the vitals are used.
void vitals_init(Vitals *ret, AlarmBoard *board, const char *directory, const VitalLimits *limits);
// Note our clock minus the time of a stamp that was just obtained.
void vitals_note_offset(Vitals *vitals, Time offset);
// Note why something did not go through; only failures of the store are of interest. Thread-safe.
void vitals_note_failure(Vitals *vitals, const Error *why);
// Measure the disk, write alarms that could not be written, and clear what is right again. To be
// called every few seconds.
bool vitals_tick(Vitals *vitals, Error *err) MUST_CHECK;
// The limits and what was measured last, into the "watch" of door.h.
void vitals_describe(const Vitals *vitals, json_t *watch);

#endif
