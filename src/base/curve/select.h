// SPDX-License-Identifier: Apache-2.0
//
// Secret look-ups in tables of points, for the SM core only: the whole row is read whatever is
// asked for.
#ifndef ASSENT_BASE_CURVE_SELECT_H
#define ASSENT_BASE_CURVE_SELECT_H

#include "base/curve/point.h"

// Entry `magnitude` (1 to POINT_TABLE_COLUMNS) of a row; zeros for 0.
typedef void PointSelect(AffinePoint *ret, const AffinePoint row[POINT_TABLE_COLUMNS],
                         uint64_t magnitude);

PointSelect point_select_portable;
// NULL where the CPU has no AVX2.
PointSelect *point_select_avx2(void);
// The fastest one that works here.
PointSelect *point_select_best(void);

#endif
