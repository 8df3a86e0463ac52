// SPDX-License-Identifier: Apache-2.0
//
// Whether the time of this machine may be stamped. A clock that was set is noticed without any
// help by comparing it with a clock that nobody can set; a clock that is wrong altogether is
// noticed by a reference, such as the measured offset to a national time source.
#ifndef ASSENT_COMPONENT_TIMESTAMP_CLOCK_GATE_H
#define ASSENT_COMPONENT_TIMESTAMP_CLOCK_GATE_H

#include <pthread.h>
#include <stdbool.h>

#include "base/core/error.h"
#include "base/core/time.h"

// Somebody who knows the true time.
typedef struct {
    // Measure now: *ret_offset is our clock minus the true time, *ret_measured_at when (by our
    // clock) it was measured. Quick, thread-safe. Fails with ERROR_UNAVAILABLE.
    bool (*measure)(void *state, Time *ret_offset, Time *ret_measured_at, Error *err);
    void *state;
} ClockReference;

typedef struct {
    Clock clock;                      // what is stamped
    Clock steady;                     // never set; zero: the system's monotonic clock
    const ClockReference *reference;  // NULL: none
    Time max_step;                    // largest change of clock minus steady [500 ms]
    Time max_offset;                  // largest offset to the reference [500 ms]
    Time max_reference_age;           // oldest measurement that counts [5 min]
    Time not_before;                  // the clock was at least here once; 0: unknown
} ClockGateConfig;

typedef struct {
    ClockGateConfig config;
    pthread_mutex_t lock;
    Time baseline;  // clock minus steady when it was last known to be good
    Time highest;   // latest time that was let through
    bool is_open;   // what the last look said, to log changes only
} ClockGate;

// Start to watch. Zero limits take the values in brackets.
bool clock_gate_start(ClockGate *gate, const ClockGateConfig *config, Error *err) MUST_CHECK;
void clock_gate_stop(ClockGate *gate);

// Take the time, if it may be stamped. Fails with ERROR_UNAVAILABLE: "clock.stepped" (set since
// it was last known to be good, and no reference confirms it), "clock.behind" (earlier than a
// time already given out), "clock.offset" (too far from the reference), "clock.reference" (the
// reference does not answer or its measurement is too old).
// Source: RFC 3161 2.1 (1), 2.4.2 timeNotAvailable.
bool clock_gate_take(ClockGate *gate, Time *ret, Error *err) MUST_CHECK;

#endif
