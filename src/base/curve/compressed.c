// SPDX-License-Identifier: Apache-2.0
#include "base/curve/compressed.h"

#include <string.h>

// x^3 - 3x + b, with b taken from the base point: b = y^2 - (x^2 - 3) x.
static void curve_right_side(FieldElement *ret, const FieldElement *x)
{
    FieldElement three, base, b;
    field_triple(&three, &FIELD_ONE);
    field_square(&base, &POINT_BASE.x);
    field_sub(&base, &base, &three);
    field_mul(&base, &base, &POINT_BASE.x);
    field_square(&b, &POINT_BASE.y);
    field_sub(&b, &b, &base);
    field_square(ret, x);
    field_sub(ret, ret, &three);
    field_mul(ret, ret, x);
    field_add(ret, ret, &b);
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

bool point_load_compressed(AffinePoint *ret, const uint8_t encoded[POINT_COMPRESSED_SIZE])
{
    AffinePoint point;
    FieldElement right, square, zero = {{0}};
    uint8_t y[LIMBS_BYTES];
    if ((encoded[0] != 0x02 && encoded[0] != 0x03) || field_load(&point.x, &encoded[1]) == 0) {
        return false;
    }
    curve_right_side(&right, &point.x);
    square_root(&point.y, &right);
    field_square(&square, &point.y);
    if (field_equal(&square, &right) == 0) {
        return false;
    }
    field_store(y, &point.y);
    if ((y[LIMBS_BYTES - 1] & 1) != (encoded[0] & 1)) {
        field_sub(&point.y, &zero, &point.y);
    }
    *ret = point;
    return true;
}
