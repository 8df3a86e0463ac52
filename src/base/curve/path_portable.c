// SPDX-License-Identifier: Apache-2.0
//
// The path for any 64-bit CPU.
#include "base/curve/field64_portable.h"
#include "base/curve/invert.h"
#include "base/curve/once.h"
#include "base/curve/path.h"
#include "base/curve/select.h"
#include "base/secret/secret.h"

#include "base/curve/field64.inc"
#include "base/curve/point.inc"

typedef RowSelect AffineSelect;
_Static_assert(sizeof(AffinePoint) == SELECT_ENTRY_SIZE, "rows are made of affine points");

static AffineSelect *affine_select_best(void)
{
    return row_select_portable;
}

#include "base/curve/comb.inc"
#include "base/curve/path.inc"
#include "base/curve/sum.inc"
#include "base/curve/window.inc"

const CurvePath CURVE_PATH_PORTABLE = CURVE_PATH_TABLE("portable");
