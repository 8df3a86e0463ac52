// SPDX-License-Identifier: Apache-2.0
//
// Multiplication of field64.h on x86-64 with BMI2 and ADX. No compiler uses two carry chains: so
// it is written out.
#ifndef ASSENT_BASE_CURVE_FIELD64_MUL_X86_H
#define ASSENT_BASE_CURVE_FIELD64_MUL_X86_H

#include "base/curve/field64.h"
#include "base/curve/field64_reduce_x86.h"

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

#endif
