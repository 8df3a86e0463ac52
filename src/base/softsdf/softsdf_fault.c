// SPDX-License-Identifier: Apache-2.0
#include "base/softsdf/softsdf_fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NANOSECONDS_PER_MS = 1000000, MS_PER_SECOND = 1000 };

static const char *const names[FAULT_COUNT] = {
    [FAULT_GONE] = "gone",
    [FAULT_HANG] = "hang",
    [FAULT_SLOW_MS] = "slow_ms",
    [FAULT_EPOCH] = "epoch",
    [FAULT_WRONG_SIGNATURE] = "wrong_signature",
    [FAULT_STUCK_RANDOM] = "stuck_random",
    [FAULT_VENDOR_CODE] = "vendor_code",
    [FAULT_RANDOM_CODE] = "random_code",
};

unsigned softsdf_fault(SoftsdfFault fault)
{
    const char *path = getenv("ASSENT_SOFTSDF_FAULTS");
    FILE *file = path == NULL ? NULL : fopen(path, "re");
    if (file == NULL) {
        return 0;
    }
    char name[32];
    unsigned number, found = 0;
    while (fscanf(file, "%31s %u", name, &number) == 2) {
        if (strcmp(name, names[fault]) == 0) {
            found = number;
        }
    }
    fclose(file);
    return found;
}

static void wait_ms(unsigned milliseconds)
{
    struct timespec time = {milliseconds / MS_PER_SECOND,
                            (long)(milliseconds % MS_PER_SECOND) * NANOSECONDS_PER_MS};
    nanosleep(&time, NULL);
}

void softsdf_delay(void)
{
    unsigned slow_ms = softsdf_fault(FAULT_SLOW_MS);
    if (slow_ms > 0) {
        wait_ms(slow_ms);
    }
    while (softsdf_fault(FAULT_HANG) != 0) {
        wait_ms(1);
    }
}
