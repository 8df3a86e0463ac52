// SPDX-License-Identifier: Apache-2.0
//
// What stands in for the lanes on machines that can never have them.
#include "base/curve/lanes.h"

#if !defined(__x86_64__)

bool lanes_available(void)
{
    return false;
}

bool lanes_multiply_base(CurvePoint *ret, const Scalar *k, size_t groups)
{
    (void)ret, (void)k, (void)groups;
    return false;
}

void lanes_compare_sums(LanesVerdict *ret, const LanesSum *sums, size_t groups)
{
    (void)sums;
    for (size_t i = 0; i < groups; i++) {
        ret[i] = (LanesVerdict){0, UINT32_MAX};
    }
}

void lanes_compare_sums_with_tables(LanesVerdict *ret, const LanesSum *sums, size_t groups)
{
    lanes_compare_sums(ret, sums, groups);
}

void lanes_table_compute(LanesTable *ret, const CurvePoint *point)
{
    (void)ret, (void)point;
}

#endif
