// SPDX-License-Identifier: Apache-2.0
#include "base/curve/lanes.h"

#include "base/curve/bignum_oracle.h"
#include "base/test/test.h"

static void need_lanes(void)
{
    if (!lanes_available()) {
        test_skip("this CPU has no AVX-512 IFMA, or may not use it");
    }
}

static const CurvePath *one_lane(void)
{
    return curve_path_named("portable");
}

TEST(multiples_of_the_base_point_are_those_of_one_lane)
{
    need_lanes();
    Oracle oracle = oracle_new(ORACLE_N);
    enum { MOST = 19, COUNT = MOST * LANES_COUNT };
    static Scalar k[COUNT];
    static CurvePoint actual[COUNT];
    for (uint64_t round = 0; round < 7; round++) {
        for (size_t i = 0; i < COUNT; i++) {
            oracle_number(&oracle, round * COUNT + i, k[i].limbs);
            if (scalar_is_zero(&k[i]) != 0) {
                k[i] = SCALAR_ONE;
            }
        }
        size_t groups = round == 0 ? MOST : round;
        CHECK(lanes_multiply_base(actual, k, groups));
        for (size_t i = 0; i < groups * LANES_COUNT; i++) {
            CurvePoint expected;
            one_lane()->multiply_base(&expected, &k[i]);
            CHECK(memcmp(&expected, &actual[i], sizeof expected) == 0);
        }
    }
    oracle_free(&oracle);
}

// Sixteen questions with their answers.
typedef struct {
    LanesSum sums[LANES_COUNT];
    bool infinite[LANES_COUNT];
} Questions;

// Scalars from 1 to n-1.
static Scalar scalar_of(const Oracle *oracle, uint64_t index)
{
    Scalar ret;
    oracle_number(oracle, index, ret.limbs);
    return scalar_is_zero(&ret) != 0 ? SCALAR_ONE : ret;
}

// Ask about the sum's own x, or about another where `wrong` is set.
static void ask(Questions *questions, size_t lane, const CurvePoint *point, bool wrong)
{
    LanesSum *sum = &questions->sums[lane];
    CurvePoint result;
    sum->point = *point;
    one_lane()->sum(&result, &sum->s, &sum->t, point);
    questions->infinite[lane] = curve_point_is_infinite(&result);
    memcpy(sum->v, result.x, sizeof sum->v);
    sum->v[0] ^= wrong;
}

// The same questions alone and in several groups, which are added up in another way.
enum { GROUPS = 1 + 5 };

static void compare_in_groups(LanesVerdict ret[2 * GROUPS], const Questions *questions)
{
    static LanesSum sums[GROUPS - 1][LANES_COUNT];
    for (size_t i = 0; i < GROUPS - 1; i++) {
        memcpy(sums[i], questions->sums, sizeof sums[i]);
    }
    lanes_compare_sums_with_tables(ret, questions->sums, 1);
    lanes_compare_sums_with_tables(&ret[1], sums[0], GROUPS - 1);
    lanes_compare_sums(&ret[GROUPS], questions->sums, 1);
    lanes_compare_sums(&ret[GROUPS + 1], sums[0], GROUPS - 1);
}

static void check_verdict(const Questions *questions, LanesVerdict verdict, unsigned wrong)
{
    for (size_t lane = 0; lane < LANES_COUNT; lane++) {
        CHECK_INT(verdict.undecided >> lane & 1, questions->infinite[lane]);
        CHECK_INT(verdict.equal >> lane & 1,
                  !questions->infinite[lane] && (wrong >> lane & 1) == 0);
    }
}

TEST(sums_are_those_of_one_lane_with_and_without_tables)
{
    need_lanes();
    Oracle oracle = oracle_new(ORACLE_N);
    static LanesTable tables[LANES_COUNT];
    static Questions questions;
    for (uint64_t round = 0; round < 12; round++) {
        unsigned wrong = (unsigned)(round * 0x4321);
        for (size_t lane = 0; lane < LANES_COUNT; lane++) {
            LanesSum *sum = &questions.sums[lane];
            uint64_t index = round * LANES_COUNT + lane;
            sum->s = scalar_of(&oracle, 2 * index);
            sum->t = scalar_of(&oracle, 2 * index + 1);
            Scalar factor = scalar_of(&oracle, index + 7);
            CurvePoint point;
            one_lane()->multiply_base(&point, &factor);
            ask(&questions, lane, &point, wrong >> lane & 1);
            lanes_table_compute(&tables[lane], &sum->point);
            sum->table = &tables[lane];
        }
        LanesVerdict verdicts[2 * GROUPS];
        compare_in_groups(verdicts, &questions);
        for (size_t i = 0; i < 2 * GROUPS; i++) {
            check_verdict(&questions, verdicts[i], wrong);
        }
    }
    oracle_free(&oracle);
}

// Equal or undecided, never different, in every group.
static void check_right_or_undecided(const Questions *questions)
{
    LanesVerdict verdicts[2 * GROUPS];
    compare_in_groups(verdicts, questions);
    for (size_t lane = 0; lane < LANES_COUNT; lane++) {
        for (size_t v = 0; v < 2 * GROUPS; v++) {
            CHECK((verdicts[v].undecided >> lane & 1) != 0 ||
                  (!questions->infinite[lane] && (verdicts[v].equal >> lane & 1) != 0));
        }
    }
}

TEST(sums_that_meet_equal_or_opposite_points_are_right_or_undecided)
{
    need_lanes();
    static LanesTable table;
    static Questions questions;
    // s base + t (m base) for small numbers, also with the signs of both changed.
    const uint64_t small[] = {1, 2, 3, 5, 31, 32, 127, 128};
    const Scalar zero = {{0}};
    unsigned infinities = 0;
    for (uint64_t m = 1; m <= 3; m++) {
        Scalar factor = {{m}};
        CurvePoint point;
        one_lane()->multiply_base(&point, &factor);
        for (size_t i = 0; i < COUNT_OF(small) * COUNT_OF(small) * 4; i++) {
            LanesSum *sum = &questions.sums[i % LANES_COUNT];
            sum->s = (Scalar){{small[i / 4 % COUNT_OF(small)]}};
            sum->t = (Scalar){{small[i / 4 / COUNT_OF(small)]}};
            scalar_sub(&sum->s, i & 1 ? &zero : &sum->s, i & 1 ? &sum->s : &zero);
            scalar_sub(&sum->t, i & 2 ? &zero : &sum->t, i & 2 ? &sum->t : &zero);
            sum->table = &table;
            ask(&questions, i % LANES_COUNT, &point, false);
            if (i % LANES_COUNT != LANES_COUNT - 1) {
                continue;
            }
            lanes_table_compute(&table, &sum->point);
            check_right_or_undecided(&questions);
            for (size_t lane = 0; lane < LANES_COUNT; lane++) {
                infinities += questions.infinite[lane];
            }
        }
    }
    CHECK(infinities > 0);
}
