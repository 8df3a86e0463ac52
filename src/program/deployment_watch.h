// SPDX-License-Identifier: Apache-2.0
//
// The sections "watch" of the deployment file: how C5 and C1 watch what they keep, and themselves.
#ifndef ASSENT_PROGRAM_DEPLOYMENT_WATCH_H
#define ASSENT_PROGRAM_DEPLOYMENT_WATCH_H

#include <cyaml/cyaml.h>

#include "program/deployment.h"

// What libcyaml fills: NULL where the file says nothing, which is not the same as 0.
typedef struct {
    uint32_t *per_second, *round_days, *missing_minutes;
    uint32_t *overdue_minutes, *unsigned_minutes, *outage_minutes;
    uint32_t *disk_free_mb, *clock_offset_ms;
} YamlWatch;

extern const cyaml_schema_field_t preservation_watch_fields[], business_watch_fields[];

// Take the numbers over, before the YAML is released. What is out of range stays so that
// deployment_watch_check names it.
WatchPlan deployment_watch_copy(const YamlWatch *yaml);
// Fails with ERROR_INPUT "deployment.watch", naming the number and what it may be.
bool deployment_watch_check(const WatchPlan *plan, Error *err) MUST_CHECK;

#endif
