// SPDX-License-Identifier: Apache-2.0
//
// For tests: SM2, SM3 and SM4 by libgcrypt. Failures that say nothing about the input abort.
#ifndef ASSENT_TESTS_ORACLE_GCRYPT_H
#define ASSENT_TESTS_ORACLE_GCRYPT_H

#include "base/core/bytes.h"

void gcrypt_oracle_start(void);

// Public point of d.
void gcrypt_public(const uint8_t d[32], uint8_t ret[65]);
bool gcrypt_verify(const uint8_t point[65], const uint8_t e[32], const uint8_t signature[64]);
// Plaintext of C1, C3, C2 appended. False when C3 does not match.
bool gcrypt_decrypt(const uint8_t d[32], const uint8_t c1[65], Bytes c3, Bytes c2, Writer *ret);

void gcrypt_sm3(Bytes message, uint8_t ret[32]);
void gcrypt_hmac(Bytes key, Bytes message, uint8_t ret[32]);

typedef enum { GCRYPT_CTR, GCRYPT_CBC, GCRYPT_GCM, GCRYPT_CCM } GcryptMode;

// Encrypt; CBC takes whole blocks, GCM and CCM append their tag of 16 bytes.
void gcrypt_sm4(GcryptMode mode, const uint8_t key[16], Bytes iv, Bytes aad, Bytes plaintext,
                Writer *ret);

#endif
