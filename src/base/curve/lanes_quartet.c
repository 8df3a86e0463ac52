// SPDX-License-Identifier: Apache-2.0
//
// Doublings and additions in four lanes. In the comments "a | b | c | d" are the lanes, "< 1.1"
// means below 1.1 p, and "-" is a lane that does not matter.
#include "base/curve/lanes.h"

#if defined(__x86_64__)

#include "base/curve/lanes_quartet.h"

#include "base/curve/lanes_quartet_limbs.h"

// Masks of lanes.
enum { L0 = 1, L1 = 2, L2 = 4, L3 = 8 };

#define ALL_FROM(lane) QUARTET_FROM(lane, lane, lane, lane)

// 2^260 mod p.
static const uint64_t one_words[LIMBS_COUNT] = {0x10, 0xffffffff0, 0, 0x1000000000};

// With T = 2 Y^2 and U = X T: X' = M^2 - 4U, Y' = M (2U - X') - 2 T^2, Z' = 2 Y Z, W' = 4 T^2 W and
// M' = 3 X'^2 + W'. Infinity (Z = 0) stays infinity.
LANES_INLINE LanesQuartet double_point(LanesQuartet a)
{
    // Y^2 | Y^2 | Y^2 | M^2 (< 1.1), then X | T | X | Y times T | T | T | Z.
    QuartetField squares = quartet_square(a.yyym);
    QuartetField right = quartet_factor(quartet_add(squares, squares));
    QuartetField left = quartet_join(right, L0 | L2 | L3, a.xxy);
    QuartetField m_squared = quartet_permute(squares, ALL_FROM(3));
    right = quartet_join(right, L3, a.z);
    // U | T^2 | U | Y Z (< 1.2), then M | 2 T^2 | X' | Z' times 2U - X' | 2W | 3X' | Z'.
    QuartetField u = quartet_mul(left, right), twice_u = quartet_add(u, u);
    QuartetField x = quartet_sub(m_squared, quartet_add(twice_u, twice_u));
    left = quartet_join(x, L1 | L3, twice_u);
    left = quartet_folded_factor(left);
    a.z = left;
    right = quartet_join(twice_u, L1, a.w2);
    right = quartet_sub_where(right, L0, x);
    right = quartet_add_where(quartet_join(right, L2, x), L2, quartet_add(x, x));
    right = quartet_folded_factor(right);
    left = quartet_join(left, L0, quartet_permute(a.yyym, ALL_FROM(3)));
    // M (2U - X') | W' | 3X'^2 | Z'^2 (< 1.1).
    QuartetField last = quartet_mul(left, right);
    QuartetField y = quartet_permute(last, QUARTET_FROM(0, 0, 0, 1));
    y = quartet_sub_where(y, L0 | L1 | L2, quartet_permute(twice_u, ALL_FROM(1)));
    y = quartet_add_where(y, L3, quartet_permute(last, ALL_FROM(2)));
    a.yyym = quartet_folded_factor(y);
    a.xxy = quartet_permute_both(left, QUARTET_FROM(2, 2, 2, 4), a.yyym);
    a.w2 = quartet_add(last, last);
    a.zz = last;
    return a;
}

// With H = x ZZ - X zz and R = y ZZZ - Y zzz over the common denominator, and V = X zz H^2:
// X' = R^2 - H^3 - 2V, Y' = R (V - X') - Y zzz H^3, Z' = Z z H.
LANES_INLINE LanesQuartet add_point(LanesQuartet a, const LanesQuartetEntry *b)
{
    // x | Z | zz | z times ZZ | ZZ | X | Z is x ZZ | ZZZ | X zz | Z z (< 1.2).
    QuartetField right = quartet_factor(quartet_permute(a.zz, ALL_FROM(3)));
    right = quartet_join(quartet_join(right, L2, a.xxy), L3, a.z);
    QuartetField left = quartet_join(b->xz, L1, quartet_permute(a.z, ALL_FROM(3)));
    QuartetField first = quartet_mul(left, right);
    // y | H | zzz | H times ZZZ | H | Y | Z z is y ZZZ | H^2 | Y zzz | Z' (< 1.8), with H < 3.2.
    QuartetField h = quartet_permute(first, ALL_FROM(0));
    h = quartet_sub(h, quartet_permute(first, ALL_FROM(2)));
    h = quartet_add_primes(h, L0 | L1 | L2 | L3, 2);
    right = quartet_join(h, L0, quartet_permute(first, ALL_FROM(1)));
    right = quartet_factor(quartet_join(right, L3, first));
    right = quartet_join(right, L2, a.yyym);
    h = quartet_factor(h);
    left = quartet_join(b->y, L1 | L3, h);
    QuartetField second = quartet_mul(left, right);
    // R | H | X zz | Z' times R | H^2 | H^2 | Z' is R^2 | H^3 | V | Z'^2 (< 1.8), with R < 3.2.
    QuartetField y_zzz = quartet_permute(second, ALL_FROM(2));
    right = quartet_permute(second, QUARTET_FROM(0, 1, 1, 3));
    right = quartet_add_primes(quartet_sub_where(right, L0, y_zzz), L0, 2);
    right = quartet_factor(right);
    a.z = right;
    left = quartet_join(quartet_join(right, L1, h), L2, quartet_factor(first));
    QuartetField third = quartet_mul(left, right);
    // R | Y zzz | X' | Z'^2 times V - X' | H^3 | 3X' | Z'^2.
    QuartetField r = right, v = quartet_permute(third, ALL_FROM(2));
    QuartetField x = quartet_sub(quartet_permute(third, ALL_FROM(0)), quartet_add(v, v));
    x = quartet_fold(quartet_sub(x, quartet_permute(third, ALL_FROM(1))));
    right = quartet_join(third, L0, quartet_sub(v, x));
    right = quartet_join(right, L2, quartet_add(x, quartet_add(x, x)));
    right = quartet_folded_factor(right);
    x = quartet_factor(x);
    left = quartet_join(quartet_join(right, L0, r), L1, quartet_factor(y_zzz));
    left = quartet_join(left, L2, x);
    QuartetField last = quartet_mul(left, right);
    // The products are R (V - X') | Y zzz H^3 | 3X'^2 | Z'^4 (< 1.3).
    QuartetField taken = quartet_add_where(last, L3, quartet_add(last, last));
    QuartetField y = quartet_permute(last, QUARTET_FROM(0, 0, 0, 2));
    y = quartet_sub(y, quartet_permute(taken, QUARTET_FROM(1, 1, 1, 3)));
    a.yyym = quartet_folded_factor(y);
    a.xxy = quartet_join(x, L3, quartet_permute(a.yyym, ALL_FROM(0)));
    a.zz = third;
    a.w2 = quartet_minus(quartet_permute(quartet_add(taken, taken), ALL_FROM(3)));
    return a;
}

void lanes_quartet_entry(LanesQuartetEntry *ret, const uint64_t x[LIMBS_COUNT],
                         const uint64_t y[LIMBS_COUNT])
{
    const QuartetField one = quartet_load(one_words);
    ret->xz = quartet_join(one, L0, quartet_load(x));
    ret->y = quartet_join(one, L0, quartet_load(y));
}

void lanes_quartet_entries(LanesQuartetEntry ret[2], const LanesQuartet *point)
{
    QuartetField zz = quartet_factor(quartet_permute(point->zz, ALL_FROM(3)));
    QuartetField z = quartet_permute(point->z, ALL_FROM(3));
    QuartetField zzz = quartet_factor(quartet_mul(z, zz));
    QuartetField minus_y = quartet_folded_factor(quartet_minus(quartet_term(point->yyym)));
    ret[0].xz = quartet_join(quartet_join(point->xxy, L2, zz), L3, z);
    ret[0].y = quartet_join(point->yyym, L2, zzz);
    ret[1].xz = ret[0].xz;
    ret[1].y = quartet_join(minus_y, L2, zzz);
}

void lanes_quartet_start(LanesQuartet *ret, const LanesQuartetEntry *entry)
{
    // M = 3 (x^2 - zz^2)
    QuartetField squares = quartet_square(quartet_permute(entry->xz, QUARTET_FROM(0, 2, 0, 2)));
    QuartetField zz_squared = quartet_permute(squares, ALL_FROM(1));
    QuartetField m = quartet_sub(quartet_permute(squares, ALL_FROM(0)), zz_squared);
    m = quartet_folded_factor(quartet_add(m, quartet_add(m, m)));
    zz_squared = quartet_add(zz_squared, quartet_add(zz_squared, zz_squared));
    QuartetField y = quartet_permute(entry->y, ALL_FROM(0));
    ret->yyym = quartet_join(y, L3, m);
    ret->xxy = quartet_join(quartet_permute(entry->xz, ALL_FROM(0)), L3, y);
    ret->z = entry->xz;
    ret->w2 = quartet_minus(quartet_add(zz_squared, zz_squared));
    ret->zz = quartet_term(quartet_permute(entry->xz, ALL_FROM(2)));
}

void lanes_quartet_double(LanesQuartet *point, unsigned times)
{
    LanesQuartet a = *point;
    for (unsigned i = 0; i < times; i++) {
        a = double_point(a);
    }
    *point = a;
}

void lanes_quartet_add(LanesQuartet *point, const LanesQuartetEntry *entry)
{
    *point = add_point(*point, entry);
}

void lanes_quartet_store(LanesQuartetPoint *ret, const LanesQuartet *point)
{
    quartet_store(ret->x, point->xxy, 0);
    quartet_store(ret->y, point->yyym, 0);
    quartet_store(ret->z, quartet_folded_factor(quartet_term(point->z)), 3);
}

#endif
