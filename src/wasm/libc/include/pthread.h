// SPDX-License-Identifier: Apache-2.0
//
// What judging needs of the C library, for wasm32 alone.
#ifndef ASSENT_WASM_LIBC_PTHREAD_H
#define ASSENT_WASM_LIBC_PTHREAD_H

// There is one thread.
typedef int pthread_once_t;
typedef int pthread_mutex_t;

#define PTHREAD_ONCE_INIT 0
#define PTHREAD_MUTEX_INITIALIZER 0

static inline int pthread_once(pthread_once_t *once, void (*run)(void))
{
    if (*once == 0) {
        *once = 1;
        run();
    }
    return 0;
}

static inline int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    (void)mutex;
    return 0;
}

static inline int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    (void)mutex;
    return 0;
}

#endif
