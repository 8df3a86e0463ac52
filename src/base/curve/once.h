// SPDX-License-Identifier: Apache-2.0
//
// Work that is done once before its result is used, for the SM core only.
#ifndef ASSENT_BASE_CURVE_ONCE_H
#define ASSENT_BASE_CURVE_ONCE_H

#if defined(__wasm__)
typedef int CurveOnce;
#define CURVE_ONCE_INIT 0
#else
#include <pthread.h>
typedef pthread_once_t CurveOnce;
#define CURVE_ONCE_INIT PTHREAD_ONCE_INIT
#endif

// Call `compute` unless a call with the same `once` (CURVE_ONCE_INIT at first) did so before; other
// threads wait meanwhile. A build without threads brings its own definition.
void curve_once(CurveOnce *once, void (*compute)(void));

#endif
