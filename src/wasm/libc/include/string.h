// SPDX-License-Identifier: Apache-2.0
//
// What judging needs of the C library beside what base/browser/libc declares, for wasm32 alone.
#ifndef ASSENT_WASM_LIBC_STRING_H
#define ASSENT_WASM_LIBC_STRING_H

#include_next <string.h>

void *memchr(const void *data, int byte, size_t len);
int strncmp(const char *a, const char *b, size_t len);
char *strchr(const char *text, int c);
char *strrchr(const char *text, int c);
char *strstr(const char *haystack, const char *needle);
size_t strspn(const char *text, const char *accepted);
size_t strcspn(const char *text, const char *refused);

#endif
