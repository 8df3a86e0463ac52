// SPDX-License-Identifier: Apache-2.0
#include "base/curve/wnaf.h"

#include "base/curve/bignum_oracle.h"
#include "base/test/test.h"

static bool is_digit(int digit, unsigned width)
{
    return digit == 0 ||
           (digit % 2 != 0 && digit < 1 << (width - 1) && digit > -(1 << (width - 1)));
}

// The digits are of the form, and their sum is k.
static void check_form(const WnafDigits *form, const Scalar *k, unsigned width)
{
    BIGNUM *sum = BN_new(), *expected = BN_new();
    size_t zeros = width;
    for (size_t i = WNAF_DIGITS; i-- > 0;) {
        int digit = form->digits[i];
        CHECK(is_digit(digit, width));
        CHECK(digit == 0 || zeros + 1 >= width || i + width > WNAF_DIGITS);
        zeros = digit == 0 ? zeros + 1 : 0;
        BN_lshift1(sum, sum);
        CHECK_INT(
            digit < 0 ? BN_sub_word(sum, (BN_ULONG)-digit) : BN_add_word(sum, (BN_ULONG)digit), 1);
    }
    oracle_load(expected, k->limbs);
    CHECK_INT(BN_cmp(sum, expected), 0);
    BN_free(expected);
    BN_free(sum);
}

TEST(digits_of_every_width_are_odd_and_apart_and_add_up_to_the_scalar)
{
    Oracle oracle = oracle_new(ORACLE_N);
    for (unsigned width = 2; width <= 15; width++) {
        for (uint64_t i = 0; i < 200; i++) {
            Scalar k;
            WnafDigits form;
            oracle_number(&oracle, i, k.limbs);
            wnaf_recode(&form, &k, width);
            check_form(&form, &k, width);
        }
    }
    oracle_free(&oracle);
}

TEST(long_runs_of_equal_bits_become_two_digits)
{
    const Scalar ones = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX >> 1}},
                 highest = {{0, 0, 0, (uint64_t)1 << 63}};
    WnafDigits form;
    wnaf_recode(&form, &ones, 5);
    check_form(&form, &ones, 5);
    CHECK_INT(form.digits[0], -1);
    CHECK_INT(form.digits[255], 1);
    wnaf_recode(&form, &highest, 8);
    check_form(&form, &highest, 8);
    CHECK_INT(form.digits[255], 1);
}

TEST(multiples_lie_in_the_order_of_their_odd_digits)
{
    CHECK_INT(wnaf_index(1), 0);
    CHECK_INT(wnaf_index(-1), 0);
    CHECK_INT(wnaf_index(-15), 7);
    CHECK_INT(wnaf_index(127), 63);
}
