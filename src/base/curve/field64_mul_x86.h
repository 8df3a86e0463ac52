// SPDX-License-Identifier: Apache-2.0
//
// Multiplication of field64.h on x86-64 with BMI2 and ADX. No compiler uses two carry chains: so
// it is written out.
#ifndef ASSENT_BASE_CURVE_FIELD64_MUL_X86_H
#define ASSENT_BASE_CURVE_FIELD64_MUL_X86_H

#include "base/curve/field64.h"

#define FIELD_INLINE __attribute__((always_inline)) static inline

// Add row `a[i]` times b to limbs t0 to t3, and make t4. CF and OF are clear before, and after.
#define ROW(offset, t0, t1, t2, t3, t4)   \
    "movq " offset                        \
    "(%[a]), %%rdx\n\t"                   \
    "mulxq (%[b]), %[low], %[high]\n\t"   \
    "adcxq %[low], %[" t0                 \
    "]\n\t"                               \
    "adoxq %[high], %[" t1                \
    "]\n\t"                               \
    "mulxq 8(%[b]), %[low], %[high]\n\t"  \
    "adcxq %[low], %[" t1                 \
    "]\n\t"                               \
    "adoxq %[high], %[" t2                \
    "]\n\t"                               \
    "mulxq 16(%[b]), %[low], %[high]\n\t" \
    "adcxq %[low], %[" t2                 \
    "]\n\t"                               \
    "adoxq %[high], %[" t3                \
    "]\n\t"                               \
    "mulxq 24(%[b]), %[low], %[" t4       \
    "]\n\t"                               \
    "adcxq %[low], %[" t3                 \
    "]\n\t"                               \
    "adcxq %[zero], %[" t4                \
    "]\n\t"                               \
    "adoxq %[zero], %[" t4 "]\n\t"

#define CLEAR_CARRIES "testq %[zero], %[zero]\n\t"

// With m = t0, add m * p, which clears t0, and go on with t1, t2, t3 and a new limb in t0's place.
// m * p is m * 2^256 + m * 2^64 - (m * 2^32) * 2^192 - (m * 2^32) * 2^64 - m: no product at all.
#define REDUCE(t0, t1, t2, t3) \
    "movq %[" t0               \
    "], %[low]\n\t"            \
    "shlq $32, %[low]\n\t"     \
    "movq %[" t0               \
    "], %[high]\n\t"           \
    "shrq $32, %[high]\n\t"    \
    "addq %[" t0 "], %[" t1    \
    "]\n\t"                    \
    "adcq $0, %[" t2           \
    "]\n\t"                    \
    "adcq $0, %[" t3           \
    "]\n\t"                    \
    "adcq $0, %[" t0           \
    "]\n\t"                    \
    "subq %[low], %[" t1       \
    "]\n\t"                    \
    "sbbq %[high], %[" t2      \
    "]\n\t"                    \
    "sbbq %[low], %[" t3       \
    "]\n\t"                    \
    "sbbq %[high], %[" t0 "]\n\t"

// Add the upper limbs to what four reductions left (both below 2^256, the sum below 2p), and
// subtract p unless that would borrow.
#define FINISH                              \
    "xorl %%edx, %%edx\n\t"                 \
    "addq %[t0], %[t4]\n\t"                 \
    "adcq %[t1], %[t5]\n\t"                 \
    "adcq %[t2], %[t6]\n\t"                 \
    "adcq %[t3], %[t7]\n\t"                 \
    "adcq $0, %%rdx\n\t"                    \
    "movq %[t4], %[t0]\n\t"                 \
    "movq %[t5], %[t1]\n\t"                 \
    "movq %[t6], %[t2]\n\t"                 \
    "movq %[t7], %[t3]\n\t"                 \
    "movq $0xffffffff00000000, %[low]\n\t"  \
    "movq $0xfffffffeffffffff, %[high]\n\t" \
    "subq $-1, %[t0]\n\t"                   \
    "sbbq %[low], %[t1]\n\t"                \
    "sbbq $-1, %[t2]\n\t"                   \
    "sbbq %[high], %[t3]\n\t"               \
    "sbbq $0, %%rdx\n\t"                    \
    "cmovcq %[t4], %[t0]\n\t"               \
    "cmovcq %[t5], %[t1]\n\t"               \
    "cmovcq %[t6], %[t2]\n\t"               \
    "cmovcq %[t7], %[t3]\n\t"

// The lower limbs are reduced as soon as they are final: that keeps the waiting instructions few.
FIELD_INLINE void field_mul(FieldElement *ret, const FieldElement *a, const FieldElement *b)
{
    uint64_t t0, t1, t2, t3, t4, t5, t6, t7, low, high, zero;
    __asm__(
        "xorl %k[zero], %k[zero]\n\t"
        "movq (%[a]), %%rdx\n\t"
        "mulxq (%[b]), %[t0], %[t1]\n\t"
        "mulxq 8(%[b]), %[low], %[t2]\n\t"
        "mulxq 16(%[b]), %[high], %[t3]\n\t"
        "addq %[low], %[t1]\n\t"
        "mulxq 24(%[b]), %[low], %[t4]\n\t"
        "adcq %[high], %[t2]\n\t"
        "adcq %[low], %[t3]\n\t"
        "adcq $0, %[t4]\n\t" CLEAR_CARRIES ROW("8", "t1", "t2", "t3", "t4", "t5")
            ROW("16", "t2", "t3", "t4", "t5", "t6") REDUCE("t0", "t1", "t2", "t3")
                REDUCE("t1", "t2", "t3", "t0") CLEAR_CARRIES ROW("24", "t3", "t4", "t5", "t6", "t7")
                    REDUCE("t2", "t3", "t0", "t1") REDUCE("t3", "t0", "t1", "t2") FINISH
        : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4),
          [t5] "=&r"(t5), [t6] "=&r"(t6), [t7] "=&r"(t7), [low] "=&r"(low), [high] "=&r"(high),
          [zero] "=&r"(zero)
        : [a] "r"(a->limbs), [b] "r"(b->limbs)
        : "rdx", "cc", "memory");
    *ret = (FieldElement){{t0, t1, t2, t3}};
}

FIELD_INLINE void field_square(FieldElement *ret, const FieldElement *a)
{
    uint64_t t0, t1, t2, t3, t4, t5, t6, t7, low, high;
    // The products of different limbs, once each; then doubled, plus the squares.
    __asm__(
        "movq (%[a]), %%rdx\n\t"
        "mulxq 8(%[a]), %[t1], %[t2]\n\t"
        "mulxq 16(%[a]), %[low], %[t3]\n\t"
        "addq %[low], %[t2]\n\t"
        "mulxq 24(%[a]), %[low], %[t4]\n\t"
        "adcq %[low], %[t3]\n\t"
        "adcq $0, %[t4]\n\t"
        "movq 8(%[a]), %%rdx\n\t"
        "xorl %k[low], %k[low]\n\t"
        "mulxq 16(%[a]), %[low], %[high]\n\t"
        "adcxq %[low], %[t3]\n\t"
        "adoxq %[high], %[t4]\n\t"
        "mulxq 24(%[a]), %[low], %[t5]\n\t"
        "adcxq %[low], %[t4]\n\t"
        "movl $0, %k[low]\n\t"
        "adcxq %[low], %[t5]\n\t"
        "adoxq %[low], %[t5]\n\t"
        "movq 16(%[a]), %%rdx\n\t"
        "mulxq 24(%[a]), %[low], %[t6]\n\t"
        "addq %[low], %[t5]\n\t"
        "adcq $0, %[t6]\n\t"
        "movq (%[a]), %%rdx\n\t"
        "xorl %k[t7], %k[t7]\n\t"
        "mulxq %%rdx, %[t0], %[high]\n\t"
        "adcxq %[t1], %[t1]\n\t"
        "adoxq %[high], %[t1]\n\t"
        "movq 8(%[a]), %%rdx\n\t"
        "mulxq %%rdx, %[low], %[high]\n\t"
        "adcxq %[t2], %[t2]\n\t"
        "adoxq %[low], %[t2]\n\t"
        "adcxq %[t3], %[t3]\n\t"
        "adoxq %[high], %[t3]\n\t"
        "movq 16(%[a]), %%rdx\n\t"
        "mulxq %%rdx, %[low], %[high]\n\t"
        "adcxq %[t4], %[t4]\n\t"
        "adoxq %[low], %[t4]\n\t"
        "adcxq %[t5], %[t5]\n\t"
        "adoxq %[high], %[t5]\n\t"
        "movq 24(%[a]), %%rdx\n\t"
        "mulxq %%rdx, %[low], %[high]\n\t"
        "adcxq %[t6], %[t6]\n\t"
        "adoxq %[low], %[t6]\n\t"
        "adcxq %[t7], %[t7]\n\t"
        "adoxq %[high], %[t7]\n\t" REDUCE("t0", "t1", "t2", "t3") REDUCE("t1", "t2", "t3", "t0")
            REDUCE("t2", "t3", "t0", "t1") REDUCE("t3", "t0", "t1", "t2") FINISH
        : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4),
          [t5] "=&r"(t5), [t6] "=&r"(t6), [t7] "=&r"(t7), [low] "=&r"(low), [high] "=&r"(high)
        : [a] "r"(a->limbs)
        : "rdx", "cc", "memory");
    *ret = (FieldElement){{t0, t1, t2, t3}};
}

#endif
