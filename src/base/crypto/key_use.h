// SPDX-License-Identifier: Apache-2.0
//
// Who uses a private key in memory right now, so that zeroisation never pulls it from under a
// computation: half-wiped numbers would give signatures away that speak about the key.
#ifndef ASSENT_BASE_CRYPTO_KEY_USE_H
#define ASSENT_BASE_CRYPTO_KEY_USE_H

#include "base/crypto/sm2.h"

// Begin to use the key. Two additions to one atomic word per use. Fails with ERROR_FORBIDDEN, code
// "signer.zeroised".
bool key_use_begin(const Sm2PrivateKey *key, Error *err) MUST_CHECK;
void key_use_end(const Sm2PrivateKey *key);
// Refuse every use from now on, wait until those that have begun have ended, and wipe all but the
// public key. Harmless when repeated. The caller must not be using the key itself.
void key_use_zeroise(const Sm2PrivateKey *key);

#endif
