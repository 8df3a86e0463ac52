// SPDX-License-Identifier: Apache-2.0
//
// What this CPU can do, as far as assent makes use of it. Code that comes in several variants asks
// here, once for all of them, so that one setting takes a whole level away: ASSENT_CPU=portable,
// x86 or avx512 in the environment, for tests and comparisons. Without it the best is taken.
#ifndef ASSENT_BASE_CORE_CPU_H
#define ASSENT_BASE_CORE_CPU_H

#include <stdbool.h>

typedef enum {
    CPU_ADX = 1 << 0,     // MULX, ADCX, ADOX (BMI2, ADX)
    CPU_AVX2 = 1 << 1,    // AVX2 with BMI1 and BMI2
    CPU_AESNI = 1 << 2,   // AES-NI, PCLMULQDQ, SSSE3, SSE4.1
    CPU_AVX512 = 1 << 3,  // AVX-512 F, BW, DQ, VL, with AVX2
    CPU_IFMA = 1 << 4,    // 52-bit multiplication, with CPU_AVX512
    CPU_GFNI = 1 << 5,    // GFNI and VPCLMULQDQ, with CPU_AVX512
} CpuFeature;

// True when the CPU and its operating system have all of `features` and ASSENT_CPU leaves them
// in use. Cheap; answered from what was found out before main.
bool cpu_has(unsigned features);
// As cpu_has, whatever ASSENT_CPU says: what a test asks before it runs a variant directly.
bool cpu_could(unsigned features);
// True unless ASSENT_CPU holds a word that is not one of its three. Everything that starts checks
// this, so that a misspelt setting is not taken for none.
bool cpu_setting_is_known(void);
// The name of the CPU, for reports of measurements; "unknown CPU" where it has none.
const char *cpu_name(void);

#endif
