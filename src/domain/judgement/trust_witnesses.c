// SPDX-License-Identifier: Apache-2.0
#include "domain/judgement/trust_witnesses.h"

#include <stdlib.h>
#include <string.h>

bool trust_witnesses_are_named(const char *name)
{
    static const char ending[] = ".policy";
    size_t len = strlen(name), ending_len = sizeof ending - 1;
    return len > ending_len && strcmp(name + len - ending_len, ending) == 0;
}

static int compare_names(const void *a, const void *b)
{
    const TrustFile *const *first = a, *const *second = b;
    return strcmp((*first)->name, (*second)->name);
}

bool trust_witnesses_load(Arena *arena, const TrustFile *files, size_t count, WitnessRules *ret,
                          Error *err)
{
    const TrustFile **sorted = arena_alloc(arena, (count + 1) * sizeof *sorted);
    const WitnessPolicy **policies = arena_alloc(arena, (count + 1) * sizeof *policies);
    size_t found = 0;
    if (sorted == NULL || policies == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (files[i].kind == TRUST_BY_NAME && trust_witnesses_are_named(files[i].name)) {
            sorted[found++] = &files[i];
        }
    }
    qsort(sorted, found, sizeof *sorted, compare_names);
    for (size_t i = 0; i < found; i++) {
        if (!witness_policy_parse(arena, sorted[i]->content, &policies[i], err)) {
            return error_context(err, "%s", sorted[i]->name);
        }
    }
    *ret = (WitnessRules){policies, found};
    return true;
}
