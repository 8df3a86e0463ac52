// SPDX-License-Identifier: Apache-2.0
//
// The path for any 64-bit CPU.
#include "base/core/attributes.h"
#include "base/curve/field64_portable.h"
#include "base/curve/invert.h"
#include "base/curve/once.h"
#include "base/curve/path.h"
#include "base/curve/select.h"
#include "base/curve/wnaf.h"
#include "base/secret/secret.h"

#include "base/curve/field64.inc"
#include "base/curve/point.inc"

#define LOOKUP_SELECTOR &SELECTOR_PORTABLE
#include "base/curve/lookup64.inc"

#include "base/curve/extended.inc"

#include "base/curve/table.inc"

#include "base/curve/comb.inc"

#include "base/curve/window.inc"

#include "base/curve/sum.inc"

#include "base/curve/path.inc"

const CurvePath CURVE_PATH_PORTABLE = CURVE_PATH_TABLE("portable");
