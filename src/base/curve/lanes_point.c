// SPDX-License-Identifier: Apache-2.0
//
// Doubling and mixed addition for sixteen lanes. Differences are taken from products before their
// carries, and a difference of two products is reduced once. In the comments, "< 4.5" means below
// 4.5 p, and every bound follows from those in lanes_point.h.
#if defined(__x86_64__)

#include "base/curve/lanes_point.h"

#include "base/curve/lanes_product.h"

// Zeros that start a sum of products.
#define NO_PRODUCT \
    {              \
        {          \
            0      \
        }          \
    }

// ret = 3 (X - Z^2) + 6p (< 9.1) and X + Z^2 (< 3).
static LANES_TARGET __attribute__((noinline)) void double_slopes(LanesField *ret_difference,
                                                                 LanesField *ret_sum,
                                                                 const LanesPoint *a)
{
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        Vector t[10], sum[5];
        square_product(t, a->z.limbs[v]);
        reduce_product(t);  // Z^2 < 3.9^2 / 16 + 1 < 1.96
        Vector *z = &t[5];
        for (size_t i = 0; i < LANES_LIMBS; i++) {
            Vector x = a->x.limbs[v][i];
            sum[i] = x + z[i];
            Vector difference = x - z[i];
            z[i] = difference + difference + difference;  // > -5.9
        }
        carry(ret_sum->limbs[v], sum);
        add_primes(z, 6);
        carry(ret_difference->limbs[v], z);
    }
}

// ret = 2 a^2 (< 3.81 for a < 3.8)
static LANES_TARGET __attribute__((noinline)) void square_twice(LanesField *ret,
                                                                const LanesField *a)
{
    Vector t0[10], t1[10];
    square_product(t0, a->limbs[0]);
    square_product(t1, a->limbs[1]);
    reduce_product(t0);
    reduce_product(t1);
    for (size_t i = 5; i < 10; i++) {
        t0[i] += t0[i];
        t1[i] += t1[i];
    }
    carry(ret->limbs[0], &t0[5]);
    carry(ret->limbs[1], &t1[5]);
}

// ret = 2 a b (< 3.86 for a < 3.8 and b < 3.9)
static LANES_TARGET __attribute__((noinline)) void multiply_twice(LanesField *ret,
                                                                  const LanesField *a,
                                                                  const LanesField *b)
{
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        Vector t[10] = NO_PRODUCT;
        multiply_reduced(t, a->limbs[v], b->limbs[v]);
        for (size_t i = 5; i < 10; i++) {
            t[i] += t[i];
        }
        carry(ret->limbs[v], &t[5]);
    }
}

// X' = M^2 - 4 S2 with M < 2.7 and S2 < 1.26, and 2 S2 - X' + 2p (< 4.6).
static LANES_TARGET __attribute__((noinline)) void double_x(LanesField *ret_x,
                                                            LanesField *ret_difference,
                                                            const LanesField *m,
                                                            const LanesField *s2)
{
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        Vector t[10], difference[5];
        square_product(t, m->limbs[v]);
        reduce_product(t);
        Vector *x = &t[5];
        for (size_t i = 0; i < LANES_LIMBS; i++) {
            x[i] -= s2->limbs[v][i] << 2;
        }
        fold(x);
        for (size_t i = 0; i < LANES_LIMBS; i++) {
            difference[i] = (s2->limbs[v][i] << 1) - x[i];
        }
        carry(ret_x->limbs[v], x);
        add_primes(difference, 2);
        carry(ret_difference->limbs[v], difference);
    }
}

// Y' = M D - 2 Q^2 + 2p with M < 2.7, D < 4.6, Q < 3.81: -1.9 < M D - 2 Q^2 < 1.8.
static LANES_TARGET __attribute__((noinline)) void double_y(LanesField *ret, const LanesField *m,
                                                            const LanesField *difference,
                                                            const LanesField *q)
{
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        Vector t[10];
        square_product(t, q->limbs[v]);
        for (size_t i = 0; i < 10; i++) {
            t[i] = lanes_set(0) - (t[i] << 1);
        }
        multiply_reduced(t, m->limbs[v], difference->limbs[v]);
        add_primes(&t[5], 2);
        carry(ret->limbs[v], &t[5]);
    }
}

// M = 3 (X - Z^2)(X + Z^2), Q = 2 Y^2, S2 = Q X: X' = M^2 - 4 S2, Y' = M (2 S2 - X') - 2 Q^2,
// Z' = 2 Y Z. No finite point has Y = 0, because the order is prime.
// Source: Bernstein and Lange, Explicit-Formulas Database, dbl-2001-b.
void lanes_double(LanesPoint *ret, const LanesPoint *a)
{
    LanesField m, q, s2, difference;
    double_slopes(&difference, &s2, a);
    lanes_mul(&m, &difference, &s2);  // 9.1 * 3 / 16 + 1 < 2.71
    square_twice(&q, &a->y);
    multiply_twice(&ret->z, &a->y, &a->z);
    lanes_mul(&s2, &q, &a->x);  // 3.81 * 1.01 / 16 + 1 < 1.25
    double_x(&ret->x, &difference, &m, &s2);
    double_y(&ret->y, &m, &difference, &q);
}

// a b - c + 5p, or -a b - c + 5p where the bit is set, for a product < 1.13 and c < 3.8.
static LANES_TARGET __attribute__((noinline)) void multiply_less(LanesField *ret,
                                                                 const LanesField *a,
                                                                 const LanesField *b,
                                                                 const LanesField *c,
                                                                 unsigned negative)
{
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        __mmask8 minus = (__mmask8)(negative >> (v * LANES_WIDTH));
        Vector t[10] = NO_PRODUCT;
        multiply_reduced(t, a->limbs[v], b->limbs[v]);
        for (size_t i = 0; i < LANES_LIMBS; i++) {
            t[5 + i] = _mm512_mask_sub_epi64(t[5 + i], minus, lanes_set(0), t[5 + i]);
            t[5 + i] -= c->limbs[v][i];
        }
        add_primes(&t[5], 5);
        carry(ret->limbs[v], &t[5]);
    }
}

// X' = R^2 - H^3 - 2 V with R < 6.2, H^3 < 2.6, V < 1.2, and V - X' + 2p (< 3.2).
static LANES_TARGET __attribute__((noinline)) void add_x(LanesField *ret_x,
                                                         LanesField *ret_difference,
                                                         const LanesField *r,
                                                         const LanesField *h_cubed,
                                                         const LanesField *v1)
{
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        Vector t[10], difference[5];
        square_product(t, r->limbs[v]);
        reduce_product(t);
        Vector *x = &t[5];
        for (size_t i = 0; i < LANES_LIMBS; i++) {
            x[i] -= h_cubed->limbs[v][i] + (v1->limbs[v][i] << 1);
        }
        fold(x);
        for (size_t i = 0; i < LANES_LIMBS; i++) {
            difference[i] = v1->limbs[v][i] - x[i];
        }
        carry(ret_x->limbs[v], x);
        add_primes(difference, 2);
        carry(ret_difference->limbs[v], difference);
    }
}

// Y' = R D - Y H^3 + p with R < 6.2, D < 3.2, Y < 3.8, H^3 < 2.6: -0.7 < R D - Y H^3 < 2.3.
static LANES_TARGET __attribute__((noinline)) void add_y(LanesField *ret, const LanesField *r,
                                                         const LanesField *difference,
                                                         const LanesField *y,
                                                         const LanesField *h_cubed)
{
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        Vector t[10] = NO_PRODUCT;
        const Vector *a = y->limbs[v], *b = h_cubed->limbs[v];
        add_row(&t[0], a[0], b);
        add_row(&t[1], a[1], b);
        add_row(&t[2], a[2], b);
        add_row(&t[3], a[3], b);
        add_row(&t[4], a[4], b);
        for (size_t i = 0; i < 10; i++) {
            t[i] = lanes_set(0) - t[i];
        }
        multiply_reduced(t, r->limbs[v], difference->limbs[v]);
        add_primes(&t[5], 1);
        carry(ret->limbs[v], &t[5]);
    }
}

// With x and y the entry's coordinates: H = x Z^2 - X, R = y Z^3 - Y, V = X H^2:
// X' = R^2 - H^3 - 2 V, Y' = R (V - X') - Y H^3, Z' = Z H.
void lanes_add(LanesPoint *ret, const LanesPoint *a, const LanesEntry *b)
{
    LanesField square, cube, h, r, v;
    lanes_square(&square, &a->z);                         // < 1.96
    lanes_mul(&cube, &square, &a->z);                     // < 1.48
    multiply_less(&h, &b->x, &square, &a->x, 0);          // 1.13 + 5 < 6.2
    multiply_less(&r, &b->y, &cube, &a->y, b->negative);  // 1.1 + 5 < 6.2
    lanes_mul(&ret->z, &a->z, &h);                        // < 2.6
    lanes_square(&square, &h);                            // < 3.41
    lanes_mul(&cube, &square, &h);                        // < 2.33
    lanes_mul(&v, &square, &a->x);                        // < 1.22
    add_x(&ret->x, &square, &r, &cube, &v);
    add_y(&ret->y, &r, &square, &a->y, &cube);
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
