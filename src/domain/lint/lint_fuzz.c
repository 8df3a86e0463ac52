// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "domain/lint/lint.h"

// Whatever comes is linted as every kind, and the counts are those of the findings.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Bytes input = bytes_of(data, size);
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t kind = 0; arena != NULL && kind <= LINT_UNKNOWN; kind++) {
        LintReport report, short_report;
        size_t count = 0;
        lint_object(arena, (LintKind)kind, input, NULL, &report);
        lint_object(NULL, (LintKind)kind, input, NULL, &short_report);
        for (const LintFinding *each = report.first; each != NULL; each = each->next) {
            count++;
        }
        if (report.exhausted ||
            count != report.counts[LINT_ERROR] + report.counts[LINT_WARNING] +
                         report.counts[LINT_NOTICE] ||
            report.counts[LINT_ERROR] != short_report.counts[LINT_ERROR] ||
            (report.counts[LINT_ERROR] > 0) != (short_report.refusal.code != NULL)) {
            abort();
        }
    }
    arena_free(arena);
    return 0;
}
