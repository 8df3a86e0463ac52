// SPDX-License-Identifier: Apache-2.0
#include "base/curve/curve.h"

#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <stdlib.h>

#include "base/curve/bignum_oracle.h"
#include "base/test/test.h"

typedef struct {
    EC_GROUP *group;
    BN_CTX *context;
    BIGNUM *s, *t;
    EC_POINT *point, *expected;
    Oracle oracle;  // modulo n
} Curve;

static Curve curve_new(void)
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_sm2);
    return (Curve){group,
                   BN_CTX_new(),
                   BN_new(),
                   BN_new(),
                   EC_POINT_dup(EC_GROUP_get0_generator(group), group),
                   EC_POINT_new(group),
                   oracle_new(ORACLE_N)};
}

static void curve_free(Curve *curve)
{
    oracle_free(&curve->oracle);
    EC_POINT_free(curve->expected);
    EC_POINT_free(curve->point);
    BN_free(curve->t);
    BN_free(curve->s);
    BN_CTX_free(curve->context);
    EC_GROUP_free(curve->group);
}

static const CurvePath *path_or_skip(const char *name)
{
    const CurvePath *path = curve_path_named(name);
    if (path == NULL) {
        test_skip("this CPU lacks what the path needs");
    }
    return path;
}

// The expected point as ours.
static CurvePoint expected_point(const Curve *curve)
{
    CurvePoint ret = {{0}, {0}};
    uint8_t bytes[65];
    if (EC_POINT_is_at_infinity(curve->group, curve->expected) == 0) {
        CHECK_INT(EC_POINT_point2oct(curve->group, curve->expected, POINT_CONVERSION_UNCOMPRESSED,
                                     bytes, sizeof bytes, curve->context),
                  65);
        limbs_load(ret.x, &bytes[1]);
        limbs_load(ret.y, &bytes[33]);
    }
    return ret;
}

static void check_points(const char *what, const CurvePoint *actual, const CurvePoint *expected)
{
    uint8_t actual_bytes[65], expected_bytes[65];
    curve_point_store(actual_bytes, actual);
    curve_point_store(expected_bytes, expected);
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
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D5411D",
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54080",
        "E0000000FFFFFFFFFFFFFFFFFFFFFFFF8DFC2094DE39FAD4AC440BF6C62ABEDD",
    };
    if (index < COUNT_OF(special)) {
        (void)scalar_load(ret, test_hex(special[index]).data);
    } else {
        oracle_number(oracle, index, ret->limbs);
    }
}

// s * base + t * point is `expected`, says verification, and no other point.
static void check_sum(const CurvePath *path, const Scalar scalars[2], const CurvePoint *point,
                      const CurveTable *table, const CurvePoint *expected)
{
    Scalar v, other;
    scalar_reduce(&v, expected->x);
    scalar_add(&other, &v, &SCALAR_ONE);
    bool finite = !curve_point_is_infinite(expected);
    const Scalar *s = &scalars[0], *t = &scalars[1];
    CHECK_INT(path->sum_has_x(s, t, point, &v), finite);
    CHECK(!path->sum_has_x(s, t, point, &other));
    if (table != NULL) {
        CHECK_INT(path->table_sum_has_x(s, t, table, &v), finite);
        CHECK(!path->table_sum_has_x(s, t, table, &other));
    }
}

static void check_round(const CurvePath *path, Curve *curve, const Scalar scalars[2],
                        CurvePoint *point, CurveTable *table)
{
    CurvePoint actual, expected;
    const Scalar *s = &scalars[0], *t = &scalars[1];
    oracle_load(curve->s, s->limbs);
    oracle_load(curve->t, t->limbs);
    EC_POINT_mul(curve->group, curve->expected, curve->s, NULL, NULL, curve->context);
    expected = expected_point(curve);
    path->multiply_base(&actual, s);
    check_points("s * base", &actual, &expected);
    path->multiply_base_x(actual.x, s);
    check_points("x of s * base", &actual, &expected);
    EC_POINT_mul(curve->group, curve->expected, curve->s, curve->point, curve->t, curve->context);
    expected = expected_point(curve);
    path->sum(&actual, s, t, point);
    check_points("s * base + t * point", &actual, &expected);
    if (table != NULL) {
        path->table_compute(table, point);
    }
    check_sum(path, scalars, point, table, &expected);
    EC_POINT_mul(curve->group, curve->expected, NULL, curve->point, curve->s, curve->context);
    expected = expected_point(curve);
    path->multiply(&actual, s, point);
    check_points("s * point", &actual, &expected);
    if (!curve_point_is_infinite(&actual)) {  // the next round's point
        *point = actual;
        EC_POINT_copy(curve->point, curve->expected);
    }
}

static void check_multiples(const CurvePath *path)
{
    CLEANUP(curve_free) Curve curve = curve_new();
    CurvePoint point = CURVE_BASE;
    CurveTable *table = aligned_alloc(64, path->table_size);
    CHECK(table != NULL);
    for (uint64_t i = 0; i < 150; i++) {
        Scalar scalars[2];
        test_scalar(&curve.oracle, i, &scalars[0]);
        test_scalar(&curve.oracle, (i * 5 + 3) % 150, &scalars[1]);
        check_round(path, &curve, scalars, &point, i % 3 == 0 ? table : NULL);
    }
    free(table);
}

TEST(multiples_of_the_portable_path_agree_with_openssl)
{
    check_multiples(path_or_skip("portable"));
}

TEST(multiples_of_the_narrow_path_agree_with_openssl)
{
    check_multiples(path_or_skip("narrow"));
}

TEST(multiples_of_the_x86_path_agree_with_openssl)
{
    check_multiples(path_or_skip("x86"));
}

TEST(multiples_of_the_avx512_path_agree_with_openssl)
{
    check_multiples(path_or_skip("avx512"));
}

static void check_against_portable(const CurvePath *path)
{
    const CurvePath *portable = path_or_skip("portable");
    Oracle oracle = oracle_new(ORACLE_N);
    CurvePoint point = CURVE_BASE;
    for (uint64_t i = 0; i < 300; i++) {
        Scalar s, t;
        CurvePoint a, b;
        oracle_number(&oracle, 1000 + i, s.limbs);
        oracle_number(&oracle, 2001 + 3 * i, t.limbs);
        portable->multiply_base(&a, &s);
        path->multiply_base(&b, &s);
        check_points("s * base", &a, &b);
        portable->sum(&a, &s, &t, &point);
        path->sum(&b, &s, &t, &point);
        check_points("s * base + t * point", &a, &b);
        portable->multiply(&a, &t, &point);
        path->multiply(&b, &t, &point);
        check_points("t * point", &a, &b);
        point = curve_point_is_infinite(&a) ? CURVE_BASE : a;
        CHECK_INT(portable->is_on_curve(&point), path->is_on_curve(&point));
        b.x[i % 4] ^= (uint64_t)1 << (i % 60);
        CHECK_INT(portable->is_on_curve(&b), path->is_on_curve(&b));
    }
    oracle_free(&oracle);
}

TEST(the_x86_path_agrees_with_the_portable_one)
{
    check_against_portable(path_or_skip("x86"));
}

TEST(the_avx512_path_agrees_with_the_portable_one)
{
    check_against_portable(path_or_skip("avx512"));
}

static void check_meeting_points(const CurvePath *path)
{
    CLEANUP(curve_free) Curve curve = curve_new();
    const Scalar two = {{2, 0, 0, 0}}, zero = {{0}};
    Scalar minus_1, minus_2;
    scalar_sub(&minus_1, &zero, &SCALAR_ONE);
    scalar_sub(&minus_2, &zero, &two);
    const Scalar numbers[] = {zero,
                              SCALAR_ONE,
                              two,
                              {{31, 0, 0, 0}},
                              {{32, 0, 0, 0}},
                              {{33, 0, 0, 0}},
                              {{64, 0, 0, 0}},
                              {{UINT64_MAX, 1, 0, 0}},
                              {{0x123456789abcdef, 5, UINT64_MAX, 0x7fffffff00000000}},
                              minus_1,
                              minus_2};
    // With the base point itself, the two halves of the sum meet in equal and opposite points.
    CurveTable *table = aligned_alloc(64, path->table_size);
    CHECK(table != NULL);
    path->table_compute(table, &CURVE_BASE);
    for (size_t i = 0; i < COUNT_OF(numbers) * COUNT_OF(numbers); i++) {
        const Scalar scalars[2] = {numbers[i / COUNT_OF(numbers)], numbers[i % COUNT_OF(numbers)]};
        oracle_load(curve.s, scalars[0].limbs);
        oracle_load(curve.t, scalars[1].limbs);
        EC_POINT_mul(curve.group, curve.expected, curve.s, curve.point, curve.t, curve.context);
        CurvePoint expected = expected_point(&curve);
        check_sum(path, scalars, &CURVE_BASE, table, &expected);
    }
    free(table);
}

TEST(sums_of_the_portable_path_are_right_also_where_points_meet)
{
    check_meeting_points(path_or_skip("portable"));
}

TEST(sums_of_the_narrow_path_are_right_also_where_points_meet)
{
    check_meeting_points(path_or_skip("narrow"));
}

TEST(sums_of_the_x86_path_are_right_also_where_points_meet)
{
    check_meeting_points(path_or_skip("x86"));
}

TEST(sums_of_the_avx512_path_are_right_also_where_points_meet)
{
    check_meeting_points(path_or_skip("avx512"));
}

static void check_additions(const CurvePath *path)
{
    CurvePoint base = CURVE_BASE, twice, minus, sum, infinite = {{0}, {0}};
    const Scalar two = {{2, 0, 0, 0}}, zero = {{0}};
    Scalar minus_1;
    scalar_sub(&minus_1, &zero, &SCALAR_ONE);
    path->multiply_base(&twice, &two);
    path->multiply_base(&minus, &minus_1);
    path->add(&sum, &base, &base);
    check_points("base + base", &sum, &twice);
    path->add(&sum, &base, &minus);
    check_points("base - base", &sum, &infinite);
    path->add(&sum, &twice, &minus);
    check_points("2 base - base", &sum, &base);
    path->add(&sum, &infinite, &base);
    check_points("0 + base", &sum, &base);
    path->add(&sum, &base, &infinite);
    check_points("base + 0", &sum, &base);
    path->add(&sum, &infinite, &infinite);
    check_points("0 + 0", &sum, &infinite);
}

TEST(additions_of_the_portable_path_are_right_for_equal_opposite_and_infinite_points)
{
    check_additions(path_or_skip("portable"));
}

TEST(additions_of_the_narrow_path_are_right_for_equal_opposite_and_infinite_points)
{
    check_additions(path_or_skip("narrow"));
}

TEST(additions_of_the_x86_path_are_right_for_equal_opposite_and_infinite_points)
{
    check_additions(path_or_skip("x86"));
}

TEST(additions_of_the_avx512_path_are_right_for_equal_opposite_and_infinite_points)
{
    check_additions(path_or_skip("avx512"));
}

TEST(unknown_paths_are_not_found)
{
    CHECK(curve_path_named("portabel") == NULL);
    CHECK(curve_path() != NULL);
}

TEST(encodings_of_no_curve_point_are_refused)
{
    uint8_t encoded[65];
    CurvePoint point;
    curve_point_store(encoded, &CURVE_BASE);
    CHECK(curve_point_load(&point, encoded));
    encoded[0] = 0x06;
    CHECK(!curve_point_load(&point, encoded));
    encoded[0] = 0x04;
    for (size_t bit = 8; bit < 65 * 8; bit++) {
        encoded[bit / 8] ^= (uint8_t)(1U << bit % 8);
        CHECK(!curve_point_load(&point, encoded));
        encoded[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    memset(&encoded[1], 0, 64);
    CHECK(!curve_point_load(&point, encoded));
}
