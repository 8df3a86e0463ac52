// SPDX-License-Identifier: Apache-2.0
//
// The rounds of SM3 over a block in w[0] to w[15], for the SM core only: the same text for one
// message in words and for several messages side by side in vectors of words. Who uses it defines
// ROTATE(x, n), SPREAD(x, n) = x ^ x <<< n ^ x <<< (n + 8), XOR3(x, y, z), MAJORITY(x, y, z) and
// CHOICE(x, y, z) for its words.
// Source: GB/T 32905-2016 4.2 to 4.4, 5.3.
#ifndef ASSENT_BASE_SM3_SM3_ROUNDS_H
#define ASSENT_BASE_SM3_SM3_ROUNDS_H

#include <stdint.h>

// T_j rotated left by j.
static const uint32_t sm3_constants[64] = {
    0x79cc4519, 0xf3988a32, 0xe7311465, 0xce6228cb, 0x9cc45197, 0x3988a32f, 0x7311465e, 0xe6228cbc,
    0xcc451979, 0x988a32f3, 0x311465e7, 0x6228cbce, 0xc451979c, 0x88a32f39, 0x11465e73, 0x228cbce6,
    0x9d8a7a87, 0x3b14f50f, 0x7629ea1e, 0xec53d43c, 0xd8a7a879, 0xb14f50f3, 0x629ea1e7, 0xc53d43ce,
    0x8a7a879d, 0x14f50f3b, 0x29ea1e76, 0x53d43cec, 0xa7a879d8, 0x4f50f3b1, 0x9ea1e762, 0x3d43cec5,
    0x7a879d8a, 0xf50f3b14, 0xea1e7629, 0xd43cec53, 0xa879d8a7, 0x50f3b14f, 0xa1e7629e, 0x43cec53d,
    0x879d8a7a, 0x0f3b14f5, 0x1e7629ea, 0x3cec53d4, 0x79d8a7a8, 0xf3b14f50, 0xe7629ea1, 0xcec53d43,
    0x9d8a7a87, 0x3b14f50f, 0x7629ea1e, 0xec53d43c, 0xd8a7a879, 0xb14f50f3, 0x629ea1e7, 0xc53d43ce,
    0x8a7a879d, 0x14f50f3b, 0x29ea1e76, 0x53d43cec, 0xa7a879d8, 0x4f50f3b1, 0x9ea1e762, 0x3d43cec5,
};

// Word j + 4 of the expanded block takes the place of word j - 12.
#define SM3_EXPAND(Word, w, j)                                                                \
    do {                                                                                      \
        Word new_word =                                                                       \
            XOR3(w[((j) + 4) & 15], w[((j) + 11) & 15], ROTATE(w[((j) + 1) & 15], 15));       \
        new_word = SPREAD(new_word, 15);                                                      \
        w[((j) + 4) & 15] = XOR3(new_word, ROTATE(w[((j) + 7) & 15], 7), w[((j) + 14) & 15]); \
    } while (0)

// One round in place: instead of moving the eight registers, the next round names them rotated. `w`
// holds the last 16 words of the expanded block. Sums end with the term that is known last.
// Every round is spelled out with constant indices, which doubles the speed under gcc.
#define SM3_ROUND(Word, constant, w, a, b, c, d, e, f, g, h, j, ff, gg) \
    do {                                                                \
        if ((j) >= 12) {                                                \
            SM3_EXPAND(Word, w, j);                                     \
        }                                                               \
        Word a12 = ROTATE(a, 12);                                       \
        Word ss1 = (a12 + (constant)) + (e);                            \
        ss1 = ROTATE(ss1, 7);                                           \
        Word ss2 = ss1 ^ a12;                                           \
        (d) = ((d) + (w[(j)&15] ^ w[((j) + 4) & 15])) + ff(a, b, c);    \
        (h) = ((h) + w[(j)&15]) + gg(e, f, g);                          \
        (d) = (d) + ss2;                                                \
        (h) = (h) + ss1;                                                \
        (b) = ROTATE(b, 9);                                             \
        (f) = ROTATE(f, 19);                                            \
        (h) = SPREAD(h, 9);                                             \
    } while (0)

// All rounds: STEP(j, a, b, c, d, e, f, g, h, ff, gg) is given the names of the registers in turn.
#define SM3_FOUR_ROUNDS(STEP, j, ff, gg)               \
    do {                                               \
        STEP(j, a, b, c, d, e, f, g, h, ff, gg);       \
        STEP((j) + 1, d, a, b, c, h, e, f, g, ff, gg); \
        STEP((j) + 2, c, d, a, b, g, h, e, f, ff, gg); \
        STEP((j) + 3, b, c, d, a, f, g, h, e, ff, gg); \
    } while (0)

#define SM3_ALL_ROUNDS(STEP)                         \
    do {                                             \
        SM3_FOUR_ROUNDS(STEP, 0, XOR3, XOR3);        \
        SM3_FOUR_ROUNDS(STEP, 4, XOR3, XOR3);        \
        SM3_FOUR_ROUNDS(STEP, 8, XOR3, XOR3);        \
        SM3_FOUR_ROUNDS(STEP, 12, XOR3, XOR3);       \
        SM3_FOUR_ROUNDS(STEP, 16, MAJORITY, CHOICE); \
        SM3_FOUR_ROUNDS(STEP, 20, MAJORITY, CHOICE); \
        SM3_FOUR_ROUNDS(STEP, 24, MAJORITY, CHOICE); \
        SM3_FOUR_ROUNDS(STEP, 28, MAJORITY, CHOICE); \
        SM3_FOUR_ROUNDS(STEP, 32, MAJORITY, CHOICE); \
        SM3_FOUR_ROUNDS(STEP, 36, MAJORITY, CHOICE); \
        SM3_FOUR_ROUNDS(STEP, 40, MAJORITY, CHOICE); \
        SM3_FOUR_ROUNDS(STEP, 44, MAJORITY, CHOICE); \
        SM3_FOUR_ROUNDS(STEP, 48, MAJORITY, CHOICE); \
        SM3_FOUR_ROUNDS(STEP, 52, MAJORITY, CHOICE); \
        SM3_FOUR_ROUNDS(STEP, 56, MAJORITY, CHOICE); \
        SM3_FOUR_ROUNDS(STEP, 60, MAJORITY, CHOICE); \
    } while (0)

#endif
