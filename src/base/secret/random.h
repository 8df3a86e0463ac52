// SPDX-License-Identifier: Apache-2.0
//
// Randomness from the operating system, with the health tests of GM/T 0105 shape
// (repetition count, adaptive proportion) run on it.
#ifndef ASSENT_BASE_SECRET_RANDOM_H
#define ASSENT_BASE_SECRET_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"

// A source of random bytes, handed to whoever needs it, so that vectors can fix it.
typedef struct {
    bool (*fill)(void *state, uint8_t *ret, size_t len, Error *err);
    void *state;
} Random;

// The system's generator (getrandom), watched. Fails with ERROR_INTERNAL, never
// with weak bytes. Safe to use from several threads and after fork.
Random random_system(void);
// A source whose every draw is health-tested; one that fails the test puts the process into the
// error state (crypto_state.h). Borrows `source`.
// Source: GB/T 37092-2018 7.10.
Random random_watched(const Random *source);
// Fill `ret`. Fails as the source does, with ERROR_INTERNAL, code "random.unhealthy", and always in
// the error state.
bool random_fill(Random random, uint8_t *ret, size_t len, Error *err) MUST_CHECK;

enum { RANDOM_UUID_SIZE = 37 };
// Write a version 4 UUID as text ("xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx").
bool random_uuid(Random random, char ret[RANDOM_UUID_SIZE], Error *err) MUST_CHECK;

// Run the two health tests over one draw: no byte value 9 times in a row (repetition count), and
// in each window of 512 bytes the first value at most 26 times (adaptive proportion). Good
// bytes fail with probability below 2^-60 for each byte. Fails with ERROR_INTERNAL, code
// "random.unhealthy". Source: GM/T 0105-2021.
bool random_check_health(Bytes drawn, Error *err) MUST_CHECK;

#endif
