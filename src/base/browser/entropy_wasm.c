// SPDX-License-Identifier: Apache-2.0
//
// Random bytes come from crypto.getRandomValues: before a call that needs some, JavaScript fills
// the pool. Every byte is given out once and wiped; a call that wants more than there is fails.
#include "base/browser/entropy_wasm.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

static struct {
    size_t left;
    uint8_t bytes[BROWSER_ENTROPY_SIZE];
} pool;

int errno;

uint8_t *browser_entropy(void)
{
    pool.left = 0;
    return pool.bytes;
}

void browser_entropy_filled(size_t len)
{
    pool.left = len <= sizeof pool.bytes ? len : 0;
}

void browser_entropy_drop(void)
{
    explicit_bzero(&pool, sizeof pool);
}

ssize_t getrandom(void *ret, size_t len, unsigned flags)
{
    (void)flags;
    if (len > pool.left) {
        errno = EAGAIN;
        return -1;
    }
    pool.left -= len;
    memcpy(ret, &pool.bytes[pool.left], len);
    explicit_bzero(&pool.bytes[pool.left], len);
    return (ssize_t)len;
}

const char *strerrordesc_np(int number)
{
    (void)number;
    return "the pool is empty";
}
