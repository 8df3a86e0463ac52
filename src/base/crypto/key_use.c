// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/key_use.h"

#include <sched.h>
#include <stdatomic.h>

#include "base/crypto/sm2_internal.h"

enum { ZEROISED = 1 << 30 };  // far above any number of threads

// Borrowers hold keys as const: they compute with them and do not change them. The word of their
// uses and the wiping are the two exceptions.
static Sm2PrivateKey *writable(const Sm2PrivateKey *key)
{
    return (Sm2PrivateKey *)key;
}

bool key_use_begin(const Sm2PrivateKey *key, Error *err)
{
    if ((atomic_fetch_add(&writable(key)->uses, 1) & ZEROISED) == 0) {
        return true;
    }
    key_use_end(key);
    return error_set(err, ERROR_FORBIDDEN, "signer.zeroised", "GB/T 37092-2018 7.9",
                     "the key was zeroised");
}

void key_use_end(const Sm2PrivateKey *key)
{
    atomic_fetch_sub(&writable(key)->uses, 1);
}

void key_use_zeroise(const Sm2PrivateKey *key)
{
    Sm2PrivateKey *own = writable(key);
    if ((atomic_fetch_or(&own->uses, ZEROISED) & ZEROISED) != 0) {
        return;
    }
    // A use lasts microseconds, and none begins any more.
    while (atomic_load(&own->uses) != ZEROISED) {
        sched_yield();
    }
    secret_wipe(&own->d, sizeof own->d);
    secret_wipe(&own->inverse_1_plus_d, sizeof own->inverse_1_plus_d);
    secret_wipe(&own->nonce_hmac, sizeof own->nonce_hmac);
}
