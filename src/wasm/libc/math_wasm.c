// SPDX-License-Identifier: Apache-2.0
#include <math.h>

// The fraction is exact, so that what lies just below a half is not rounded up by an addition.
long long llround(double value)
{
    double whole = __builtin_trunc(value);
    double rest = value - whole;
    return (long long)whole + (rest >= 0.5 ? 1 : rest <= -0.5 ? -1 : 0);
}
