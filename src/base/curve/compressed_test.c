// SPDX-License-Identifier: Apache-2.0
#include "base/curve/compressed.h"

#include <string.h>

#include "base/test/test.h"

// Covers: GB/T 32918.1-2016 4.2.10.
TEST(multiples_of_the_base_point_come_back_from_their_compressed_form)
{
    CurvePoint multiple = CURVE_BASE;
    for (int i = 0; i < 100; i++) {
        CurvePoint loaded, next;
        uint8_t whole[CURVE_ENCODED_SIZE], compressed[CURVE_COMPRESSED_SIZE];
        curve_point_store(whole, &multiple);
        memcpy(&compressed[1], &whole[1], 32);
        compressed[0] = (uint8_t)(2 + (whole[64] & 1));
        CHECK(curve_point_load_compressed(&loaded, compressed));
        CHECK(memcmp(&loaded, &multiple, sizeof loaded) == 0);
        compressed[0] ^= 1;
        CHECK(curve_point_load_compressed(&loaded, compressed));
        CHECK(limbs_equal(loaded.y, multiple.y) == 0);
        curve_point_store(whole, &loaded);
        CHECK(curve_point_load(&loaded, whole));
        curve_path()->add(&next, &multiple, &CURVE_BASE);
        multiple = next;
    }
}

TEST(what_is_no_compressed_point_is_refused)
{
    static const char *const refused[] = {
        // other leading bytes
        "0032C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7",
        "0432C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7",
        "0632C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7",
        // x = p, whose residue 0 is the x of a point; p + 1 and all ones
        "02FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF",
        "02FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF000000010000000000000000",
        "03FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
    };
    CurvePoint point;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        CHECK(!curve_point_load_compressed(&point, test_hex(refused[i]).data));
    }
    // About half of all x have no point; none of those may give one that is off the curve.
    uint8_t compressed[CURVE_COMPRESSED_SIZE] = {2}, whole[CURVE_ENCODED_SIZE];
    int points = 0;
    for (uint8_t x = 0; x < 200; x++) {
        compressed[CURVE_COMPRESSED_SIZE - 1] = x;
        if (curve_point_load_compressed(&point, compressed)) {
            curve_point_store(whole, &point);
            CHECK(curve_point_load(&point, whole));
            CHECK_INT(whole[64] & 1, 0);
            CHECK_INT(whole[32], x);
            points++;
        }
    }
    CHECK(points > 70 && points < 130);
}
