// SPDX-License-Identifier: Apache-2.0
//
// The prime field of sm2p256v1 four elements at a time in vectors of 256 bits, for the
// lanes_quartet*.c files: where the operands of one operation wait for one another, what counts is
// not how many products a CPU can begin but how soon one of them ends. Form and bounds are those of
// lanes_field.h: five limbs of 52 bits, times 2^260, a product of a < xp and b < yp is below
// (xy/16 + 1)p.
//
// A FACTOR's limbs may have bits above the 52nd that do not count, but its highest limb does. A
// TERM's limbs are signed, below 2^60 in size and not carried. Products are terms.
#ifndef ASSENT_BASE_CURVE_LANES_QUARTET_FIELD_H
#define ASSENT_BASE_CURVE_LANES_QUARTET_FIELD_H

#include "base/curve/lanes_field.h"

typedef __m256i Quartet __attribute__((aligned(32)));

typedef struct {
    Quartet limbs[LANES_LIMBS];
} QuartetField;

LANES_INLINE Quartet quartet_set(int64_t value)
{
    return _mm256_set1_epi64x(value);
}

LANES_INLINE Quartet quartet_low(Quartet sum, Quartet a, Quartet b)
{
    return _mm256_madd52lo_epu64(sum, a, b);
}

LANES_INLINE Quartet quartet_high(Quartet sum, Quartet a, Quartet b)
{
    return _mm256_madd52hi_epu64(sum, a, b);
}

// The highest factors of the reduction: see reduce_limb in lanes_product.h.
#define QUARTET_C1 quartet_set(((int64_t)1 << 44) - (1 << 12))
#define QUARTET_C4 quartet_set(((int64_t)1 << 48) - (1 << 16))

// Take the lowest limb off a sum of products by adding a multiple of p: `next` is the limb above
// it, which also owes `debt`; what the one above that owes is returned. The rest of the multiple,
// lowest * QUARTET_C4, belongs to the fourth and fifth limb above.
LANES_INLINE Quartet quartet_take(Quartet *next, Quartet lowest, Quartet debt)
{
    *next = *next + (lowest >> LANES_LIMB_BITS) - quartet_low(debt, lowest, QUARTET_C1);
    return quartet_high(quartet_set(0), lowest, QUARTET_C1);
}

// a * b, column by column: the columns' sums in two or three parts and the reduction between them,
// so that every instruction is there about when the reduction, which is one long chain, wants it.
LANES_INLINE QuartetField quartet_mul(QuartetField x, QuartetField y)
{
    const Quartet *a = x.limbs, *b = y.limbs, zero = quartet_set(0), c4 = QUARTET_C4;
    Quartet t0 = quartet_low(zero, a[0], b[0]);
    Quartet t1 = quartet_low(quartet_high(zero, a[0], b[0]), a[0], b[1]);
    t1 += quartet_low(zero, a[1], b[0]);
    Quartet debt = quartet_take(&t1, t0, zero);
    Quartet t2 = quartet_low(quartet_high(zero, a[1], b[0]), a[2], b[0]);
    Quartet s2 = quartet_low(quartet_high(zero, a[0], b[1]), a[0], b[2]);
    t2 = quartet_low(t2, a[1], b[1]) + s2;
    debt = quartet_take(&t2, t1, debt);
    Quartet t3 = quartet_low(quartet_high(zero, a[2], b[0]), a[3], b[0]);
    Quartet s3 = quartet_low(quartet_high(zero, a[0], b[2]), a[0], b[3]);
    t3 = quartet_low(quartet_high(t3, a[1], b[1]), a[1], b[2]) + quartet_low(s3, a[2], b[1]);
    debt = quartet_take(&t3, t2, debt);
    Quartet t4 = quartet_low(quartet_high(zero, a[0], b[3]), a[0], b[4]);
    Quartet s4 = quartet_low(quartet_high(zero, a[3], b[0]), a[4], b[0]);
    t4 = quartet_low(quartet_high(t4, a[1], b[2]), a[1], b[3]);
    t4 += quartet_low(quartet_high(s4, a[2], b[1]), a[3], b[1]);
    t4 += quartet_low(quartet_low(zero, t0, c4), a[2], b[2]);
    debt = quartet_take(&t4, t3, debt);
    Quartet t5 = quartet_high(quartet_high(zero, a[0], b[4]), a[1], b[3]);
    Quartet s5 = quartet_high(quartet_high(zero, a[4], b[0]), a[3], b[1]);
    t5 = quartet_low(quartet_low(t5, a[1], b[4]), a[2], b[3]);
    t5 += quartet_low(quartet_low(s5, a[4], b[1]), a[3], b[2]);
    t5 += quartet_low(quartet_high(quartet_high(zero, a[2], b[2]), t0, c4), t1, c4);
    debt = quartet_take(&t5, t4, debt);
    Quartet t6 = quartet_high(quartet_high(zero, a[1], b[4]), a[2], b[3]);
    Quartet s6 = quartet_high(quartet_high(zero, a[4], b[1]), a[3], b[2]);
    t6 = quartet_low(quartet_low(t6, a[2], b[4]), a[3], b[3]) + quartet_low(s6, a[4], b[2]);
    t6 += quartet_low(quartet_high(zero, t1, c4), t2, c4) - debt;
    Quartet t7 = quartet_high(quartet_high(zero, a[2], b[4]), a[3], b[3]);
    Quartet s7 = quartet_low(quartet_high(zero, a[4], b[2]), a[3], b[4]);
    t7 += s7 + quartet_low(quartet_high(quartet_low(zero, a[4], b[3]), t2, c4), t3, c4);
    Quartet t8 = quartet_high(quartet_high(zero, a[3], b[4]), a[4], b[3]);
    t8 += quartet_low(quartet_high(quartet_low(zero, a[4], b[4]), t3, c4), t4, c4);
    Quartet t9 = quartet_high(quartet_high(zero, a[4], b[4]), t4, c4);
    return (QuartetField){{t5, t6, t7, t8, t9}};
}

// a^2, in the same manner: products of different limbs count twice.
LANES_INLINE QuartetField quartet_square(QuartetField x)
{
    const Quartet *a = x.limbs, zero = quartet_set(0), c4 = QUARTET_C4;
    Quartet t0 = quartet_low(zero, a[0], a[0]), s1 = quartet_low(zero, a[0], a[1]);
    Quartet t1 = quartet_high(zero, a[0], a[0]) + (s1 << 1);
    Quartet debt = quartet_take(&t1, t0, zero);
    Quartet s2 = quartet_low(quartet_high(zero, a[0], a[1]), a[0], a[2]);
    Quartet t2 = quartet_low(zero, a[1], a[1]) + (s2 << 1);
    debt = quartet_take(&t2, t1, debt);
    Quartet s3 = quartet_low(quartet_high(zero, a[0], a[2]), a[0], a[3]);
    s3 += quartet_low(zero, a[1], a[2]);
    Quartet t3 = quartet_high(zero, a[1], a[1]) + (s3 << 1);
    debt = quartet_take(&t3, t2, debt);
    Quartet s4 = quartet_low(quartet_high(zero, a[0], a[3]), a[0], a[4]);
    s4 += quartet_low(quartet_high(zero, a[1], a[2]), a[1], a[3]);
    Quartet t4 = quartet_low(quartet_low(zero, a[2], a[2]), t0, c4) + (s4 << 1);
    debt = quartet_take(&t4, t3, debt);
    Quartet s5 = quartet_low(quartet_high(zero, a[0], a[4]), a[1], a[4]);
    s5 += quartet_low(quartet_high(zero, a[1], a[3]), a[2], a[3]);
    Quartet t5 = quartet_high(quartet_high(zero, a[2], a[2]), t0, c4) + (s5 << 1);
    t5 += quartet_low(zero, t1, c4);
    debt = quartet_take(&t5, t4, debt);
    Quartet s6 = quartet_high(quartet_high(zero, a[1], a[4]), a[2], a[3]);
    s6 += quartet_low(zero, a[2], a[4]);
    Quartet t6 = quartet_low(quartet_high(zero, t1, c4), t2, c4) + (s6 << 1);
    t6 += quartet_low(zero, a[3], a[3]) - debt;
    Quartet s7 = quartet_low(quartet_high(zero, a[2], a[4]), a[3], a[4]);
    Quartet t7 = quartet_high(quartet_high(zero, a[3], a[3]), t2, c4) + (s7 << 1);
    t7 += quartet_low(zero, t3, c4);
    Quartet t8 = quartet_low(zero, a[4], a[4]) + (quartet_high(zero, a[3], a[4]) << 1);
    t8 += quartet_low(quartet_high(zero, t3, c4), t4, c4);
    Quartet t9 = quartet_high(quartet_high(zero, a[4], a[4]), t4, c4);
    return (QuartetField){{t5, t6, t7, t8, t9}};
}

#endif
