// SPDX-License-Identifier: Apache-2.0
//
// The prime field of sm2p256v1, sixteen elements at a time: two vectors of eight 64-bit lanes side
// by side, because one alone waits for the latency of its own multiplications. For the lanes*.c
// files only, which need a CPU with CPU_IFMA.
//
// An element is five limbs of 52 bits, in Montgomery form (times 2^260), below 16p and not reduced:
// each function says what it takes and gives, in multiples of p. With R = 2^260 > 16p, a product of
// a < xp and b < yp reduces to less than (xy/16 + 1)p.
// Source of the radix and of the instructions' use: Gueron and Krasnov, "Software Implementation of
// Modular Exponentiation, Using Advanced Vector Instructions Architectures" (WAIFI 2012).
#ifndef ASSENT_BASE_CURVE_LANES_FIELD_H
#define ASSENT_BASE_CURVE_LANES_FIELD_H

#include <immintrin.h>
#include <stdint.h>

#include "base/curve/lanes.h"

#define LANES_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512ifma")))
#define LANES_INLINE __attribute__((always_inline)) LANES_TARGET static inline

enum { LANES_LIMB_BITS = 52, LANES_LIMBS = 5, LANES_VECTORS = 2, LANES_WIDTH = 8 };

#define LANES_LIMB_MASK (UINT64_MAX >> (64 - LANES_LIMB_BITS))

// Outside functions with LANES_TARGET gcc takes __m512i for aligned to 16 bytes only.
typedef __m512i Vector __attribute__((aligned(64)));

// All limbs are below 2^52, unless a comment speaks of factors, whose limbs may have bits above the
// 52nd that do not count and multiplications do not see, or of terms, whose limbs are signed and
// not carried, for sums only.
typedef struct {
    Vector limbs[LANES_VECTORS][LANES_LIMBS];
} LanesField;

// Sixteen numbers below 2^256 as four 64-bit limbs: limb i of lane j is words[i][j].
typedef struct {
    _Alignas(64) uint64_t words[LIMBS_COUNT][LANES_COUNT];
} LanesWords;

extern const uint64_t LANES_PRIME[LIMBS_COUNT];  // p
extern const LanesWords LANES_ONE;               // 1 in Montgomery form

// a * b, a^2. Takes a and b with xy <= 48, gives less than 4p.
LANES_TARGET void lanes_mul(LanesField *ret, const LanesField *a, const LanesField *b);
LANES_TARGET void lanes_square(LanesField *ret, const LanesField *a);
// a - b, for both below 13p; gives less than 1.01p.
LANES_TARGET void lanes_sub(LanesField *ret, const LanesField *a, const LanesField *b);
// Take numbers below 2^256 (no change of form) and give back the unique ones below p.
LANES_TARGET void lanes_unpack(LanesField *ret, const LanesWords *words);
LANES_TARGET void lanes_pack(LanesWords *ret, const LanesField *a);
// Into Montgomery form, and from it (reduced). Plain numbers are below 2^256.
LANES_TARGET void lanes_from_plain(LanesField *ret, const LanesWords *plain);
LANES_TARGET void lanes_to_plain(LanesWords *ret, const LanesField *a);
// Bit j is set where element j is 0 modulo p.
LANES_TARGET unsigned lanes_are_zero(const LanesField *a);
// Replace `count` elements, each below 4p, by their inverses (below 2p) with a single inversion:
// Montgomery's trick over all of them and over their lanes. Constant-time. False, and useless
// results, when one of them is 0. `products` is scratch of the same count.
LANES_TARGET bool lanes_invert(LanesField *elements, LanesField *products, size_t count);

#endif
