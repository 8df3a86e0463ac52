// SPDX-License-Identifier: Apache-2.0
//
// The path for any 64-bit CPU.
#include "base/curve/field64_portable.h"
#include "base/curve/invert.h"
#include "base/curve/once.h"
#include "base/curve/path.h"
#include "base/secret/secret.h"

#include "base/curve/field64.inc"
#include "base/curve/point.inc"

typedef uint64_t LimbPair __attribute__((vector_size(16)));

static void affine_select(AffinePoint *ret, const AffinePoint *row, uint64_t count, uint64_t column)
{
    enum { PAIRS = sizeof(AffinePoint) / sizeof(LimbPair) };
    LimbPair selected[PAIRS] = {0};
    for (uint64_t j = 0; j < count; j++) {
        uint64_t mask = limb_is_zero(column ^ j);
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

#include "base/curve/comb.inc"
#include "base/curve/path.inc"
#include "base/curve/sum.inc"
#include "base/curve/window.inc"

const CurvePath CURVE_PATH_PORTABLE = CURVE_PATH_TABLE("portable");
