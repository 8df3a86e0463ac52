// SPDX-License-Identifier: Apache-2.0
#include "program/deployment_long_life.h"

#include "program/sunset.h"

enum { RENEW_BEFORE_MAX_DAYS = 3650 };

bool deployment_long_life_check(const LongLifePlan *plan, Error *err)
{
    AlgorithmSunset *sunsets;
    size_t count;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!sunsets_parse(arena, plan->weak, &sunsets, &count, err)) {
        return error_context(err, "preservation: weak");
    }
    return plan->renew_before_days <= RENEW_BEFORE_MAX_DAYS ||
           error_set(err, ERROR_INPUT, "deployment.renewal", NULL,
                     "preservation: renew_before_days is at most %d", RENEW_BEFORE_MAX_DAYS);
}
