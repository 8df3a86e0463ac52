// SPDX-License-Identifier: Apache-2.0
//
// A heap in memory that only grows: blocks of fixed sizes, four to each power of two, and a list
// of free ones for each size. Every call takes constant time whatever was allocated before, so
// that no file can make it slow; what is lost by rounding is at most a quarter.
#ifndef ASSENT_WASM_LIBC_HEAP_H
#define ASSENT_WASM_LIBC_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEAP_ALIGNMENT = 16, HEAP_CLASSES = 112 };

typedef struct HeapBlock HeapBlock;

typedef struct Heap Heap;
struct Heap {
    uint8_t *next, *end;  // what was never handed out
    // Move `end` so that `size` bytes fit. False: there is no more memory.
    bool (*grow)(Heap *heap, size_t size);
    HeapBlock *free[HEAP_CLASSES];
};

// NULL when there is no memory. Aligned to HEAP_ALIGNMENT, not cleared.
void *heap_alloc(Heap *heap, size_t size);
// As realloc.
void *heap_resize(Heap *heap, void *memory, size_t size);
// As free.
void heap_free(Heap *heap, void *memory);

#endif
