// SPDX-License-Identifier: Apache-2.0
//
// Doubling and mixed addition for sixteen lanes. Differences are taken from products before their
// carries, and a difference of two products is reduced once. In the comments, "< 4.5" means below
// 4.5 p, and every bound follows from those in lanes_point.h.
#include "base/curve/lanes.h"

#if defined(__x86_64__)

#include "base/curve/lanes_point.h"

#include "base/curve/lanes_square.h"

#define NOT_INLINE static __attribute__((noinline)) LANES_TARGET

// a b and a^2 as factors.
NOT_INLINE void multiply(LanesField *ret, const LanesField *a, const LanesField *b)
{
    Vector t0[10], t1[10];
    multiply_both(t0, t1, a, b);
    carry_factor(ret->limbs[0], &t0[5]);
    carry_factor(ret->limbs[1], &t1[5]);
}

NOT_INLINE void square(LanesField *ret, const LanesField *a)
{
    Vector t0[10], t1[10];
    square_both(t0, t1, a);
    carry_factor(ret->limbs[0], &t0[5]);
    carry_factor(ret->limbs[1], &t1[5]);
}

// a b as a term: without any carry.
NOT_INLINE void multiply_to_term(LanesField *ret, const LanesField *a, const LanesField *b)
{
    Vector t0[10], t1[10];
    multiply_both(t0, t1, a, b);
    copy_limbs(ret->limbs[0], &t0[5]);
    copy_limbs(ret->limbs[1], &t1[5]);
}

LANES_INLINE void finish_slopes(Vector ret_difference[5], Vector ret_sum[5], const Vector x[5],
                                const Vector z[5])
{
    Vector sum[5], difference[5], thrice[5];
    add_limbs(sum, x, z);
    subtract_limbs(difference, x, z);
    add_limbs(thrice, difference, difference);
    add_limbs(thrice, thrice, difference);  // > -5.9
    add_primes(thrice, 6);
    carry_factor(ret_sum, sum);
    carry_factor(ret_difference, thrice);
}

// 3 (X - Z^2) + 6p (< 9.1) and X + Z^2 (< 3).
NOT_INLINE void double_slopes(LanesField *ret_difference, LanesField *ret_sum, const LanesPoint *a)
{
    Vector t0[10], t1[10];
    square_both(t0, t1, &a->z);  // Z^2 < 3.9^2 / 16 + 1 < 1.96
    finish_slopes(ret_difference->limbs[0], ret_sum->limbs[0], a->x.limbs[0], &t0[5]);
    finish_slopes(ret_difference->limbs[1], ret_sum->limbs[1], a->x.limbs[1], &t1[5]);
}

// 2 a^2 (< 3.81 for a < 3.8)
NOT_INLINE void square_twice(LanesField *ret, const LanesField *a)
{
    Vector t0[10], t1[10];
    square_both(t0, t1, a);
    add_limbs(&t0[5], &t0[5], &t0[5]);
    add_limbs(&t1[5], &t1[5], &t1[5]);
    carry_factor(ret->limbs[0], &t0[5]);
    carry_factor(ret->limbs[1], &t1[5]);
}

// 2 a b (< 3.86 for a < 3.8 and b < 3.9)
NOT_INLINE void multiply_twice(LanesField *ret, const LanesField *a, const LanesField *b)
{
    Vector t0[10], t1[10];
    multiply_both(t0, t1, a, b);
    add_limbs(&t0[5], &t0[5], &t0[5]);
    add_limbs(&t1[5], &t1[5], &t1[5]);
    carry_factor(ret->limbs[0], &t0[5]);
    carry_factor(ret->limbs[1], &t1[5]);
}

LANES_INLINE void finish_double_x(Vector ret_x[5], Vector ret_difference[5], Vector x[5],
                                  const Vector s2[5])
{
    Vector twice[5], difference[5];
    add_limbs(twice, s2, s2);
    subtract_limbs(x, x, twice);
    subtract_limbs(x, x, twice);
    fold(x);
    subtract_limbs(difference, twice, x);
    add_primes(difference, 2);
    carry(ret_x, x);
    carry_factor(ret_difference, difference);
}

// X' = M^2 - 4 S2 with M < 2.7 and S2 < 1.26, and 2 S2 - X' + 2p (< 4.6).
NOT_INLINE void double_x(LanesField *ret_x, LanesField *ret_difference, const LanesField *m,
                         const LanesField *s2)
{
    Vector t0[10], t1[10];
    square_both(t0, t1, m);
    finish_double_x(ret_x->limbs[0], ret_difference->limbs[0], &t0[5], s2->limbs[0]);
    finish_double_x(ret_x->limbs[1], ret_difference->limbs[1], &t1[5], s2->limbs[1]);
}

LANES_INLINE void double_y_half(Vector ret[5], const Vector m[5], const Vector difference[5],
                                const Vector q[5])
{
    Vector t[10];
    square_product(t, q);
    negate_limbs(&t[0], &t[0], 1);
    negate_limbs(&t[5], &t[5], 1);
    multiply_reduced(t, m, difference);
    add_primes(&t[5], 2);
    carry(ret, &t[5]);
}

// Y' = M D - 2 Q^2 + 2p with M < 2.7, D < 4.6, Q < 3.81: -1.9 < M D - 2 Q^2 < 1.8.
NOT_INLINE void double_y(LanesField *ret, const LanesField *m, const LanesField *difference,
                         const LanesField *q)
{
    double_y_half(ret->limbs[0], m->limbs[0], difference->limbs[0], q->limbs[0]);
    double_y_half(ret->limbs[1], m->limbs[1], difference->limbs[1], q->limbs[1]);
}

// M = 3 (X - Z^2)(X + Z^2), Q = 2 Y^2, S2 = Q X: X' = M^2 - 4 S2, Y' = M (2 S2 - X') - 2 Q^2,
// Z' = 2 Y Z. No finite point has Y = 0, because the order is prime.
// Source: Bernstein and Lange, Explicit-Formulas Database, dbl-2001-b.
void lanes_double(LanesPoint *ret, const LanesPoint *a)
{
    LanesField m, q, s2, difference;
    double_slopes(&difference, &s2, a);
    multiply(&m, &difference, &s2);  // 9.1 * 3 / 16 + 1 < 2.71
    square_twice(&q, &a->y);
    multiply_twice(&ret->z, &a->y, &a->z);
    multiply_to_term(&s2, &q, &a->x);  // 3.81 * 1.01 / 16 + 1 < 1.25
    double_x(&ret->x, &difference, &m, &s2);
    double_y(&ret->y, &m, &difference, &q);
}

LANES_INLINE void finish_less(Vector ret[5], Vector r[5], const Vector c[5], __mmask8 minus)
{
    negate_where(r, minus);
    subtract_limbs(r, r, c);
    add_primes(r, 5);
    carry_factor(ret, r);
}

// a b - c + 5p, or -a b - c + 5p where the bit is set, for a product < 1.13 and c < 3.8.
NOT_INLINE void multiply_less(LanesField *ret, const LanesField *a, const LanesField *b,
                              const LanesField *c, unsigned negative)
{
    Vector t0[10], t1[10];
    multiply_both(t0, t1, a, b);
    finish_less(ret->limbs[0], &t0[5], c->limbs[0], (__mmask8)negative);
    finish_less(ret->limbs[1], &t1[5], c->limbs[1], (__mmask8)(negative >> LANES_WIDTH));
}

LANES_INLINE void finish_add_x(Vector ret_x[5], Vector ret_difference[5], Vector x[5],
                               const Vector h_cubed[5], const Vector v[5])
{
    Vector difference[5];
    subtract_limbs(x, x, h_cubed);
    subtract_limbs(x, x, v);
    subtract_limbs(x, x, v);
    fold(x);
    subtract_limbs(difference, v, x);
    add_primes(difference, 2);
    carry(ret_x, x);
    carry_factor(ret_difference, difference);
}

// X' = R^2 - H^3 - 2 V with R < 6.2, H^3 < 2.4, V < 1.23, and V - X' + 2p (< 3.3).
NOT_INLINE void add_x(LanesField *ret_x, LanesField *ret_difference, const LanesField *r,
                      const LanesField *h_cubed, const LanesField *v)
{
    Vector t0[10], t1[10];
    square_both(t0, t1, r);
    finish_add_x(ret_x->limbs[0], ret_difference->limbs[0], &t0[5], h_cubed->limbs[0], v->limbs[0]);
    finish_add_x(ret_x->limbs[1], ret_difference->limbs[1], &t1[5], h_cubed->limbs[1], v->limbs[1]);
}

LANES_INLINE void add_y_half(Vector ret[5], const Vector r[5], const Vector difference[5],
                             const Vector y[5], const Vector h_cubed[5])
{
    const Vector zero = lanes_set(0);
    Vector t[10] = {zero, zero, zero, zero, zero, zero, zero, zero, zero, zero};
    add_row(&t[0], y[0], h_cubed);
    add_row(&t[1], y[1], h_cubed);
    add_row(&t[2], y[2], h_cubed);
    add_row(&t[3], y[3], h_cubed);
    add_row(&t[4], y[4], h_cubed);
    negate_limbs(&t[0], &t[0], 0);
    negate_limbs(&t[5], &t[5], 0);
    multiply_reduced(t, r, difference);
    add_primes(&t[5], 1);
    carry(ret, &t[5]);
}

// Y' = R D - Y H^3 + p with R < 6.2, D < 3.3, Y < 3.8, H^3 < 2.4: -0.6 < R D - Y H^3 < 2.3.
NOT_INLINE void add_y(LanesField *ret, const LanesField *r, const LanesField *difference,
                      const LanesField *y, const LanesField *h_cubed)
{
    add_y_half(ret->limbs[0], r->limbs[0], difference->limbs[0], y->limbs[0], h_cubed->limbs[0]);
    add_y_half(ret->limbs[1], r->limbs[1], difference->limbs[1], y->limbs[1], h_cubed->limbs[1]);
}

// With x and y the entry's coordinates: H = x Z^2 - X, R = y Z^3 - Y, V = X H^2:
// X' = R^2 - H^3 - 2 V, Y' = R (V - X') - Y H^3, Z' = Z H.
void lanes_add(LanesPoint *ret, const LanesPoint *a, const LanesEntry *b)
{
    LanesField squared, cube, h, r, v;
    square(&squared, &a->z);                              // < 1.96
    multiply(&cube, &squared, &a->z);                     // < 1.48
    multiply_less(&h, &b->x, &squared, &a->x, 0);         // 1.13 + 5 < 6.2
    multiply_less(&r, &b->y, &cube, &a->y, b->negative);  // 1.1 + 5 < 6.2
    multiply(&ret->z, &a->z, &h);                         // < 2.6
    square(&squared, &h);                                 // < 3.41
    lanes_mul(&cube, &squared, &h);                       // < 2.33
    multiply_to_term(&v, &squared, &a->x);                // < 1.22
    add_x(&ret->x, &squared, &r, &cube, &v);
    add_y(&ret->y, &r, &squared, &a->y, &cube);
}

void lanes_point_from_entry(LanesPoint *ret, const LanesEntry *entry)
{
    const Vector mask = lanes_set(LANES_LIMB_MASK);
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        for (size_t i = 0; i < LANES_LIMBS; i++) {
            ret->x.limbs[v][i] = entry->x.limbs[v][i] & mask;
            ret->y.limbs[v][i] = entry->y.limbs[v][i] & mask;
        }
    }
    lanes_unpack(&ret->z, &LANES_ONE);
}

#endif
