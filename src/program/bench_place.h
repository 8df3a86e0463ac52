// SPDX-License-Identifier: Apache-2.0
//
// A deployment of its own for a benchmark, in a temporary directory, and what its clients ask with.
#ifndef ASSENT_PROGRAM_BENCH_PLACE_H
#define ASSENT_PROGRAM_BENCH_PLACE_H

#include "program/deployment.h"

// Zero before use.
typedef struct {
    char directory[32];  // "": none
    Deployment deployment;
} BenchPlace;

// Make a deployment as `assent init` does and load it.
//
// sandbox_knows_everybody  any person is known to the stand-ins, not only those of the sandbox.
//
// Fails with ERROR_INTERNAL "bench.directory", and as init_deployment and deployment_load do.
bool bench_place_open(BenchPlace *place, bool sandbox_knows_everybody, Arena *arena,
                      Error *err) MUST_CHECK;
// Remove it from the disk; the host that ran it has stopped.
void bench_place_close(const BenchPlace *place);

// A certification request for a new key, in the arena.
bool bench_csr(Arena *arena, Bytes *ret, Error *err) MUST_CHECK;
// The same for `count` keys, which are made together.
bool bench_csrs(Arena *arena, size_t count, Bytes *ret, Error *err) MUST_CHECK;

#endif
