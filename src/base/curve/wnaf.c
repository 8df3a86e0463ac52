// SPDX-License-Identifier: Apache-2.0
#include "base/curve/wnaf.h"

#include "base/core/attributes.h"

// A digit takes the lowest w bits of what is left, as a signed number where these are odd; a
// negative one leaves one more for the bits above.
void wnaf_recode(WnafDigits *ret, const Scalar *k, unsigned width)
{
    memset(ret, 0, sizeof *ret);
    const uint64_t window = ((uint64_t)1 << width) - 1;
    // Above the scalar's limbs are zeros; `carry` belongs to bit i.
    const uint64_t limbs[LIMBS_COUNT + 1] = {k->limbs[0], k->limbs[1], k->limbs[2], k->limbs[3], 0};
    uint64_t carry = 0;
    for (size_t i = 0; i < WNAF_DIGITS;) {
        size_t limb = i / 64, shift = i % 64;
        uint64_t bits = limbs[limb] >> shift;
        if (shift > 0 && limb + 1 < COUNT_OF(limbs)) {
            bits |= limbs[limb + 1] << (64 - shift);
        }
        // Bits that equal the carry make zero digits and pass it on.
        uint64_t changes = carry != 0 ? ~bits : bits;
        if (changes == 0) {
            i += 64;
            continue;
        }
        size_t skipped = (size_t)__builtin_ctzll(changes);
        if (skipped > 0) {
            i += skipped;
            continue;
        }
        uint64_t digit = (bits & window) + carry;
        carry = digit >> (width - 1);
        ret->digits[i] = (int16_t)((int64_t)digit - (int64_t)(carry << width));
        i += width;
    }
}
