// SPDX-License-Identifier: Apache-2.0
//
// Tables of multiples for public keys that return, in the form that lanes look up, for sm2_batch*.c
// only. One cache for the process, thread-safe and bounded; what it holds changes how fast a
// verification is, never its answer.
#ifndef ASSENT_BASE_CRYPTO_SM2_BATCH_TABLE_H
#define ASSENT_BASE_CRYPTO_SM2_BATCH_TABLE_H

#include "base/crypto/sm2_batch.h"
#include "base/curve/lanes.h"

// How many good signatures of a key it takes to compute its table, which costs as much time as some
// fifteen verifications in a batch.
enum { BATCH_TABLE_SIGHTINGS = 24 };

typedef struct CachedTable BatchTable;

// The table of a key, or NULL. Release it after use.
BatchTable *batch_table_acquire(const Sm2PublicKey *key);
void batch_table_release(BatchTable *table);
const LanesTable *batch_table_points(const BatchTable *table);
// Count a good signature of a key that had no table; now and then that makes its table. Bad
// signatures do not count, so that nobody without a key that is trusted fills the cache.
void batch_table_note(const Sm2PublicKey *key);

#endif
