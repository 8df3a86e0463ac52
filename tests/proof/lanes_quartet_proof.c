// SPDX-License-Identifier: Apache-2.0
//
// For Frama-C's Eva (tools/prove): with limbs as large as lanes_quartet_field.h allows, no column of a
// product or square of the four-lane field leaves 64 bits, and the sums that doublings and additions
// make of products have limbs below 2^60 in size, which is what folding takes.
#include <__fc_builtin.h>

#include "base/curve/lanes_quartet_limbs.h"

// A factor: only the lowest 52 bits of limbs count but of the highest, which is below 2^52; what is
// above them comes from carrying limbs below 2^60 in size.
static QuartetField any_factor(void)
{
    QuartetField ret;
    for (int i = 0; i < 4; i++) {
        ret.limbs[i] =
            Frama_C_long_long_interval(-((int64_t)1 << 60) - 256, ((int64_t)1 << 60) + 256);
    }
    ret.limbs[4] = Frama_C_long_long_interval(0, ((int64_t)1 << 52) - 1);
    return ret;
}

static void check_product(QuartetField product)
{
    for (int i = 0; i < 5; i++) {
        int64_t limb = product.limbs[i];
        //@ assert product: -(1 << 56) < limb < (1 << 56);
    }
}

// Twelve times a product less three others are the most that is added up.
static void check_sum(QuartetField product)
{
    QuartetField twice = quartet_add(product, product), sum = quartet_add(twice, product);
    QuartetField others = quartet_minus(sum);
    sum = quartet_add(sum, sum);
    sum = quartet_add_primes(quartet_add(quartet_add(sum, sum), others), 1, 2);
    for (int i = 0; i < 5; i++) {
        int64_t limb = sum.limbs[i];
        //@ assert sum: -(1 << 60) < limb < (1 << 60);
    }
}

static void check_folding(void)
{
    QuartetField term;
    for (int i = 0; i < 4; i++) {
        term.limbs[i] = Frama_C_long_long_interval(-((int64_t)1 << 60), (int64_t)1 << 60);
    }
    term.limbs[4] = Frama_C_long_long_interval(-(((int64_t)14 << 48) + (1 << 10)),
                                               ((int64_t)14 << 48) + (1 << 10));
    QuartetField folded = quartet_term(quartet_folded_factor(term));
    for (int i = 0; i < 5; i++) {
        int64_t limb = folded.limbs[i];
        //@ assert folded: 0 <= limb < (1 << 52);
    }
}

void main(void)
{
    QuartetField product = quartet_mul(any_factor(), any_factor());
    check_product(product);
    check_sum(product);
    product = quartet_square(any_factor());
    check_product(product);
    check_sum(product);
    check_folding();
}
