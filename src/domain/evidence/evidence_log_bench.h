// SPDX-License-Identifier: Apache-2.0
//
// Measures the evidence log on real files, for `assent bench`.
#ifndef ASSENT_DOMAIN_EVIDENCE_EVIDENCE_LOG_BENCH_H
#define ASSENT_DOMAIN_EVIDENCE_EVIDENCE_LOG_BENCH_H

#include "base/core/error.h"
#include "base/core/time.h"

enum { LOG_BENCH_MAX_CALLERS = 256 };

typedef struct {
    unsigned callers;      // threads that append at the same time
    unsigned appends;      // of each caller
    unsigned batch;        // entries of each append, 1 to 1024
    unsigned entry_bytes;  // of each entry, 16 to 4096
} LogBenchPlan;

typedef struct {
    unsigned long long entries;
    Time elapsed;      // for all appends
    Time median, p99;  // of one append, from call to durable and signed
    Time proof;        // mean of one inclusion proof afterwards
} LogBenchResult;

// Append to a new log in an existing, empty directory. Fails as the log does.
bool evidence_log_bench(const char *directory, const LogBenchPlan *plan, LogBenchResult *ret,
                        Error *err) MUST_CHECK;

#endif
