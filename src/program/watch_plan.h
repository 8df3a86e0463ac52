// SPDX-License-Identifier: Apache-2.0
//
// What a deployment says of how C5 and C1 watch what they keep, and themselves.
#ifndef ASSENT_PROGRAM_WATCH_PLAN_H
#define ASSENT_PROGRAM_WATCH_PLAN_H

#include <stdbool.h>
#include <stdint.h>

// A number of the file; not given, it is 0, which means a default.
typedef struct {
    bool is_given;
    uint32_t value;
} WatchNumber;

// How C5 and C1 watch what they keep and themselves (docs/deployment.md).
typedef struct {
    WatchNumber per_second, round_days;                             // what is hashed again
    WatchNumber missing_minutes;                                    // C5
    WatchNumber overdue_minutes, unsigned_minutes, outage_minutes;  // C1
    WatchNumber disk_free_mb, clock_offset_ms;
} WatchPlan;

#endif
