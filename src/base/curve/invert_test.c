// SPDX-License-Identifier: Apache-2.0
#include "base/curve/invert.h"

#include "base/curve/bignum_oracle.h"
#include "base/test/test.h"

static void check_inverses(const char *modulus, uint64_t minus_inverse)
{
    Oracle oracle = oracle_new(modulus);
    BIGNUM *number = BN_new(), *expected = BN_new();
    uint64_t limbs[4], a[4], inverse[4];
    limbs_load(limbs, test_hex(modulus).data);
    for (uint64_t i = 0; i < 2000; i++) {
        oracle_number(&oracle, i, a);
        oracle_load(number, a);
        limbs_invert(inverse, a, limbs, minus_inverse);
        if (BN_is_zero(number)) {
            CHECK(limbs_is_zero(inverse) != 0);
        } else {
            CHECK(BN_mod_inverse(expected, number, oracle.modulus, oracle.context) != NULL);
            CHECK(oracle_agrees(inverse, expected));
        }
    }
    BN_free(number);
    BN_free(expected);
    oracle_free(&oracle);
}

TEST(inverses_agree_with_openssl_modulo_p)
{
    check_inverses(ORACLE_P, 1);
}

TEST(inverses_agree_with_openssl_modulo_n)
{
    check_inverses(ORACLE_N, 0x327f9e8872350975);
}
