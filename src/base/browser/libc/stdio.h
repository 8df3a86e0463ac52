// SPDX-License-Identifier: Apache-2.0
//
// The little of the C library that the module needs, for wasm32: string_wasm.c, heap_wasm.c and
// entropy_wasm.c have it. Declared but not defined is what only unused functions call.
#ifndef ASSENT_LIBC_STDIO_H
#define ASSENT_LIBC_STDIO_H

#include <stdarg.h>
#include <stddef.h>

int snprintf(char *ret, size_t size, const char *format, ...);
int vsnprintf(char *ret, size_t size, const char *format, va_list arguments);
int vasprintf(char **ret, const char *format, va_list arguments);

#endif
