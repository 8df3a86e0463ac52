// SPDX-License-Identifier: Apache-2.0
//
// Stands in for base/core/cpu.c: valgrind 3.19 runs MULX, ADCX and ADOX but does not report ADX, so
// the features that it runs are taken for granted. It knows no AVX-512.
#include "base/core/cpu.h"

#include <stdlib.h>
#include <string.h>

static unsigned features_in_use(void)
{
    const char *setting = getenv("ASSENT_CPU");
    bool x86 = setting != NULL && strcmp(setting, "x86") == 0;
#if defined(__x86_64__)
    const unsigned known = CPU_ADX | CPU_AVX2 | CPU_AESNI;
#else
    const unsigned known = 0;
#endif
    return x86 ? known : 0;
}

bool cpu_has(unsigned features)
{
    return (features_in_use() & features) == features;
}

bool cpu_could(unsigned features)
{
    return cpu_has(features);
}

bool cpu_setting_is_known(void)
{
    return true;
}

const char *cpu_name(void)
{
    return "valgrind";
}
