// SPDX-License-Identifier: Apache-2.0
//
// The self-test, at start-up and on demand. What fails it puts the process into the error state
// of crypto_state.h: a program that computes wrongly must make no keys and use none.
#ifndef ASSENT_BASE_CRYPTO_SELF_TEST_H
#define ASSENT_BASE_CRYPTO_SELF_TEST_H

#include <stdbool.h>

#include "base/core/attributes.h"
#include "base/core/error.h"

// Run known-answer tests of SM3 (one and many), HMAC-SM3, the KDF, SM4 (block, CTR, CBC, GCM, CCM)
// and SM2 (sign, verify with and without a table, in batches, encrypt, decrypt, refuse), each long
// enough to go through every loop of the path that is selected on this CPU; generate a key pair
// with its pairwise check; health-test the system's random source. Takes a few milliseconds, and
// holds up no other thread. Leaves the state READY. Fails with ERROR_INTERNAL, code
// "crypto.self_test", naming what failed, and leaves the state ERROR; or with "crypto.error_state"
// when that is the state already. Source: GB/T 37092-2018 7.10.
bool crypto_self_test(Error *err) MUST_CHECK;

// The same, telling of each test as it ends, until the first that fails.
typedef struct {
    void (*told)(void *context, const char *name, bool holds);
    void *context;
} SelfTestListener;

bool crypto_self_test_with(const SelfTestListener *listener, Error *err) MUST_CHECK;

#endif
