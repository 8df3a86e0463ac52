// SPDX-License-Identifier: Apache-2.0
//
// Benchmarks: a table of operations, each prepared once, then repeated by several threads for a
// given time. See docs/performance.md for how to read the figures.
#ifndef ASSENT_PROGRAM_BENCH_H
#define ASSENT_PROGRAM_BENCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/core/arena.h"
#include "base/core/error.h"
#include "base/core/time.h"

enum { BENCH_MAX_THREADS = 256 };

typedef struct {
    double seconds;
    size_t threads;
    Arena *arena;        // for what lives as long as the run
    void *state;         // of the case
    atomic_size_t done;  // operations of all threads
    // What one operation of a thread took, when that is not the time of its call: then it sets
    // this.
    Time measured[BENCH_MAX_THREADS];
} BenchRun;

typedef struct {
    const char *name;
    const char *summary;
    size_t default_threads;
    // Make what all threads share; NULL: nothing.
    bool (*prepare)(BenchRun *run, Error *err);
    // One operation by one thread; `arena` is emptied after each.
    bool (*operate)(BenchRun *run, size_t thread, Arena *arena, Error *err);
    void (*finish)(BenchRun *run);
} BenchCase;

extern const BenchCase bench_crypto_cases[];
extern const size_t bench_crypto_case_count;
extern const BenchCase bench_evidence_cases[];
extern const size_t bench_evidence_case_count;
extern const BenchCase bench_deposit_cases[];
extern const size_t bench_deposit_case_count;
extern const BenchCase bench_log_curve_cases[];
extern const size_t bench_log_curve_case_count;
extern const BenchCase bench_authority_cases[];
extern const size_t bench_authority_case_count;
extern const BenchCase bench_ocsp_cases[];
extern const size_t bench_ocsp_case_count;
extern const BenchCase bench_service_cases[];
extern const size_t bench_service_case_count;

#endif
