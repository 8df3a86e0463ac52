// SPDX-License-Identifier: Apache-2.0
//
// Multiplication, addition, subtraction and halving of field64.h on x86-64 with BMI2 and ADX.
// Compilers make long detours out of carries: so they are written out.
#ifndef ASSENT_BASE_CURVE_FIELD64_X86_H
#define ASSENT_BASE_CURVE_FIELD64_X86_H

#include "base/curve/field64.h"
#include "base/curve/field64_mul_x86.h"
#include "base/curve/field64_square_x86.h"

FIELD_INLINE void field_add(FieldElement *ret, const FieldElement *a, const FieldElement *b)
{
    uint64_t t0 = a->limbs[0], t1 = a->limbs[1], t2 = a->limbs[2], t3 = a->limbs[3];
    uint64_t r0, r1, r2, r3, carry;
    // The sum, then the sum less p unless that borrows.
    __asm__(
        "xorl %k[carry], %k[carry]\n\t"
        "addq (%[b]), %[t0]\n\t"
        "adcq 8(%[b]), %[t1]\n\t"
        "adcq 16(%[b]), %[t2]\n\t"
        "adcq 24(%[b]), %[t3]\n\t"
        "adcq $0, %[carry]\n\t"
        "movq %[t0], %[r0]\n\t"
        "movq %[t1], %[r1]\n\t"
        "movq %[t2], %[r2]\n\t"
        "movq %[t3], %[r3]\n\t"
        "subq $-1, %[r0]\n\t"
        "sbbq %[p1], %[r1]\n\t"
        "sbbq $-1, %[r2]\n\t"
        "sbbq %[p3], %[r3]\n\t"
        "sbbq $0, %[carry]\n\t"
        "cmovcq %[t0], %[r0]\n\t"
        "cmovcq %[t1], %[r1]\n\t"
        "cmovcq %[t2], %[r2]\n\t"
        "cmovcq %[t3], %[r3]\n\t"
        : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [r0] "=&r"(r0),
          [r1] "=&r"(r1), [r2] "=&r"(r2), [r3] "=&r"(r3), [carry] "=&r"(carry)
        : [b] "r"(b->limbs), [p1] "r"(FIELD_P1), [p3] "r"(FIELD_P3), "m"(*b)
        : "cc");
    *ret = (FieldElement){{r0, r1, r2, r3}};
}

FIELD_INLINE void field_sub(FieldElement *ret, const FieldElement *a, const FieldElement *b)
{
    uint64_t t0 = a->limbs[0], t1 = a->limbs[1], t2 = a->limbs[2], t3 = a->limbs[3];
    uint64_t mask, p1, p3;
    // The difference, then p added where that borrowed.
    __asm__(
        "subq (%[b]), %[t0]\n\t"
        "sbbq 8(%[b]), %[t1]\n\t"
        "sbbq 16(%[b]), %[t2]\n\t"
        "sbbq 24(%[b]), %[t3]\n\t"
        "sbbq %[mask], %[mask]\n\t"
        "movq %[mask], %[p1]\n\t"
        "movq %[mask], %[p3]\n\t"
        "shlq $32, %[p1]\n\t"
        "btrq $32, %[p3]\n\t"
        "addq %[mask], %[t0]\n\t"
        "adcq %[p1], %[t1]\n\t"
        "adcq %[mask], %[t2]\n\t"
        "adcq %[p3], %[t3]\n\t"
        : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [mask] "=&r"(mask),
          [p1] "=&r"(p1), [p3] "=&r"(p3)
        : [b] "r"(b->limbs), "m"(*b)
        : "cc");
    *ret = (FieldElement){{t0, t1, t2, t3}};
}

FIELD_INLINE void field_half(FieldElement *ret, const FieldElement *a)
{
    uint64_t t0 = a->limbs[0], t1 = a->limbs[1], t2 = a->limbs[2], t3 = a->limbs[3];
    uint64_t mask, p1, p3;
    // p added to an odd number, then everything with the carry shifted down.
    __asm__(
        "movq %[t0], %[mask]\n\t"
        "andl $1, %k[mask]\n\t"
        "negq %[mask]\n\t"
        "movq %[mask], %[p1]\n\t"
        "movq %[mask], %[p3]\n\t"
        "shlq $32, %[p1]\n\t"
        "btrq $32, %[p3]\n\t"
        "addq %[mask], %[t0]\n\t"
        "adcq %[p1], %[t1]\n\t"
        "adcq %[mask], %[t2]\n\t"
        "adcq %[p3], %[t3]\n\t"
        "rcrq $1, %[t3]\n\t"
        "rcrq $1, %[t2]\n\t"
        "rcrq $1, %[t1]\n\t"
        "rcrq $1, %[t0]\n\t"
        : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [mask] "=&r"(mask),
          [p1] "=&r"(p1), [p3] "=&r"(p3)
        :
        : "cc");
    *ret = (FieldElement){{t0, t1, t2, t3}};
}

#endif
