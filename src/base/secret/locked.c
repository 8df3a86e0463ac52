// SPDX-License-Identifier: Apache-2.0
#include "base/secret/locked.h"

#include <sys/mman.h>

#include "base/secret/secret.h"

void *locked_alloc(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return NULL;
    }
    // Neither is needed for the secret to be usable: under a small RLIMIT_MEMLOCK a busy
    // service goes on with keys that could be swapped, rather than not at all.
    (void)!mlock(memory, size);
    (void)!madvise(memory, size, MADV_DONTDUMP);
    return memory;
}

void locked_free(void *memory, size_t size)
{
    if (memory == NULL) {
        return;
    }
    secret_wipe(memory, size);
    munmap(memory, size);
}
