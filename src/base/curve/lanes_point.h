// SPDX-License-Identifier: Apache-2.0
//
// Points of sixteen lanes in Jacobian coordinates, for the lanes*.c files. Coordinates between
// calls are below these multiples of p: X 1.01, Y 3.8, Z 3.9 (a factor); those of entries 1.
#ifndef ASSENT_BASE_CURVE_LANES_POINT_H
#define ASSENT_BASE_CURVE_LANES_POINT_H

#include "base/curve/lanes_field.h"

typedef struct {
    LanesField x, y, z;
} LanesPoint;

// An affine point to add, or its opposite in the lanes whose bit is set. Bits of the limbs above
// the 52nd do not count.
typedef struct {
    LanesField x, y;
    unsigned negative;
} LanesEntry;

// Infinity (Z = 0) stays infinity. `ret` may be the operand.
LANES_TARGET void lanes_double(LanesPoint *ret, const LanesPoint *a);
// Not for equal, opposite or infinite points: Z is 0 modulo p after these and stays so in all that
// follows, so that one look at the end tells whether it happened.
LANES_TARGET void lanes_add(LanesPoint *ret, const LanesPoint *a, const LanesEntry *b);
// Set `ret` to the entry itself, whose signs do not count.
LANES_TARGET void lanes_point_from_entry(LanesPoint *ret, const LanesEntry *entry);
#endif
