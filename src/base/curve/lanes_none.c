// SPDX-License-Identifier: Apache-2.0
//
// What stands in for the lanes on machines that can never have them.
#if !defined(__x86_64__)

#include "base/curve/lanes.h"

bool lanes_available(void)
{
    return false;
}

bool lanes_multiply_base(CurvePoint *ret, const Scalar *k, size_t groups)
{
    (void)ret, (void)k, (void)groups;
    return false;
}

LanesVerdict lanes_compare_sums(const LanesSum sums[LANES_COUNT])
{
    (void)sums;
    return (LanesVerdict){0, UINT32_MAX};
}

void lanes_compare_sums_with_tables(LanesVerdict *ret, const LanesSum *sums, size_t groups)
{
    for (size_t i = 0; i < groups; i++) {
        ret[i] = lanes_compare_sums(sums);
    }
}

void lanes_table_compute(LanesTable *ret, const CurvePoint *point)
{
    (void)ret, (void)point;
}

#else

// An empty translation unit is not C.
typedef int LanesAreElsewhere;

#endif
