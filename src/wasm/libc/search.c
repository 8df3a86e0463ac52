// SPDX-License-Identifier: Apache-2.0
#include "wasm/libc/search.h"

#include <stdint.h>
#include <string.h>

// Merge the sorted halves of `count` items from one place to another.
static void merge(const uint8_t *from, uint8_t *to, size_t half, size_t count, size_t size,
                  SearchCompare compare)
{
    size_t first = 0, second = half;
    for (size_t i = 0; i < count; i++) {
        int takes_first = second == count ||
                          (first < half && compare(&from[first * size], &from[second * size]) <= 0);
        size_t *taken = takes_first ? &first : &second;
        memcpy(&to[i * size], &from[*taken * size], size);
        (*taken)++;
    }
}

void search_sort(void *items, size_t count, size_t size, SearchCompare compare, void *room)
{
    uint8_t *from = items, *to = room;
    for (size_t run = 1; run < count; run *= 2) {
        for (size_t at = 0; at < count; at += 2 * run) {
            size_t left = count - at;
            size_t half = left < run ? left : run;
            merge(&from[at * size], &to[at * size], half, left < 2 * run ? left : 2 * run, size,
                  compare);
        }
        uint8_t *swapped = from;
        from = to;
        to = swapped;
    }
    if (from != items) {
        memcpy(items, from, count * size);
    }
}

const void *search_sorted(const void *key, const void *items, size_t count, size_t size,
                          SearchCompare compare)
{
    const uint8_t *base = items;
    for (size_t low = 0, high = count; low < high;) {
        size_t middle = low + (high - low) / 2;
        int order = compare(key, &base[middle * size]);
        if (order == 0) {
            return &base[middle * size];
        }
        low = order > 0 ? middle + 1 : low;
        high = order < 0 ? middle : high;
    }
    return NULL;
}

const void *search_bytes(const void *haystack, size_t haystack_len, const void *needle,
                         size_t needle_len)
{
    const uint8_t *in = haystack, *wanted = needle;
    if (needle_len == 0) {
        return haystack;
    }
    for (size_t i = 0; i + needle_len <= haystack_len; i++) {
        if (in[i] == wanted[0] && memcmp(&in[i], wanted, needle_len) == 0) {
            return &in[i];
        }
    }
    return NULL;
}
