// SPDX-License-Identifier: Apache-2.0
//
// Tables of multiples for public keys that return (the components', CAs', time stamp authorities'
// and log keys), for base/crypto only. One cache for the process, thread-safe and bounded; what it
// holds changes how fast a verification is, never its answer.
#ifndef ASSENT_BASE_CRYPTO_SM2_KEY_TABLE_H
#define ASSENT_BASE_CRYPTO_SM2_KEY_TABLE_H

#include "base/crypto/sm2.h"
#include "base/curve/curve.h"

// How many good signatures of a key it takes to compute its table, which costs as much time
// as some ten verifications. More than the key of one person's one authorization ever sees
// in a process that runs all systems: such a key does not return.
enum { KEY_TABLE_SIGHTINGS = 24 };

typedef struct CachedTable KeyTable;

// The table of a key, or NULL. Release it after use.
KeyTable *key_table_acquire(const Sm2PublicKey *key);
void key_table_release(KeyTable *table);
const CurveTable *key_table_points(const KeyTable *table);
// Count a good signature of a key, `point`, that had no table; now and then that makes its table.
// Bad signatures do not count, so that nobody without a key that is trusted fills the cache.
void key_table_note(const Sm2PublicKey *key, const CurvePoint *point);

#endif
