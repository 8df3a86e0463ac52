// SPDX-License-Identifier: Apache-2.0
//
// Sums for verification with a point that has no table. Everything is public here.
#include "base/curve/lanes.h"

#if defined(__x86_64__)

#include "base/curve/lanes_single.h"

#include <string.h>

#include "base/curve/lanes_table.h"
#include "base/curve/wnaf.h"

enum {
    POINT_WIDTH = 5,  // odd digits up to 15
    POINT_ODD_COUNT = 1 << (POINT_WIDTH - 2),
    BASE_WIDTH = 8,  // odd digits up to 127: the first row of the base point's table
};

// 1, 3, ... 15 times a point, each with its opposite.
typedef struct {
    LanesQuartetEntry entries[POINT_ODD_COUNT][2];
} OddMultiples;

static LANES_TARGET void find_odd_multiples(OddMultiples *ret, const LanesPacked *point)
{
    LanesQuartetEntry entry, twice[2];
    LanesQuartet multiple, doubled;
    lanes_quartet_entry(&entry, point->words, &point->words[LIMBS_COUNT]);
    lanes_quartet_start(&multiple, &entry);
    doubled = multiple;
    lanes_quartet_double(&doubled, 1);
    lanes_quartet_entries(twice, &doubled);
    lanes_quartet_entries(ret->entries[0], &multiple);
    for (size_t i = 1; i < POINT_ODD_COUNT; i++) {
        lanes_quartet_add(&multiple, &twice[0]);
        lanes_quartet_entries(ret->entries[i], &multiple);
    }
}

// The base point's multiple for a digit, or its opposite.
static LANES_TARGET void base_entry(LanesQuartetEntry *ret, int digit)
{
    const LanesPacked *entry = &lanes_base_comb()->entries.rows[0][wnaf_index(digit)];
    const uint64_t *y = &entry->words[LIMBS_COUNT];
    uint64_t minus_y[LIMBS_COUNT];
    (void)limbs_sub(minus_y, LANES_PRIME, y);
    lanes_quartet_entry(ret, entry->words, digit < 0 ? minus_y : y);
}

// A sum that is still 0 where `started` is not set.
typedef struct {
    LanesQuartet point;
    bool started;
} Sum;

static LANES_TARGET void add_entry(Sum *sum, const LanesQuartetEntry *entry)
{
    if (sum->started) {
        lanes_quartet_add(&sum->point, entry);
    } else {
        lanes_quartet_start(&sum->point, entry);
        sum->started = true;
    }
}

// s * base + t * point with the doublings shared (Straus), each in its own non-adjacent form.
void lanes_quartet_sum(LanesQuartetPoint *ret, const Scalar *s, const Scalar *t,
                       const LanesPacked *point)
{
    WnafDigits s_digits, t_digits;
    OddMultiples multiples;
    LanesQuartetEntry entry;
    Sum sum = {.started = false};
    unsigned doublings = 0;
    wnaf_recode(&s_digits, s, BASE_WIDTH);
    wnaf_recode(&t_digits, t, POINT_WIDTH);
    find_odd_multiples(&multiples, point);
    for (size_t i = WNAF_DIGITS; i-- > 0;) {
        const int s_digit = s_digits.digits[i], t_digit = t_digits.digits[i];
        doublings += sum.started;
        if (s_digit == 0 && t_digit == 0) {
            continue;
        }
        lanes_quartet_double(&sum.point, doublings);
        doublings = 0;
        if (t_digit != 0) {
            add_entry(&sum, &multiples.entries[wnaf_index(t_digit)][t_digit < 0]);
        }
        if (s_digit != 0) {
            base_entry(&entry, s_digit);
            add_entry(&sum, &entry);
        }
    }
    memset(ret, 0, sizeof *ret);
    if (sum.started) {
        lanes_quartet_double(&sum.point, doublings);
        lanes_quartet_store(ret, &sum.point);
    }
}

#endif
