// SPDX-License-Identifier: Apache-2.0
//
// Pseudo-random choices that depend only on a seed and a case number, with a taste for the numbers
// at which carries, recodings and reductions turn.
#ifndef ASSENT_TESTS_DIFFERENTIAL_DRAW_H
#define ASSENT_TESTS_DIFFERENTIAL_DRAW_H

#include "base/core/bytes.h"

typedef struct {
    uint64_t state;
} Draw;

Draw draw_start(uint64_t seed, uint64_t number);
uint64_t draw_u64(Draw *draw);
// 0 to bound - 1.
size_t draw_below(Draw *draw, size_t bound);
void draw_bytes(Draw *draw, uint8_t *ret, size_t len);
// A length up to `max`: often small, often next to a multiple of a block.
size_t draw_length(Draw *draw, size_t max);
// 32 big-endian bytes: 0, 1, around p, n, n/2 and powers of two, limbs of zeros and ones, few bits
// set, or any.
void draw_number(Draw *draw, uint8_t ret[32]);
// The same, modulo n.
void draw_scalar(Draw *draw, uint8_t ret[32]);
// Flip a bit, set or drop or add a byte; `bytes` has room for one more. Returns the new length.
size_t draw_damage(Draw *draw, uint8_t *bytes, size_t len);

#endif
