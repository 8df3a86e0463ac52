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

static void add_group(Selection *selection, size_t group)
{
    const uint8_t *entries = &selection->row[group * SELECT_GROUP * SELECT_ENTRY_SIZE];
    LimbPair selected[PAIRS];
    memcpy(selected, selection->selected, sizeof selected);
    for (size_t j = 0; j < SELECT_GROUP; j++) {
        uint64_t mask = selection->entry_masks[j] & selection->group_masks[group];
        LimbPair masks = {mask, mask};
        LimbPair entry[PAIRS];
        memcpy(entry, &entries[j * SELECT_ENTRY_SIZE], sizeof entry);
        selected[0] |= entry[0] & masks;
        selected[1] |= entry[1] & masks;
        selected[2] |= entry[2] & masks;
        selected[3] |= entry[3] & masks;
    }
    memcpy(selection->selected, selected, sizeof selected);
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
