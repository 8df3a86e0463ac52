// SPDX-License-Identifier: Apache-2.0
//
// What judging needs of the C library beside what base/browser/libc declares, for wasm32 alone.
#ifndef ASSENT_WASM_LIBC_STDLIB_H
#define ASSENT_WASM_LIBC_STDLIB_H

#include_next <stdlib.h>

void *realloc(void *memory, size_t size);
_Noreturn void abort(void);
void qsort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *));
void *bsearch(const void *key, const void *items, size_t count, size_t size,
              int (*compare)(const void *, const void *));
int abs(int value);

#endif
