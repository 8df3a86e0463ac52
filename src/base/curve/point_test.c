// SPDX-License-Identifier: Apache-2.0
#include "base/curve/point.h"

#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "base/curve/bignum_oracle.h"
#include "base/test/test.h"

typedef struct {
    EC_GROUP *group;
    BN_CTX *context;
} Curve;

static Curve curve_new(void)
{
    return (Curve){EC_GROUP_new_by_curve_name(NID_sm2), BN_CTX_new()};
}

static void curve_free(Curve *curve)
{
    EC_GROUP_free(curve->group);
    BN_CTX_free(curve->context);
}

static void check_point(const Curve *curve, const char *what, const Point *actual,
                        const EC_POINT *expected)
{
    bool infinite = EC_POINT_is_at_infinity(curve->group, expected) == 1;
    CHECK_INT(field_is_zero(&actual->z) != 0, infinite);
    if (infinite) {
        return;
    }
    AffinePoint affine;
    uint8_t actual_bytes[65], expected_bytes[65];
    point_to_affine(&affine, actual);
    point_store(actual_bytes, &affine);
    CHECK_INT(EC_POINT_point2oct(curve->group, expected, POINT_CONVERSION_UNCOMPRESSED,
                                 expected_bytes, sizeof expected_bytes, curve->context),
              65);
    test_check_bytes(__FILE__, __LINE__, what, BYTES_OF_ARRAY(actual_bytes),
                     BYTES_OF_ARRAY(expected_bytes));
}

// Scalars whose signed digits are at their limits, and some of no special form.
static void test_scalar(const Oracle *oracle, uint64_t index, Scalar *ret)
{
    static const char *const special[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000001",
        "0000000000000000000000000000000000000000000000000000000000000002",
        "0000000000000000000000000000000000000000000000000000000000000020",
        "0000000000000000000000000000000000000000000000000000000000000021",
        "000000000000000000000000000000000000000000000000000000000000003f",
        "0000000000000000000000000000000000000000000000000000000000000040",
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54122",
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54121",
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54103",
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D540E3",
        "8000000000000000000000000000000000000000000000000000000000000000",
        "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "F800000000000000000000000000000000000000000000000000000000000000",
        "F7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "8208208208208208208208208208208208208208208208208208208208208208",
        "7DF7DF7DF7DF7DF7DF7DF7DF7DF7DF7DF7DF7DF7DF7DF7DF7DF7DF7DF7DF7DF7",
        "7FFFFFFF7FFFFFFFFFFFFFFFFFFFFFFFB901EFB590E30295A9DDFA049CEAA091",
    };
    if (index < COUNT_OF(special)) {
        (void)scalar_load(ret, test_hex(special[index]).data);
    } else {
        oracle_number(oracle, index, ret->limbs);
    }
}

TEST(multiples_agree_with_openssl)
{
    Curve curve = curve_new();
    Oracle oracle = oracle_new(ORACLE_N);
    BIGNUM *k_number = BN_new(), *t_number = BN_new();
    EC_POINT *expected = EC_POINT_new(curve.group), *other = EC_POINT_new(curve.group);
    AffinePoint point = POINT_BASE;
    EC_POINT_copy(other, EC_GROUP_get0_generator(curve.group));
    for (uint64_t i = 0; i < 150; i++) {
        Scalar k, t;
        Point actual;
        test_scalar(&oracle, i, &k);
        test_scalar(&oracle, (i * 5 + 3) % 150, &t);
        oracle_load(k_number, k.limbs);
        oracle_load(t_number, t.limbs);
        EC_POINT_mul(curve.group, expected, k_number, NULL, NULL, curve.context);
        point_multiply_base(&actual, &k);
        check_point(&curve, "k * base", &actual, expected);
        EC_POINT_mul(curve.group, expected, k_number, other, t_number, curve.context);
        point_multiply_sum_public(&actual, &k, &t, &point);
        check_point(&curve, "k * base + t * point", &actual, expected);
        EC_POINT_mul(curve.group, expected, NULL, other, k_number, curve.context);
        point_multiply(&actual, &k, &point);
        check_point(&curve, "k * point", &actual, expected);
        if (field_is_zero(&actual.z) == 0) {  // the next round takes the multiple as its point
            point_to_affine(&point, &actual);
            EC_POINT_copy(other, expected);
        }
    }
    EC_POINT_free(expected);
    EC_POINT_free(other);
    BN_free(k_number);
    BN_free(t_number);
    oracle_free(&oracle);
    curve_free(&curve);
}

static bool points_equal(const Point *a, const Point *b)
{
    AffinePoint a_affine, b_affine;
    point_to_affine(&a_affine, a);
    point_to_affine(&b_affine, b);
    return field_is_zero(&a->z) == field_is_zero(&b->z) &&
           (field_equal(&a_affine.x, &b_affine.x) & field_equal(&a_affine.y, &b_affine.y)) != 0;
}

TEST(additions_are_right_for_equal_opposite_and_infinite_points)
{
    Point base, twice, minus, infinite = {0}, sum;
    static const FieldElement zero = {{0}};
    point_from_affine(&base, &POINT_BASE);
    point_double(&twice, &base);
    minus = base;
    field_sub(&minus.y, &zero, &base.y);
    void (*const additions[])(Point *, const Point *, const Point *) = {point_add,
                                                                        point_add_public};
    for (size_t i = 0; i < COUNT_OF(additions); i++) {
        additions[i](&sum, &base, &base);
        CHECK(points_equal(&sum, &twice));
        additions[i](&sum, &base, &minus);
        CHECK(field_is_zero(&sum.z) != 0);
        additions[i](&sum, &twice, &minus);
        CHECK(points_equal(&sum, &base));
        additions[i](&sum, &infinite, &base);
        CHECK(points_equal(&sum, &base));
        additions[i](&sum, &base, &infinite);
        CHECK(points_equal(&sum, &base));
        additions[i](&sum, &infinite, &infinite);
        CHECK(field_is_zero(&sum.z) != 0);
    }
    point_double(&sum, &infinite);
    CHECK(field_is_zero(&sum.z) != 0);
    point_add_affine_public(&sum, &base, &POINT_BASE);
    CHECK(points_equal(&sum, &twice));
    point_add_affine_public(&sum, &minus, &POINT_BASE);
    CHECK(field_is_zero(&sum.z) != 0);
    point_add_affine(&sum, &infinite, &POINT_BASE, 0);
    CHECK(points_equal(&sum, &base));
    point_add_affine(&sum, &twice, &POINT_BASE, UINT64_MAX);
    CHECK(points_equal(&sum, &twice));
}

TEST(encodings_of_no_curve_point_are_refused)
{
    uint8_t encoded[65];
    AffinePoint point;
    point_store(encoded, &POINT_BASE);
    CHECK(point_load(&point, encoded));
    encoded[0] = 0x06;
    CHECK(!point_load(&point, encoded));
    encoded[0] = 0x04;
    for (size_t bit = 8; bit < 65 * 8; bit++) {
        encoded[bit / 8] ^= (uint8_t)(1U << bit % 8);
        CHECK(!point_load(&point, encoded));
        encoded[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    memset(&encoded[1], 0, 64);
    CHECK(!point_load(&point, encoded));
}
