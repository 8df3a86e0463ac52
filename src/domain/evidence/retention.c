// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/retention.h"

#include <string.h>

#include "base/core/attributes.h"

static const struct {
    const char *name;
    int years;  // 0: for ever
} classes[RETENTION_CLASS_COUNT] = {
    [RETENTION_STANDARD] = {"standard", 10},
    [RETENTION_REFUSED] = {"refused", 5},
    [RETENTION_EXTENDED] = {"extended", 20},
    [RETENTION_PERMANENT] = {"permanent", 0},
};

const char *retention_class_name(RetentionClass class)
{
    return classes[class].name;
}

bool retention_class_find(const char *name, RetentionClass *ret)
{
    for (size_t i = 0; i < COUNT_OF(classes); i++) {
        if (strcmp(classes[i].name, name) == 0) {
            *ret = (RetentionClass)i;
            return true;
        }
    }
    return false;
}

Time retention_until(RetentionClass class, Time last)
{
    // Days of 366: a leap day may keep it longer, never shorter.
    Time keep = (Time)classes[class].years * 366 * TIME_DAY;
    return classes[class].years == 0 || last > INT64_MAX - keep ? INT64_MAX : last + keep;
}
