// SPDX-License-Identifier: Apache-2.0
#include "base/curve/select.h"

#include <string.h>

#include "base/core/cpu.h"
#include "base/curve/limbs.h"

typedef uint64_t LimbPair __attribute__((vector_size(16)));

enum { PAIRS = SELECT_ENTRY_SIZE / sizeof(LimbPair) };

void row_select_portable(void *ret, const void *row, uint64_t column)
{
    const uint8_t *entries = row;
    LimbPair selected[PAIRS] = {0};
    for (uint64_t j = 0; j < SELECT_COLUMNS; j++) {
        uint64_t mask = limb_is_zero(column ^ j);
        LimbPair masks = {mask, mask};
        LimbPair entry[PAIRS];
        memcpy(entry, &entries[j * SELECT_ENTRY_SIZE], sizeof entry);
        selected[0] |= entry[0] & masks;
        selected[1] |= entry[1] & masks;
        selected[2] |= entry[2] & masks;
        selected[3] |= entry[3] & masks;
    }
    memcpy(ret, selected, sizeof selected);
}

RowSelect *row_select_best(void)
{
    if (cpu_has(CPU_AVX512)) {
        return row_select_avx512();
    }
    return cpu_has(CPU_AVX2) ? row_select_avx2() : row_select_portable;
}
