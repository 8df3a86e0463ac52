// SPDX-License-Identifier: Apache-2.0
//
// Secrets: fixed-size key material that is locked in memory (as far as RLIMIT_MEMLOCK allows),
// kept out of core dumps, wiped on release and never becomes Bytes by accident. Comparisons
// are constant-time.
#ifndef ASSENT_BASE_SECRET_SECRET_H
#define ASSENT_BASE_SECRET_SECRET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"

// Key material. Opaque: only base/crypto looks inside. Freed with secret_free.
typedef struct Secret Secret;

enum { SECRET_MAX_SIZE = 64 };

// Copy `bytes` (1 to 64 bytes) into a new secret. The caller still owns, and should wipe, the
// source. Fails with ERROR_INPUT on a wrong size, ERROR_INTERNAL without memory.
bool secret_new(Bytes bytes, Secret **ret, Error *err) MUST_CHECK;
// Create a secret of `len` fresh random bytes.
bool secret_generate(size_t len, Secret **ret, Error *err) MUST_CHECK;
// Wipe, unlock and release. NULL is harmless.
void secret_free(Secret *secret);
void secret_cleanup(Secret **secret);
size_t secret_len(const Secret *secret);
// Look at the bytes, for base/crypto and for sealing keys into a key file only. Borrowed.
Bytes secret_expose(const Secret *secret);

// Compare in time that depends on the lengths only.
bool secret_equal(Bytes a, Bytes b);
// Overwrite memory in a way that the compiler keeps.
void secret_wipe(void *data, size_t len);

#endif
