// SPDX-License-Identifier: Apache-2.0
//
// Sums and moves of the elements of lanes_quartet_field.h. Bit l of a mask is lane l.
#ifndef ASSENT_BASE_CURVE_LANES_QUARTET_LIMBS_H
#define ASSENT_BASE_CURVE_LANES_QUARTET_LIMBS_H

#include "base/curve/lanes_quartet_field.h"

// What becomes of the limbs one by one, spelled out because gcc keeps arrays in registers only
// where it sees no loop.
#define QUARTET_EACH(of) ((QuartetField){{of(0), of(1), of(2), of(3), of(4)}})

LANES_INLINE QuartetField quartet_add(QuartetField a, QuartetField b)
{
#define SUM(i) (a.limbs[i] + b.limbs[i])
    return QUARTET_EACH(SUM);
#undef SUM
}

LANES_INLINE QuartetField quartet_sub(QuartetField a, QuartetField b)
{
#define DIFFERENCE(i) (a.limbs[i] - b.limbs[i])
    return QUARTET_EACH(DIFFERENCE);
#undef DIFFERENCE
}

LANES_INLINE QuartetField quartet_minus(QuartetField a)
{
    const Quartet zero = quartet_set(0);
#define OPPOSITE(i) (zero - a.limbs[i])
    return QUARTET_EACH(OPPOSITE);
#undef OPPOSITE
}

// a, but b in the lanes of the mask.
LANES_INLINE QuartetField quartet_join(QuartetField a, __mmask8 mask, QuartetField b)
{
#define JOINED(i) _mm256_mask_mov_epi64(a.limbs[i], mask, b.limbs[i])
    return QUARTET_EACH(JOINED);
#undef JOINED
}

// a, but a + b and a - b in the lanes of the mask.
LANES_INLINE QuartetField quartet_add_where(QuartetField a, __mmask8 mask, QuartetField b)
{
#define SUM(i) _mm256_mask_add_epi64(a.limbs[i], mask, a.limbs[i], b.limbs[i])
    return QUARTET_EACH(SUM);
#undef SUM
}

LANES_INLINE QuartetField quartet_sub_where(QuartetField a, __mmask8 mask, QuartetField b)
{
#define DIFFERENCE(i) _mm256_mask_sub_epi64(a.limbs[i], mask, a.limbs[i], b.limbs[i])
    return QUARTET_EACH(DIFFERENCE);
#undef DIFFERENCE
}

// Lane l of the result is lane from[l] of a.
#define QUARTET_FROM(l0, l1, l2, l3) _mm256_setr_epi64x(l0, l1, l2, l3)

LANES_INLINE QuartetField quartet_permute(QuartetField a, Quartet from)
{
#define MOVED(i) _mm256_permutexvar_epi64(from, a.limbs[i])
    return QUARTET_EACH(MOVED);
#undef MOVED
}

// Lane l of the result is lane from[l] of a, or of b if that is 4 and more.
LANES_INLINE QuartetField quartet_permute_both(QuartetField a, Quartet from, QuartetField b)
{
#define MOVED(i) _mm256_permutex2var_epi64(a.limbs[i], from, b.limbs[i])
    return QUARTET_EACH(MOVED);
#undef MOVED
}

// a + k p in the lanes of the mask, for a constant k.
LANES_INLINE QuartetField quartet_add_primes(QuartetField a, __mmask8 mask, int64_t k)
{
    const Quartet p0 = quartet_set(-k), p1 = quartet_set(k * ((1 << 12) - ((int64_t)1 << 44)));
    const Quartet p4 = quartet_set(k * (((int64_t)1 << 48) - (1 << 16)));
    a.limbs[0] = _mm256_mask_add_epi64(a.limbs[0], mask, a.limbs[0], p0);
    a.limbs[1] = _mm256_mask_add_epi64(a.limbs[1], mask, a.limbs[1], p1);
    a.limbs[4] = _mm256_mask_add_epi64(a.limbs[4], mask, a.limbs[4], p4);
    return a;
}

// A term between -14p and 14p as a term between 0 and 1.01p: see fold in lanes_limbs.h.
LANES_INLINE QuartetField quartet_fold(QuartetField a)
{
    Quartet q = (a.limbs[4] - quartet_set(1 << 20)) >> 48;
    a.limbs[0] += q;
    a.limbs[1] += (q << 44) - (q << 12);
    a.limbs[4] += (q << 16) - (q << 48);
    return a;
}

// A term between 0 and 16p as a factor.
LANES_INLINE QuartetField quartet_factor(QuartetField a)
{
    a.limbs[1] += a.limbs[0] >> LANES_LIMB_BITS;
    a.limbs[2] += a.limbs[1] >> LANES_LIMB_BITS;
    a.limbs[3] += a.limbs[2] >> LANES_LIMB_BITS;
    a.limbs[4] += a.limbs[3] >> LANES_LIMB_BITS;
    return a;
}

// A factor as a term again.
LANES_INLINE QuartetField quartet_term(QuartetField a)
{
    const Quartet mask = quartet_set(LANES_LIMB_MASK);
#define MASKED(i) (a.limbs[i] & mask)
    return QUARTET_EACH(MASKED);
#undef MASKED
}

// A number below p as a factor in all lanes.
LANES_INLINE QuartetField quartet_load(const uint64_t words[LIMBS_COUNT])
{
    return (QuartetField){{quartet_set((int64_t)words[0]),
                           quartet_set((int64_t)(words[0] >> 52 | words[1] << 12)),
                           quartet_set((int64_t)(words[1] >> 40 | words[2] << 24)),
                           quartet_set((int64_t)(words[2] >> 28 | words[3] << 36)),
                           quartet_set((int64_t)(words[3] >> 16))}};
}

// One lane of a factor below 1.01p, reduced.
LANES_INLINE void quartet_store(uint64_t ret[LIMBS_COUNT], QuartetField factor, size_t lane)
{
    _Alignas(32) uint64_t limbs[LANES_LIMBS][4];
    factor = quartet_term(factor);
    for (size_t i = 0; i < LANES_LIMBS; i++) {
        _mm256_store_si256((__m256i *)(void *)limbs[i], factor.limbs[i]);
    }
    ret[0] = limbs[0][lane] | limbs[1][lane] << 52;
    ret[1] = limbs[1][lane] >> 12 | limbs[2][lane] << 40;
    ret[2] = limbs[2][lane] >> 24 | limbs[3][lane] << 28;
    ret[3] = limbs[3][lane] >> 36 | limbs[4][lane] << 16;
    limbs_reduce_once(ret, ret, limbs[4][lane] >> 48, LANES_PRIME);
}

LANES_INLINE QuartetField quartet_folded_factor(QuartetField a)
{
    return quartet_factor(quartet_fold(a));
}

#endif
