// SPDX-License-Identifier: Apache-2.0
//
// Everything here is compared with the C library of the system.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/test/test.h"
#include "wasm/libc/format.h"
#include "wasm/libc/heap.h"
#include "wasm/libc/search.h"

static int own_format(char *ret, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);

static int own_format(char *ret, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int len = format_text(ret, size, format, arguments);
    va_end(arguments);
    return len;
}

#define COMPARE(...)                                                    \
    do {                                                                \
        for (size_t size = 0; size < 40; size++) {                      \
            char ours[64] = "untouched", theirs[64] = "untouched";      \
            int theirs_len = snprintf(theirs, size, __VA_ARGS__);       \
            CHECK_INT(own_format(ours, size, __VA_ARGS__), theirs_len); \
            CHECK_TEXT(ours, theirs);                                   \
        }                                                               \
    } while (0)

TEST(conversions_are_those_of_printf)
{
    COMPARE("plain 100%% %s|%10s|%-10s|%.3s|%.*s", "text", "right", "left", "cut off", 2, "abc");
    COMPARE("%d %i %d %d", 0, -1, 2147483647, -2147483647 - 1);
    COMPARE("%5d|%-5d|%05d|%+d|% d|%05d", 42, 42, 42, 42, 42, -42);
    COMPARE("%.3d|%.0d|%8.3d|%0*d|%*d", 7, 0, -7, 6, 12, -6, 12);
    COMPARE("%u %x %X %08x %02X %03x", 4294967295U, 48879U, 48879U, 255U, 10U, 1U);
    COMPARE("%ld %lu %lld %llu", -1L, 1UL, (long long)INT64_MIN, (unsigned long long)UINT64_MAX);
    COMPARE("%zu %zd %jd %td %03zu %010zu", (size_t)99, (ssize_t)-9, (intmax_t)5, (ptrdiff_t)-3,
            (size_t)7, (size_t)123);
    COMPARE("%hhu %hd %c%c", (unsigned char)200, (short)-5, 'a', 'b');
    COMPARE("%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", 2026, 1, 2, 3, 4, 5, 678);
}

// --- sorting ----------------------------------------------------------------------------------

typedef struct {
    unsigned key, age;
} Item;

static int compare_items(const void *a, const void *b)
{
    unsigned first = ((const Item *)a)->key, second = ((const Item *)b)->key;
    return first < second ? -1 : first > second;
}

TEST(items_are_sorted_and_equal_ones_keep_their_order)
{
    for (unsigned count = 0; count < 200; count++) {
        Item items[200], room[200];
        for (unsigned i = 0; i < count; i++) {
            items[i] = (Item){i * 7919 % 31, i};
        }
        search_sort(items, count, sizeof *items, compare_items, room);
        for (unsigned i = 1; i < count; i++) {
            CHECK(items[i - 1].key < items[i].key ||
                  (items[i - 1].key == items[i].key && items[i - 1].age < items[i].age));
        }
        for (unsigned key = 0; key < 33; key++) {
            const Item wanted = {key, 0};
            const Item *found = search_sorted(&wanted, items, count, sizeof *items, compare_items);
            const Item *theirs = bsearch(&wanted, items, count, sizeof *items, compare_items);
            CHECK((found == NULL) == (theirs == NULL) && (found == NULL || found->key == key));
        }
    }
}

TEST(bytes_are_found_where_memmem_finds_them)
{
    static const char text[] = "abababcabcabdabcabcabcd";
    for (size_t from = 0; from < sizeof text; from++) {
        for (size_t len = 0; from + len <= sizeof text; len++) {
            CHECK(search_bytes(text, sizeof text - 1, &text[from], len) ==
                  memmem(text, sizeof text - 1, &text[from], len));
        }
    }
}

// --- the heap ---------------------------------------------------------------------------------

enum { MEMORY_SIZE = 1 << 22 };

static bool grow_never(Heap *heap, size_t size)
{
    (void)heap;
    (void)size;
    return false;
}

static Heap heap_over(uint8_t *memory)
{
    return (Heap){.next = memory, .end = memory + MEMORY_SIZE, .grow = grow_never};
}

TEST(blocks_are_aligned_lie_apart_and_keep_what_is_in_them)
{
    enum { BLOCKS = 200 };
    uint8_t *memory = aligned_alloc(16, MEMORY_SIZE), *blocks[BLOCKS] = {NULL};
    size_t sizes[BLOCKS] = {0};
    CHECK(memory != NULL);
    Heap heap = heap_over(memory);
    uint32_t state = 1;
    for (unsigned round = 0; round < 100000; round++) {
        state = state * 1664525 + 1013904223;
        size_t i = state >> 8 & 0xff, size = (state >> 16) % (round % 100 == 0 ? 20000 : 600);
        i %= BLOCKS;
        for (size_t k = 0; k < sizes[i]; k++) {
            CHECK_INT(blocks[i][k], i);
        }
        if (round % 3 == 0) {
            heap_free(&heap, blocks[i]);
            blocks[i] = NULL;
            sizes[i] = 0;
        } else {
            uint8_t *resized = heap_resize(&heap, blocks[i], size);
            CHECK(resized != NULL && (uintptr_t)resized % HEAP_ALIGNMENT == 0);
            for (size_t k = 0; k < (size < sizes[i] ? size : sizes[i]); k++) {
                CHECK_INT(resized[k], i);
            }
            memset(resized, (int)i, size);
            blocks[i] = resized;
            sizes[i] = size;
        }
    }
    free(memory);
}

TEST(every_size_fits_its_block)
{
    uint8_t *memory = aligned_alloc(16, MEMORY_SIZE);
    CHECK(memory != NULL);
    for (size_t size = 0; size < 70000; size += size < 3000 ? 1 : 977) {
        Heap heap = heap_over(memory);
        CHECK(heap_alloc(&heap, size) == memory + 16);
        size_t room = (size_t)(heap.next - memory) - 16;
        CHECK(room >= size && (size < 64 || room <= size + size / 4 + 16));
    }
    free(memory);
}

TEST(a_full_heap_gives_nothing_and_what_was_freed_is_given_again)
{
    uint8_t *memory = aligned_alloc(16, MEMORY_SIZE);
    CHECK(memory != NULL);
    Heap heap = heap_over(memory);
    void *block = heap_alloc(&heap, MEMORY_SIZE / 2 - 16);
    CHECK(block != NULL && heap_alloc(&heap, MEMORY_SIZE) == NULL);
    CHECK(heap_alloc(&heap, SIZE_MAX) == NULL);
    heap_free(&heap, block);
    CHECK(heap_alloc(&heap, MEMORY_SIZE / 2 - 16) == block);
    heap_free(&heap, NULL);
    free(memory);
}
