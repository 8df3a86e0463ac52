// SPDX-License-Identifier: Apache-2.0
//
// Sums of multiples for verification. Everything is public here. Digits that belong to the base
// point change sign where only one of the two scalars was replaced by its opposite: the sum is
// then right but for its sign, which x does not show.
#include "base/curve/lanes.h"

#if defined(__x86_64__)

#include <pthread.h>
#include <stdlib.h>

#include "base/curve/lanes_limbs.h"
#include "base/curve/lanes_sum.h"
#include "base/curve/lanes_table.h"

// From so many groups on, window tables with shared inversions are faster.
enum { WINDOW_GROUPS_LEAST = 3 };

// Odd multiples of the base point; computed once, constant afterwards.
static LanesPacked base_odd[LANES_BASE_WINDOW_COLUMNS];
static pthread_once_t base_odd_once = PTHREAD_ONCE_INIT;

// Both scalars of each lane.
typedef struct {
    LanesWords s, t;
    unsigned base_flipped;
} Scalars;

static void compute_base_odd(void)
{
    for (size_t i = 0; i < LANES_BASE_WINDOW_COLUMNS; i += LANES_COUNT) {
        Scalar k[LANES_COUNT];
        CurvePoint points[LANES_COUNT];
        const CurvePoint *views[LANES_COUNT];
        LanesPacked *entries[LANES_COUNT];
        for (size_t j = 0; j < LANES_COUNT; j++) {
            k[j] = (Scalar){{2 * (i + j) + 1}};
            views[j] = &points[j];
            entries[j] = &base_odd[i + j];
        }
        // Never false: none of the scalars is a multiple of n.
        (void)!lanes_multiply_base(points, k, 1);
        LanesField x, y;
        lanes_load_plain(&x, &y, views);
        lanes_store_packed(entries, 0, &x, &y);
    }
}

static void recode_both(Scalars *ret, const LanesSum sums[LANES_COUNT])
{
    const Scalar *s[LANES_COUNT], *t[LANES_COUNT];
    unsigned s_flipped, t_flipped;
    for (size_t i = 0; i < LANES_COUNT; i++) {
        s[i] = &sums[i].s;
        t[i] = &sums[i].t;
    }
    lanes_recode(&ret->s, &s_flipped, s);
    lanes_recode(&ret->t, &t_flipped, t);
    ret->base_flipped = s_flipped ^ t_flipped;
}

static LANES_TARGET void load_candidates(LanesField *ret, const LanesSum sums[LANES_COUNT])
{
    LanesWords v;
    for (size_t lane = 0; lane < LANES_COUNT; lane++) {
        for (size_t i = 0; i < LIMBS_COUNT; i++) {
            v.words[i][lane] = sums[lane].v[i];
        }
    }
    lanes_from_plain(ret, &v);
}

// Compare X with v Z^2.
static LANES_TARGET LanesVerdict compare_x(const LanesPoint *sum, const LanesSum sums[LANES_COUNT])
{
    LanesField candidate, square;
    load_candidates(&candidate, sums);
    lanes_square(&square, &sum->z);
    lanes_mul(&candidate, &candidate, &square);
    lanes_sub(&candidate, &candidate, &sum->x);
    unsigned undecided = lanes_are_zero(&square);
    return (LanesVerdict){lanes_are_zero(&candidate) & ~undecided, undecided};
}

// The look-ups' indices as numbers.
static LANES_TARGET void store_indices(uint64_t ret[LANES_COUNT], const Vector index[LANES_VECTORS])
{
    _mm512_storeu_si512(&ret[0], index[0]);
    _mm512_storeu_si512(&ret[LANES_WIDTH], index[1]);
}

static LANES_TARGET void load_rows(LanesEntry *ret, const LanesPacked *const rows[LANES_COUNT],
                                   const Vector index[LANES_VECTORS])
{
    uint64_t indices[LANES_COUNT];
    const LanesPacked *entries[LANES_COUNT];
    store_indices(indices, index);
    for (size_t i = 0; i < LANES_COUNT; i++) {
        entries[i] = &rows[i][indices[i]];
    }
    lanes_load_public(ret, entries);
}

static LANES_TARGET void load_row(LanesEntry *ret, const LanesPacked *row,
                                  const Vector index[LANES_VECTORS])
{
    uint64_t indices[LANES_COUNT];
    const LanesPacked *entries[LANES_COUNT];
    store_indices(indices, index);
    for (size_t i = 0; i < LANES_COUNT; i++) {
        entries[i] = &row[indices[i]];
    }
    lanes_load_public(ret, entries);
}

static LANES_TARGET void compute_window_table(LanesOddMultiples ret,
                                              const LanesSum sums[LANES_COUNT])
{
    const CurvePoint *points[LANES_COUNT];
    LanesPacked *entries[LANES_COUNT];
    for (size_t i = 0; i < LANES_COUNT; i++) {
        points[i] = &sums[i].point;
        entries[i] = ret[i];
    }
    LanesField x, y;
    lanes_load_plain(&x, &y, points);
    lanes_odd_multiples(entries, LANES_WINDOW_COLUMNS, &x, &y);
}

static LANES_TARGET void add_point_digit(LanesPoint *sum, const Scalars *scalars,
                                         const LanesPacked *const rows[LANES_COUNT],
                                         unsigned number)
{
    Vector index[LANES_VECTORS];
    LanesEntry entry;
    lanes_digit(index, &entry.negative, &scalars->t, number, LANES_WINDOW_BITS);
    load_rows(&entry, rows, index);
    lanes_add(sum, sum, &entry);
}

static LANES_TARGET void add_base_digit(LanesPoint *sum, const Scalars *scalars, unsigned number)
{
    Vector index[LANES_VECTORS];
    LanesEntry entry;
    if (number == LANES_BASE_WINDOW_COUNT - 1) {
        lanes_highest_digit(index, &scalars->s, number, LANES_BASE_WINDOW_BITS);
        entry.negative = 0;
    } else {
        lanes_digit(index, &entry.negative, &scalars->s, number, LANES_BASE_WINDOW_BITS);
    }
    entry.negative ^= scalars->base_flipped;
    load_row(&entry, base_odd, index);
    lanes_add(sum, sum, &entry);
}

// Bit by bit from the highest down, with windows of t and of s where they begin.
static LANES_TARGET LanesVerdict compare_by_windows(const LanesSum sums[LANES_COUNT],
                                                    LanesOddMultiples multiples)
{
    Scalars scalars;
    const LanesPacked *rows[LANES_COUNT];
    Vector index[LANES_VECTORS];
    LanesEntry entry;
    LanesPoint sum;
    recode_both(&scalars, sums);
    for (size_t i = 0; i < LANES_COUNT; i++) {
        rows[i] = multiples[i];
    }
    lanes_highest_digit(index, &scalars.t, LANES_WINDOW_COUNT - 1, LANES_WINDOW_BITS);
    load_rows(&entry, rows, index);
    lanes_point_from_entry(&sum, &entry);
    for (unsigned bit = (LANES_WINDOW_COUNT - 1) * LANES_WINDOW_BITS; bit-- > 0;) {
        lanes_double(&sum, &sum);
        if (bit % LANES_WINDOW_BITS == 0) {
            add_point_digit(&sum, &scalars, rows, bit / LANES_WINDOW_BITS);
        }
        if (bit % LANES_BASE_WINDOW_BITS == 0) {
            add_base_digit(&sum, &scalars, bit / LANES_BASE_WINDOW_BITS);
        }
    }
    return compare_x(&sum, sums);
}

// The window tables of one group after the other, for few groups.
static LANES_TARGET void compare_in_groups(LanesVerdict *ret, const LanesSum *sums, size_t groups)
{
    LanesOddMultiples multiples;
    for (size_t i = 0; i < groups; i++) {
        compute_window_table(multiples, &sums[i * LANES_COUNT]);
        ret[i] = compare_by_windows(&sums[i * LANES_COUNT], multiples);
    }
}

static void compare_together(LanesVerdict *ret, const LanesSum *sums, size_t groups)
{
    LanesOddMultiples *multiples =
        aligned_alloc(_Alignof(LanesOddMultiples), groups * sizeof *multiples);
    if (multiples != NULL && lanes_window_tables(multiples, sums, groups)) {
        for (size_t i = 0; i < groups; i++) {
            ret[i] = compare_by_windows(&sums[i * LANES_COUNT], multiples[i]);
        }
    } else {
        compare_in_groups(ret, sums, groups);
    }
    free(multiples);
}

void lanes_compare_sums(LanesVerdict *ret, const LanesSum *sums, size_t groups)
{
    pthread_once(&base_odd_once, compute_base_odd);
    for (size_t done = 0; done < groups;) {
        size_t count = groups - done < LANES_SUM_GROUPS ? groups - done : LANES_SUM_GROUPS;
        if (count >= WINDOW_GROUPS_LEAST) {
            compare_together(&ret[done], &sums[done * LANES_COUNT], count);
        } else {
            compare_in_groups(&ret[done], &sums[done * LANES_COUNT], count);
        }
        done += count;
    }
}

// The entries of a row for both scalars.
static LANES_TARGET void load_row_entries(LanesEntry *ret_base, LanesEntry *ret_point,
                                          const Scalars *scalars, const LanesSum sums[LANES_COUNT],
                                          unsigned row)
{
    const LanesBaseComb *comb = lanes_base_comb();
    const LanesPacked *rows[LANES_COUNT];
    Vector index[LANES_VECTORS];
    for (size_t i = 0; i < LANES_COUNT; i++) {
        rows[i] = sums[i].table->rows[row];
    }
    if (row == LANES_COMB_ROWS - 1) {
        lanes_highest_digit(index, &scalars->t, row, LANES_COMB_BITS);
        ret_point->negative = 0;
        load_rows(ret_point, rows, index);
        lanes_highest_digit(index, &scalars->s, row, LANES_COMB_BITS);
        ret_base->negative = 0;
    } else {
        lanes_digit(index, &ret_point->negative, &scalars->t, row, LANES_COMB_BITS);
        load_rows(ret_point, rows, index);
        lanes_digit(index, &ret_base->negative, &scalars->s, row, LANES_COMB_BITS);
    }
    ret_base->negative ^= scalars->base_flipped;
    load_row(ret_base, comb->entries.rows[row], index);
}

static LANES_TARGET LanesVerdict compare_in_turn(const LanesSum sums[LANES_COUNT])
{
    Scalars scalars;
    LanesEntry of_base, of_point;
    LanesPoint sum;
    recode_both(&scalars, sums);
    for (unsigned row = LANES_COMB_ROWS; row-- > 0;) {
        load_row_entries(&of_base, &of_point, &scalars, sums, row);
        if (row == LANES_COMB_ROWS - 1) {
            lanes_point_from_entry(&sum, &of_point);
        } else {
            lanes_add(&sum, &sum, &of_point);
        }
        lanes_add(&sum, &sum, &of_base);
    }
    return compare_x(&sum, sums);
}

static LANES_TARGET void compare_by_tree(LanesSumWork *work, LanesVerdict *ret,
                                         const LanesSum *sums)
{
    const size_t count = work->group_count;
    LanesEntry of_base, of_point;
    for (size_t group = 0; group < count; group++) {
        Scalars scalars;
        const LanesSum *of_group = &sums[group * LANES_COUNT];
        recode_both(&scalars, of_group);
        for (unsigned row = 0; row < LANES_COMB_ROWS; row++) {
            load_row_entries(&of_base, &of_point, &scalars, of_group, row);
            lanes_term_from_entry(&work->terms[row * count + group], &of_base);
            lanes_term_from_entry(&work->terms[(LANES_COMB_ROWS + row) * count + group], &of_point);
        }
    }
    lanes_sum_run(work);
    for (size_t group = 0; group < count; group++) {
        LanesField candidate;
        load_candidates(&candidate, &sums[group * LANES_COUNT]);
        lanes_sub(&candidate, &candidate, &work->terms[group].x);
        unsigned undecided = work->undecided[group];
        ret[group] = (LanesVerdict){lanes_are_zero(&candidate) & ~undecided, undecided};
    }
}

void lanes_compare_sums_with_tables(LanesVerdict *ret, const LanesSum *sums, size_t groups)
{
    LanesSumWork work;
    for (size_t done = 0; done < groups;) {
        size_t count = groups - done;
        count = count < LANES_TABLE_GROUPS ? count : LANES_TABLE_GROUPS;
        if (count >= LANES_SUM_GROUPS_LEAST && lanes_sum_start(&work, 2 * LANES_COMB_ROWS, count)) {
            compare_by_tree(&work, &ret[done], &sums[done * LANES_COUNT]);
            lanes_sum_free(&work);
        } else {
            count = 1;
            ret[done] = compare_in_turn(&sums[done * LANES_COUNT]);
        }
        done += count;
    }
}

#endif
