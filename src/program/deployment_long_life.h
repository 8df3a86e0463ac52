// SPDX-License-Identifier: Apache-2.0
//
// What a deployment says about evidence that has to last: of the evidence system's section.
#ifndef ASSENT_PROGRAM_DEPLOYMENT_LONG_LIFE_H
#define ASSENT_PROGRAM_DEPLOYMENT_LONG_LIFE_H

#include <stdint.h>

#include "base/core/error.h"

typedef struct {
    const char *log_origin;         // name of the log; "": the one that init gives
    uint32_t renew_before_days;     // time stamps are renewed so long before they end; 0: a default
    const char *renewal_authority;  // URL of whoever stamps then; "": who always does
    const char *weak;               // which algorithm ends when, sunset.h; "": none
} LongLifePlan;

// Fails with ERROR_INPUT "sunset.malformed", "deployment.renewal" (too many days).
bool deployment_long_life_check(const LongLifePlan *plan, Error *err) MUST_CHECK;

#endif
