// SPDX-License-Identifier: Apache-2.0
//
// A heap for few, short-lived blocks: a list of free blocks in the order of their addresses, the
// first that fits, neighbours joined. It grows to the memory's maximum, which the build sets.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16, PAGE_SIZE = 65536 };

// Before every block.
typedef struct Block Block;
struct Block {
    size_t size;  // with this header, a multiple of ALIGNMENT
    Block *next;  // of the free blocks
    uint32_t unused[2];
};
_Static_assert(sizeof(Block) == ALIGNMENT, "what follows a header is aligned");

extern uint8_t __heap_base[];  // where the linker ends

static Block *first_free;
static uint8_t *heap_end;  // of what was ever handed out or freed

static uint8_t *block_end(Block *block)
{
    return (uint8_t *)block + block->size;
}

// Put a block into the list and join it with its neighbours.
static void put_free(Block *block)
{
    Block *before = NULL, *after = first_free;
    while (after != NULL && after < block) {
        before = after;
        after = after->next;
    }
    block->next = after;
    if (after != NULL && block_end(block) == (uint8_t *)after) {
        block->size += after->size;
        block->next = after->next;
    }
    if (before == NULL) {
        first_free = block;
    } else if (block_end(before) == (uint8_t *)block) {
        before->size += block->size;
        before->next = block->next;
    } else {
        before->next = block;
    }
}

// Add a free block of at least `size` bytes at the end of the heap.
static int grow(size_t size)
{
    if (heap_end == NULL) {
        uintptr_t base = (uintptr_t)__heap_base;
        heap_end = __heap_base + (0 - base) % ALIGNMENT;
    }
    uintptr_t memory_end = (uintptr_t)__builtin_wasm_memory_size(0) * PAGE_SIZE;
    size_t left = memory_end - (uintptr_t)heap_end;
    if (left < size) {
        size_t pages = (size - left + PAGE_SIZE - 1) / PAGE_SIZE;
        if (__builtin_wasm_memory_grow(0, pages) == SIZE_MAX) {
            return 0;
        }
        left += pages * PAGE_SIZE;
    }
    Block *block = (Block *)(void *)heap_end;
    block->size = left - left % ALIGNMENT;
    heap_end += block->size;
    put_free(block);
    return 1;
}

// Take `size` bytes from the first free block that has them.
static void *take_free(size_t size)
{
    for (Block **link = &first_free; *link != NULL; link = &(*link)->next) {
        Block *block = *link;
        if (block->size < size) {
            continue;
        }
        if (block->size >= size + 2 * ALIGNMENT) {
            Block *rest = (Block *)(void *)((uint8_t *)block + size);
            rest->size = block->size - size;
            rest->next = block->next;
            block->size = size;
            *link = rest;
        } else {
            *link = block->next;
        }
        return block + 1;
    }
    return NULL;
}

void *malloc(size_t size)
{
    if (size > SIZE_MAX / 4) {
        return NULL;
    }
    size_t whole = sizeof(Block) + (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    void *memory = take_free(whole);
    if (memory == NULL && grow(whole)) {
        memory = take_free(whole);
    }
    return memory;
}

void *calloc(size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        return NULL;
    }
    void *memory = malloc(count * size);
    if (memory != NULL) {
        memset(memory, 0, count * size);
    }
    return memory;
}

void free(void *memory)
{
    if (memory != NULL) {
        put_free((Block *)memory - 1);
    }
}
