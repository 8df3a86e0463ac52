// SPDX-License-Identifier: Apache-2.0
//
// Tables of odd multiples.
#include "base/curve/lanes.h"

#if defined(__x86_64__)

#include "base/curve/lanes_table.h"

#include <pthread.h>

#include "base/curve/lanes_limbs.h"

// Two points of each lane over the same Z: `first` is added to `second` again and again.
typedef struct {
    LanesField first_x, first_y, second_x, second_y;
} Pair;

// A multiple before it is affine; z_factor is its Z over that of the one before.
typedef struct {
    LanesField x, y, z_factor;
} Multiple;

static LanesBaseComb base_comb;
static pthread_once_t base_comb_once = PTHREAD_ONCE_INIT;

// k in Montgomery form, for a small k.
static LANES_TARGET void small_number(LanesField *ret, uint64_t k)
{
    LanesWords plain = {{{0}}};
    for (size_t i = 0; i < LANES_COUNT; i++) {
        plain.words[0][i] = k;
    }
    lanes_from_plain(ret, &plain);
}

static LANES_TARGET void multiply_small(LanesField *ret, const LanesField *a, uint64_t k)
{
    LanesField factor;
    small_number(&factor, k);
    lanes_mul(ret, a, &factor);
}

// Double affine points and bring them to the Z of their doubles, 2y. With S = 4 x y^2 and
// M = 3 (x^2 - 1): the double is (M^2 - 2 S, M (S - X') - 8 y^4), and the point is (S, 8 y^4).
static LANES_TARGET void pair_start(Pair *ret, LanesField *ret_z, const LanesField *x,
                                    const LanesField *y)
{
    LanesField one, m, s, square, difference;
    lanes_unpack(&one, &LANES_ONE);
    lanes_square(&m, x);
    lanes_sub(&m, &m, &one);
    multiply_small(&m, &m, 3);
    lanes_square(&square, y);
    lanes_mul(&s, &square, x);
    multiply_small(&ret->second_x, &s, 4);
    lanes_square(&square, &square);
    multiply_small(&ret->second_y, &square, 8);
    lanes_square(&square, &m);
    lanes_sub(&square, &square, &ret->second_x);
    lanes_sub(&ret->first_x, &square, &ret->second_x);
    lanes_sub(&difference, &ret->second_x, &ret->first_x);
    lanes_mul(&difference, &difference, &m);
    lanes_sub(&ret->first_y, &difference, &ret->second_y);
    multiply_small(ret_z, y, 2);
}

// second += first, and first to the Z of the sum, which is ret->z_factor times the Z before.
// Source: Meloni, "New Point Addition Formulae for ECC Applications" (WAIFI 2007).
static LANES_TARGET void pair_add(Pair *pair, Multiple *ret)
{
    LanesField c, w1, w2, r, difference;
    lanes_sub(&ret->z_factor, &pair->first_x, &pair->second_x);
    lanes_square(&c, &ret->z_factor);
    lanes_mul(&w1, &pair->first_x, &c);
    lanes_mul(&w2, &pair->second_x, &c);
    lanes_sub(&r, &pair->first_y, &pair->second_y);
    lanes_sub(&difference, &w1, &w2);
    lanes_mul(&pair->first_y, &pair->first_y, &difference);
    pair->first_x = w1;
    lanes_square(&c, &r);
    lanes_sub(&c, &c, &w1);
    lanes_sub(&pair->second_x, &c, &w2);
    lanes_sub(&difference, &w1, &pair->second_x);
    lanes_mul(&r, &r, &difference);
    lanes_sub(&pair->second_y, &r, &pair->first_y);
    ret->x = pair->second_x;
    ret->y = pair->second_y;
}

// The multiples' Z are products of their factors: after one inversion, the last inverse times
// the last factor is the inverse before it, and so on down.
void lanes_odd_multiples(LanesPacked *const ret[LANES_COUNT], size_t count, const LanesField *x,
                         const LanesField *y)
{
    Multiple multiples[LANES_COMB_COLUMNS];
    Pair pair;
    LanesField z, inverse, power, affine_x, affine_y;
    pair_start(&pair, &z, x, y);
    for (size_t i = 1; i < count; i++) {
        pair_add(&pair, &multiples[i]);
        lanes_mul(&z, &z, &multiples[i].z_factor);
    }
    inverse = z;
    // Not 0: the points are finite, and no two of the multiples added are equal or opposite.
    (void)lanes_invert(&inverse, &power, 1);
    for (size_t i = count; i-- > 1;) {
        lanes_square(&power, &inverse);
        lanes_mul(&affine_x, &multiples[i].x, &power);
        lanes_mul(&power, &power, &inverse);
        lanes_mul(&affine_y, &multiples[i].y, &power);
        lanes_store_packed(ret, i, &affine_x, &affine_y);
        lanes_mul(&inverse, &inverse, &multiples[i].z_factor);
    }
    lanes_store_packed(ret, 0, x, y);
}

void lanes_load_plain(LanesField *ret_x, LanesField *ret_y,
                      const CurvePoint *const points[LANES_COUNT])
{
    LanesWords x, y;
    for (size_t lane = 0; lane < LANES_COUNT; lane++) {
        for (size_t i = 0; i < LIMBS_COUNT; i++) {
            x.words[i][lane] = points[lane]->x[i];
            y.words[i][lane] = points[lane]->y[i];
        }
    }
    lanes_from_plain(ret_x, &x);
    lanes_from_plain(ret_y, &y);
}

// The first lane of `from` becomes lane `lane` of `to`.
static LANES_TARGET void copy_lane(LanesField *to, size_t lane, const LanesField *from)
{
    const __mmask8 mask = (__mmask8)(1U << lane % LANES_WIDTH);
    for (size_t i = 0; i < LANES_LIMBS; i++) {
        Vector *limb = &to->limbs[lane / LANES_WIDTH][i];
        *limb = _mm512_mask_mov_epi64(*limb, mask,
                                      _mm512_permutexvar_epi64(lanes_set(0), from->limbs[0][i]));
    }
}

LANES_TARGET void lanes_table_compute(LanesTable *ret, const CurvePoint *point)
{
    static const LanesField zero;
    const CurvePoint *points[LANES_COUNT];
    for (size_t i = 0; i < LANES_COUNT; i++) {
        points[i] = point;
    }
    LanesPoint firsts[LANES_COMB_ROWS];
    LanesField inverses[LANES_COMB_ROWS], products[LANES_COMB_ROWS], power;
    lanes_load_plain(&firsts[0].x, &firsts[0].y, points);
    lanes_unpack(&firsts[0].z, &LANES_ONE);
    for (size_t i = 1; i < LANES_COMB_ROWS; i++) {
        lanes_double(&firsts[i], &firsts[i - 1]);
        for (size_t j = 1; j < LANES_COMB_BITS; j++) {
            lanes_double(&firsts[i], &firsts[i]);
        }
    }
    for (size_t i = 0; i < LANES_COMB_ROWS; i++) {
        inverses[i] = firsts[i].z;
    }
    // Not 0: no multiple of a point of prime order by a power of two is infinite.
    (void)lanes_invert(inverses, products, LANES_COMB_ROWS);
    for (size_t row = 0; row < LANES_COMB_ROWS; row += LANES_COUNT) {
        LanesField x = zero, y = zero;
        LanesPacked *entries[LANES_COUNT];
        for (size_t lane = 0; lane < LANES_COUNT; lane++) {
            size_t i = row + lane < LANES_COMB_ROWS ? row + lane : LANES_COMB_ROWS - 1;
            lanes_square(&power, &inverses[i]);
            lanes_mul(&products[0], &firsts[i].x, &power);
            lanes_mul(&power, &power, &inverses[i]);
            lanes_mul(&products[1], &firsts[i].y, &power);
            copy_lane(&x, lane, &products[0]);
            copy_lane(&y, lane, &products[1]);
            entries[lane] = ret->rows[i];
        }
        lanes_odd_multiples(entries, LANES_COMB_COLUMNS, &x, &y);
    }
}

static void compute_base_comb(void)
{
    lanes_table_compute(&base_comb.entries, &CURVE_BASE);
    for (size_t row = 0; row < LANES_COMB_ROWS; row++) {
        for (size_t j = 0; j < LANES_COMB_COLUMNS; j++) {
            for (size_t i = 0; i < 2 * LIMBS_COUNT; i++) {
                base_comb.by_word[row][i][j] = base_comb.entries.rows[row][j].words[i];
            }
        }
    }
}

const LanesBaseComb *lanes_base_comb(void)
{
    pthread_once(&base_comb_once, compute_base_comb);
    return &base_comb;
}

#endif
