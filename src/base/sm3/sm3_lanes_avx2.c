// SPDX-License-Identifier: Apache-2.0
//
// SM3 of 8 messages side by side with AVX2.
#include "base/sm3/sm3_backend.h"

#if defined(__x86_64__)

#include "base/core/cpu.h"
#include "base/sm3/sm3_lanes.h"

const Sm3Backend *sm3_backend_avx2(void)
{
    static const Sm3Backend backend = {
        .compress = sm3_compress_avx2,
        .lane_count = LANES,
        .compress_lanes = compress_lanes,
        .equal_count = LANES,
        .digest_equal = digest_equal,
    };
    return cpu_could(CPU_AVX2) ? &backend : NULL;
}

#else

const Sm3Backend *sm3_backend_avx2(void)
{
    return NULL;
}

#endif
