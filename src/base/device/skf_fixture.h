// SPDX-License-Identifier: Apache-2.0
//
// For tests: the software token of this process, and its faults.
#ifndef ASSENT_BASE_DEVICE_SKF_FIXTURE_H
#define ASSENT_BASE_DEVICE_SKF_FIXTURE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define SKF_FIXTURE_PIN "12345678"

// Have the software token of this process, before it is loaded, use the directory.
static inline void skf_fixture_use(const char *directory)
{
    char faults[512];
    snprintf(faults, sizeof faults, "%s/faults", directory);
    setenv("ASSENT_SOFTSKF_DIR", directory, 1);
    setenv("ASSENT_SOFTSKF_FAULTS", faults, 1);
}

// Make it misbehave: lines of softskf.h, "" for none.
static inline bool skf_fixture_fault(const char *lines)
{
    FILE *file = fopen(getenv("ASSENT_SOFTSKF_FAULTS"), "we");
    bool written = file != NULL && fputs(lines, file) >= 0;
    return file != NULL && fclose(file) == 0 && written;
}

#endif
