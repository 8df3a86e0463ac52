// SPDX-License-Identifier: Apache-2.0
#include "program/deployment_watch.h"

#include "base/core/attributes.h"

#define NUMBER(key, member) CYAML_FIELD_UINT_PTR(key, CYAML_FLAG_OPTIONAL, YamlWatch, member)

const cyaml_schema_field_t preservation_watch_fields[] = {
    NUMBER("entries_per_second", per_second),   NUMBER("round_days", round_days),
    NUMBER("missing_minutes", missing_minutes), NUMBER("disk_free_mb", disk_free_mb),
    NUMBER("clock_offset_ms", clock_offset_ms), CYAML_FIELD_END,
};

const cyaml_schema_field_t business_watch_fields[] = {
    NUMBER("letters_per_second", per_second),   NUMBER("round_days", round_days),
    NUMBER("overdue_minutes", overdue_minutes), NUMBER("unsigned_minutes", unsigned_minutes),
    NUMBER("outage_minutes", outage_minutes),   NUMBER("disk_free_mb", disk_free_mb),
    NUMBER("clock_offset_ms", clock_offset_ms), CYAML_FIELD_END,
};

static WatchNumber take(const uint32_t *yaml)
{
    return yaml == NULL ? (WatchNumber){false, 0} : (WatchNumber){true, *yaml};
}

WatchPlan deployment_watch_copy(const YamlWatch *yaml)
{
    return (WatchPlan){.per_second = take(yaml->per_second),
                       .round_days = take(yaml->round_days),
                       .missing_minutes = take(yaml->missing_minutes),
                       .overdue_minutes = take(yaml->overdue_minutes),
                       .unsigned_minutes = take(yaml->unsigned_minutes),
                       .outage_minutes = take(yaml->outage_minutes),
                       .disk_free_mb = take(yaml->disk_free_mb),
                       .clock_offset_ms = take(yaml->clock_offset_ms)};
}

// A watch that never comes by, or is told after a month, is none; and a stamp that is 300 s off
// makes a signature void, so that a clock has to be noticed before.
bool deployment_watch_check(const WatchPlan *plan, Error *err)
{
    enum { MONTH_MINUTES = 31 * 24 * 60 };
    const struct {
        const char *name;
        WatchNumber number;
        uint32_t min, max;
    } rows[] = {
        {"entries_per_second or letters_per_second", plan->per_second, 1, 100000},
        {"round_days", plan->round_days, 1, 366},
        {"missing_minutes", plan->missing_minutes, 1, MONTH_MINUTES},
        {"overdue_minutes", plan->overdue_minutes, 1, MONTH_MINUTES},
        {"unsigned_minutes", plan->unsigned_minutes, 1, MONTH_MINUTES},
        {"outage_minutes", plan->outage_minutes, 1, MONTH_MINUTES},
        {"disk_free_mb", plan->disk_free_mb, 1, 16 * 1024 * 1024},
        {"clock_offset_ms", plan->clock_offset_ms, 100, 300000},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint32_t value = rows[i].number.value;
        if (rows[i].number.is_given && (value < rows[i].min || value > rows[i].max)) {
            return error_set(err, ERROR_INPUT, "deployment.watch", NULL,
                             "watch: %s is %u, and has to be from %u to %u", rows[i].name, value,
                             rows[i].min, rows[i].max);
        }
    }
    return true;
}
