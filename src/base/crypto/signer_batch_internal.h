// SPDX-License-Identifier: Apache-2.0
//
// The batch signer with its parts exchangeable, so that tests can hold a batch up, make it fail
// and fill the queue.
#ifndef ASSENT_BASE_CRYPTO_SIGNER_BATCH_INTERNAL_H
#define ASSENT_BASE_CRYPTO_SIGNER_BATCH_INTERNAL_H

#include "base/crypto/signer_batch.h"

typedef struct {
    // Sign `count` digests (1 to SIGNER_BATCH_MAX) or fail for all of them. Called by one thread
    // at a time. NULL: there is no queue, each thread signs for itself.
    bool (*sign_many)(const Sm2PrivateKey *key, Random random, const Sm3Digest *e, size_t count,
                      Sm2Signature *ret, Error *err);
    size_t queue_max;
} SignerBatchPlan;

bool signer_batch_new_with(const Sm2PrivateKey *key, Random random, const SignerBatchPlan *plan,
                           SignerBatch **ret, Error *err) MUST_CHECK;
// How many requests wait behind the batch that is being signed.
size_t signer_batch_waiting(SignerBatch *batch);

#endif
