// SPDX-License-Identifier: Apache-2.0
//
// For Frama-C's Eva (tools/prove), which follows the intervals of all values through the code: with
// limbs as large as field29.h allows, no addition or product overflows, no shift is out of range,
// no index outside its array, and what should be tight has tight limbs. That a tight element's
// *value* is right, and that it lies within (-p, 2p), intervals cannot see: field29_test.c tests
// it.
#include <__fc_builtin.h>

#include "base/curve/field29.c"

// Limbs of k tight elements; the ninth holds what is above 2^232 of a value within 2 k p.
static Field29 any_of(int k)
{
    Field29 ret;
    for (int i = 0; i < FIELD29_LIMBS - 1; i++) {
        ret.limbs[i] = Frama_C_interval(-k * (1 << 28), k * (1 << 28));
    }
    ret.limbs[8] = Frama_C_interval(-k * (1 << 25) - k, k * (1 << 25) + k);
    return ret;
}

static void check_tight(const Field29 *a)
{
    for (int i = 0; i < FIELD29_LIMBS - 1; i++) {
        //@ assert tight: -(1 << 28) <= a->limbs[i] <= (1 << 28);
        continue;
    }
    //@ assert tight_ninth: -(1 << 26) <= a->limbs[8] <= (1 << 26);
}

// All pairs with k_a k_b <= 15 lie inside one of these.
static void check_products(void)
{
    static const int pairs[][2] = {{1, 7}, {2, 7}, {3, 5}, {5, 3}, {7, 2}, {7, 1}};
    for (int i = 0; i < 6; i++) {
        Field29 a = any_of(pairs[i][0]), b = any_of(pairs[i][1]), product;
        field29_mul(&product, &a, &b);
        check_tight(&product);
    }
    for (int k = 1; k <= 3; k++) {
        Field29 a = any_of(k), square;
        field29_square(&square, &a);
        check_tight(&square);
    }
}

// The quotient follows from the ninth limb, which intervals see when it is taken range by range.
static void check_tighten(void)
{
    for (int q = -13; q <= 13; q++) {
        Field29 a = any_of(6), tight;
        a.limbs[8] = q * (1 << 24) + Frama_C_interval(-(1 << 23), (1 << 23) - 1);
        field29_tighten(&tight, &a);
        check_tight(&tight);
        uint64_t packed[4];
        field29_pack(packed, &a);
        field29_unpack(&a, packed);
        (void)field29_is_zero(&tight);
    }
}

void main(void)
{
    check_products();
    check_tighten();
}
