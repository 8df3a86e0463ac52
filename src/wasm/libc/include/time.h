// SPDX-License-Identifier: Apache-2.0
//
// What judging needs of the C library, for wasm32 alone.
#ifndef ASSENT_WASM_LIBC_TIME_H
#define ASSENT_WASM_LIBC_TIME_H

typedef long long time_t;

struct timespec {
    time_t tv_sec;
    long tv_nsec;
};

enum { CLOCK_REALTIME, CLOCK_MONOTONIC };

// Declared for what asks the clock, which is not linked: the time of a judgement is an argument.
int clock_gettime(int clock, struct timespec *ret);

#endif
