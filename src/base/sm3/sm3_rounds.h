// SPDX-License-Identifier: Apache-2.0
//
// The rounds of SM3 over a block in w[0] to w[15], for the SM core only: the same text for one
// message in words and for several messages side by side in vectors of words.
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

#define SM3_ROTATE(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define SM3_XOR3(x, y, z) ((x) ^ (y) ^ (z))
#define SM3_MAJORITY(x, y, z) (((x) & (y)) | ((z) & ((x) | (y))))
#define SM3_CHOICE(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define SM3_P0(x) SM3_XOR3(x, SM3_ROTATE(x, 9), SM3_ROTATE(x, 17))
#define SM3_P1(x) SM3_XOR3(x, SM3_ROTATE(x, 15), SM3_ROTATE(x, 23))

// One round in place: instead of moving the eight registers, the next round names them rotated. `w`
// holds the last 16 words of the expanded block, and word j + 4 takes the place of word j - 12.
// Every round is spelled out with constant indices, which doubles the speed under gcc.
#define SM3_ROUND(Word, a, b, c, d, e, f, g, h, j, ff, gg)                                        \
    do {                                                                                          \
        if ((j) >= 12) {                                                                          \
            Word new_word = SM3_XOR3(w[((j) + 4) & 15], w[((j) + 11) & 15],                       \
                                     SM3_ROTATE(w[((j) + 1) & 15], 15));                          \
            w[((j) + 4) & 15] =                                                                   \
                SM3_XOR3(SM3_P1(new_word), SM3_ROTATE(w[((j) + 7) & 15], 7), w[((j) + 14) & 15]); \
        }                                                                                         \
        Word a12 = SM3_ROTATE(a, 12);                                                             \
        Word ss1 = a12 + (e) + sm3_constants[j];                                                  \
        ss1 = SM3_ROTATE(ss1, 7);                                                                 \
        (d) += ff(a, b, c) + (ss1 ^ a12) + (w[(j)&15] ^ w[((j) + 4) & 15]);                       \
        (h) += gg(e, f, g) + ss1 + w[(j)&15];                                                     \
        (b) = SM3_ROTATE(b, 9);                                                                   \
        (f) = SM3_ROTATE(f, 19);                                                                  \
        (h) = SM3_P0(h);                                                                          \
    } while (0)

#define SM3_FOUR_ROUNDS(Word, j, ff, gg)                          \
    do {                                                          \
        SM3_ROUND(Word, a, b, c, d, e, f, g, h, j, ff, gg);       \
        SM3_ROUND(Word, d, a, b, c, h, e, f, g, (j) + 1, ff, gg); \
        SM3_ROUND(Word, c, d, a, b, g, h, e, f, (j) + 2, ff, gg); \
        SM3_ROUND(Word, b, c, d, a, f, g, h, e, (j) + 3, ff, gg); \
    } while (0)

// All rounds over variables `a` to `h` and `w` of type Word.
#define SM3_ALL_ROUNDS(Word)                                 \
    do {                                                     \
        SM3_FOUR_ROUNDS(Word, 0, SM3_XOR3, SM3_XOR3);        \
        SM3_FOUR_ROUNDS(Word, 4, SM3_XOR3, SM3_XOR3);        \
        SM3_FOUR_ROUNDS(Word, 8, SM3_XOR3, SM3_XOR3);        \
        SM3_FOUR_ROUNDS(Word, 12, SM3_XOR3, SM3_XOR3);       \
        SM3_FOUR_ROUNDS(Word, 16, SM3_MAJORITY, SM3_CHOICE); \
        SM3_FOUR_ROUNDS(Word, 20, SM3_MAJORITY, SM3_CHOICE); \
        SM3_FOUR_ROUNDS(Word, 24, SM3_MAJORITY, SM3_CHOICE); \
        SM3_FOUR_ROUNDS(Word, 28, SM3_MAJORITY, SM3_CHOICE); \
        SM3_FOUR_ROUNDS(Word, 32, SM3_MAJORITY, SM3_CHOICE); \
        SM3_FOUR_ROUNDS(Word, 36, SM3_MAJORITY, SM3_CHOICE); \
        SM3_FOUR_ROUNDS(Word, 40, SM3_MAJORITY, SM3_CHOICE); \
        SM3_FOUR_ROUNDS(Word, 44, SM3_MAJORITY, SM3_CHOICE); \
        SM3_FOUR_ROUNDS(Word, 48, SM3_MAJORITY, SM3_CHOICE); \
        SM3_FOUR_ROUNDS(Word, 52, SM3_MAJORITY, SM3_CHOICE); \
        SM3_FOUR_ROUNDS(Word, 56, SM3_MAJORITY, SM3_CHOICE); \
        SM3_FOUR_ROUNDS(Word, 60, SM3_MAJORITY, SM3_CHOICE); \
    } while (0)

#endif
