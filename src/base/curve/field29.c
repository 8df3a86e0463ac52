// SPDX-License-Identifier: Apache-2.0
#include "base/curve/field29.h"

#include "base/curve/invert.h"

#define LIMB_MASK ((1 << FIELD29_BITS) - 1)
#define LIMB_HALF (1 << (FIELD29_BITS - 1))

// p, and p in limbs of 64 bits.
static const int32_t prime29[FIELD29_LIMBS] = {0x1fffffff, 0x1fffffff, 0x0000003f,
                                               0x1ffffe00, 0x1fffffff, 0x1fffffff,
                                               0x1fffffff, 0x1fdfffff, 0x00ffffff};
static const uint64_t prime64[4] = {0xffffffffffffffff, 0xffffffff00000000, 0xffffffffffffffff,
                                    0xfffffffeffffffff};

// 2^522 and 2^783 modulo p.
static const Field29 to_montgomery = {{3072, 16384, -65536, 1572864, 4194304, 33554432, 0, 1, 16}};
static const Field29 cube = {{720896, 4718592, -16777216, 251658240, 0, 3, 20, 144, 3456}};
static const Field29 plain_one = {{1}};

const Field29 FIELD29_ONE = {{32, 0, -2048, 16384, 0, 0, 0, 67108864, 0}};

typedef struct {
    int64_t limbs[FIELD29_LIMBS];
} Wide;

static inline Wide widen(const Field29 *a)
{
    const int32_t *x = a->limbs;
    return (Wide){{x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], x[8]}};
}

// What the quotient digits so far add to column k. u_i p is -u_i in column i (it clears the
// column), u_i 2^6 two above, -u_i 2^9 three above, -u_i 2^21 seven above and u_i 2^24 eight above.
// With v[i] = 8 u_(i-1) - u_i, which two columns want, that is v[k-7] 2^21 - v[k-2] 2^6; v is below
// 2^33.
static inline int64_t multiples_of_p(const int64_t v[FIELD29_LIMBS + 1], int k)
{
    return (k >= 7 ? v[k - 7] * (1 << 21) : 0) - (k >= 2 && k <= 11 ? v[k - 2] * (1 << 6) : 0);
}

// Both for columns: add the next one, k, to `sum`, the carry from the one before.
// Columns 0 to 8 give a quotient digit: -1 / p is 1 modulo 2^29, so it is the low limb itself.
#define LOW_COLUMN(k, products)                   \
    do {                                          \
        sum += (products) + multiples_of_p(v, k); \
        v[k] -= sum & LIMB_MASK;                  \
        v[(k) + 1] = 8 * (sum & LIMB_MASK);       \
        sum >>= FIELD29_BITS;                     \
    } while (0)
// Columns 9 to 16 give a limb of the result, between -2^28 and 2^28.
#define HIGH_COLUMN(k, products)                                    \
    do {                                                            \
        sum += (products) + multiples_of_p(v, k) + LIMB_HALF;       \
        ret->limbs[(k)-9] = (int32_t)(sum & LIMB_MASK) - LIMB_HALF; \
        sum >>= FIELD29_BITS;                                       \
    } while (0)

void field29_mul(Field29 *ret, const Field29 *a, const Field29 *b)
{
    const Wide wide_a = widen(a), wide_b = widen(b);
    const int64_t *x = wide_a.limbs, *y = wide_b.limbs;
    int64_t v[FIELD29_LIMBS + 1] = {0};
    int64_t sum = 0;
    LOW_COLUMN(0, x[0] * y[0]);
    LOW_COLUMN(1, x[0] * y[1] + x[1] * y[0]);
    LOW_COLUMN(2, x[0] * y[2] + x[1] * y[1] + x[2] * y[0]);
    LOW_COLUMN(3, x[0] * y[3] + x[1] * y[2] + x[2] * y[1] + x[3] * y[0]);
    LOW_COLUMN(4, x[0] * y[4] + x[1] * y[3] + x[2] * y[2] + x[3] * y[1] + x[4] * y[0]);
    LOW_COLUMN(5,
               x[0] * y[5] + x[1] * y[4] + x[2] * y[3] + x[3] * y[2] + x[4] * y[1] + x[5] * y[0]);
    LOW_COLUMN(6, x[0] * y[6] + x[1] * y[5] + x[2] * y[4] + x[3] * y[3] + x[4] * y[2] +
                      x[5] * y[1] + x[6] * y[0]);
    LOW_COLUMN(7, x[0] * y[7] + x[1] * y[6] + x[2] * y[5] + x[3] * y[4] + x[4] * y[3] +
                      x[5] * y[2] + x[6] * y[1] + x[7] * y[0]);
    LOW_COLUMN(8, x[0] * y[8] + x[1] * y[7] + x[2] * y[6] + x[3] * y[5] + x[4] * y[4] +
                      x[5] * y[3] + x[6] * y[2] + x[7] * y[1] + x[8] * y[0]);
    HIGH_COLUMN(9, x[1] * y[8] + x[2] * y[7] + x[3] * y[6] + x[4] * y[5] + x[5] * y[4] +
                       x[6] * y[3] + x[7] * y[2] + x[8] * y[1]);
    HIGH_COLUMN(10, x[2] * y[8] + x[3] * y[7] + x[4] * y[6] + x[5] * y[5] + x[6] * y[4] +
                        x[7] * y[3] + x[8] * y[2]);
    HIGH_COLUMN(11,
                x[3] * y[8] + x[4] * y[7] + x[5] * y[6] + x[6] * y[5] + x[7] * y[4] + x[8] * y[3]);
    HIGH_COLUMN(12, x[4] * y[8] + x[5] * y[7] + x[6] * y[6] + x[7] * y[5] + x[8] * y[4]);
    HIGH_COLUMN(13, x[5] * y[8] + x[6] * y[7] + x[7] * y[6] + x[8] * y[5]);
    HIGH_COLUMN(14, x[6] * y[8] + x[7] * y[7] + x[8] * y[6]);
    HIGH_COLUMN(15, x[7] * y[8] + x[8] * y[7]);
    HIGH_COLUMN(16, x[8] * y[8]);
    ret->limbs[8] = (int32_t)sum;
}

// As field29_mul; the products of different limbs are taken once, with the first limb doubled.
void field29_square(Field29 *ret, const Field29 *a)
{
    const Wide wide = widen(a);
    const int64_t *x = wide.limbs;
    const int64_t d[8] = {2 * x[0], 2 * x[1], 2 * x[2], 2 * x[3],
                          2 * x[4], 2 * x[5], 2 * x[6], 2 * x[7]};
    int64_t v[FIELD29_LIMBS + 1] = {0};
    int64_t sum = 0;
    LOW_COLUMN(0, x[0] * x[0]);
    LOW_COLUMN(1, d[0] * x[1]);
    LOW_COLUMN(2, d[0] * x[2] + x[1] * x[1]);
    LOW_COLUMN(3, d[0] * x[3] + d[1] * x[2]);
    LOW_COLUMN(4, d[0] * x[4] + d[1] * x[3] + x[2] * x[2]);
    LOW_COLUMN(5, d[0] * x[5] + d[1] * x[4] + d[2] * x[3]);
    LOW_COLUMN(6, d[0] * x[6] + d[1] * x[5] + d[2] * x[4] + x[3] * x[3]);
    LOW_COLUMN(7, d[0] * x[7] + d[1] * x[6] + d[2] * x[5] + d[3] * x[4]);
    LOW_COLUMN(8, d[0] * x[8] + d[1] * x[7] + d[2] * x[6] + d[3] * x[5] + x[4] * x[4]);
    HIGH_COLUMN(9, d[1] * x[8] + d[2] * x[7] + d[3] * x[6] + d[4] * x[5]);
    HIGH_COLUMN(10, d[2] * x[8] + d[3] * x[7] + d[4] * x[6] + x[5] * x[5]);
    HIGH_COLUMN(11, d[3] * x[8] + d[4] * x[7] + d[5] * x[6]);
    HIGH_COLUMN(12, d[4] * x[8] + d[5] * x[7] + x[6] * x[6]);
    HIGH_COLUMN(13, d[5] * x[8] + d[6] * x[7]);
    HIGH_COLUMN(14, d[6] * x[8] + x[7] * x[7]);
    HIGH_COLUMN(15, d[7] * x[8]);
    HIGH_COLUMN(16, x[8] * x[8]);
    ret->limbs[8] = (int32_t)sum;
}

// Carry, with limbs between -2^28 and 2^28.
static inline void carry_balanced(int32_t x[FIELD29_LIMBS])
{
    for (int i = 0; i < FIELD29_LIMBS - 1; i++) {
        int32_t sum = x[i] + LIMB_HALF;
        x[i] = (sum & LIMB_MASK) - LIMB_HALF;
        x[i + 1] += sum >> FIELD29_BITS;
    }
}

// Carry, with limbs between 0 and 2^29 but for the highest.
static inline void carry_positive(int32_t x[FIELD29_LIMBS])
{
    for (int i = 0; i < FIELD29_LIMBS - 1; i++) {
        int32_t sum = x[i];
        x[i] = sum & LIMB_MASK;
        x[i + 1] += sum >> FIELD29_BITS;
    }
}

void field29_tighten(Field29 *ret, const Field29 *a)
{
    Field29 sum = *a;
    int32_t *x = sum.limbs;
    // The nearest multiple of 2^256, taken as one of p: the limbs below the highest are worth less
    // than 2^3 in the highest, of which 2^24 make 2^256.
    int32_t q = (x[8] + (1 << 23)) >> 24;
    x[8] -= q * (1 << 24);
    x[7] += q * (1 << 21);
    x[3] += q * (1 << 9);
    x[2] -= q * (1 << 6);
    x[0] += q;
    carry_balanced(x);
    *ret = sum;
}

void field29_pack(uint64_t ret[4], const Field29 *a)
{
    Field29 sum;
    int32_t *x = sum.limbs;
    field29_tighten(&sum, a);
    carry_positive(x);
    // Between -0.51 p and 0.51 p: the highest limb is negative where the number is.
    int32_t negative = (int32_t)(uint32_t)limb_mask((uint32_t)x[8] >> 31);
    for (int i = 0; i < FIELD29_LIMBS; i++) {
        x[i] += negative & prime29[i];
    }
    carry_positive(x);
    const uint64_t y[FIELD29_LIMBS] = {(uint64_t)x[0], (uint64_t)x[1], (uint64_t)x[2],
                                       (uint64_t)x[3], (uint64_t)x[4], (uint64_t)x[5],
                                       (uint64_t)x[6], (uint64_t)x[7], (uint64_t)x[8]};
    ret[0] = y[0] | y[1] << 29 | y[2] << 58;
    ret[1] = y[2] >> 6 | y[3] << 23 | y[4] << 52;
    ret[2] = y[4] >> 12 | y[5] << 17 | y[6] << 46;
    ret[3] = y[6] >> 18 | y[7] << 11 | y[8] << 40;
}

void field29_unpack(Field29 *ret, const uint64_t packed[4])
{
    const uint64_t a = packed[0], b = packed[1], c = packed[2], d = packed[3];
    *ret = (Field29){{(int32_t)(a & LIMB_MASK), (int32_t)(a >> 29 & LIMB_MASK),
                      (int32_t)((a >> 58 | b << 6) & LIMB_MASK), (int32_t)(b >> 23 & LIMB_MASK),
                      (int32_t)((b >> 52 | c << 12) & LIMB_MASK), (int32_t)(c >> 17 & LIMB_MASK),
                      (int32_t)((c >> 46 | d << 18) & LIMB_MASK), (int32_t)(d >> 11 & LIMB_MASK),
                      (int32_t)(d >> 40)}};
}

void field29_from_limbs(Field29 *ret, const uint64_t plain[4])
{
    field29_unpack(ret, plain);
    field29_mul(ret, ret, &to_montgomery);
}

void field29_to_limbs(uint64_t ret[4], const Field29 *a)
{
    Field29 plain;
    field29_mul(&plain, a, &plain_one);
    field29_pack(ret, &plain);
}

void field29_invert(Field29 *ret, const Field29 *a)
{
    Field29 inverse;
    uint64_t packed[4];
    field29_pack(packed, a);
    limbs_invert(packed, packed, prime64, 1);
    field29_unpack(&inverse, packed);
    // 2^783 over 2^261: makes up for both the form of a and that of the result.
    field29_mul(ret, &inverse, &cube);
    explicit_bzero(packed, sizeof packed);
    explicit_bzero(&inverse, sizeof inverse);
}

uint64_t field29_is_zero(const Field29 *a)
{
    // Between -0.51 p and 0.51 p only 0 itself is 0 modulo p, and all its balanced limbs are 0.
    Field29 tight;
    field29_tighten(&tight, a);
    uint32_t any = 0;
    for (int i = 0; i < FIELD29_LIMBS; i++) {
        any |= (uint32_t)tight.limbs[i];
    }
    return limb_is_zero(any);
}
