// SPDX-License-Identifier: Apache-2.0
//
// For Frama-C's Eva (tools/prove): with limbs as large as lanes_field.h allows, no sum of products,
// no carry and no fold of the sixteen-lane field leaves 64 bits, and what has been carried is below
// 2^52 again, but for the highest limb, whose bound follows from the value and not from intervals.
#include <__fc_builtin.h>

#include "base/curve/lanes_product.h"

static int64_t below(int64_t bound)
{
    return Frama_C_long_long_interval(0, bound - 1);
}

static void any_element(Vector limbs[5])
{
    for (int i = 0; i < 5; i++) {
        limbs[i] = below((int64_t)1 << 52);
    }
}

static void check_carried(const Vector limbs[5])
{
    for (int i = 0; i < 4; i++) {
        //@ assert carried: 0 <= limbs[i] < (1 << 52);
        continue;
    }
}

static void check_multiplication(void)
{
    Vector a[5], b[5], t[10] = {0}, product[5];
    any_element(a);
    any_element(b);
    multiply_reduced(t, a, b);
    carry(product, &t[5]);
    check_carried(product);
}

static void check_both(void)
{
    LanesField a, b;
    Vector t0[10], t1[10], result[5];
    for (int v = 0; v < LANES_VECTORS; v++) {
        any_element(a.limbs[v]);
        any_element(b.limbs[v]);
    }
    multiply_both(t0, t1, &a, &b);
    carry(result, &t0[5]);
    check_carried(result);
    square_both(t0, t1, &a);
    carry(result, &t1[5]);
    check_carried(result);
}

// fold takes limbs of up to 2^60 in size.
static void check_fold(void)
{
    Vector r[5], result[5];
    for (int i = 0; i < 5; i++) {
        r[i] = Frama_C_long_long_interval(-((int64_t)1 << 60), (int64_t)1 << 60);
    }
    r[4] = Frama_C_long_long_interval(-(((int64_t)14 << 48) + (1 << 10)),
                                      ((int64_t)14 << 48) + (1 << 10));
    fold(r);
    carry(result, r);
    check_carried(result);
}

static void check_difference(void)
{
    Vector a[5], b[5], r[5], result[5];
    any_element(a);
    any_element(b);
    subtract_limbs(r, a, b);
    fold(r);
    carry(result, r);
    check_carried(result);
    add_primes(result, -1);
    carry(result, result);
    check_carried(result);
}

void main(void)
{
    check_multiplication();
    check_both();
    check_fold();
    check_difference();
}
