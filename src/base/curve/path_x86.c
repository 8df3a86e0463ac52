// SPDX-License-Identifier: Apache-2.0
//
// The path for x86-64 with BMI2, ADX and AVX2.
#include "base/curve/path.h"

#include <stddef.h>

#if defined(__x86_64__)

#include "base/core/attributes.h"
#include "base/curve/field64_x86.h"
#include "base/curve/invert.h"
#include "base/curve/once.h"
#include "base/curve/select.h"
#include "base/curve/wnaf.h"
#include "base/secret/secret.h"

#include "base/curve/field64.inc"
#include "base/curve/point.inc"

#define LOOKUP_SELECTOR selector_best()
#include "base/curve/lookup64.inc"

#include "base/curve/extended.inc"

#include "base/curve/table.inc"

#include "base/curve/comb.inc"

#include "base/curve/window.inc"

#include "base/curve/sum.inc"

#include "base/curve/path.inc"

static const CurvePath path_x86 = CURVE_PATH_TABLE("x86");
const CurvePath *const CURVE_PATH_X86 = &path_x86;

#else

const CurvePath *const CURVE_PATH_X86 = NULL;

#endif
