// SPDX-License-Identifier: Apache-2.0
//
// The self-test as lists of checks over a table of answers, so that its own test can hand in a
// check that fails and an answer that is wrong.
#ifndef ASSENT_BASE_CRYPTO_SELF_TEST_INTERNAL_H
#define ASSENT_BASE_CRYPTO_SELF_TEST_INTERNAL_H

#include <stddef.h>

#include "base/crypto/self_test.h"
#include "base/crypto/sm2.h"
#include "base/sm4/sm4.h"

enum { KNOWN_CIPHER_SIZE = 126, KNOWN_LONG_SIZE = 2500 };

// The long message is 0, 1, 2 ... modulo 256. Long results are known by their SM3.
typedef struct {
    uint8_t sm3_abc[SM3_SIZE];
    uint8_t sm3_long[SM3_SIZE];
    uint8_t sm3_many[SM3_SIZE];   // of the digests of the first 0, 7, ... 252 bytes of the long one
    uint8_t sm3_equal[SM3_SIZE];  // of the digests of 65 bytes each from 0, 1, ... 39 of it on
    uint8_t hmac[SM3_SIZE];       // "message" under "key"
    uint8_t kdf[SM3_SIZE];        // of "abc", as long as the long message
    uint8_t sm4_block[SM4_BLOCK_SIZE];
    uint8_t sm4_ctr[SM3_SIZE];
    uint8_t sm4_cbc[SM3_SIZE];
    uint8_t gcm_tag[SM4_GCM_TAG_SIZE];
    uint8_t ccm_tag[SM4_GCM_TAG_SIZE];
    uint8_t sm4_gcm[SM3_SIZE];  // of ciphertext || tag
    uint8_t sm4_ccm[SM3_SIZE];
    uint8_t sm2_d[SM2_SCALAR_SIZE];
    uint8_t sm2_k[SM2_SCALAR_SIZE];
    Sm2Signature sm2_signature;             // over "message digest"
    uint8_t sm2_cipher[KNOWN_CIPHER_SIZE];  // of "encryption standard"
    // Each side's private key and ephemeral one, initiator first, and what they agree on.
    uint8_t exchange_keys[2][2][SM2_SCALAR_SIZE];
    uint8_t exchange_agreed[16];
} KnownAnswers;

extern const KnownAnswers known_answers;

typedef struct {
    const char *name;
    // True when the check holds. May fill err with the cause.
    bool (*run)(const KnownAnswers *known, Error *err);
} SelfTest;

// The checks of self_test_hash.c, self_test_cipher.c and self_test_sm2.c.
bool self_test_sm3(const KnownAnswers *known, Error *err) MUST_CHECK;
bool self_test_sm3_many(const KnownAnswers *known, Error *err) MUST_CHECK;
bool self_test_hmac(const KnownAnswers *known, Error *err) MUST_CHECK;
bool self_test_kdf(const KnownAnswers *known, Error *err) MUST_CHECK;
bool self_test_sm4(const KnownAnswers *known, Error *err) MUST_CHECK;
bool self_test_sm4_ctr(const KnownAnswers *known, Error *err) MUST_CHECK;
bool self_test_sm4_cbc(const KnownAnswers *known, Error *err) MUST_CHECK;
bool self_test_sm4_gcm(const KnownAnswers *known, Error *err) MUST_CHECK;
bool self_test_sm4_ccm(const KnownAnswers *known, Error *err) MUST_CHECK;
bool self_test_sm2_signature(const KnownAnswers *known, Error *err) MUST_CHECK;
bool self_test_sm2_verification(const KnownAnswers *known, Error *err) MUST_CHECK;
bool self_test_sm2_encryption(const KnownAnswers *known, Error *err) MUST_CHECK;
bool self_test_sm2_batch(const KnownAnswers *known, Error *err) MUST_CHECK;
bool self_test_sm2_exchange(const KnownAnswers *known, Error *err) MUST_CHECK;
bool self_test_sm2_pair(const KnownAnswers *known, Error *err) MUST_CHECK;

// All checks, in the order in which they build on one another.
extern const SelfTest self_tests[];
extern const size_t self_test_count;

// Run some checks, changing the state as crypto_self_test says.
bool self_test_run(const SelfTest *tests, size_t count, const KnownAnswers *known,
                   const SelfTestListener *listener, Error *err) MUST_CHECK;

// The long message, for those who need it.
void self_test_long_message(uint8_t ret[KNOWN_LONG_SIZE]);

// What the tests of SM4's modes share: a key, and sealing, comparing, opening, refusing.
extern const uint8_t SELF_TEST_SM4_KEY[SM4_KEY_SIZE];
typedef struct {
    void (*seal)(const Sm4 *sm4, const uint8_t nonce[12], Bytes aad, Bytes plaintext, Writer *ret);
    bool (*open)(const Sm4 *sm4, const uint8_t nonce[12], Bytes aad, Bytes sealed, Writer *ret,
                 Error *err);
} SelfTestMode;
bool self_test_mode(const SelfTestMode *mode, const uint8_t tag[SM4_GCM_TAG_SIZE],
                    const uint8_t long_digest[SM3_SIZE], Error *err) MUST_CHECK;
bool self_test_has_digest(Bytes data, const uint8_t expected[SM3_SIZE]);

#endif
