// SPDX-License-Identifier: Apache-2.0
//
// A signer for a key in memory that signs together what several threads ask for at the same
// time. Whoever comes while nobody signs, signs at once, alone, without waiting for others; who
// comes meanwhile waits in a queue, whose head takes up to SIGNER_BATCH_MAX requests and signs them
// in lanes (sm2_batch.h), and so on. As long as no more than that wait, a request waits for one
// batch at most before its own: under 200 us in all, since a batch takes under 100 us. Of more the
// last wait longer, one batch for each SIGNER_BATCH_MAX, which is still sooner than one by one.
// Where this CPU has no lanes, signing together gains nothing and one core would do all the work:
// there each thread signs for itself.
#ifndef ASSENT_BASE_CRYPTO_SIGNER_BATCH_H
#define ASSENT_BASE_CRYPTO_SIGNER_BATCH_H

#include "base/crypto/signer.h"

typedef struct SignerBatch SignerBatch;

enum {
    SIGNER_BATCH_MAX = 32,         // requests signed together
    SIGNER_BATCH_QUEUE_MAX = 256,  // requests waiting; more are refused
    SIGNER_OWN_SHARE = 128,        // of what one caller brings at a time
};

// Make a batch signer whose nonces are made of `random`. Borrows the key until signer_batch_free.
// Fails with ERROR_INTERNAL (memory).
bool signer_batch_new(const Sm2PrivateKey *key, Random random, SignerBatch **ret,
                      Error *err) MUST_CHECK;
// Refuse new requests with ERROR_UNAVAILABLE, code "signer.stopped", finish those that have
// begun, and release. No thread may begin a request once this has returned. NULL is harmless.
void signer_batch_free(SignerBatch *batch);

// The signer. Beside what signer_of_key says it fails with ERROR_UNAVAILABLE, code "signer.busy",
// when the queue is full; who brings many (signer_sign_digests) has them signed without the queue,
// side by side. A failure of a batch reaches every caller in it. In a child after fork,
// where the threads of the queue do not exist, it signs without the queue.
Signer signer_of_batch(SignerBatch *batch);

#endif
