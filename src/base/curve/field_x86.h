// SPDX-License-Identifier: Apache-2.0
//
// The second half of field.h for x86-64, which alone includes it. Compilers make long detours
// out of carries, so additions are written out; multiplication also wants BMI2 and ADX.
#ifndef ASSENT_BASE_CURVE_FIELD_X86_H
#define ASSENT_BASE_CURVE_FIELD_X86_H

#include <stdbool.h>

#include "base/curve/field.h"

// True when the CPU has BMI2 and ADX, which the next two need.
extern bool field_has_adx;
void field_mul_adx(FieldElement *ret, const FieldElement *a, const FieldElement *b);
void field_square_adx(FieldElement *ret, const FieldElement *a);

static inline void field_mul(FieldElement *ret, const FieldElement *a, const FieldElement *b)
{
    field_has_adx ? field_mul_adx(ret, a, b) : field_mul_portable(ret, a, b);
}

static inline void field_square(FieldElement *ret, const FieldElement *a)
{
    field_has_adx ? field_square_adx(ret, a) : field_square_portable(ret, a);
}

static inline void field_add(FieldElement *ret, const FieldElement *a, const FieldElement *b)
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

static inline void field_sub(FieldElement *ret, const FieldElement *a, const FieldElement *b)
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

#endif
