// SPDX-License-Identifier: Apache-2.0
//
// Eight points of one operation side by side, for the lanes*.c files: where only one product of a
// scalar and a point is wanted, eight lanes add up eight parts of it. The two vectors of an element
// are two quantities of the same formula here, so that each fills the other's waits.
//
// Coordinates between calls are below these multiples of p: X 1.01, Y 3.8, ZZ and ZZZ 1.7.
#ifndef ASSENT_BASE_CURVE_LANES_OCTET_H
#define ASSENT_BASE_CURVE_LANES_OCTET_H

#include "base/curve/lanes_field.h"

// Points (X / ZZ, Y / ZZZ) with ZZ^3 = ZZZ^2, infinite where both are 0 (modulo p): additions of
// affine points take one squaring less than in Jacobian coordinates.
typedef struct {
    LanesField xy;  // the X of eight points, and their Y
    LanesField zz;  // their ZZ, and their ZZZ, as factors
} LanesOctet;

// Eight affine points below p to add, x and y; or their opposites where the bit is set. Bits of the
// limbs above the 52nd do not count.
typedef struct {
    LanesField xy;
    unsigned negative;
} LanesOctetEntry;

// One point, with coordinates in Montgomery form, reduced.
typedef struct {
    uint64_t x[LIMBS_COUNT], y[LIMBS_COUNT], zz[LIMBS_COUNT], zzz[LIMBS_COUNT];
} LanesSinglePoint;

// Constant-time. Opposite points give infinity, and so do equal ones, wrongly; infinity stays.
// a + b, both affine.
LANES_TARGET void lanes_octet_start(LanesOctet *ret, const LanesOctetEntry *a,
                                    const LanesOctetEntry *b);
LANES_TARGET void lanes_octet_add(LanesOctet *octet, const LanesOctetEntry *b);
// The sum of all eight points. Lanes l and l + 4 are added first, then l and l + 2, then 0 and 1.
LANES_TARGET void lanes_octet_sum(LanesSinglePoint *ret, LanesOctet *octet);

#endif
