// SPDX-License-Identifier: Apache-2.0
#include "base/curve/lanes.h"

#if defined(__x86_64__)

#include "base/curve/lanes_quartet.h"

#include "base/curve/lanes_oracle.h"
#include "base/curve/lanes_quartet_limbs.h"
#include "base/test/test.h"

enum { LANES = 4 };

static void need_lanes(void)
{
    if (!lanes_available()) {
        test_skip("this CPU has no AVX-512 IFMA, or may not use it");
    }
}

// Four numbers, one for each lane.
typedef struct {
    uint64_t words[LANES][LIMBS_COUNT];
} Numbers;

static LANES_TARGET QuartetField load(const Numbers *numbers)
{
    QuartetField ret = quartet_load(numbers->words[0]);
    for (unsigned lane = 1; lane < LANES; lane++) {
        ret = quartet_join(ret, (__mmask8)(1U << lane), quartet_load(numbers->words[lane]));
    }
    return ret;
}

static LANES_TARGET void store(Numbers *ret, QuartetField term)
{
    QuartetField folded = quartet_folded_factor(term);
    for (unsigned lane = 0; lane < LANES; lane++) {
        quartet_store(ret->words[lane], folded, lane);
    }
}

typedef struct {
    Numbers product, square, difference, multiple, chained;
} Results;

static LANES_TARGET void compute(Results *ret, const Numbers *a, const Numbers *b)
{
    QuartetField x = load(a), y = load(b), product = quartet_mul(x, y);
    QuartetField difference = quartet_sub(quartet_term(x), quartet_term(y));
    store(&ret->product, product);
    store(&ret->square, quartet_square(x));
    store(&ret->difference, difference);
    // 12 (a - b) + p - a in lane 2, the widest of the sums that doublings and additions fold.
    QuartetField six = quartet_add(difference, difference);
    six = quartet_add(six, quartet_add(six, six));
    QuartetField multiple = quartet_add_primes(quartet_add(six, six), 4, 1);
    store(&ret->multiple, quartet_sub_where(multiple, 4, quartet_term(x)));
    // Factors as large as they get: 6.4p and 1.01p.
    x = quartet_factor(quartet_add_primes(quartet_fold(difference), 15, 5));
    store(&ret->chained, quartet_mul(x, quartet_folded_factor(product)));
}

// Numbers below p with limbs at the edges of both radixes, and some of no special form.
static void load_numbers(Numbers *ret, const Oracle *oracle, uint64_t index)
{
    for (uint64_t lane = 0; lane < LANES; lane++) {
        oracle_number(oracle, index * LANES + lane, ret->words[lane]);
        if ((index + lane) % 3 == 0) {
            for (size_t i = 0; i < LIMBS_COUNT; i++) {
                ret->words[lane][i] |= (uint64_t)0xfffffffff << (12 * i);
            }
            limbs_reduce_once(ret->words[lane], ret->words[lane], 0, LANES_PRIME);
        }
    }
}

static void multiply(const Reference *r, BIGNUM *ret, const BIGNUM *a, const BIGNUM *b)
{
    BN_mod_mul(ret, a, b, r->oracle.modulus, r->oracle.context);
    BN_mod_mul(ret, ret, r->scale, r->oracle.modulus, r->oracle.context);
}

static void check_lane(const Reference *r, const Results *results, unsigned lane)
{
    const BIGNUM *p = r->oracle.modulus;
    BN_CTX *context = r->oracle.context;
    multiply(r, r->expected, r->x, r->x);
    CHECK(oracle_agrees(results->square.words[lane], r->expected));
    BN_mod_sub(r->expected, r->x, r->y, p, context);
    CHECK(oracle_agrees(results->difference.words[lane], r->expected));
    multiply(r, r->y, r->x, r->y);
    CHECK(oracle_agrees(results->product.words[lane], r->y));
    multiply(r, r->y, r->y, r->expected);
    CHECK(oracle_agrees(results->chained.words[lane], r->y));
    BN_mul_word(r->expected, 12);
    if (lane == 2) {
        BN_sub(r->expected, r->expected, r->x);
    }
    BN_nnmod(r->expected, r->expected, p, context);
    CHECK(oracle_agrees(results->multiple.words[lane], r->expected));
}

TEST(four_lanes_multiply_square_and_add_as_openssl_does_at_every_border)
{
    need_lanes();
    Reference r = reference_new();
    for (uint64_t index = 0; index < 1000; index++) {
        Numbers a, b;
        Results results;
        load_numbers(&a, &r.oracle, index);
        load_numbers(&b, &r.oracle, index * 3 + 7);
        compute(&results, &a, &b);
        for (unsigned lane = 0; lane < LANES; lane++) {
            oracle_load(r.x, a.words[lane]);
            oracle_load(r.y, b.words[lane]);
            check_lane(&r, &results, lane);
        }
    }
    reference_free(&r);
}

static CurvePoint small_multiple(uint64_t factor)
{
    CurvePoint ret;
    curve_path_named("portable")->multiply_base(&ret, &(Scalar){{factor}});
    return ret;
}

// The point's coordinates in Montgomery form as an entry.
static LANES_TARGET LanesQuartetEntry entry_of(const Reference *r, const CurvePoint *point)
{
    LanesQuartetEntry ret;
    uint64_t words[2][LIMBS_COUNT];
    for (size_t i = 0; i < 2; i++) {
        uint8_t bytes[LIMBS_BYTES];
        oracle_load(r->x, i == 0 ? point->x : point->y);
        BN_lshift(r->x, r->x, 260);
        BN_nnmod(r->x, r->x, r->oracle.modulus, r->oracle.context);
        BN_bn2binpad(r->x, bytes, sizeof bytes);
        limbs_load(words[i], bytes);
    }
    lanes_quartet_entry(&ret, words[0], words[1]);
    return ret;
}

// X = x Z^2 and Y = y Z^3.
static bool is_multiple(const Reference *r, const LanesQuartet *point, uint64_t factor)
{
    LanesQuartetPoint stored;
    CurvePoint expected = small_multiple(factor);
    lanes_quartet_store(&stored, point);
    oracle_load(r->x, expected.x);
    oracle_load(r->y, stored.z);
    multiply(r, r->expected, r->y, r->y);
    BN_mod_mul(r->expected, r->expected, r->x, r->oracle.modulus, r->oracle.context);
    if (BN_is_zero(r->y) != 0 || !oracle_agrees(stored.x, r->expected)) {
        return false;
    }
    oracle_load(r->x, expected.y);
    multiply(r, r->expected, r->y, r->y);
    multiply(r, r->expected, r->expected, r->y);
    BN_mod_mul(r->expected, r->expected, r->x, r->oracle.modulus, r->oracle.context);
    return oracle_agrees(stored.y, r->expected);
}

TEST(doublings_and_additions_make_the_multiples_of_a_point)
{
    need_lanes();
    Reference r = reference_new();
    CurvePoint base = small_multiple(1);
    LanesQuartetEntry entry = entry_of(&r, &base), entries[2];
    LanesQuartet multiple, other;
    lanes_quartet_start(&multiple, &entry);
    CHECK(is_multiple(&r, &multiple, 1));
    lanes_quartet_double(&multiple, 1);
    CHECK(is_multiple(&r, &multiple, 2));
    lanes_quartet_add(&multiple, &entry);
    CHECK(is_multiple(&r, &multiple, 3));
    lanes_quartet_entries(entries, &multiple);
    lanes_quartet_double(&multiple, 40);
    CHECK(is_multiple(&r, &multiple, (uint64_t)3 << 40));
    other = multiple;
    lanes_quartet_add(&multiple, &entries[0]);
    lanes_quartet_add(&other, &entries[1]);
    CHECK(is_multiple(&r, &multiple, ((uint64_t)3 << 40) + 3));
    CHECK(is_multiple(&r, &other, ((uint64_t)3 << 40) - 3));
    lanes_quartet_add(&multiple, &entries[1]);
    lanes_quartet_add(&multiple, &entries[1]);
    CHECK(is_multiple(&r, &multiple, ((uint64_t)3 << 40) - 3));
    lanes_quartet_start(&other, &entries[0]);
    lanes_quartet_double(&other, 1);
    lanes_quartet_add(&other, &entry);
    CHECK(is_multiple(&r, &other, 7));
    reference_free(&r);
}

TEST(equal_and_opposite_points_give_a_zero_that_stays)
{
    need_lanes();
    Reference r = reference_new();
    CurvePoint base = small_multiple(1);
    LanesQuartetEntry entry = entry_of(&r, &base), entries[2];
    for (size_t i = 0; i < 2; i++) {
        LanesQuartet sum;
        LanesQuartetPoint stored;
        lanes_quartet_start(&sum, &entry);
        lanes_quartet_double(&sum, 3);
        lanes_quartet_entries(entries, &sum);
        lanes_quartet_add(&sum, &entries[i]);
        lanes_quartet_store(&stored, &sum);
        CHECK(limbs_is_zero(stored.z) != 0);
        lanes_quartet_double(&sum, 2);
        lanes_quartet_add(&sum, &entry);
        lanes_quartet_store(&stored, &sum);
        CHECK(limbs_is_zero(stored.z) != 0);
    }
    reference_free(&r);
}

#endif
