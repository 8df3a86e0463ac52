// SPDX-License-Identifier: Apache-2.0
//
// The little of the C library that the module needs, for wasm32: string_wasm.c, heap_wasm.c and
// entropy_wasm.c have it. Declared but not defined is what only unused functions call.
#ifndef ASSENT_LIBC_STRING_H
#define ASSENT_LIBC_STRING_H

#include <stddef.h>

void *memcpy(void *restrict ret, const void *restrict data, size_t len);
void *memmove(void *ret, const void *data, size_t len);
void *memset(void *ret, int value, size_t len);
int memcmp(const void *a, const void *b, size_t len);
void explicit_bzero(void *data, size_t len);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
void *memmem(const void *haystack, size_t haystack_len, const void *needle, size_t needle_len);
const char *strerrordesc_np(int number);

#endif
