// SPDX-License-Identifier: Apache-2.0
//
// What the deployment says of the watch, for C5 and C1.
#include "program/host_state.h"

static VitalLimits vitals_of(const WatchPlan *plan)
{
    return (VitalLimits){plan->disk_free_mb.value, plan->clock_offset_ms.value};
}

void host_watch_preservation(const Host *host, PreservationConfig *config)
{
    const WatchPlan *plan = &host->options.deployment->places[COMPONENT_PRESERVATION].watch;
    config->watch_per_second = plan->per_second.value;
    config->watch_interval = plan->round_days.value * TIME_DAY;
    config->missing_after = plan->missing_minutes.value * TIME_MINUTE;
    config->vitals = vitals_of(plan);
}

void host_watch_business(const Host *host, BusinessConfig *config)
{
    const WatchPlan *plan = &host->options.deployment->places[COMPONENT_BUSINESS].watch;
    config->watch = (BusinessWatch){
        .letters_per_second = plan->per_second.value,
        .round = plan->round_days.value * TIME_DAY,
        .overdue_after = plan->overdue_minutes.value * TIME_MINUTE,
        .unsigned_after = plan->unsigned_minutes.value * TIME_MINUTE,
        .outage_after = plan->outage_minutes.value * TIME_MINUTE,
        .vitals = vitals_of(plan),
    };
}
