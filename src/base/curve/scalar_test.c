// SPDX-License-Identifier: Apache-2.0
#include "base/curve/scalar.h"

#include "base/curve/bignum_oracle.h"
#include "base/test/test.h"

enum { NUMBER_COUNT = 3000 };

TEST(scalar_operations_agree_with_openssl_at_carry_edges_and_at_random)
{
    Oracle oracle = oracle_new(ORACLE_N);
    BIGNUM *a_number = BN_new(), *b_number = BN_new(), *expected = BN_new();
    for (uint64_t i = 0; i < NUMBER_COUNT; i++) {
        Scalar a, b, actual;
        oracle_number(&oracle, i, a.limbs);
        oracle_number(&oracle, i * 7 + 2 * NUMBER_COUNT, b.limbs);
        oracle_load(a_number, a.limbs);
        oracle_load(b_number, b.limbs);
        scalar_add(&actual, &a, &b);
        BN_mod_add(expected, a_number, b_number, oracle.modulus, oracle.context);
        CHECK(oracle_agrees(actual.limbs, expected));
        scalar_sub(&actual, &a, &b);
        BN_mod_sub(expected, a_number, b_number, oracle.modulus, oracle.context);
        CHECK(oracle_agrees(actual.limbs, expected));
        scalar_montgomery_mul(&actual, &a, &b);
        BN_mod_mul(expected, a_number, b_number, oracle.modulus, oracle.context);
        BN_mod_mul(expected, expected, oracle.inverse_of_2_256, oracle.modulus, oracle.context);
        CHECK(oracle_agrees(actual.limbs, expected));
    }
    BN_free(a_number);
    BN_free(b_number);
    BN_free(expected);
    oracle_free(&oracle);
}

TEST(scalar_times_its_inverse_is_one)
{
    Oracle oracle = oracle_new(ORACLE_N);
    for (uint64_t i = 1; i < 100; i++) {
        Scalar a, montgomery, inverse, product;
        oracle_number(&oracle, i, a.limbs);
        scalar_to_montgomery(&montgomery, &a);
        scalar_montgomery_invert(&inverse, &montgomery);
        scalar_montgomery_mul(&product, &inverse, &a);
        CHECK(scalar_is_zero(&a) != 0 || scalar_equal(&product, &SCALAR_ONE) != 0);
    }
    oracle_free(&oracle);
}

TEST(numbers_from_n_on_are_reduced_and_reported)
{
    Bytes n = test_hex(ORACLE_N);
    Scalar scalar;
    CHECK(scalar_load(&scalar, n.data) == 0);
    CHECK(scalar_is_zero(&scalar) != 0);
    uint8_t bytes[32];
    memcpy(bytes, n.data, sizeof bytes);
    bytes[31]++;
    CHECK(scalar_load(&scalar, bytes) == 0);
    CHECK(scalar_equal(&scalar, &SCALAR_ONE) != 0);
    bytes[31] = (uint8_t)(bytes[31] - 2);
    CHECK(scalar_load(&scalar, bytes) == UINT64_MAX);
    uint64_t sum[4];
    CHECK_INT(scalar_plus_order(sum, &SCALAR_ONE), 0);
    CHECK_INT(scalar_plus_order(sum, &scalar), 1);
}
