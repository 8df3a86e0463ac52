// SPDX-License-Identifier: Apache-2.0
//
// The paths that were compiled in, for curve.c and the paths' own files.
#ifndef ASSENT_BASE_CURVE_PATH_H
#define ASSENT_BASE_CURVE_PATH_H

#include "base/curve/curve.h"

extern const CurvePath CURVE_PATH_PORTABLE;
// For CPUs whose widest product is 32 by 32 bits; works everywhere.
extern const CurvePath CURVE_PATH_NARROW;
// NULL where the compiler's target is no x86-64. Wants CPU_ADX and CPU_AVX2.
extern const CurvePath *const CURVE_PATH_X86;
// The same, but wants CPU_IFMA besides.
extern const CurvePath *const CURVE_PATH_AVX512;

#endif
