// SPDX-License-Identifier: Apache-2.0
#include "base/curve/lanes.h"

#if defined(__x86_64__)

#include "base/curve/lanes_field.h"

#include "base/curve/lanes_oracle.h"
#include "base/test/test.h"

// Numbers below 2^256 at the borders of the limbs of both radixes and of p, and some of no special
// form; not all below p.
static void border_number(uint64_t index, uint64_t ret[4])
{
    static const uint64_t borders[8] = {0,
                                        1,
                                        UINT64_MAX,
                                        UINT64_MAX - 1,
                                        (uint64_t)1 << 52,
                                        0xffffffff00000000,
                                        0xfffffffeffffffff,
                                        0xfffffffffffff};
    uint64_t state = index * 0x9e3779b97f4a7c15 + 99;
    for (size_t i = 0; i < 4; i++) {
        state = (state ^ state >> 30) * 0xbf58476d1ce4e5b9;
        state = (state ^ state >> 27) * 0x94d049bb133111eb;
        ret[i] = index % 4 != 0 ? borders[state >> 61] : state;
    }
}

static void load_borders(LanesWords *ret, LanesField *ret_element, uint64_t index)
{
    for (size_t lane = 0; lane < LANES_COUNT; lane++) {
        uint64_t number[4];
        border_number(index + lane, number);
        for (size_t i = 0; i < LIMBS_COUNT; i++) {
            ret->words[i][lane] = number[i];
        }
    }
    lanes_unpack(ret_element, ret);
}

static void lane_to_number(BIGNUM *ret, const LanesWords *words, size_t lane)
{
    const uint64_t limbs[4] = {words->words[0][lane], words->words[1][lane], words->words[2][lane],
                               words->words[3][lane]};
    oracle_load(ret, limbs);
}

static bool lane_is(const LanesField *element, size_t lane, const BIGNUM *expected)
{
    LanesWords words;
    lanes_pack(&words, element);
    const uint64_t limbs[4] = {words.words[0][lane], words.words[1][lane], words.words[2][lane],
                               words.words[3][lane]};
    return oracle_agrees(limbs, expected);
}

TEST(lanes_multiply_square_and_subtract_as_openssl_does_at_every_border)
{
    if (!lanes_available()) {
        test_skip("this CPU has no AVX-512 IFMA, or may not use it");
    }
    Reference r = reference_new();
    BN_CTX *context = r.oracle.context;
    for (uint64_t index = 0; index < 4096; index += LANES_COUNT) {
        LanesWords a_words, b_words;
        LanesField a, b, product, square, difference, chained;
        load_borders(&a_words, &a, index);
        load_borders(&b_words, &b, index * 3 + 7);
        lanes_mul(&product, &a, &b);
        lanes_square(&square, &a);
        lanes_sub(&difference, &a, &b);
        lanes_mul(&chained, &product, &difference);
        for (size_t lane = 0; lane < LANES_COUNT; lane++) {
            lane_to_number(r.x, &a_words, lane);
            lane_to_number(r.y, &b_words, lane);
            BN_mod_sub(r.expected, r.x, r.y, r.oracle.modulus, context);
            CHECK(lane_is(&difference, lane, r.expected));
            BN_mod_mul(r.y, r.x, r.y, r.oracle.modulus, context);
            BN_mod_mul(r.y, r.y, r.scale, r.oracle.modulus, context);
            CHECK(lane_is(&product, lane, r.y));
            BN_mod_mul(r.expected, r.expected, r.y, r.oracle.modulus, context);
            BN_mod_mul(r.expected, r.expected, r.scale, r.oracle.modulus, context);
            CHECK(lane_is(&chained, lane, r.expected));
            BN_mod_mul(r.expected, r.x, r.x, r.oracle.modulus, context);
            BN_mod_mul(r.expected, r.expected, r.scale, r.oracle.modulus, context);
            CHECK(lane_is(&square, lane, r.expected));
        }
    }
    reference_free(&r);
}

TEST(inverses_of_all_lanes_come_from_one_inversion_and_zero_is_noticed)
{
    if (!lanes_available()) {
        test_skip("this CPU has no AVX-512 IFMA, or may not use it");
    }
    enum { COUNT = 3 };
    LanesField elements[COUNT], inverses[COUNT], products[COUNT], one, zero, check;
    LanesWords words;
    for (size_t i = 0; i < COUNT; i++) {
        load_borders(&words, &elements[i], 4096 + LANES_COUNT * i);
        for (size_t lane = 0; lane < LANES_COUNT; lane++) {
            words.words[1][lane] |= 2;  // neither 0 nor p
        }
        lanes_unpack(&elements[i], &words);
        inverses[i] = elements[i];
    }
    CHECK(lanes_invert(inverses, products, COUNT));
    lanes_unpack(&one, &LANES_ONE);
    for (size_t i = 0; i < COUNT; i++) {
        lanes_mul(&check, &inverses[i], &elements[i]);
        lanes_sub(&check, &check, &one);
        CHECK_INT(lanes_are_zero(&check), 0xffff);
        inverses[i] = elements[i];
    }
    lanes_sub(&zero, &elements[1], &elements[1]);
    CHECK_INT(lanes_are_zero(&zero), 0xffff);
    inverses[1] = zero;
    CHECK(!lanes_invert(inverses, products, COUNT));
}

#endif
