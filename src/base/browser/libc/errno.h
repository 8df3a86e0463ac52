// SPDX-License-Identifier: Apache-2.0
//
// The little of the C library that the module needs, for wasm32: string_wasm.c, heap_wasm.c and
// entropy_wasm.c have it. Declared but not defined is what only unused functions call.
#ifndef ASSENT_LIBC_ERRNO_H
#define ASSENT_LIBC_ERRNO_H

extern int errno;

enum { EINTR = 4, EAGAIN = 11 };

#endif
