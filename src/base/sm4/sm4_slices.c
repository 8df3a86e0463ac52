// SPDX-License-Identifier: Apache-2.0
//
// SM4 for any CPU, by bits: 32 blocks at a time, so that a word holds one bit of many bytes and the
// S-box is a circuit of logic operations. Nothing is looked up, so that neither cache nor branch
// tells.
//
// The S-box is an inversion in GF(2^8) between affine maps, here in the AES field, into which the
// maps carry along. The inversion is the one of J. Boyar and R. Peralta, "A depth-16 circuit for
// the AES S-box", 2011: from 22 sums of the input's bits through GF(2^4) to 18 products, whose sums
// are the output's bits. The sums are SM4's own.
#include <string.h>

#include "base/secret/secret.h"
#include "base/sm4/sm4_backend.h"
#include "base/sm4/sm4_portable.h"

// The same bit of 128 bytes; byte i of word j is byte i of a block's word, of 8 blocks each.
typedef uint32_t Slice __attribute__((vector_size(16)));

enum {
    SLICE_BLOCKS = 32,
    // Constants of the S-box (GB/T 32907-2016 6.2.1): what is added to each byte before and behind
    // it.
    S_BOX_INPUT = 0x75,
    S_BOX_OUTPUT = 0xd3,
    // S_BOX_OUTPUT behind the linear transformation.
    ROUND_OUTPUT = 0x4f,
};

// The first sums: y[0] to y[21] of the paper (y[0] is its U7), of SM4's input bits, lowest first.
static inline void enter_field(const Slice x[8], Slice y[22])
{
    y[12] = x[1] ^ x[4];
    y[4] = x[2] ^ x[5];
    Slice s0 = x[0] ^ x[6];
    Slice s1 = x[7] ^ y[12];
    y[6] = x[3] ^ s1;
    Slice s2 = x[1] ^ s0;
    Slice s3 = x[2] ^ x[6];
    y[10] = x[7] ^ y[4];
    Slice s4 = x[5] ^ y[6];
    y[3] = y[12] ^ y[4];
    y[0] = x[3] ^ s3;
    y[17] = x[3] ^ x[4];
    y[9] = x[2] ^ s2;
    Slice s5 = x[4] ^ x[6];
    Slice s6 = x[5] ^ x[7];
    y[14] = y[4] ^ s2;
    y[11] = y[10] ^ y[17];
    Slice s7 = x[4] ^ y[4];
    y[2] = x[5] ^ s2;
    y[21] = x[0] ^ s4;
    y[5] = x[2] ^ y[12];
    Slice s8 = x[1] ^ y[0];
    y[20] = s0 ^ s4;
    y[16] = x[7] ^ s8;
    y[1] = x[3] ^ y[3];
    y[15] = s1 ^ s3;
    y[19] = x[2] ^ x[7];
    y[13] = s0 ^ s7;
    y[7] = s5 ^ s6;
    y[18] = x[0] ^ s1;
    y[8] = x[5];
}

// The norm of the input in GF(2^4). Source: Boyar and Peralta 2011.
static inline void take_norm(const Slice y[22], Slice norm[4])
{
    Slice t2 = y[12] & y[15];
    Slice t3 = y[3] & y[6];
    Slice t4 = t3 ^ t2;
    Slice t5 = y[4] & y[0];
    Slice t6 = t5 ^ t2;
    Slice t7 = y[13] & y[16];
    Slice t8 = y[5] & y[1];
    Slice t9 = t8 ^ t7;
    Slice t10 = y[2] & y[7];
    Slice t11 = t10 ^ t7;
    Slice t12 = y[9] & y[11];
    Slice t13 = y[14] & y[17];
    Slice t14 = t13 ^ t12;
    Slice t15 = y[8] & y[10];
    Slice t16 = t15 ^ t12;
    norm[0] = t4 ^ t14 ^ y[20];
    norm[1] = t6 ^ t16 ^ y[19];
    norm[2] = t9 ^ t14 ^ y[21];
    norm[3] = t11 ^ t16 ^ y[18];
}

// Its inverse there, and the sums of its bits. Source: as take_norm.
static inline void invert_norm(const Slice norm[4], Slice inverse[9])
{
    Slice t21 = norm[0], t22 = norm[1], t23 = norm[2], t24 = norm[3];
    Slice t25 = t21 ^ t22;
    Slice t26 = t21 & t23;
    Slice t27 = t24 ^ t26;
    Slice t29 = (t25 & t27) ^ t22;
    Slice t33 = ((t22 ^ t26) & (t23 ^ t24)) ^ t24;
    Slice t36 = t24 & (t27 ^ t33);
    Slice t37 = t36 ^ t23 ^ t33;
    Slice t40 = t25 ^ (t29 & (t27 ^ t36));
    inverse[0] = t33 ^ t37;
    inverse[1] = t37;
    inverse[2] = t33;
    inverse[3] = t29 ^ t40;
    inverse[4] = t40;
    inverse[5] = t29;
    inverse[6] = t29 ^ t33;
    inverse[7] = t29 ^ t33 ^ t40 ^ t37;
    inverse[8] = t40 ^ t37;
}

// The products. Source: as take_norm.
static inline void multiply_inverse(const Slice y[22], const Slice inverse[9], Slice z[18])
{
    z[0] = inverse[0] & y[15];
    z[1] = inverse[1] & y[6];
    z[2] = inverse[2] & y[0];
    z[3] = inverse[3] & y[16];
    z[4] = inverse[4] & y[1];
    z[5] = inverse[5] & y[7];
    z[6] = inverse[6] & y[11];
    z[7] = inverse[7] & y[17];
    z[8] = inverse[8] & y[10];
    z[9] = inverse[0] & y[12];
    z[10] = inverse[1] & y[3];
    z[11] = inverse[2] & y[4];
    z[12] = inverse[3] & y[13];
    z[13] = inverse[4] & y[5];
    z[14] = inverse[5] & y[2];
    z[15] = inverse[6] & y[9];
    z[16] = inverse[7] & y[14];
    z[17] = inverse[8] & y[8];
}

// The last sums, with SM4's output map.
static inline void leave_field(const Slice z[18], Slice x[8])
{
    Slice s0 = z[11] ^ z[14];
    Slice s1 = z[2] ^ z[4];
    Slice s2 = z[0] ^ z[7];
    Slice s3 = z[3] ^ z[10];
    Slice s4 = z[9] ^ z[15];
    Slice s5 = z[8] ^ s3;
    Slice s6 = s1 ^ s2;
    Slice s7 = z[16] ^ s4;
    Slice s8 = z[13] ^ s0;
    Slice s9 = z[6] ^ z[12];
    Slice s10 = z[13] ^ z[17];
    Slice s11 = z[5] ^ z[16];
    Slice s12 = z[1] ^ z[9];
    Slice s13 = s0 ^ s9;
    Slice s14 = s5 ^ s6;
    Slice s15 = z[15] ^ s13;
    Slice s16 = z[11] ^ s10;
    Slice s17 = z[14] ^ s10;
    Slice s18 = z[5] ^ z[6];
    Slice s19 = z[12] ^ s12;
    Slice s20 = s12 ^ s13;
    Slice s21 = s16 ^ s19;
    Slice s22 = s11 ^ s21;
    Slice s23 = z[1] ^ s8;
    x[0] = s6 ^ s18;
    Slice s24 = z[4] ^ s23;
    Slice s25 = z[0] ^ z[3];
    Slice s26 = s11 ^ s15;
    Slice s27 = s4 ^ s17;
    Slice s28 = s24 ^ s25;
    x[5] = s8 ^ s14;
    x[1] = s7 ^ s28;
    x[4] = s1 ^ s22;
    x[3] = s2 ^ s20;
    x[6] = z[10] ^ s27;
    x[7] = s7 ^ s14;
    x[2] = s5 ^ s26;
}

// The S-box but for its constants.
static inline void substitute(Slice x[8])
{
    Slice y[22], norm[4], inverse[9], z[18];
    enter_field(x, y);
    take_norm(y, norm);
    invert_norm(norm, inverse);
    multiply_inverse(y, inverse, z);
    leave_field(z, x);
}

// Exchange the bits of `high` at `mask` with those of `low` that are `shift` above them.
static inline void exchange(Slice *high, Slice *low, uint32_t mask, unsigned shift)
{
    Slice differing = ((*low >> shift) ^ *high) & mask;
    *high ^= differing;
    *low ^= differing << shift;
}

// Turn eight words of bytes into eight slices, or back. Source: the transposition of 8 by 8 bits of
// H. S. Warren, Hacker's Delight, 7-3.
static void transpose(Slice x[8])
{
    for (unsigned i = 0; i < 8; i += 2) {
        exchange(&x[i + 1], &x[i], 0x55555555, 1);
    }
    for (unsigned i = 0; i < 8; i += i % 4 == 1 ? 3 : 1) {
        exchange(&x[i + 2], &x[i], 0x33333333, 2);
    }
    for (unsigned i = 0; i < 4; i++) {
        exchange(&x[i + 4], &x[i], 0x0f0f0f0f, 4);
    }
}

static inline Slice rotate(Slice x, unsigned bits)
{
    return x << bits | x >> (32 - bits);
}

// Add L(b), bit by bit; bytes are in the order of memory, so byte i + 1 comes to byte i by rotating
// to the right. With << 2 and >> 6 on bytes and Q = << 2 ^ >> 6, byte i of L(b) is (1 ^ << 2) b_i ^
// Q (b_(i+1) ^ b_(i+2)) ^ (1 ^ >> 6) b_(i+3). Source: GB/T 32907-2016 6.2.2.
static inline void add_transformed(Slice ret[8], const Slice b[8])
{
    for (size_t i = 0; i < 8; i++) {
        Slice other = b[(i + 6) % 8];
        Slice by_3 = rotate(i < 2 ? b[i] ^ other : b[i], 8);
        ret[i] ^= b[i] ^ by_3 ^ rotate(other, 24) ^ rotate(other, 16);
        ret[i] ^= i < 2 ? (Slice){0} : other;
    }
}

// The bits of a round key in all places, with the constants: one of each S-box before is left out,
// and so every second time a word is in place it lacks ROUND_OUTPUT, as do one or three of the
// three words that go into the S-box. After 32 rounds every word has lacked it eight times: never.
static void spread_key(uint32_t key, size_t round, Slice ret[8])
{
    size_t lacking = (round + 1) / 4 + (round + 2) / 4 + (round + 3) / 4;
    uint32_t constant = S_BOX_INPUT ^ (lacking % 2 == 1 ? ROUND_OUTPUT : 0);
    key = __builtin_bswap32(key) ^ constant * 0x01010101;
    for (size_t i = 0; i < 8; i++) {
        ret[i] = (Slice){0} + (key >> i & 0x01010101) * 0xff;
    }
}

static void run_round(Slice x0[8], Slice x1[8], Slice x2[8], Slice x3[8], const Slice key[8])
{
    Slice b[8];
    for (size_t i = 0; i < 8; i++) {
        b[i] = x1[i] ^ x2[i] ^ x3[i] ^ key[i];
    }
    substitute(b);
    add_transformed(x0, b);
}

static void load_blocks(Slice x[4][8], const uint8_t *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t words[4];
        memcpy(words, &blocks[SM4_BLOCK_SIZE * i], sizeof words);
        for (size_t j = 0; j < 4; j++) {
            x[j][i / 4][i % 4] = words[j];
        }
    }
    for (size_t j = 0; j < 4; j++) {
        transpose(x[j]);
    }
}

// The words in reverse, as the last step of SM4 asks.
static void store_blocks(Slice x[4][8], uint8_t *ret, size_t count)
{
    for (size_t j = 0; j < 4; j++) {
        transpose(x[j]);
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t words[4];
        for (size_t j = 0; j < 4; j++) {
            words[j] = x[3 - j][i / 4][i % 4];
        }
        memcpy(&ret[SM4_BLOCK_SIZE * i], words, sizeof words);
    }
}

// Up to SLICE_BLOCKS blocks. Source: GB/T 32907-2016 7.1.
static void encrypt_slices(const uint32_t round_keys[32], const uint8_t *blocks, uint8_t *ret,
                           size_t count)
{
    Slice x[4][8] = {{{0}}};
    Slice key[8];
    load_blocks(x, blocks, count);
    for (size_t i = 0; i < 32; i++) {
        spread_key(round_keys[i], i, key);
        run_round(x[i % 4], x[(i + 1) % 4], x[(i + 2) % 4], x[(i + 3) % 4], key);
    }
    store_blocks(x, ret, count);
    secret_wipe(x, sizeof x);
    secret_wipe(key, sizeof key);
}

void sm4_encrypt_portable(const uint32_t round_keys[32], const uint8_t *blocks, uint8_t *ret,
                          size_t count)
{
    for (size_t i = 0; i < count; i += SLICE_BLOCKS) {
        size_t left = count - i;
        encrypt_slices(round_keys, &blocks[SM4_BLOCK_SIZE * i], &ret[SM4_BLOCK_SIZE * i],
                       left < SLICE_BLOCKS ? left : SLICE_BLOCKS);
    }
}

uint32_t sm4_substitute_portable(uint32_t word)
{
    Slice x[8] = {{word ^ S_BOX_INPUT * 0x01010101U}};
    transpose(x);
    substitute(x);
    transpose(x);
    return x[0][0] ^ S_BOX_OUTPUT * 0x01010101U;
}
