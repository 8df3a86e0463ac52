// SPDX-License-Identifier: Apache-2.0
#include "base/curve/select.h"

#include "base/core/cpu.h"

typedef uint64_t LimbPair __attribute__((vector_size(16)));

void point_select_portable(AffinePoint *ret, const AffinePoint row[POINT_TABLE_COLUMNS],
                           uint64_t magnitude)
{
    enum { PAIRS = sizeof(AffinePoint) / sizeof(LimbPair) };
    LimbPair selected[PAIRS] = {0};
    for (uint64_t j = 0; j < POINT_TABLE_COLUMNS; j++) {
        uint64_t mask = limb_is_zero(magnitude ^ (j + 1));
        LimbPair masks = {mask, mask};
        LimbPair entry[PAIRS];
        memcpy(entry, &row[j], sizeof entry);
        selected[0] |= entry[0] & masks;
        selected[1] |= entry[1] & masks;
        selected[2] |= entry[2] & masks;
        selected[3] |= entry[3] & masks;
    }
    memcpy(ret, selected, sizeof *ret);
}

PointSelect *point_select_best(void)
{
    return cpu_has(CPU_AVX2) ? point_select_avx2() : point_select_portable;
}
