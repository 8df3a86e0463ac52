// SPDX-License-Identifier: Apache-2.0
//
// The self-test as a list, so that its own test can hand in a check that fails.
#ifndef ASSENT_BASE_CRYPTO_SELF_TEST_INTERNAL_H
#define ASSENT_BASE_CRYPTO_SELF_TEST_INTERNAL_H

#include <stddef.h>

#include "base/crypto/self_test.h"

typedef struct {
    const char *name;
    // True when the check holds. May fill err with the cause.
    bool (*run)(Error *err);
} SelfTest;

// Run all; fail with ERROR_INTERNAL, code "crypto.self_test", naming the first that does not hold.
bool self_test_run(const SelfTest *tests, size_t count, Error *err) MUST_CHECK;

#endif
