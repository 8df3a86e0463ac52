// SPDX-License-Identifier: Apache-2.0
//
// For the tests of base/curve only: 256-bit limbs as OpenSSL bignums, and limbs that provoke
// carries.
#ifndef ASSENT_BASE_CURVE_BIGNUM_ORACLE_H
#define ASSENT_BASE_CURVE_BIGNUM_ORACLE_H

#include <openssl/bn.h>
#include <stdbool.h>

#include "base/curve/limbs.h"

#define ORACLE_P "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF"
#define ORACLE_N "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123"

typedef struct {
    BN_CTX *context;
    BIGNUM *modulus;
    BIGNUM *inverse_of_2_256;
} Oracle;

static inline Oracle oracle_new(const char *modulus_hex)
{
    Oracle oracle = {BN_CTX_new(), NULL, BN_new()};
    BN_hex2bn(&oracle.modulus, modulus_hex);
    BN_set_bit(oracle.inverse_of_2_256, 256);
    BN_mod_inverse(oracle.inverse_of_2_256, oracle.inverse_of_2_256, oracle.modulus,
                   oracle.context);
    return oracle;
}

static inline void oracle_free(Oracle *oracle)
{
    BN_free(oracle->modulus);
    BN_free(oracle->inverse_of_2_256);
    BN_CTX_free(oracle->context);
}

static inline void oracle_load(BIGNUM *ret, const uint64_t limbs[4])
{
    uint8_t bytes[32];
    limbs_store(bytes, limbs);
    BN_bin2bn(bytes, sizeof bytes, ret);
}

static inline bool oracle_agrees(const uint64_t actual[4], const BIGNUM *expected)
{
    uint8_t actual_bytes[32], expected_bytes[32];
    limbs_store(actual_bytes, actual);
    return BN_bn2binpad(expected, expected_bytes, sizeof expected_bytes) == 32 &&
           memcmp(actual_bytes, expected_bytes, sizeof actual_bytes) == 0;
}

// A number a few away from 0, from a power of 2^64 or from the modulus.
static inline void oracle_border(const Oracle *oracle, uint64_t seed, uint64_t ret[4])
{
    BIGNUM *number = BN_new();
    uint8_t bytes[32];
    if (seed % 5 == 4) {
        BN_copy(number, oracle->modulus);
    } else if (seed % 5 > 0) {
        BN_set_bit(number, (int)(64 * (seed % 5)));
    }
    if (seed % 5 > 0 && (seed >> 8) % 2 == 0) {
        BN_sub_word(number, (seed >> 16) % 5);
    } else {
        BN_add_word(number, (seed >> 16) % 5);
    }
    BN_nnmod(number, number, oracle->modulus, oracle->context);
    BN_bn2binpad(number, bytes, sizeof bytes);
    limbs_load(ret, bytes);
    BN_free(number);
}

// The `index`-th number of a sequence of which a quarter has limbs at the edges (all zeros, all
// ones, a single bit, the limbs of the modulus) and a quarter is near a border, reduced by the
// modulus.
static inline void oracle_number(const Oracle *oracle, uint64_t index, uint64_t ret[4])
{
    static const uint64_t edges[8] = {0,
                                      1,
                                      UINT64_MAX,
                                      UINT64_MAX - 1,
                                      (uint64_t)1 << 63,
                                      0xffffffff00000000,
                                      0xfffffffeffffffff,
                                      0xffffffff};
    uint64_t state = index * 0x9e3779b97f4a7c15 + 0x1234567;
    for (int i = 0; i < 4; i++) {
        state ^= state >> 30;
        state *= 0xbf58476d1ce4e5b9;
        state ^= state >> 27;
        ret[i] = index % 4 == 0 ? edges[state >> 32 & 7] : state * 0x94d049bb133111eb;
    }
    if (index % 4 == 2) {
        oracle_border(oracle, state >> 32, ret);
        return;
    }
    BIGNUM *number = BN_new();
    uint8_t bytes[32];
    oracle_load(number, ret);
    BN_nnmod(number, number, oracle->modulus, oracle->context);
    BN_bn2binpad(number, bytes, sizeof bytes);
    limbs_load(ret, bytes);
    BN_free(number);
}

#endif
