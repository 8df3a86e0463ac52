// SPDX-License-Identifier: Apache-2.0
//
// The C library's names for what format.h, heap.h and search.h do, over the memory of the module.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wasm/libc/format.h"
#include "wasm/libc/heap.h"
#include "wasm/libc/search.h"

enum { PAGE_SIZE = 65536 };

extern uint8_t __heap_base[];  // where the linker's data end

static bool grow(Heap *heap, size_t size)
{
    if (heap->next == NULL) {
        heap->next = __heap_base + (0 - (uintptr_t)__heap_base) % HEAP_ALIGNMENT;
    }
    size_t end = __builtin_wasm_memory_size(0) * PAGE_SIZE;
    size_t room = end - (uintptr_t)heap->next;
    if (room < size) {
        size_t pages = (size - room + PAGE_SIZE - 1) / PAGE_SIZE;
        if (__builtin_wasm_memory_grow(0, pages) == SIZE_MAX) {
            return false;
        }
        room += pages * PAGE_SIZE;
    }
    heap->end = heap->next + room;
    return true;
}

static Heap heap = {.grow = grow};

void *malloc(size_t size)
{
    return heap_alloc(&heap, size);
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

void *realloc(void *memory, size_t size)
{
    return heap_resize(&heap, memory, size);
}

void free(void *memory)
{
    heap_free(&heap, memory);
}

_Noreturn void abort(void)
{
    __builtin_trap();
}

int vsnprintf(char *ret, size_t size, const char *format, va_list arguments)
{
    return format_text(ret, size, format, arguments);
}

int snprintf(char *ret, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int len = format_text(ret, size, format, arguments);
    va_end(arguments);
    return len;
}

int vasprintf(char **ret, const char *format, va_list arguments)
{
    int len = format_text(NULL, 0, format, arguments);
    char *text = malloc((size_t)len + 1);
    if (text == NULL) {
        return -1;
    }
    *ret = text;
    return format_text(text, (size_t)len + 1, format, arguments);
}

// Without memory to merge in there is no order that the caller could rely on.
void qsort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    if (count < 2) {
        return;
    }
    void *room = count > SIZE_MAX / size ? NULL : malloc(count * size);
    if (room == NULL) {
        __builtin_trap();
    }
    search_sort(items, count, size, compare, room);
    free(room);
}

void *bsearch(const void *key, const void *items, size_t count, size_t size,
              int (*compare)(const void *, const void *))
{
    return (void *)(uintptr_t)search_sorted(key, items, count, size, compare);
}

int abs(int value)
{
    return value < 0 ? -value : value;
}

void *memmem(const void *haystack, size_t haystack_len, const void *needle, size_t needle_len)
{
    return (void *)(uintptr_t)search_bytes(haystack, haystack_len, needle, needle_len);
}
