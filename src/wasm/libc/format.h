// SPDX-License-Identifier: Apache-2.0
//
// printf as far as the tree uses it.
#ifndef ASSENT_WASM_LIBC_FORMAT_H
#define ASSENT_WASM_LIBC_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

// As vsnprintf: at most `size` bytes with the terminating zero, and the length that all would have.
// Knows the flags - 0 + and space, width and precision as digits or *, the lengths hh h l ll z j t,
// and d i u x X c s %. Anything else in a format is our own mistake and ends the program.
int format_text(char *ret, size_t size, const char *format, va_list arguments);

#endif
