// SPDX-License-Identifier: Apache-2.0
//
// One point at a time in four lanes, for the lanes_quartet*.c files: a doubling is three products
// one after another and an addition four, each of up to four elements. That is how soon a chain of
// doublings can be done, which nothing else shortens where a point has no table.
//
// Coordinates are Jacobian, (X / Z^2, Y / Z^3). W is -3 Z^4, and M is 3 X^2 + W: half of the
// tangent's slope, which the next doubling begins with (modified Jacobian coordinates: Cohen,
// Miyaji and Ono, "Efficient Elliptic Curve Exponentiation Using Mixed Coordinates", ASIACRYPT
// 1998).
#ifndef ASSENT_BASE_CURVE_LANES_QUARTET_H
#define ASSENT_BASE_CURVE_LANES_QUARTET_H

#include "base/curve/lanes_quartet_field.h"

// Lanes that are not named hold anything. Factors, but for w2 and zz; z is below 1.3p, the others
// below 1.01p.
typedef struct {
    QuartetField yyym;  // Y, Y, Y, M
    QuartetField xxy;   // X, -, X, Y
    QuartetField z;     // -, -, -, Z
    QuartetField w2;    // -, 2W, -, -: a term between -7p and 7p
    QuartetField zz;    // -, -, -, Z^2: a term below 1.2p
} LanesQuartet;

// A point to add: factors below 1.01p, but z, zz and zzz below 1.3p.
typedef struct {
    QuartetField xz;  // x, -, zz, z
    QuartetField y;   // y, -, zzz, -
} LanesQuartetEntry;

// An affine point in Montgomery form, both coordinates below p.
LANES_TARGET void lanes_quartet_entry(LanesQuartetEntry *ret, const uint64_t x[LIMBS_COUNT],
                                      const uint64_t y[LIMBS_COUNT]);
// The point and its opposite for additions.
LANES_TARGET void lanes_quartet_entries(LanesQuartetEntry ret[2], const LanesQuartet *point);
LANES_TARGET void lanes_quartet_start(LanesQuartet *ret, const LanesQuartetEntry *entry);
LANES_TARGET void lanes_quartet_double(LanesQuartet *point, unsigned times);
// Not for equal, opposite or infinite points: Z is 0 modulo p after these and stays so in all that
// follows.
LANES_TARGET void lanes_quartet_add(LanesQuartet *point, const LanesQuartetEntry *entry);
// Coordinates in Montgomery form, reduced.
typedef struct {
    uint64_t x[LIMBS_COUNT], y[LIMBS_COUNT], z[LIMBS_COUNT];
} LanesQuartetPoint;

LANES_TARGET void lanes_quartet_store(LanesQuartetPoint *ret, const LanesQuartet *point);

#endif
