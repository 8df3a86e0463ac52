// SPDX-License-Identifier: Apache-2.0
//
// Self-test at start-up: a program that computes wrongly must not start. It is implemented in
// self_test_run.c, because the build takes *_test.c for tests.
#ifndef ASSENT_BASE_CRYPTO_SELF_TEST_H
#define ASSENT_BASE_CRYPTO_SELF_TEST_H

#include <stdbool.h>

#include "base/core/attributes.h"
#include "base/core/error.h"

// Run known-answer tests of SM3, HMAC-SM3, SM4 (block, GCM, both backends) and SM2 (sign, verify,
// refuse), generate a key pair with its pairwise check and encrypt to it, and health-test the
// system's random source on a fresh sample. Takes a few milliseconds. Fails with ERROR_INTERNAL,
// code "crypto.self_test", naming what failed; the caller has to refuse to start then.
// Source: GB/T 37092-2018 7.10.
bool crypto_self_test(Error *err) MUST_CHECK;

#endif
