// SPDX-License-Identifier: Apache-2.0
//
// SM2 in batches: many signatures, verifications or new keys in one call, with sixteen of them side
// by side where the CPU has AVX-512 IFMA and one after the other elsewhere. Results are those of
// sm2.h's functions. Small counts work too; from about 64 on a batch is as fast as it gets.
#ifndef ASSENT_BASE_CRYPTO_SM2_BATCH_H
#define ASSENT_BASE_CRYPTO_SM2_BATCH_H

#include "base/crypto/sm2.h"

// A message and whose signature over it is meant; all borrowed for the call.
typedef struct {
    const Sm2PublicKey *key;
    Bytes message;
} Sm2Message;

// e of each message with the default ID, as sm2_message_digest computes it. Fails with
// ERROR_INTERNAL (memory) only.
bool sm2_digest_many(const Sm2Message *messages, size_t count, Sm3Digest *ret,
                     Error *err) MUST_CHECK;

// Sign `count` digests, as sm2_sign_digest does: e[i] with keys[i]; the same key may repeat. Nonces
// are fresh, hedged each with its key and digest. On failure `ret` holds nothing of use.
// Source: GB/T 32918.2 6.1.
bool sm2_sign_many(const Sm2PrivateKey *const *keys, const Sm3Digest *e, size_t count,
                   Random random, Sm2Signature *ret, Error *err) MUST_CHECK;

// One signature to verify; all borrowed for the call.
typedef struct {
    const Sm2PublicKey *key;
    const Sm3Digest *e;
    const Sm2Signature *signature;
} Sm2Claim;

// Verify `count` signatures, each on its own: ret[i] is what sm2_verify_digest says of claims[i],
// also for keys that are no points and numbers out of range. A bad signature spoils no other.
// Source: GB/T 32918.2 7.1.
void sm2_verify_many(const Sm2Claim *claims, size_t count, bool *ret);

// Keys that return get tables of 148 KB each, apart from those of sm2.h: keep at most `limit` of
// them (0 to SM2_BATCH_TABLES_MAX, which is also the default).
enum { SM2_BATCH_TABLES_MAX = 32 };
void sm2_batch_tables_limit(size_t limit);

// Generate `count` key pairs, each pairwise-checked before any is returned. The caller frees
// each; on failure there is none.
bool sm2_key_generate_many(Random random, Sm2PrivateKey **ret, size_t count, Error *err) MUST_CHECK;

#endif
