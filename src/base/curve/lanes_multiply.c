// SPDX-License-Identifier: Apache-2.0
#include "base/curve/lanes.h"

#if defined(__x86_64__)

#include "base/core/cpu.h"
#include "base/curve/lanes_limbs.h"
#include "base/curve/lanes_sum.h"
#include "base/curve/lanes_table.h"
#include "base/secret/secret.h"

// Several groups' scalars, and their products on their way to affine coordinates.
typedef struct {
    LanesWords h[LANES_SUM_GROUPS_MAX];
    unsigned flipped[LANES_SUM_GROUPS_MAX];
    LanesPoint points[LANES_SUM_GROUPS_MAX];
    LanesField inverses[LANES_SUM_GROUPS_MAX];
    LanesField products[LANES_SUM_GROUPS_MAX];
    LanesWords x, y;
} Groups;

bool lanes_available(void)
{
    return cpu_has(CPU_IFMA);
}

// Adds one entry of each row, highest first. No addition meets equal or opposite points: before row
// i is added the sum T is a positive multiple of 2^(7(i+1)) and below n + 2^253, and the entry is
// +-e 2^7i with odd e < 128, so that T = e 2^7i would need the former to divide e, and
// T +- e 2^7i = n would need 2^7i to divide n, which leaves row 0. There T + d = k < n for the
// digit d, and T - d = n means k = n + 2d, thus d < 0; but d = k modulo 256 up to the 128 that T
// is: n + 2d = 128 + d modulo 256 gives d = 93, which is not negative.
static LANES_TARGET void multiply_comb(LanesPoint *ret, const LanesWords *h)
{
    const LanesBaseComb *comb = lanes_base_comb();
    Vector index[LANES_VECTORS];
    LanesEntry entry;
    lanes_highest_digit(index, h, LANES_COMB_ROWS - 1, LANES_COMB_BITS);
    lanes_select_secret(&entry, comb->by_word[LANES_COMB_ROWS - 1], index);
    lanes_point_from_entry(ret, &entry);
    for (unsigned row = LANES_COMB_ROWS - 1; row-- > 0;) {
        lanes_digit(index, &entry.negative, h, row, LANES_COMB_BITS);
        lanes_select_secret(&entry, comb->by_word[row], index);
        lanes_add(ret, ret, &entry);
    }
    secret_wipe(index, sizeof index);
    secret_wipe(&entry, sizeof entry);
}

// y, or p - y where the lane was flipped; no point of the curve has y = 0.
static void store_plain_points(CurvePoint ret[LANES_COUNT], const LanesWords *x,
                               const LanesWords *y, unsigned flipped)
{
    for (size_t lane = 0; lane < LANES_COUNT; lane++) {
        uint64_t minus_y[4];
        for (size_t i = 0; i < LIMBS_COUNT; i++) {
            ret[lane].x[i] = x->words[i][lane];
            ret[lane].y[i] = y->words[i][lane];
        }
        limbs_sub(minus_y, LANES_PRIME, ret[lane].y);
        limbs_select(ret[lane].y, limb_mask(flipped >> lane & 1), minus_y, ret[lane].y);
    }
}

static LANES_TARGET bool groups_to_affine(Groups *groups, CurvePoint *ret, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        groups->inverses[i] = groups->points[i].z;
    }
    if (!lanes_invert(groups->inverses, groups->products, count)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        LanesPoint *point = &groups->points[i];
        LanesField *inverse = &groups->inverses[i], *power = &groups->products[i];
        lanes_square(power, inverse);
        lanes_mul(&point->x, &point->x, power);
        lanes_mul(power, power, inverse);
        lanes_mul(&point->y, &point->y, power);
        lanes_to_plain(&groups->x, &point->x);
        lanes_to_plain(&groups->y, &point->y);
        store_plain_points(&ret[i * LANES_COUNT], &groups->x, &groups->y, groups->flipped[i]);
    }
    return true;
}

// One entry after the other.
static LANES_TARGET bool multiply_in_turn(Groups *groups, CurvePoint *ret, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        multiply_comb(&groups->points[i], &groups->h[i]);
    }
    return groups_to_affine(groups, ret, count);
}

// All entries of all groups, then their sums by tree. Two sums over ranges of rows are integers of
// which one is an odd multiple of 2^7i and the other is smaller than 2^7i, so they are never equal
// or opposite; modulo n that could only be in the last addition, and for few of all scalars.
static LANES_TARGET bool multiply_by_tree(LanesSumWork *work, Groups *groups, CurvePoint *ret)
{
    const LanesBaseComb *comb = lanes_base_comb();
    Vector index[LANES_VECTORS];
    LanesEntry entry;
    for (unsigned row = 0; row < LANES_COMB_ROWS; row++) {
        for (size_t i = 0; i < work->group_count; i++) {
            if (row < LANES_COMB_ROWS - 1) {
                lanes_digit(index, &entry.negative, &groups->h[i], row, LANES_COMB_BITS);
            } else {
                lanes_highest_digit(index, &groups->h[i], row, LANES_COMB_BITS);
                entry.negative = 0;
            }
            lanes_select_secret(&entry, comb->by_word[row], index);
            lanes_term_from_entry(&work->terms[row * work->group_count + i], &entry);
        }
    }
    lanes_sum_run(work);
    unsigned undecided = 0;
    for (size_t i = 0; i < work->group_count; i++) {
        undecided |= work->undecided[i];
        lanes_term_carry(&entry.x, &entry.y, &work->terms[i]);
        lanes_to_plain(&groups->x, &entry.x);
        lanes_to_plain(&groups->y, &entry.y);
        store_plain_points(&ret[i * LANES_COUNT], &groups->x, &groups->y, groups->flipped[i]);
    }
    secret_wipe(index, sizeof index);
    secret_wipe(&entry, sizeof entry);
    return undecided == 0;
}

static bool multiply_groups(Groups *groups, const Scalar *k, CurvePoint *ret, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Scalar *scalars[LANES_COUNT];
        for (size_t lane = 0; lane < LANES_COUNT; lane++) {
            scalars[lane] = &k[i * LANES_COUNT + lane];
        }
        lanes_recode(&groups->h[i], &groups->flipped[i], scalars);
    }
    LanesSumWork work;
    if (count < LANES_SUM_GROUPS_LEAST || !lanes_sum_start(&work, LANES_COMB_ROWS, count)) {
        return multiply_in_turn(groups, ret, count);
    }
    bool finite = multiply_by_tree(&work, groups, ret);
    lanes_sum_free(&work);
    return finite;
}

bool lanes_multiply_base(CurvePoint *ret, const Scalar *k, size_t groups)
{
    Groups work;
    bool finite = true;
    for (size_t done = 0; done < groups && finite; done += LANES_SUM_GROUPS_MAX) {
        size_t count = groups - done;
        count = count < LANES_SUM_GROUPS_MAX ? count : LANES_SUM_GROUPS_MAX;
        finite = multiply_groups(&work, &k[done * LANES_COUNT], &ret[done * LANES_COUNT], count);
    }
    secret_wipe(&work, sizeof work);
    return finite;
}

#endif
