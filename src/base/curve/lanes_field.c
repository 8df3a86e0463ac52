// SPDX-License-Identifier: Apache-2.0
#include "base/curve/lanes.h"

#if defined(__x86_64__)

#include "base/curve/lanes_field.h"

#include "base/curve/lanes_square.h"

// 2^260 mod p.
const uint64_t LANES_PRIME[LIMBS_COUNT] = {UINT64_MAX, 0xffffffff00000000, UINT64_MAX,
                                           0xfffffffeffffffff};

#define ALL(x)                                         \
    {                                                  \
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x \
    }
const LanesWords LANES_ONE = {{ALL(0x10), ALL(0xffffffff0), ALL(0), ALL(0x1000000000)}};
// 2^520 mod p, which takes a plain number into Montgomery form.
static const LanesWords to_montgomery = {
    {ALL(0x20000000300), ALL(0x2ffffffff00), ALL(0x10000000100), ALL(0x40000000200)}};
static const LanesWords plain_one = {{ALL(1)}};

LANES_TARGET void lanes_mul(LanesField *ret, const LanesField *a, const LanesField *b)
{
    Vector t0[10], t1[10];
    multiply_both(t0, t1, a, b);
    carry(ret->limbs[0], &t0[5]);
    carry(ret->limbs[1], &t1[5]);
}

LANES_TARGET void lanes_square(LanesField *ret, const LanesField *a)
{
    Vector t0[10], t1[10];
    square_both(t0, t1, a);
    carry(ret->limbs[0], &t0[5]);
    carry(ret->limbs[1], &t1[5]);
}

LANES_TARGET void lanes_sub(LanesField *ret, const LanesField *a, const LanesField *b)
{
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        Vector r[5];
        subtract_limbs(r, a->limbs[v], b->limbs[v]);
        fold(r);
        carry(ret->limbs[v], r);
    }
}

LANES_TARGET void lanes_unpack(LanesField *ret, const LanesWords *words)
{
    const Vector mask = lanes_set(LANES_LIMB_MASK);
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        Vector w[4];
        for (size_t i = 0; i < LIMBS_COUNT; i++) {
            w[i] = _mm512_load_si512(&words->words[i][v * LANES_WIDTH]);
        }
        unpack_words(ret->limbs[v], w);
        for (size_t i = 0; i < LANES_LIMBS; i++) {
            ret->limbs[v][i] &= mask;
        }
    }
}

// Reduce a number below 14p fully: fold brings it below 2p, and what is not negative after taking
// off one p replaces it. Bits above the 52nd do not count.
static LANES_TARGET void reduce(Vector ret[5], const Vector a[5])
{
    const Vector mask = lanes_set(LANES_LIMB_MASK);
    Vector r[5] = {a[0] & mask, a[1] & mask, a[2] & mask, a[3] & mask, a[4] & mask}, less[5];
    fold(r);
    carry(ret, r);
    less[0] = ret[0];
    less[1] = ret[1];
    less[2] = ret[2];
    less[3] = ret[3];
    less[4] = ret[4];
    add_primes(less, -1);
    carry(less, less);
    __mmask8 at_least_p = _mm512_cmpge_epi64_mask(less[4], lanes_set(0));
    ret[0] = _mm512_mask_mov_epi64(ret[0], at_least_p, less[0]);
    ret[1] = _mm512_mask_mov_epi64(ret[1], at_least_p, less[1]);
    ret[2] = _mm512_mask_mov_epi64(ret[2], at_least_p, less[2]);
    ret[3] = _mm512_mask_mov_epi64(ret[3], at_least_p, less[3]);
    ret[4] = _mm512_mask_mov_epi64(ret[4], at_least_p, less[4]);
}

LANES_TARGET void lanes_pack(LanesWords *ret, const LanesField *a)
{
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        Vector r[5];
        reduce(r, a->limbs[v]);
        size_t lane = v * LANES_WIDTH;
        _mm512_store_si512(&ret->words[0][lane], r[0] | r[1] << 52);
        _mm512_store_si512(&ret->words[1][lane], r[1] >> 12 | r[2] << 40);
        _mm512_store_si512(&ret->words[2][lane], r[2] >> 24 | r[3] << 28);
        _mm512_store_si512(&ret->words[3][lane], r[3] >> 36 | r[4] << 16);
    }
}

LANES_TARGET void lanes_from_plain(LanesField *ret, const LanesWords *plain)
{
    LanesField factor;
    lanes_unpack(&factor, &to_montgomery);
    lanes_unpack(ret, plain);
    lanes_mul(ret, ret, &factor);
}

LANES_TARGET void lanes_to_plain(LanesWords *ret, const LanesField *a)
{
    LanesField factor, plain;
    lanes_unpack(&factor, &plain_one);
    lanes_mul(&plain, a, &factor);
    lanes_pack(ret, &plain);
}

LANES_TARGET unsigned lanes_are_zero(const LanesField *a)
{
    unsigned zero = 0;
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        Vector r[5];
        reduce(r, a->limbs[v]);
        Vector any = r[0] | r[1] | r[2] | r[3] | r[4];
        zero |= (unsigned)_mm512_testn_epi64_mask(any, any) << (v * LANES_WIDTH);
    }
    return zero;
}

#endif
