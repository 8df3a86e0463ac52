// SPDX-License-Identifier: Apache-2.0
//
// Arena: memory with one lifetime. A request borrows one; everything in it ends together.
#ifndef ASSENT_BASE_CORE_ARENA_H
#define ASSENT_BASE_CORE_ARENA_H

#include <stddef.h>

#include "base/core/attributes.h"
#include "base/core/bytes.h"

typedef struct Arena Arena;

enum { ARENA_DEFAULT_LIMIT = 64 * 1024 * 1024 };

// Create an arena that hands out at most `limit_bytes` in total. NULL when out of memory.
// Not thread-safe: one thread at a time.
Arena *arena_new(size_t limit_bytes) MUST_CHECK;
// Wipe and release everything. NULL is harmless.
void arena_free(Arena *arena);
// For CLEANUP(arena_cleanup).
void arena_cleanup(Arena **arena);
// Wipe and take back everything, keeping the first block for the next use.
void arena_reset(Arena *arena);

// Allocate zeroed memory aligned for any type. NULL when the limit or memory is exhausted.
void *arena_alloc(Arena *arena, size_t size) MUST_CHECK;
// Copy bytes into the arena; data is NULL on exhaustion unless bytes is empty.
Bytes arena_copy(Arena *arena, Bytes bytes) MUST_CHECK;
// Copy two views, one behind the other. Data is NULL on exhaustion unless both are empty.
Bytes arena_join(Arena *arena, Bytes first, Bytes second) MUST_CHECK;
// Take over what a writer wrote without copying it; the writer is empty afterwards. Data is NULL
// when the writer failed or the limit is exhausted, unless nothing was written.
Bytes arena_adopt(Arena *arena, Writer *writer) MUST_CHECK;
// Copy bytes and add a terminating zero. NULL on exhaustion.
char *arena_text(Arena *arena, Bytes bytes) MUST_CHECK;
// Format text into the arena. NULL on exhaustion.
char *arena_format(Arena *arena, const char *format, ...) PRINTF_LIKE(2, 3) MUST_CHECK;

#endif
