// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)

#include "base/core/cpu.h"
#include "base/curve/field.h"
#include "base/curve/lanes_product.h"
#include "base/curve/lanes_table.h"
#include "base/secret/secret.h"

enum { GROUPS_AT_ONCE = 8 };  // share one inversion

// Results of several groups on their way to affine coordinates.
typedef struct {
    LanesPoint points[GROUPS_AT_ONCE];
    LanesField inverses[GROUPS_AT_ONCE];
    LanesField products[GROUPS_AT_ONCE];
    LanesWords x, y;
    unsigned flipped[GROUPS_AT_ONCE];
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
static void store_plain_points(LanesPlainPoint ret[LANES_COUNT], const LanesWords *x,
                               const LanesWords *y, unsigned flipped)
{
    static const uint64_t prime[4] = {FIELD_P0, FIELD_P1, FIELD_P2, FIELD_P3};
    for (size_t lane = 0; lane < LANES_COUNT; lane++) {
        uint64_t minus_y[4];
        for (size_t i = 0; i < LIMBS_COUNT; i++) {
            ret[lane].x[i] = x->words[i][lane];
            ret[lane].y[i] = y->words[i][lane];
        }
        limbs_sub(minus_y, prime, ret[lane].y);
        limbs_select(ret[lane].y, limb_mask(flipped >> lane & 1), minus_y, ret[lane].y);
    }
}

static LANES_TARGET bool groups_to_affine(Groups *groups, LanesPlainPoint *ret, size_t count)
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

bool lanes_multiply_base(LanesPlainPoint *ret, const Scalar *k, size_t groups)
{
    Groups work;
    LanesWords h;
    bool finite = true;
    for (size_t done = 0; done < groups && finite; done += GROUPS_AT_ONCE) {
        size_t count = groups - done < GROUPS_AT_ONCE ? groups - done : GROUPS_AT_ONCE;
        for (size_t i = 0; i < count; i++) {
            const Scalar *scalars[LANES_COUNT];
            for (size_t lane = 0; lane < LANES_COUNT; lane++) {
                scalars[lane] = &k[(done + i) * LANES_COUNT + lane];
            }
            lanes_recode(&h, &work.flipped[i], scalars);
            multiply_comb(&work.points[i], &h);
        }
        finite = groups_to_affine(&work, &ret[done * LANES_COUNT], count);
    }
    secret_wipe(&h, sizeof h);
    secret_wipe(&work, sizeof work);
    return finite;
}

#endif
