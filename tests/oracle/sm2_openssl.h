// SPDX-License-Identifier: Apache-2.0
//
// For tests: SM2 by OpenSSL's bignums and points, written down from the standard. Slow, never
// constant-time, and shares no line with base/crypto.
#ifndef ASSENT_TESTS_ORACLE_SM2_OPENSSL_H
#define ASSENT_TESTS_ORACLE_SM2_OPENSSL_H

#include <openssl/bn.h>
#include <openssl/ec.h>

#include "base/core/bytes.h"

enum { ORACLE_SIZE = 32, ORACLE_POINT_SIZE = 65, ORACLE_PLAINTEXT_MAX = 2048 };

// The curve. Everything lives as long as the process; failures of OpenSSL abort.
typedef struct {
    EC_GROUP *group;
    BN_CTX *context;
    BIGNUM *p, *n, *a, *b;
} Sm2Oracle;

typedef struct {
    uint8_t c1[ORACLE_POINT_SIZE];
    uint8_t c3[ORACLE_SIZE];
    uint8_t c2[ORACLE_PLAINTEXT_MAX];
    size_t len;
    bool mask_is_zero;
} OracleCipher;

Sm2Oracle sm2_oracle_new(void);
// A number from hexadecimal digits or big-endian bytes, and back; the caller frees.
BIGNUM *oracle_hex(const char *hex);
BIGNUM *oracle_number_of(const uint8_t bytes[ORACLE_SIZE]);
void oracle_store(uint8_t ret[ORACLE_SIZE], const BIGNUM *number);

// SM3 of up to four parts one after the other, by OpenSSL.
void oracle_sm3(const Bytes *parts, size_t count, uint8_t ret[ORACLE_SIZE]);
// True if OpenSSL takes it for an uncompressed point of the curve other than infinity.
bool oracle_is_point(const Sm2Oracle *oracle, Bytes encoded);
// s G + t P; P may be NULL. False when that is the point at infinity.
bool oracle_sum(const Sm2Oracle *oracle, const BIGNUM *s, const uint8_t *point, const BIGNUM *t,
                uint8_t ret[ORACLE_POINT_SIZE]);
// The point with this x and the even or odd y. False when there is none.
bool oracle_point_with_x(const Sm2Oracle *oracle, const BIGNUM *x, int odd,
                         uint8_t ret[ORACLE_POINT_SIZE]);
void oracle_z(const uint8_t point[ORACLE_POINT_SIZE], Bytes id, uint8_t ret[ORACLE_SIZE]);

// r || s of digest e under nonce k. False when the nonce does not suit.
// Source: GB/T 32918.2 6.1.
bool oracle_sign(const Sm2Oracle *oracle, const BIGNUM *d, const uint8_t e[ORACLE_SIZE],
                 const BIGNUM *k, uint8_t ret[2 * ORACLE_SIZE]);
// Source: GB/T 32918.2 7.1.
bool oracle_verify(const Sm2Oracle *oracle, const uint8_t point[ORACLE_POINT_SIZE],
                   const uint8_t e[ORACLE_SIZE], const uint8_t signature[2 * ORACLE_SIZE]);
// Source: GB/T 32918.4 6.1.
void oracle_encrypt(const Sm2Oracle *oracle, const uint8_t point[ORACLE_POINT_SIZE],
                    const BIGNUM *k, Bytes plaintext, OracleCipher *ret);

#endif
