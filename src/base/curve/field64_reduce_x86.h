// SPDX-License-Identifier: Apache-2.0
//
// Montgomery reduction as text of assembly, for field64_mul_x86.h and field64_square_x86.h.
// Products are in the operands t0 to t7, least significant first; low, high and rdx are free.
#ifndef ASSENT_BASE_CURVE_FIELD64_REDUCE_X86_H
#define ASSENT_BASE_CURVE_FIELD64_REDUCE_X86_H

#define FIELD_INLINE __attribute__((always_inline)) static inline

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

#endif
