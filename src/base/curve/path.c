// SPDX-License-Identifier: Apache-2.0
#include "base/curve/path.h"

#include <string.h>

#include "base/core/cpu.h"

const CurvePath *curve_path(void)
{
    if (CURVE_PATH_AVX512 != NULL && cpu_has(CPU_ADX | CPU_AVX2 | CPU_IFMA)) {
        return CURVE_PATH_AVX512;
    }
    return CURVE_PATH_X86 != NULL && cpu_has(CPU_ADX | CPU_AVX2) ? CURVE_PATH_X86
                                                                 : &CURVE_PATH_PORTABLE;
}

const CurvePath *curve_path_named(const char *name)
{
    if (strcmp(name, "portable") == 0) {
        return &CURVE_PATH_PORTABLE;
    }
    if (strcmp(name, "narrow") == 0) {
        return &CURVE_PATH_NARROW;
    }
    if (strcmp(name, "avx512") == 0) {
        return cpu_could(CPU_ADX | CPU_AVX2 | CPU_IFMA) ? CURVE_PATH_AVX512 : NULL;
    }
    return strcmp(name, "x86") == 0 && cpu_could(CPU_ADX | CPU_AVX2) ? CURVE_PATH_X86 : NULL;
}
