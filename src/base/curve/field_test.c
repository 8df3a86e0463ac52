// SPDX-License-Identifier: Apache-2.0
#include "base/curve/field.h"

#include "base/curve/bignum_oracle.h"
#include "base/test/test.h"

enum { NUMBER_COUNT = 3000 };

typedef void Binary(FieldElement *ret, const FieldElement *a, const FieldElement *b);
typedef void Unary(FieldElement *ret, const FieldElement *a);

// The four operations that there are variants of.
static void check_operations(Binary *add, Binary *sub, Binary *mul, Unary *square)
{
    Oracle oracle = oracle_new(ORACLE_P);
    BIGNUM *a_number = BN_new(), *b_number = BN_new(), *expected = BN_new();
    for (uint64_t i = 0; i < NUMBER_COUNT; i++) {
        FieldElement a, b, actual;
        oracle_number(&oracle, i, a.limbs);
        oracle_number(&oracle, i * 7 + 2 * NUMBER_COUNT, b.limbs);
        oracle_load(a_number, a.limbs);
        oracle_load(b_number, b.limbs);
        add(&actual, &a, &b);
        BN_mod_add(expected, a_number, b_number, oracle.modulus, oracle.context);
        CHECK(oracle_agrees(actual.limbs, expected));
        sub(&actual, &a, &b);
        BN_mod_sub(expected, a_number, b_number, oracle.modulus, oracle.context);
        CHECK(oracle_agrees(actual.limbs, expected));
        field_triple(&actual, &a);
        BN_mod_lshift1(expected, a_number, oracle.modulus, oracle.context);
        BN_mod_add(expected, expected, a_number, oracle.modulus, oracle.context);
        CHECK(oracle_agrees(actual.limbs, expected));
        field_half(&actual, &a);
        field_double(&actual, &actual);
        CHECK(oracle_agrees(actual.limbs, a_number));
        mul(&actual, &a, &b);
        BN_mod_mul(expected, a_number, b_number, oracle.modulus, oracle.context);
        BN_mod_mul(expected, expected, oracle.inverse_of_2_256, oracle.modulus, oracle.context);
        CHECK(oracle_agrees(actual.limbs, expected));
        square(&actual, &a);
        BN_mod_sqr(expected, a_number, oracle.modulus, oracle.context);
        BN_mod_mul(expected, expected, oracle.inverse_of_2_256, oracle.modulus, oracle.context);
        CHECK(oracle_agrees(actual.limbs, expected));
    }
    BN_free(a_number);
    BN_free(b_number);
    BN_free(expected);
    oracle_free(&oracle);
}

TEST(field_operations_agree_with_openssl_at_carry_edges_and_at_random)
{
    check_operations(field_add, field_sub, field_mul, field_square);
}

TEST(portable_field_operations_agree_with_openssl)
{
    check_operations(field_add_portable, field_sub_portable, field_mul_portable,
                     field_square_portable);
}

TEST(field_results_may_replace_operands)
{
    Oracle oracle = oracle_new(ORACLE_P);
    for (uint64_t i = 0; i < 50; i++) {
        FieldElement a, b, expected, in_place;
        oracle_number(&oracle, i, a.limbs);
        oracle_number(&oracle, i + 50, b.limbs);
        field_mul(&expected, &a, &b);
        in_place = b;
        field_mul(&in_place, &a, &in_place);
        CHECK(field_equal(&in_place, &expected) != 0);
        field_mul(&expected, &a, &a);
        in_place = a;
        field_mul(&in_place, &in_place, &in_place);
        CHECK(field_equal(&in_place, &expected) != 0);
        in_place = a;
        field_square(&in_place, &in_place);
        CHECK(field_equal(&in_place, &expected) != 0);
    }
    oracle_free(&oracle);
}

TEST(inverse_times_element_is_one)
{
    Oracle oracle = oracle_new(ORACLE_P);
    for (uint64_t i = 0; i < 200; i++) {
        FieldElement a, inverse, product;
        oracle_number(&oracle, i, a.limbs);
        field_invert(&inverse, &a);
        field_mul(&product, &a, &inverse);
        CHECK(field_is_zero(&a) != 0 ? field_is_zero(&inverse) != 0
                                     : field_equal(&product, &FIELD_ONE) != 0);
    }
    oracle_free(&oracle);
}

TEST(numbers_from_p_on_are_not_field_elements)
{
    Bytes p = test_hex(ORACLE_P);
    FieldElement element;
    CHECK(field_load(&element, p.data) == 0);
    uint8_t bytes[32];
    memset(bytes, 0xff, sizeof bytes);
    CHECK(field_load(&element, bytes) == 0);
    memcpy(bytes, p.data, sizeof bytes);
    bytes[31] = 0xfe;
    CHECK(field_load(&element, bytes) == UINT64_MAX);
    uint8_t stored[32];
    field_store(stored, &element);
    CHECK_BYTES(BYTES_OF_ARRAY(stored), BYTES_OF_ARRAY(bytes));
}
