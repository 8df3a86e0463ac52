// SPDX-License-Identifier: Apache-2.0
//
// Products of 128-bit integers, which the compiler asks its runtime library for. Constant-time.
#include <stdint.h>

__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 UnsignedWide;

Wide __multi3(Wide a, Wide b);

Wide __multi3(Wide a, Wide b)
{
    UnsignedWide x = (UnsignedWide)a, y = (UnsignedWide)b;
    uint64_t x_low = (uint64_t)x, y_low = (uint64_t)y;
    uint64_t x0 = x_low & UINT32_MAX, x1 = x_low >> 32;
    uint64_t y0 = y_low & UINT32_MAX, y1 = y_low >> 32;
    uint64_t low = x0 * y0;
    uint64_t middle = x1 * y0 + (low >> 32);
    uint64_t other = x0 * y1 + (middle & UINT32_MAX);
    uint64_t high = x1 * y1 + (middle >> 32) + (other >> 32);
    high += (uint64_t)(x >> 64) * y_low + x_low * (uint64_t)(y >> 64);
    return (Wide)((UnsignedWide)high << 64 | (other << 32) | (low & UINT32_MAX));
}
