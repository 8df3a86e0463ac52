// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/retention.h"

#include "base/test/test.h"

// Covers: Anti-Money Laundering Law 34; E17.
TEST(no_class_ends_before_its_years_are_over)
{
    const Time last = 1782000000LL * TIME_SECOND;
    const struct {
        RetentionClass class;
        const char *name;
        int years;
    } cases[] = {{RETENTION_STANDARD, "standard", 10},
                 {RETENTION_REFUSED, "refused", 5},
                 {RETENTION_EXTENDED, "extended", 20}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        RetentionClass found = RETENTION_PERMANENT;
        CivilTime begin = civil_from_time(last);
        CivilTime end = civil_from_time(retention_until(cases[i].class, last));
        CHECK(end.year >= begin.year + cases[i].years);
        CHECK(end.year > begin.year + cases[i].years || end.month > begin.month ||
              (end.month == begin.month && end.day >= begin.day));
        CHECK(retention_class_find(cases[i].name, &found));
        CHECK_INT(found, cases[i].class);
        CHECK_TEXT(retention_class_name(found), cases[i].name);
    }
}

TEST(what_is_permanent_never_ends_and_no_time_overflows)
{
    RetentionClass class;
    CHECK_INT(retention_until(RETENTION_PERMANENT, 0), INT64_MAX);
    CHECK_INT(retention_until(RETENTION_EXTENDED, INT64_MAX - 1), INT64_MAX);
    CHECK(!retention_class_find("ever", &class));
    CHECK(!retention_class_find("", &class));
}
