// SPDX-License-Identifier: Apache-2.0
//
// One product or one sum at a time with eight lanes, for path_avx512.c.
#ifndef ASSENT_BASE_CURVE_LANES_SINGLE_H
#define ASSENT_BASE_CURVE_LANES_SINGLE_H

#include "base/curve/lanes_octet.h"
#include "base/curve/lanes_quartet.h"

// odd * base for an odd number from 1 to n, of which n gives infinity. Constant-time.
LANES_TARGET void lanes_single_base(LanesSinglePoint *ret, const Scalar *odd);
// s * base + t * point by the point's table. Infinity, and nothing else, when
// points met on the way that are equal or opposite. Not constant-time.
LANES_TARGET void lanes_single_sum(LanesSinglePoint *ret, const Scalar *s, const Scalar *t,
                                   const LanesTable *table);
// The same for a point without a table.
LANES_TARGET void lanes_quartet_sum(LanesQuartetPoint *ret, const Scalar *s, const Scalar *t,
                                    const LanesPacked *point);
// odd * point for an odd number from 1 to n, of which n gives infinity. Constant-time.
LANES_TARGET void lanes_quartet_multiply(LanesQuartetPoint *ret, const Scalar *odd,
                                         const LanesPacked *point);

#endif
