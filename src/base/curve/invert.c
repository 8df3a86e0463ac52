// SPDX-License-Identifier: Apache-2.0
//
// A greatest common divisor in steps that all do the same work: Bernstein and Yang, "Fast
// constant-time gcd computation and modular inversion", with their delta starting from 1/2, for
// which 590 steps are enough for 256 bits. Steps look at low bits only, so 59 at a time are run on
// the lowest words and then applied to the whole numbers as one matrix.
#include "base/curve/invert.h"

#include "base/curve/limbs.h"

enum { DIGIT_COUNT = 5, DIGIT_BITS = 62, BATCH_COUNT = 10, BATCH_STEPS = 59, FIRST_STEPS = 30 };

#define DIGIT_MASK (UINT64_MAX >> (64 - DIGIT_BITS))

// A signed number: digits of 62 bits, the highest with the sign.
typedef struct {
    int64_t digits[DIGIT_COUNT];
} Signed;

// 2^62 times what a batch of steps does to (f, g): f' = u f + v g, g' = q f + r g.
typedef struct {
    int64_t u, v, q, r;
} Matrix;

// -1 for a negative number, else 0.
static inline int64_t sign_mask(int64_t x)
{
    return -(int64_t)((uint64_t)x >> 63);
}

static Signed signed_of_limbs(const uint64_t a[4])
{
    return (Signed){{(int64_t)(a[0] & DIGIT_MASK), (int64_t)((a[0] >> 62 | a[1] << 2) & DIGIT_MASK),
                     (int64_t)((a[1] >> 60 | a[2] << 4) & DIGIT_MASK),
                     (int64_t)((a[2] >> 58 | a[3] << 6) & DIGIT_MASK), (int64_t)(a[3] >> 56)}};
}

// x, or -x where the mask is set.
static inline uint64_t negate_where(uint64_t x, uint64_t mask)
{
    return (x ^ mask) - mask;
}

// What is being divided, and what was done to it so far. A pair is two factors at once, u + v 2^32
// as a number modulo 2^64: sums, differences and doubling work on both.
typedef struct {
    int64_t minus_delta;  // -(delta + 1/2)
    uint64_t f, g;        // the low words
    uint64_t uv, qr;      // pairs
} Steps;

// Run `count` steps, at most 30: factors are below 2^30 then, or just that.
static inline void run_steps(Steps *steps, int count)
{
    int64_t minus_delta = steps->minus_delta;
    uint64_t f = steps->f, g = steps->g, uv = 1, qr = (uint64_t)1 << 32;
    for (int i = 0; i < count; i++) {
        // g odd: g gains f, or loses it when delta is positive, and then f becomes the old g.
        uint64_t positive = limb_hide(0 - ((uint64_t)minus_delta >> 63));
        uint64_t odd = limb_mask(g & 1);
        uint64_t swap = positive & odd;
        g += negate_where(f, positive) & odd;
        qr += negate_where(uv, positive) & odd;
        minus_delta = (int64_t)(((uint64_t)minus_delta ^ swap) - 1);
        f += g & swap;
        uv += qr & swap;
        g >>= 1;
        uv <<= 1;
    }
    *steps = (Steps){minus_delta, f, g, uv, qr};
}

// The factors of a pair, the lower one signed too.
static inline int64_t pair_low(uint64_t pair)
{
    return (int32_t)(uint32_t)pair;
}

static inline int64_t pair_high(uint64_t pair)
{
    return (int64_t)(pair - (uint64_t)pair_low(pair)) >> 32;
}

// Run a batch of steps on the low words of f and g, in two parts whose matrices are multiplied.
static int64_t run_batch(int64_t minus_delta, uint64_t f, uint64_t g, Matrix *ret)
{
    Steps steps = {minus_delta, f, g, 0, 0};
    run_steps(&steps, FIRST_STEPS);
    int64_t u = pair_low(steps.uv), v = pair_high(steps.uv);
    int64_t q = pair_low(steps.qr), r = pair_high(steps.qr);
    run_steps(&steps, BATCH_STEPS - FIRST_STEPS);
    // The steps leave 2^3 to the 2^62 that the matrix is scaled by.
    int64_t u2 = pair_low(steps.uv) * 8, v2 = pair_high(steps.uv) * 8;
    int64_t q2 = pair_low(steps.qr) * 8, r2 = pair_high(steps.qr) * 8;
    *ret = (Matrix){u2 * u + v2 * q, u2 * v + v2 * r, q2 * u + r2 * q, q2 * v + r2 * r};
    return steps.minus_delta;
}

// x = (a x + b y) / 2^62 for both rows of the matrix; the divisions leave no remainder.
static void apply_to_numbers(const Matrix *matrix, Signed *f, Signed *g)
{
    Int128 f_sum = 0, g_sum = 0;
#pragma GCC unroll 5
    for (int i = 0; i < DIGIT_COUNT; i++) {
        int64_t f_digit = f->digits[i], g_digit = g->digits[i];
        f_sum += (Int128)matrix->u * f_digit + (Int128)matrix->v * g_digit;
        g_sum += (Int128)matrix->q * f_digit + (Int128)matrix->r * g_digit;
        if (i > 0) {
            f->digits[i - 1] = (int64_t)((uint64_t)f_sum & DIGIT_MASK);
            g->digits[i - 1] = (int64_t)((uint64_t)g_sum & DIGIT_MASK);
        }
        f_sum >>= DIGIT_BITS;
        g_sum >>= DIGIT_BITS;
    }
    f->digits[DIGIT_COUNT - 1] = (int64_t)f_sum;
    g->digits[DIGIT_COUNT - 1] = (int64_t)g_sum;
}

// How many times the modulus is to be added: at first as often as keeps the result above -2 times
// the modulus, then so that the lowest digit of sum + multiple * modulus is 0.
static int64_t multiple_for(int64_t multiple, Int128 sum, uint64_t minus_inverse)
{
    uint64_t wanted = (uint64_t)sum * minus_inverse;
    return multiple - (int64_t)(((uint64_t)multiple - wanted) & DIGIT_MASK);
}

// The same for d and e, which stand for d / 2^62k and e / 2^62k modulo the modulus: multiples of
// the modulus make the divisions come out even. Both stay between -2 times and once the modulus.
static void apply_to_factors(const Matrix *matrix, Signed *d, Signed *e, const Signed *modulus,
                             uint64_t minus_inverse)
{
    int64_t d_sign = sign_mask(d->digits[DIGIT_COUNT - 1]);
    int64_t e_sign = sign_mask(e->digits[DIGIT_COUNT - 1]);
    int64_t d_multiple = (matrix->u & d_sign) + (matrix->v & e_sign);
    int64_t e_multiple = (matrix->q & d_sign) + (matrix->r & e_sign);
    Int128 d_sum = 0, e_sum = 0;
#pragma GCC unroll 5
    for (int i = 0; i < DIGIT_COUNT; i++) {
        int64_t d_digit = d->digits[i], e_digit = e->digits[i];
        d_sum += (Int128)matrix->u * d_digit + (Int128)matrix->v * e_digit;
        e_sum += (Int128)matrix->q * d_digit + (Int128)matrix->r * e_digit;
        if (i == 0) {
            d_multiple = multiple_for(d_multiple, d_sum, minus_inverse);
            e_multiple = multiple_for(e_multiple, e_sum, minus_inverse);
        }
        d_sum += (Int128)modulus->digits[i] * d_multiple;
        e_sum += (Int128)modulus->digits[i] * e_multiple;
        if (i > 0) {
            d->digits[i - 1] = (int64_t)((uint64_t)d_sum & DIGIT_MASK);
            e->digits[i - 1] = (int64_t)((uint64_t)e_sum & DIGIT_MASK);
        }
        d_sum >>= DIGIT_BITS;
        e_sum >>= DIGIT_BITS;
    }
    d->digits[DIGIT_COUNT - 1] = (int64_t)d_sum;
    e->digits[DIGIT_COUNT - 1] = (int64_t)e_sum;
}

// Negate where the mask is set, then add the modulus where the sum would be negative otherwise.
static void negate_and_raise(Signed *a, int64_t negate, const Signed *modulus)
{
    int64_t carry = 0;
    for (int i = 0; i < DIGIT_COUNT; i++) {
        carry += (a->digits[i] ^ negate) - negate;
        a->digits[i] = i + 1 < DIGIT_COUNT ? carry & (int64_t)DIGIT_MASK : carry;
        carry >>= DIGIT_BITS;
    }
    int64_t below_zero = sign_mask(a->digits[DIGIT_COUNT - 1]);
    carry = 0;
    for (int i = 0; i < DIGIT_COUNT; i++) {
        carry += a->digits[i] + (modulus->digits[i] & below_zero);
        a->digits[i] = i + 1 < DIGIT_COUNT ? carry & (int64_t)DIGIT_MASK : carry;
        carry >>= DIGIT_BITS;
    }
}

void limbs_invert(uint64_t ret[4], const uint64_t a[4], const uint64_t modulus[4],
                  uint64_t minus_inverse)
{
    const Signed p = signed_of_limbs(modulus);
    Signed f = p, g = signed_of_limbs(a);
    Signed d = {{0}}, e = {{1}};  // f = d a and g = e a modulo p, but for powers of two
    int64_t minus_delta = -1;
    Matrix matrix;
    for (int i = 0; i < BATCH_COUNT; i++) {
        // Two digits make up the low word.
        uint64_t f_low = (uint64_t)f.digits[0] | (uint64_t)f.digits[1] << DIGIT_BITS;
        uint64_t g_low = (uint64_t)g.digits[0] | (uint64_t)g.digits[1] << DIGIT_BITS;
        minus_delta = run_batch(minus_delta, f_low, g_low, &matrix);
        apply_to_factors(&matrix, &d, &e, &p, minus_inverse);
        apply_to_numbers(&matrix, &f, &g);
    }
    // g is 0 now and f is 1 or -1: d or -d is the inverse, after going from -2p..p to 0..p.
    negate_and_raise(&d, 0, &p);
    negate_and_raise(&d, sign_mask(f.digits[DIGIT_COUNT - 1]), &p);
    const int64_t *digits = d.digits;
    ret[0] = (uint64_t)digits[0] | (uint64_t)digits[1] << 62;
    ret[1] = (uint64_t)digits[1] >> 2 | (uint64_t)digits[2] << 60;
    ret[2] = (uint64_t)digits[2] >> 4 | (uint64_t)digits[3] << 58;
    ret[3] = (uint64_t)digits[3] >> 6 | (uint64_t)digits[4] << 56;
    explicit_bzero(&f, sizeof f);
    explicit_bzero(&g, sizeof g);
    explicit_bzero(&d, sizeof d);
    explicit_bzero(&e, sizeof e);
    explicit_bzero(&matrix, sizeof matrix);
}
