// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>

#include "program/command.h"

enum { KEPT_BYTES = 64 * 1024 * 1024, MAPPED_BYTES = 16 * 1024 * 1024 };

// Requests take and give back megabytes. Where each thread has a heap of its own that returns its
// pages every time, faulting them in again costs a tenth of the processor time of a bulk request.
static void set_up_memory(void)
{
    (void)mallopt(M_ARENA_MAX, 2);
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    (void)mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
}

int main(int argc, char **argv)
{
    set_up_memory();
    return command_dispatch(argc, argv);
}
