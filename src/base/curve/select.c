// SPDX-License-Identifier: Apache-2.0
#include "base/curve/select.h"

#include <string.h>

#include "base/core/cpu.h"
#include "base/curve/limbs.h"

typedef uint64_t LimbPair __attribute__((vector_size(16)));

enum { PAIRS = SELECT_ENTRY_SIZE / sizeof(LimbPair) };

static void start_portable(Selection *ret, const void *row, uint64_t column)
{
    for (uint64_t i = 0; i < SELECT_GROUP; i++) {
        ret->entry_masks[i] = limb_is_zero((column % SELECT_GROUP) ^ i);
    }
    for (uint64_t i = 0; i < SELECT_GROUPS; i++) {
        ret->group_masks[i] = limb_is_zero((column / SELECT_GROUP) ^ i);
    }
    memset(ret->selected, 0, sizeof ret->selected);
    ret->row = row;
}

// Four variables, because compilers keep an array in memory.
static void add_group(Selection *selection, size_t group)
{
    const LimbPair *pairs = (const void *)&selection->row[group * SELECT_GROUP * SELECT_ENTRY_SIZE];
    LimbPair a = {0}, b = {0}, c = {0}, d = {0};
    for (size_t j = 0; j < SELECT_GROUP; j++) {
        LimbPair mask = {selection->entry_masks[j], selection->entry_masks[j]};
        a |= pairs[PAIRS * j] & mask;
        b |= pairs[PAIRS * j + 1] & mask;
        c |= pairs[PAIRS * j + 2] & mask;
        d |= pairs[PAIRS * j + 3] & mask;
    }
    LimbPair mask = {selection->group_masks[group], selection->group_masks[group]};
    LimbPair *selected = (void *)selection->selected;
    selected[0] |= a & mask;
    selected[1] |= b & mask;
    selected[2] |= c & mask;
    selected[3] |= d & mask;
}

static void step_portable(Selection *selection, unsigned step)
{
    for (size_t i = 0; i < SELECT_STEP_GROUPS; i++) {
        add_group(selection, SELECT_STEP_GROUPS * step + i);
    }
}

const Selector SELECTOR_PORTABLE = {start_portable, step_portable};

const Selector *selector_best(void)
{
    if (cpu_has(CPU_AVX512)) {
        return selector_avx512();
    }
    return cpu_has(CPU_AVX2) ? selector_avx2() : &SELECTOR_PORTABLE;
}
