// SPDX-License-Identifier: Apache-2.0
#include "base/curve/field29.h"

#include "base/curve/bignum_oracle.h"
#include "base/test/test.h"

enum { NUMBER_COUNT = 2000 };

// The value of limbs, modulo p.
static void load29(BIGNUM *ret, const Field29 *a, const Oracle *oracle)
{
    BN_zero(ret);
    for (size_t i = FIELD29_LIMBS; i-- > 0;) {
        BN_lshift(ret, ret, FIELD29_BITS);
        int32_t limb = a->limbs[i];
        (void)(limb < 0 ? BN_sub_word(ret, (BN_ULONG)-limb) : BN_add_word(ret, (BN_ULONG)limb));
    }
    BN_nnmod(ret, ret, oracle->modulus, oracle->context);
}

static bool is_tight(const Field29 *a)
{
    bool tight = a->limbs[8] > -(1 << 25) && a->limbs[8] < 1 << 25;
    for (size_t i = 0; i + 1 < FIELD29_LIMBS; i++) {
        tight &= a->limbs[i] >= -(1 << 28) && a->limbs[i] <= 1 << 28;
    }
    return tight;
}

typedef struct {
    Oracle oracle;
    BIGNUM *a, *b, *expected, *actual, *inverse_of_2_261;
} Bench29;

static Bench29 bench29_new(void)
{
    Bench29 bench = {oracle_new(ORACLE_P), BN_new(), BN_new(), BN_new(), BN_new(), BN_new()};
    BN_set_bit(bench.inverse_of_2_261, 261);
    BN_mod_inverse(bench.inverse_of_2_261, bench.inverse_of_2_261, bench.oracle.modulus,
                   bench.oracle.context);
    return bench;
}

static void bench29_free(Bench29 *bench)
{
    BN_free(bench->a);
    BN_free(bench->b);
    BN_free(bench->expected);
    BN_free(bench->actual);
    BN_free(bench->inverse_of_2_261);
    oracle_free(&bench->oracle);
}

static void check_product(Bench29 *bench, const Field29 *a, const Field29 *b)
{
    Field29 product;
    const Oracle *oracle = &bench->oracle;
    load29(bench->a, a, oracle);
    load29(bench->b, b, oracle);
    BN_mod_mul(bench->expected, bench->a, bench->b, oracle->modulus, oracle->context);
    BN_mod_mul(bench->expected, bench->expected, bench->inverse_of_2_261, oracle->modulus,
               oracle->context);
    field29_mul(&product, a, b);
    load29(bench->actual, &product, oracle);
    CHECK(BN_cmp(bench->actual, bench->expected) == 0);
    CHECK(is_tight(&product));
}

static void check_square(Bench29 *bench, const Field29 *a)
{
    Field29 square, product;
    field29_square(&square, a);
    field29_mul(&product, a, a);
    CHECK(memcmp(&square, &product, sizeof square) == 0);
    check_product(bench, a, a);
}

TEST(products_of_nine_limbs_agree_with_openssl_at_carry_edges_and_at_random)
{
    Bench29 bench = bench29_new();
    for (uint64_t i = 0; i < NUMBER_COUNT; i++) {
        uint64_t a_plain[4], b_plain[4], back[4];
        Field29 a, b, sum;
        oracle_number(&bench.oracle, i, a_plain);
        oracle_number(&bench.oracle, i * 7 + 2 * NUMBER_COUNT, b_plain);
        field29_from_limbs(&a, a_plain);
        field29_from_limbs(&b, b_plain);
        CHECK(is_tight(&a));
        field29_to_limbs(back, &a);
        CHECK(limbs_equal(back, a_plain) != 0);
        field29_pack(back, &a);
        field29_unpack(&sum, back);
        check_product(&bench, &sum, &a);
        check_product(&bench, &a, &b);
        check_square(&bench, &a);
        field29_sub(&sum, &a, &b);
        field29_scale(&sum, &sum, 2);
        check_product(&bench, &sum, &b);
    }
    bench29_free(&bench);
}

// Limbs of k 2^28 in size, of the signs in the bits of `pattern`, and a value of about `most` p.
static Field29 extreme(unsigned pattern, int32_t k, int32_t most)
{
    Field29 ret;
    for (unsigned i = 0; i < 8; i++) {
        ret.limbs[i] = (pattern >> i & 1) != 0 ? -k * (1 << 28) : k * (1 << 28);
    }
    ret.limbs[8] = ((pattern >> 8 & 1) != 0 ? -most : most) * (1 << 24);
    return ret;
}

TEST(the_loosest_operands_that_the_bounds_allow_do_not_overflow)
{
    Bench29 bench = bench29_new();
    const struct {
        int32_t k_a, most_a, k_b, most_b;
    } rows[] = {{1, 1, 1, 31}, {3, 5, 5, 6}, {5, 6, 3, 5}, {2, 4, 7, 7}, {1, 2, 7, 14}};
    for (size_t row = 0; row < COUNT_OF(rows); row++) {
        for (unsigned pattern = 0; pattern < 512; pattern++) {
            Field29 a = extreme(pattern, rows[row].k_a, rows[row].most_a);
            Field29 same = extreme(pattern, rows[row].k_b, rows[row].most_b);
            Field29 reverse = extreme(~pattern, rows[row].k_b, rows[row].most_b);
            check_product(&bench, &a, &same);
            check_product(&bench, &a, &reverse);
        }
    }
    for (unsigned pattern = 0; pattern < 512; pattern++) {
        Field29 a = extreme(pattern, 3, 5);
        check_square(&bench, &a);
    }
    bench29_free(&bench);
}

TEST(tightening_keeps_the_element_and_bounds_it)
{
    Bench29 bench = bench29_new();
    for (int32_t k = 0; k <= 6; k++) {
        for (unsigned pattern = 0; pattern < 512; pattern++) {
            Field29 a = extreme(pattern, k, 5 * k), tight;
            field29_tighten(&tight, &a);
            CHECK(is_tight(&tight));
            CHECK(tight.limbs[8] >= -(1 << 23) - 8 && tight.limbs[8] <= (1 << 23) + 8);
            load29(bench.a, &a, &bench.oracle);
            load29(bench.actual, &tight, &bench.oracle);
            CHECK(BN_cmp(bench.a, bench.actual) == 0);
        }
    }
    bench29_free(&bench);
}

TEST(every_multiple_of_p_is_zero_and_nothing_else)
{
    Field29 prime = {{-1, 0, 64, -512, 0, 0, 0, -2097152, 16777216}};
    for (int32_t factor = -31; factor <= 31; factor++) {
        Field29 multiple;
        field29_scale(&multiple, &prime, factor);
        // Every limb of these multiples stays in 32 bits; carry once, as field29_is_zero expects.
        CHECK(field29_may_be_zero_public(&multiple));
        CHECK(field29_is_zero(&multiple) == UINT64_MAX);
        for (size_t i = 0; i < FIELD29_LIMBS; i++) {
            Field29 other = multiple;
            other.limbs[i] += 1;
            CHECK(field29_is_zero(&other) == 0);
        }
    }
}

TEST(inverse_of_nine_limbs_times_element_is_one)
{
    Oracle oracle = oracle_new(ORACLE_P);
    for (uint64_t i = 0; i < 200; i++) {
        uint64_t plain[4];
        Field29 a, inverse, product, difference;
        oracle_number(&oracle, i, plain);
        field29_from_limbs(&a, plain);
        field29_invert(&inverse, &a);
        field29_mul(&product, &a, &inverse);
        field29_sub(&difference, &product, &FIELD29_ONE);
        CHECK(limbs_is_zero(plain) != 0 ? field29_is_zero(&inverse) != 0
                                        : field29_is_zero(&difference) != 0);
    }
    oracle_free(&oracle);
}

TEST(selection_of_nine_limbs_takes_one_or_the_other)
{
    Field29 a = {{1, -2, 3}}, b = {{-7, 8, 0, 9}}, selected;
    field29_select(&selected, UINT64_MAX, &a, &b);
    CHECK(memcmp(&selected, &a, sizeof a) == 0);
    field29_select(&selected, 0, &a, &b);
    CHECK(memcmp(&selected, &b, sizeof b) == 0);
}
