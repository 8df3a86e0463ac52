// SPDX-License-Identifier: Apache-2.0
#include "base/core/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BLOCK_SIZE = 16 * 1024 };

typedef struct ArenaBlock ArenaBlock;
struct ArenaBlock {
    ArenaBlock *next;
    size_t capacity;
    size_t used;
    alignas(max_align_t) uint8_t data[];
};

// A buffer that a writer allocated. Lies in the arena itself.
typedef struct ArenaAdopted ArenaAdopted;
struct ArenaAdopted {
    ArenaAdopted *next;
    Writer writer;
};

struct Arena {
    ArenaBlock *blocks;
    ArenaAdopted *adopted;
    size_t used;
    size_t limit;
};

Arena *arena_new(size_t limit_bytes)
{
    Arena *arena = calloc(1, sizeof *arena);
    if (arena != NULL) {
        arena->limit = limit_bytes;
    }
    return arena;
}

static void arena_block_free(ArenaBlock *block)
{
    explicit_bzero(block->data, block->used);
    free(block);
}

static void arena_free_adopted(Arena *arena)
{
    for (; arena->adopted != NULL; arena->adopted = arena->adopted->next) {
        writer_free(&arena->adopted->writer);
    }
}

void arena_free(Arena *arena)
{
    if (arena == NULL) {
        return;
    }
    arena_free_adopted(arena);
    for (ArenaBlock *block = arena->blocks; block != NULL;) {
        ArenaBlock *next = block->next;
        arena_block_free(block);
        block = next;
    }
    free(arena);
}

void arena_cleanup(Arena **arena)
{
    arena_free(*arena);
    *arena = NULL;
}

void arena_reset(Arena *arena)
{
    ArenaBlock *kept = NULL;
    arena_free_adopted(arena);
    for (ArenaBlock *block = arena->blocks; block != NULL;) {
        ArenaBlock *next = block->next;
        if (next == NULL && block->capacity == ARENA_BLOCK_SIZE) {
            kept = block;
            explicit_bzero(kept->data, kept->used);
            kept->used = 0;
        } else {
            arena_block_free(block);
        }
        block = next;
    }
    arena->blocks = kept;
    arena->used = 0;
}

// Memory as it comes; arena_alloc zeroes what it hands out, and nothing else is touched.
static void *arena_take(Arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > arena->limit || size > SIZE_MAX - align) {
        return NULL;
    }
    size_t rounded = size == 0 ? align : (size + align - 1) / align * align;
    if (rounded > arena->limit - arena->used) {
        return NULL;
    }
    ArenaBlock *block = arena->blocks;
    if (block == NULL || rounded > block->capacity - block->used) {
        size_t capacity = rounded > ARENA_BLOCK_SIZE ? rounded : ARENA_BLOCK_SIZE;
        block = malloc(sizeof *block + capacity);
        if (block == NULL) {
            return NULL;
        }
        block->capacity = capacity;
        block->used = 0;
        block->next = arena->blocks;
        arena->blocks = block;
    }
    void *taken = block->data + block->used;
    block->used += rounded;
    arena->used += rounded;
    return taken;
}

void *arena_alloc(Arena *arena, size_t size)
{
    void *taken = arena_take(arena, size);
    if (taken != NULL) {
        memset(taken, 0, size);
    }
    return taken;
}

Bytes arena_copy(Arena *arena, Bytes bytes)
{
    if (bytes.len == 0) {
        return BYTES_EMPTY;
    }
    uint8_t *copy = arena_take(arena, bytes.len);
    if (copy == NULL) {
        return BYTES_EMPTY;
    }
    memcpy(copy, bytes.data, bytes.len);
    return bytes_of(copy, bytes.len);
}

Bytes arena_join(Arena *arena, Bytes first, Bytes second)
{
    size_t len = first.len + second.len;
    uint8_t *joined = len == 0 ? NULL : arena_take(arena, len);
    if (joined == NULL) {
        return BYTES_EMPTY;
    }
    if (first.len > 0) {
        memcpy(joined, first.data, first.len);
    }
    if (second.len > 0) {
        memcpy(&joined[first.len], second.data, second.len);
    }
    return bytes_of(joined, len);
}

Bytes arena_adopt(Arena *arena, Writer *writer)
{
    if (writer->failed || writer->len == 0 || writer->len > arena->limit - arena->used) {
        return BYTES_EMPTY;
    }
    ArenaAdopted *adopted = arena_alloc(arena, sizeof *adopted);
    if (adopted == NULL || writer->len > arena->limit - arena->used) {
        return BYTES_EMPTY;
    }
    arena->used += writer->len;
    adopted->writer = *writer;
    adopted->next = arena->adopted;
    arena->adopted = adopted;
    *writer = writer_new(writer->limit);
    return writer_bytes(&adopted->writer);
}

char *arena_text(Arena *arena, Bytes bytes)
{
    char *text = arena_alloc(arena, bytes.len + 1);
    if (text != NULL && bytes.len > 0) {
        memcpy(text, bytes.data, bytes.len);
    }
    return text;
}

char *arena_format(Arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = NULL;
    int len = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (len < 0) {
        return NULL;
    }
    char *copy = arena_text(arena, bytes_of(text, (size_t)len));
    explicit_bzero(text, (size_t)len);
    free(text);
    return copy;
}
