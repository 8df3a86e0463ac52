// SPDX-License-Identifier: Apache-2.0
//
// Multiples of any point by a secret number. An odd k is a sum of 64 digits 16^i d_i, all of them
// odd and below 16 in size: d_i is 2 v - 15 for the bits v of k from 4i + 1 to 4i + 4 (see
// lanes_table.h), but the highest, which is 2 v + 1.
//
// No addition meets equal or opposite points for k below n: the sum before digit d is 16 m times
// the point for an odd m > 0, so as integers 16 m > |d|; and 16 m + d = c n for c > 0 only at the
// last digit, where the sum is k. 16 m - d = n wants the last digit too, and k = n + 2d, which
// modulo 32 is 3 - 2a for d = -a, while the recoding says k = 16 - a: a would be 19 modulo 32, but
// it is at most 15.
#include "base/curve/lanes.h"

#if defined(__x86_64__)

#include "base/curve/lanes_single.h"

#include "base/curve/lanes_quartet_limbs.h"
#include "base/secret/secret.h"

enum { DIGIT_BITS = 4, DIGITS = 64, COLUMNS = 8, LANE_0 = 1 };

// 1, 3, ... 15 times the point.
static LANES_TARGET void find_multiples(LanesQuartetEntry ret[COLUMNS], const LanesPacked *point)
{
    LanesQuartetEntry both[2], twice;
    LanesQuartet multiple, doubled;
    lanes_quartet_entry(&ret[0], point->words, &point->words[LIMBS_COUNT]);
    lanes_quartet_start(&multiple, &ret[0]);
    doubled = multiple;
    lanes_quartet_double(&doubled, 1);
    lanes_quartet_entries(both, &doubled);
    twice = both[0];
    for (size_t i = 1; i < COLUMNS; i++) {
        lanes_quartet_add(&multiple, &twice);
        lanes_quartet_entries(both, &multiple);
        ret[i] = both[0];
    }
}

// The entry for the digit, or its opposite where the digit is negative. Reads all of them.
static LANES_TARGET void select_entry(LanesQuartetEntry *ret,
                                      const LanesQuartetEntry multiples[COLUMNS], uint64_t bits,
                                      bool highest)
{
    uint64_t negative = highest ? 0 : limb_mask((bits >> (DIGIT_BITS - 1)) ^ 1);
    uint64_t column = (bits ^ negative) & (COLUMNS - 1);
    QuartetField xz = multiples[0].xz, y = multiples[0].y;
    for (uint64_t i = 1; i < COLUMNS; i++) {
        const __mmask8 here = (__mmask8)limb_is_zero(column ^ i);
        xz = quartet_join(xz, here, multiples[i].xz);
        y = quartet_join(y, here, multiples[i].y);
    }
    QuartetField minus_y = quartet_folded_factor(quartet_minus(quartet_term(y)));
    ret->xz = xz;
    ret->y = quartet_join(y, (__mmask8)(negative & LANE_0), minus_y);
    secret_wipe(&negative, sizeof negative);
    secret_wipe(&column, sizeof column);
}

static uint64_t digit_bits(const Scalar *odd, size_t i)
{
    size_t bit = DIGIT_BITS * i + 1, limb = bit / 64, shift = bit % 64;
    uint64_t above = limb + 1 < LIMBS_COUNT ? odd->limbs[limb + 1] : 0;
    return (odd->limbs[limb] >> shift | above << 1 << (63 - shift)) & ((1U << DIGIT_BITS) - 1);
}

void lanes_quartet_multiply(LanesQuartetPoint *ret, const Scalar *odd, const LanesPacked *point)
{
    LanesQuartetEntry multiples[COLUMNS], entry;
    LanesQuartet sum;
    find_multiples(multiples, point);
    select_entry(&entry, multiples, digit_bits(odd, DIGITS - 1), true);
    lanes_quartet_start(&sum, &entry);
    for (size_t i = DIGITS - 1; i-- > 0;) {
        lanes_quartet_double(&sum, DIGIT_BITS);
        select_entry(&entry, multiples, digit_bits(odd, i), false);
        lanes_quartet_add(&sum, &entry);
    }
    lanes_quartet_store(ret, &sum);
    secret_wipe(&entry, sizeof entry);
    secret_wipe(&sum, sizeof sum);
}

#endif
