// SPDX-License-Identifier: Apache-2.0
//
// What judging needs of the C library, for wasm32 alone.
#ifndef ASSENT_WASM_LIBC_MATH_H
#define ASSENT_WASM_LIBC_MATH_H

long long llround(double value);

#endif
