// SPDX-License-Identifier: Apache-2.0
//
// Squaring of field64.h on x86-64 with BMI2 and ADX. No compiler uses two carry chains: so
// it is written out.
#ifndef ASSENT_BASE_CURVE_FIELD64_SQUARE_X86_H
#define ASSENT_BASE_CURVE_FIELD64_SQUARE_X86_H

#include "base/curve/field64.h"
#include "base/curve/field64_reduce_x86.h"

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
