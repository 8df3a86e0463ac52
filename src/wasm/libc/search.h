// SPDX-License-Identifier: Apache-2.0
//
// Sorting and searching in arrays and texts, behind the C library's names in library_wasm.c.
#ifndef ASSENT_WASM_LIBC_SEARCH_H
#define ASSENT_WASM_LIBC_SEARCH_H

#include <stddef.h>

typedef int (*SearchCompare)(const void *, const void *);

// Sort as glibc's qsort does when it has memory: equal items keep their order. `room` has space
// for all items.
void search_sort(void *items, size_t count, size_t size, SearchCompare compare, void *room);
// As bsearch.
const void *search_sorted(const void *key, const void *items, size_t count, size_t size,
                          SearchCompare compare);
// As memmem, place by place: what the tree looks for is short.
const void *search_bytes(const void *haystack, size_t haystack_len, const void *needle,
                         size_t needle_len);

#endif
