// SPDX-License-Identifier: Apache-2.0
//
// Memory for private keys, for the SM core only: locked as far as RLIMIT_MEMLOCK allows, left out
// of core dumps, wiped on release. Small pieces share pages, which stay locked for the next ones.
// Safe to use from several threads.
#ifndef ASSENT_BASE_SECRET_LOCKED_H
#define ASSENT_BASE_SECRET_LOCKED_H

#include <stddef.h>

#include "base/core/attributes.h"

// Allocate zeroed memory, aligned for every type. NULL when out of memory.
void *locked_alloc(size_t size) MUST_CHECK;
// Wipe and release what locked_alloc(size) gave. NULL is harmless.
void locked_free(void *memory, size_t size);

#endif
