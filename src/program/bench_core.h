// SPDX-License-Identifier: Apache-2.0
//
// assent bench core: the SM core beside other libraries, everything in one run, so that the ratios
// hold on a noisy machine too.
#ifndef ASSENT_PROGRAM_BENCH_CORE_H
#define ASSENT_PROGRAM_BENCH_CORE_H

#include <stdbool.h>

// Measure all operations on one core, about `seconds` for each and each library, and print a table,
// or one JSON object a line. Returns an exit code.
int bench_core(double seconds, bool as_json);

#endif
