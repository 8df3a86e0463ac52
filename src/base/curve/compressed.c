// SPDX-License-Identifier: Apache-2.0
#include "base/curve/compressed.h"

#include "base/curve/field64_portable.h"

// x^3 - 3x + b as (x^2 - 3) x + b.
static void curve_right_side(FieldElement *ret, const FieldElement *x)
{
    field_square(ret, x);
    for (int i = 0; i < 3; i++) {
        field_sub(ret, ret, &FIELD_ONE);
    }
    field_mul(ret, ret, x);
    field_add(ret, ret, &FIELD_CURVE_B);
}

// a^((p + 1) / 4), which is a square root of a if it has one, because p = 3 modulo 4.
// Source: GB/T 32918.1-2016 B.1.4.
static void square_root(FieldElement *ret, const FieldElement *a)
{
    static const uint64_t exponent[4] = {0x4000000000000000, 0xffffffffc0000000, 0xffffffffffffffff,
                                         0x3fffffffbfffffff};
    FieldElement power = FIELD_ONE;
    for (unsigned bit = 256; bit-- > 0;) {
        field_square(&power, &power);
        if ((exponent[bit / 64] >> bit % 64 & 1) != 0) {
            field_mul(&power, &power, a);
        }
    }
    *ret = power;
}

bool curve_point_load_compressed(CurvePoint *ret, const uint8_t encoded[CURVE_COMPRESSED_SIZE])
{
    static const FieldElement plain_one = {{1}};
    FieldElement x, y, right, square;
    CurvePoint point;
    uint64_t difference[4];
    limbs_load(point.x, &encoded[1]);
    bool is_below_p = limbs_sub(difference, point.x, field_prime) != 0;
    if ((encoded[0] != 0x02 && encoded[0] != 0x03) || !is_below_p) {
        return false;
    }
    field_mul(&x, &(FieldElement){{point.x[0], point.x[1], point.x[2], point.x[3]}},
              &FIELD_TO_MONTGOMERY);
    curve_right_side(&right, &x);
    square_root(&y, &right);
    field_square(&square, &y);
    if (field_equal(&square, &right) == 0) {
        return false;
    }
    // Out of Montgomery form, and of the two roots y and p - y the one with that last bit. No point
    // of a curve of prime order has y = 0.
    field_mul(&y, &y, &plain_one);
    if ((y.limbs[0] & 1) != (encoded[0] & 1)) {
        field_sub(&y, &FIELD_ZERO, &y);
    }
    memcpy(point.y, y.limbs, sizeof point.y);
    *ret = point;
    return true;
}
