// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/path_report.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

void path_report_add(PathReport *report, const char *code, const char *clause, CheckOutcome outcome,
                     const char *format, ...)
{
    if (report->count == PATH_REPORT_SIZE) {
        assert(!"one check for each code, and a second for revocation");
        return;
    }
    PathCheck *check = &report->checks[report->count++];
    check->code = code;
    check->clause = clause;
    check->outcome = outcome;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(check->detail, sizeof check->detail, format, arguments);
    va_end(arguments);
}
