// SPDX-License-Identifier: Apache-2.0
//
// The main job in one call.
#ifndef ASSENT_PROGRAM_DEMO_H
#define ASSENT_PROGRAM_DEMO_H

#include <stdbool.h>

#include "base/core/bytes.h"

typedef struct {
    Bytes applicant;  // JSON of an applicant file
    const char *out;  // directory for agreement, reports, case file, trust
    bool serve;       // stay up afterwards until a signal
} DemoPlan;

// Make a deployment in a new temporary directory, run one authorization, write the results, judge
// the case file offline. Returns the exit code; 0 only if everything is valid.
int demo_run(const DemoPlan *plan);

#endif
