// SPDX-License-Identifier: Apache-2.0
#include "wasm/libc/heap.h"

#include <string.h>

// Before every block.
struct HeapBlock {
    size_t class;
    HeapBlock *next;  // of the free ones
};

enum {
    HEADER_SIZE = HEAP_ALIGNMENT,
    STEP = HEAP_ALIGNMENT,
    // Sizes over this are refused: the classes end there.
    SIZE_BITS_MAX = 30,
};

_Static_assert(sizeof(HeapBlock) <= HEADER_SIZE, "the header has room before an aligned block");

// The sizes are 16, 32, 48, 64, then 80, 96, 112, 128, then 160 ... in steps of a quarter.
static size_t class_size(size_t class)
{
    return class < 4 ? STEP * (class + 1) : (size_t)STEP * (5 + class % 4) << (class / 4 - 1);
}

// The smallest class for a size of 1 to 2^SIZE_BITS_MAX.
static size_t class_of(size_t size)
{
    size_t steps = (size + STEP - 1) / STEP;
    if (steps <= 4) {
        return steps - 1;
    }
    size_t shift = 0;
    for (size_t rest = steps - 1; rest >= 8; rest >>= 1) {
        shift++;
    }
    return 4 * (shift + 1) + (((steps - 1) >> shift) - 4);
}

void *heap_alloc(Heap *heap, size_t size)
{
    if (size > (size_t)1 << SIZE_BITS_MAX) {
        return NULL;
    }
    size_t class = class_of(size == 0 ? 1 : size);
    HeapBlock *block = heap->free[class];
    if (block != NULL) {
        heap->free[class] = block->next;
        return (uint8_t *)block + HEADER_SIZE;
    }
    size_t whole = HEADER_SIZE + class_size(class);
    if ((size_t)(heap->end - heap->next) < whole && !heap->grow(heap, whole)) {
        return NULL;
    }
    block = (HeapBlock *)(void *)heap->next;
    heap->next += whole;
    *block = (HeapBlock){class, NULL};
    return (uint8_t *)block + HEADER_SIZE;
}

static HeapBlock *block_of(void *memory)
{
    return (HeapBlock *)(void *)((uint8_t *)memory - HEADER_SIZE);
}

void *heap_resize(Heap *heap, void *memory, size_t size)
{
    if (memory == NULL) {
        return heap_alloc(heap, size);
    }
    size_t room = class_size(block_of(memory)->class);
    if (size <= room && size > room / 2) {
        return memory;
    }
    void *moved = heap_alloc(heap, size);
    if (moved != NULL) {
        memcpy(moved, memory, size < room ? size : room);
        heap_free(heap, memory);
    }
    return moved;
}

void heap_free(Heap *heap, void *memory)
{
    if (memory != NULL) {
        HeapBlock *block = block_of(memory);
        block->next = heap->free[block->class];
        heap->free[block->class] = block;
    }
}
