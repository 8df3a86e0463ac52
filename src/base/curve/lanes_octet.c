// SPDX-License-Identifier: Apache-2.0
//
// Additions of eight points, and of eight points to one another. In the comments, "< 4.5" means
// below 4.5 p, and every bound follows from those in lanes_octet.h.
// Source: Bernstein and Lange, Explicit-Formulas Database, madd-2008-s, mmadd-2008-s, add-2008-s.
#include "base/curve/lanes.h"

#if defined(__x86_64__)

#include "base/curve/lanes_octet.h"

#include "base/curve/lanes_square.h"
#include "base/secret/secret.h"

#define NOT_INLINE static __attribute__((noinline)) LANES_TARGET

// What an addition has on its way: P and R, P^2 in both vectors, P^3 and R^2.
typedef struct {
    LanesField pr, p_squared;
    Vector p_cubed[LANES_LIMBS], r_squared[LANES_LIMBS], difference[LANES_LIMBS];
} Addition;

LANES_INLINE void mask_limbs(Vector ret[5], const Vector a[5])
{
    const Vector mask = lanes_set(LANES_LIMB_MASK);
    ret[0] = a[0] & mask;
    ret[1] = a[1] & mask;
    ret[2] = a[2] & mask;
    ret[3] = a[3] & mask;
    ret[4] = a[4] & mask;
}

// P = x ZZ - X + 2p (< 3.2), R = +-y ZZZ - Y + 5p (< 6.2): the products are below 1.11.
NOT_INLINE void find_slope(LanesField *ret, const LanesOctet *a, const LanesOctetEntry *b)
{
    Vector t0[10], t1[10];
    multiply_both(t0, t1, &b->xy, &a->zz);
    negate_where(&t1[5], (__mmask8)b->negative);
    subtract_limbs(&t0[5], &t0[5], a->xy.limbs[0]);
    subtract_limbs(&t1[5], &t1[5], a->xy.limbs[1]);
    add_primes(&t0[5], 2);
    add_primes(&t1[5], 5);
    carry_factor(ret->limbs[0], &t0[5]);
    carry_factor(ret->limbs[1], &t1[5]);
}

// P^2 (< 1.7) as a factor, R^2 (< 3.41) as a term.
NOT_INLINE void square_slope(Addition *addition)
{
    Vector t0[10], t1[10];
    square_both(t0, t1, &addition->pr);
    carry_factor(addition->p_squared.limbs[0], &t0[5]);
    copy_limbs(addition->p_squared.limbs[1], addition->p_squared.limbs[0]);
    copy_limbs(addition->r_squared, &t1[5]);
}

// P^3 (< 1.34), Q = X P^2 (< 1.11), X' = R^2 - P^3 - 2 Q, and Q - X' + 2p (< 3.2).
NOT_INLINE void add_x(LanesOctet *octet, Addition *addition)
{
    Vector t0[10], t1[10], x[5];
    LanesField factor;
    copy_limbs(factor.limbs[0], addition->pr.limbs[0]);
    copy_limbs(factor.limbs[1], octet->xy.limbs[0]);
    multiply_both(t0, t1, &factor, &addition->p_squared);
    subtract_limbs(x, addition->r_squared, &t0[5]);
    subtract_limbs(x, x, &t1[5]);
    subtract_limbs(x, x, &t1[5]);
    fold(x);
    subtract_limbs(&t1[5], &t1[5], x);
    add_primes(&t1[5], 2);
    carry(octet->xy.limbs[0], x);
    carry_factor(addition->difference, &t1[5]);
    carry_factor(addition->p_cubed, &t0[5]);
}

// Y' = R D - Y P^3 + p with R < 6.2, D < 3.2, Y < 3.8, P^3 < 1.4: -0.4 < R D - Y P^3 < 2.3.
NOT_INLINE void add_y(LanesOctet *octet, const Addition *addition)
{
    const Vector zero = lanes_set(0);
    const Vector *y = octet->xy.limbs[1], *p_cubed = addition->p_cubed;
    Vector t[10] = {zero, zero, zero, zero, zero, zero, zero, zero, zero, zero};
    add_row(&t[0], y[0], p_cubed);
    add_row(&t[1], y[1], p_cubed);
    add_row(&t[2], y[2], p_cubed);
    add_row(&t[3], y[3], p_cubed);
    add_row(&t[4], y[4], p_cubed);
    negate_limbs(&t[0], &t[0], 0);
    negate_limbs(&t[5], &t[5], 0);
    multiply_reduced(t, addition->pr.limbs[1], addition->difference);
    add_primes(&t[5], 1);
    carry(octet->xy.limbs[1], &t[5]);
}

// ZZ' = ZZ P^2, ZZZ' = ZZZ P^3, both < 1.2.
NOT_INLINE void add_zz(LanesOctet *octet, const Addition *addition)
{
    Vector t0[10], t1[10];
    LanesField factor;
    copy_limbs(factor.limbs[0], addition->p_squared.limbs[0]);
    copy_limbs(factor.limbs[1], addition->p_cubed);
    multiply_both(t0, t1, &octet->zz, &factor);
    carry_factor(octet->zz.limbs[0], &t0[5]);
    carry_factor(octet->zz.limbs[1], &t1[5]);
}

// x, and y or p - y (between 0 and 1).
LANES_INLINE void load_entry(LanesField *ret, const LanesOctetEntry *entry)
{
    Vector minus_y[5], y[5];
    const __mmask8 negative = (__mmask8)entry->negative;
    mask_limbs(ret->limbs[0], entry->xy.limbs[0]);
    mask_limbs(y, entry->xy.limbs[1]);
    negate_limbs(minus_y, y, 0);
    add_primes(minus_y, 1);
    carry(minus_y, minus_y);
    ret->limbs[1][0] = _mm512_mask_mov_epi64(y[0], negative, minus_y[0]);
    ret->limbs[1][1] = _mm512_mask_mov_epi64(y[1], negative, minus_y[1]);
    ret->limbs[1][2] = _mm512_mask_mov_epi64(y[2], negative, minus_y[2]);
    ret->limbs[1][3] = _mm512_mask_mov_epi64(y[3], negative, minus_y[3]);
    ret->limbs[1][4] = _mm512_mask_mov_epi64(y[4], negative, minus_y[4]);
}

void lanes_octet_start(LanesOctet *ret, const LanesOctetEntry *a, const LanesOctetEntry *b)
{
    Addition addition;
    LanesField other;
    load_entry(&ret->xy, a);
    load_entry(&other, b);
    for (size_t i = 0; i < LANES_VECTORS; i++) {
        Vector difference[5];
        subtract_limbs(difference, other.limbs[i], ret->xy.limbs[i]);
        add_primes(difference, 1);  // < 2
        carry_factor(addition.pr.limbs[i], difference);
    }
    square_slope(&addition);
    add_x(ret, &addition);
    add_y(ret, &addition);
    copy_limbs(ret->zz.limbs[0], addition.p_squared.limbs[0]);
    copy_limbs(ret->zz.limbs[1], addition.p_cubed);
    secret_wipe(&addition, sizeof addition);
    secret_wipe(&other, sizeof other);
}

// With P = x ZZ - X, R = y ZZZ - Y, Q = X P^2: X' = R^2 - P^3 - 2 Q, Y' = R (Q - X') - Y P^3.
void lanes_octet_add(LanesOctet *octet, const LanesOctetEntry *b)
{
    Addition addition;
    find_slope(&addition.pr, octet, b);
    square_slope(&addition);
    add_x(octet, &addition);
    add_y(octet, &addition);
    add_zz(octet, &addition);
    secret_wipe(&addition, sizeof addition);
}

// Lanes in pairs, l and l ^ stride: what is done to the pair's two numbers at once.
typedef struct {
    Vector index;    // l ^ stride
    __mmask8 upper;  // the lanes with l & stride
} Pairing;

LANES_INLINE void swap(Vector ret[5], const Vector a[5], const Pairing *pairing)
{
    ret[0] = _mm512_permutexvar_epi64(pairing->index, a[0]);
    ret[1] = _mm512_permutexvar_epi64(pairing->index, a[1]);
    ret[2] = _mm512_permutexvar_epi64(pairing->index, a[2]);
    ret[3] = _mm512_permutexvar_epi64(pairing->index, a[3]);
    ret[4] = _mm512_permutexvar_epi64(pairing->index, a[4]);
}

// a in the lower lanes, b in the upper ones.
LANES_INLINE void join(Vector ret[5], const Vector a[5], const Vector b[5], const Pairing *pairing)
{
    ret[0] = _mm512_mask_mov_epi64(a[0], pairing->upper, b[0]);
    ret[1] = _mm512_mask_mov_epi64(a[1], pairing->upper, b[1]);
    ret[2] = _mm512_mask_mov_epi64(a[2], pairing->upper, b[2]);
    ret[3] = _mm512_mask_mov_epi64(a[3], pairing->upper, b[3]);
    ret[4] = _mm512_mask_mov_epi64(a[4], pairing->upper, b[4]);
}

// The partner's number less one's own, + 2p, as a factor.
LANES_INLINE void swapped_difference(Vector ret[5], const Vector swapped[5], const Vector own[5])
{
    Vector r[5];
    subtract_limbs(r, swapped, own);
    add_primes(r, 2);
    carry_factor(ret, r);
}

// What an addition of pairs has on its way, one vector for both lanes of a pair each: products of
// the left factors by the right ones.
typedef struct {
    LanesField left, right;
    Vector slope[LANES_LIMBS];     // R (< 3.3) | S1 (< 1.3)
    Vector p_and_u1[LANES_LIMBS];  // P (< 3.3) | U1 (< 1.3)
} PairAddition;

// U = X1 ZZ2 | X2 ZZ1 and S = Y1 ZZZ2 | Y2 ZZZ1 (< 1.41), of which P = U2 - U1 and R = S2 - S1,
// and then what is multiplied next: ZZ1 ZZ2 | ZZZ1 ZZZ2, and the square of P | -R.
NOT_INLINE void pair_slopes(PairAddition *ret, const LanesOctet *a, const Pairing *pairing)
{
    Vector t0[10], t1[10], u[5], s[5], p[5], r[5];
    LanesField partner;
    swap(partner.limbs[0], a->zz.limbs[0], pairing);
    swap(partner.limbs[1], a->zz.limbs[1], pairing);
    multiply_both(t0, t1, &a->xy, &partner);
    swap(u, &t0[5], pairing);
    swap(s, &t1[5], pairing);
    swapped_difference(p, u, &t0[5]);
    swapped_difference(r, s, &t1[5]);
    carry_factor(u, u);
    carry_factor(s, s);
    join(ret->slope, r, s, pairing);
    join(ret->p_and_u1, p, u, pairing);
    join(ret->left.limbs[0], a->zz.limbs[0], a->zz.limbs[1], pairing);
    join(ret->right.limbs[0], partner.limbs[0], partner.limbs[1], pairing);
    join(ret->left.limbs[1], p, r, pairing);
    copy_limbs(ret->right.limbs[1], ret->left.limbs[1]);
}

// ZZ1 ZZ2 | ZZZ1 ZZZ2 (< 1.2), P^2 | R^2 (< 1.73), P^3 | Q (< 1.36), and of these X' and the last
// factors: P^2 | P^3 and R | S1 times Q - X' + 2p (< 3.4) | P^3.
NOT_INLINE void pair_x(LanesOctet *octet, PairAddition *addition, const Pairing *pairing)
{
    const Vector zero = lanes_set(0);
    Vector t0[10], t1[10], x[5], q[5], squares[5], swapped[5], last[5];
    multiply_both(t0, t1, &addition->left, &addition->right);
    carry_factor(addition->left.limbs[0], &t0[5]);
    carry_factor(squares, &t1[5]);
    swap(x, &t1[5], pairing);
    swap(swapped, squares, pairing);
    join(swapped, squares, swapped, pairing);
    for (size_t i = 0; i < 10; i++) {
        t0[i] = zero;
    }
    multiply_reduced(t0, addition->p_and_u1, swapped);
    swap(q, &t0[5], pairing);
    subtract_limbs(x, x, &t0[5]);
    subtract_limbs(x, x, q);
    subtract_limbs(x, x, q);
    fold(x);
    subtract_limbs(last, q, x);
    add_primes(last, 2);
    carry(octet->xy.limbs[0], x);
    carry_factor(last, last);
    carry_factor(q, q);
    join(addition->right.limbs[0], squares, q, pairing);
    copy_limbs(addition->left.limbs[1], addition->slope);
    join(addition->right.limbs[1], last, q, pairing);
}

// ZZ' | ZZZ' (< 1.2), and Y' = R (Q - X') - S1 P^3 + 2p from products below 1.71.
NOT_INLINE void pair_finish(LanesOctet *octet, const PairAddition *addition, const Pairing *pairing)
{
    Vector t0[10], t1[10], y[5];
    multiply_both(t0, t1, &addition->left, &addition->right);
    carry_factor(octet->zz.limbs[0], &t0[5]);
    swap(octet->zz.limbs[1], octet->zz.limbs[0], pairing);
    swap(y, &t1[5], pairing);
    subtract_limbs(y, &t1[5], y);
    add_primes(y, 2);
    carry(octet->xy.limbs[1], y);
}

// Each lane l without the bit `stride` becomes the sum of the lanes l and l + stride. Other lanes
// hold numbers within the same bounds, but no points.
LANES_INLINE void add_pairs(LanesOctet *octet, int64_t stride)
{
    PairAddition addition;
    const Vector lanes = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
    const Pairing pairing = {lanes ^ lanes_set(stride),
                             _mm512_test_epi64_mask(lanes, lanes_set(stride))};
    pair_slopes(&addition, octet, &pairing);
    pair_x(octet, &addition, &pairing);
    pair_finish(octet, &addition, &pairing);
    secret_wipe(&addition, sizeof addition);
}

void lanes_octet_sum(LanesSinglePoint *ret, LanesOctet *octet)
{
    LanesWords xy, zz;
    add_pairs(octet, 4);
    add_pairs(octet, 2);
    add_pairs(octet, 1);
    lanes_pack(&xy, &octet->xy);
    lanes_pack(&zz, &octet->zz);
    for (size_t i = 0; i < LIMBS_COUNT; i++) {
        ret->x[i] = xy.words[i][0];
        ret->y[i] = xy.words[i][LANES_WIDTH];
        ret->zz[i] = zz.words[i][0];
        ret->zzz[i] = zz.words[i][LANES_WIDTH];
    }
    secret_wipe(&xy, sizeof xy);
    secret_wipe(&zz, sizeof zz);
}

#endif
