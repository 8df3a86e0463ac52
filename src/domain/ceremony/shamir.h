// SPDX-License-Identifier: Apache-2.0
//
// Sharing a secret: any `threshold` of the shares give it back, fewer tell nothing about it. Each
// byte is the constant term of a random polynomial over GF(256) (polynomial x^8+x^4+x^3+x+1); a
// share is its value at the share's index. Without tables and branches on secrets.
// Source: Shamir, How to Share a Secret, CACM 22 (1979).
#ifndef ASSENT_DOMAIN_CEREMONY_SHAMIR_H
#define ASSENT_DOMAIN_CEREMONY_SHAMIR_H

#include <stddef.h>
#include <stdint.h>

#include "base/core/error.h"
#include "base/secret/random.h"

enum { SHAMIR_SIZE = 32, SHAMIR_MAX_SHARES = 16 };

typedef struct {
    uint8_t index;  // 1 to SHAMIR_MAX_SHARES
    uint8_t bytes[SHAMIR_SIZE];
} ShamirShare;

// Make `count` shares, of which `threshold` (2 to count) are needed. The caller wipes them. Fails
// with ERROR_INPUT "shamir.threshold", ERROR_INTERNAL (randomness).
bool shamir_split(const uint8_t secret[SHAMIR_SIZE], size_t threshold, size_t count, Random random,
                  ShamirShare *ret, Error *err) MUST_CHECK;
// Give back the secret from shares; with fewer than were needed, or of another secret, it is
// another one: what it is for has to tell. Fails with ERROR_INPUT "shamir.shares" (none, too many,
// an index twice or out of range).
bool shamir_combine(const ShamirShare *shares, size_t count, uint8_t ret[SHAMIR_SIZE],
                    Error *err) MUST_CHECK;

#endif
