// SPDX-License-Identifier: Apache-2.0
#include "base/curve/curve.h"

static const uint64_t curve_prime[4] = {0xffffffffffffffff, 0xffffffff00000000, 0xffffffffffffffff,
                                        0xfffffffeffffffff};

// Source: GB/T 32918.5-2017 2.
const CurvePoint CURVE_BASE = {
    {0x715a4589334c74c7, 0x8fe30bbff2660be1, 0x5f9904466a39c994, 0x32c4ae2c1f198119},
    {0x02df32e52139f0a0, 0xd0a9877cc62a4740, 0x59bdcee36b692153, 0xbc3736a2f4f6779c},
};

static bool load_below_p(uint64_t ret[4], const uint8_t big_endian[LIMBS_BYTES])
{
    uint64_t unused[4];
    limbs_load(ret, big_endian);
    return limbs_sub(unused, ret, curve_prime) != 0;
}

bool curve_point_load(CurvePoint *ret, const uint8_t encoded[CURVE_ENCODED_SIZE])
{
    CurvePoint point;
    if (encoded[0] != 0x04 || !load_below_p(point.x, &encoded[1]) ||
        !load_below_p(point.y, &encoded[33]) || !curve_path()->is_on_curve(&point)) {
        return false;
    }
    *ret = point;
    return true;
}

void curve_point_store(uint8_t ret[CURVE_ENCODED_SIZE], const CurvePoint *point)
{
    ret[0] = 0x04;
    limbs_store(&ret[1], point->x);
    limbs_store(&ret[33], point->y);
}
