// SPDX-License-Identifier: Apache-2.0
//
// Measures deposits with receipts through a whole C5 in this process, for `assent bench`.
#ifndef ASSENT_COMPONENT_PRESERVATION_PRESERVATION_BENCH_H
#define ASSENT_COMPONENT_PRESERVATION_PRESERVATION_BENCH_H

#include "base/core/error.h"
#include "base/core/time.h"

enum { PRESERVATION_BENCH_MAX_CALLERS = 256 };

typedef struct {
    unsigned deposits;
    Time elapsed;      // for all deposits
    Time median, p99;  // of one deposit, from call to receipt
} PreservationBenchResult;

// Deposit `each` signed M6 submissions from each of `callers` threads into a new C5 in an
// existing, empty directory. Submissions are signed before the time is taken. Fails as C5 does.
bool preservation_bench(const char *directory, unsigned callers, unsigned each,
                        PreservationBenchResult *ret, Error *err) MUST_CHECK;

#endif
