// SPDX-License-Identifier: Apache-2.0
//
// What the files of sm2_batch.h share, and what a measurement reaches into. Nobody else includes
// this: it hands out nonces and unchecked keys.
#ifndef ASSENT_BASE_CRYPTO_SM2_BATCH_INTERNAL_H
#define ASSENT_BASE_CRYPTO_SM2_BATCH_INTERNAL_H

#include "base/crypto/sm2_batch.h"
#include "base/crypto/sm2_internal.h"
#include "base/curve/lanes.h"

enum {
    // Operations on their way at once; also what shares one draw of randomness.
    SM2_BATCH_SIZE = LANES_BASE_GROUPS * LANES_COUNT,
    // Sixteen lanes take as long as about this many single operations, so fewer go one by one.
    SM2_BATCH_LEAST = 5,
    SM2_NONCE_RANDOM_SIZE = 23,  // as in sm2_sign_digest
};

// How many of `count` operations (at most SM2_BATCH_SIZE) to do in lanes, the rest one by one.
size_t sm2_batch_share(size_t count);

// Derive the first nonce of each signature, as sm2_sign_digest does from the same random bytes.
// ret[i] is 0 where the derived number is none of 1 to n-1.
void sm2_batch_nonces(const Sm2PrivateKey *const *keys,
                      const uint8_t (*fresh)[SM2_NONCE_RANDOM_SIZE], const Sm3Digest *e,
                      size_t count, Scalar *ret);

// Generate private scalars and public keys without the pairwise check, for measurements.
bool sm2_key_generate_raw_many(Random random, Scalar *ret_d, Sm2PublicKey *ret_key, size_t count,
                               Error *err) MUST_CHECK;

#endif
