// SPDX-License-Identifier: Apache-2.0
//
// The prime field of sm2p256v1, p = 2^256 - 2^224 - 2^96 + 2^64 - 1, in four 64-bit limbs, for the
// paths of base/curve only. Elements are kept in Montgomery form (times 2^256) and always fully
// reduced: every function takes and gives numbers from 0 to p-1, so that equal elements have equal
// limbs. All functions are constant-time; `ret` may be an operand. Multiplication, addition,
// subtraction and halving are the path's: field64_portable.h or field64_x86.h.
#ifndef ASSENT_BASE_CURVE_FIELD64_H
#define ASSENT_BASE_CURVE_FIELD64_H

#include <stdint.h>

#include "base/curve/limbs.h"

// The limbs of p.
#define FIELD_P0 0xffffffffffffffff
#define FIELD_P1 0xffffffff00000000
#define FIELD_P2 0xffffffffffffffff
#define FIELD_P3 0xfffffffeffffffff

typedef struct {
    uint64_t limbs[4];
} FieldElement;

static const FieldElement FIELD_ZERO = {{0}};
// 2^256 mod p.
static const FieldElement FIELD_ONE = {
    {0x0000000000000001, 0x00000000ffffffff, 0x0000000000000000, 0x0000000100000000}};
// The curve's coefficient b. Source: GB/T 32918.5-2017 2.
static const FieldElement FIELD_CURVE_B = {
    {0x90d230632bc0dd42, 0x71cf379ae9b537ab, 0x527981505ea51c3c, 0x240fe188ba20e2c8}};
// 2^512 mod p, which takes a plain number into Montgomery form.
static const FieldElement FIELD_TO_MONTGOMERY = {
    {0x0000000200000003, 0x00000002ffffffff, 0x0000000100000001, 0x0000000400000002}};
// 2^768 mod p: makes up for both the form of a number and that of its inverse.
static const FieldElement FIELD_INVERSE_TO_MONTGOMERY = {
    {0x0000001200000016, 0x0000000efffffff8, 0x0000000a0000000c, 0x0000001b00000009}};

static inline uint64_t field_is_zero(const FieldElement *a)
{
    return limbs_is_zero(a->limbs);
}

static inline uint64_t field_equal(const FieldElement *a, const FieldElement *b)
{
    return limbs_equal(a->limbs, b->limbs);
}

// a where the mask is set, else b.
static inline void field_select(FieldElement *ret, uint64_t mask, const FieldElement *a,
                                const FieldElement *b)
{
    limbs_select(ret->limbs, mask, a->limbs, b->limbs);
}

#endif
