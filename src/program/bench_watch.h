// SPDX-License-Identifier: Apache-2.0
//
// What a long run takes while it goes on: memory that grows shows here.
#ifndef ASSENT_PROGRAM_BENCH_WATCH_H
#define ASSENT_PROGRAM_BENCH_WATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/core/time.h"

typedef struct {
    const char *name;
    const atomic_size_t *done;  // operations of all threads
    Time interval;
    Time deadline;  // monotonic
    bool as_json;
} BenchWatch;

// Until the deadline, print a line after each interval: seconds since the begin, operations done,
// operations a second and processor time of each operation since the line before, resident memory,
// and what of it is anonymous (neither the program nor mapped files).
void bench_watch(const BenchWatch *watch);

#endif
