// SPDX-License-Identifier: Apache-2.0
#include "base/core/cpu.h"

#include <stdlib.h>
#include <string.h>

#include "base/core/attributes.h"

// Found out before main, constant afterwards.
static struct {
    unsigned present;
    unsigned in_use;
    bool setting_is_known;
    char name[49];
} cpu = {.setting_is_known = true, .name = "unknown CPU"};

#if defined(__x86_64__)

#include <cpuid.h>
#include <stdint.h>

// Bits of leaf 1, and of leaf 7: Intel 64 and IA-32 Architectures Software Developer's Manual,
// volume 2A, CPUID.
enum {
    LEAF1_C_PCLMUL = 1 << 1,
    LEAF1_C_SSSE3 = 1 << 9,
    LEAF1_C_SSE41 = 1 << 19,
    LEAF1_C_AES = 1 << 25,
    LEAF1_C_OSXSAVE = 1 << 27,
    LEAF7_B_BMI1 = 1 << 3,
    LEAF7_B_AVX2 = 1 << 5,
    LEAF7_B_BMI2 = 1 << 8,
    LEAF7_B_AVX512F = 1 << 16,
    LEAF7_B_AVX512DQ = 1 << 17,
    LEAF7_B_ADX = 1 << 19,
    LEAF7_B_IFMA = 1 << 21,
    LEAF7_B_AVX512BW = 1 << 30,
    LEAF7_C_GFNI = 1 << 8,
    LEAF7_C_VPCLMUL = 1 << 10,
    XCR0_AVX = 0x06,     // the system saves xmm and ymm
    XCR0_AVX512 = 0xe6,  // and zmm and mask registers
};

#define LEAF7_B_AVX512VL (1U << 31)

static uint32_t system_saves(void)
{
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static bool all_set(unsigned word, unsigned bits)
{
    return (word & bits) == bits;
}

static unsigned find_vectors(unsigned b, unsigned c, uint32_t saved)
{
    const unsigned avx2 = LEAF7_B_AVX2 | LEAF7_B_BMI1 | LEAF7_B_BMI2;
    const unsigned avx512 =
        avx2 | LEAF7_B_AVX512F | LEAF7_B_AVX512BW | LEAF7_B_AVX512DQ | LEAF7_B_AVX512VL;
    unsigned found = 0;
    if (all_set(saved, XCR0_AVX) && all_set(b, avx2)) {
        found |= CPU_AVX2;
    }
    if (all_set(saved, XCR0_AVX512) && all_set(b, avx512)) {
        found |= CPU_AVX512;
        found |= all_set(b, LEAF7_B_IFMA) ? CPU_IFMA : 0U;
        found |= all_set(c, LEAF7_C_GFNI | LEAF7_C_VPCLMUL) ? CPU_GFNI : 0U;
    }
    return found;
}

static unsigned find_features(void)
{
    unsigned a, b, c, d, found = 0;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0) {
        return 0;
    }
    const unsigned leaf1 = c;
    if (all_set(leaf1, LEAF1_C_AES | LEAF1_C_PCLMUL | LEAF1_C_SSSE3 | LEAF1_C_SSE41)) {
        found |= CPU_AESNI;
    }
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) {
        return found;
    }
    if (all_set(b, LEAF7_B_BMI2 | LEAF7_B_ADX)) {
        found |= CPU_ADX;
    }
    return found | find_vectors(b, c, all_set(leaf1, LEAF1_C_OSXSAVE) ? system_saves() : 0);
}

static void find_name(char ret[49])
{
    unsigned words[12];
    for (unsigned i = 0; i < 3; i++) {
        unsigned *part = &words[4 * i];
        if (__get_cpuid(0x80000002 + i, &part[0], &part[1], &part[2], &part[3]) == 0) {
            return;
        }
    }
    memcpy(ret, words, sizeof words);
    ret[48] = '\0';
    for (size_t len = strlen(ret); len > 0 && ret[len - 1] == ' '; len--) {
        ret[len - 1] = '\0';
    }
}

#else

static unsigned find_features(void)
{
    return 0;
}

static void find_name(char ret[49])
{
    (void)ret;
}

#endif

// The features that a level leaves in use.
static const struct {
    const char *name;
    unsigned features;
} levels[] = {
    {"portable", 0},
    {"x86", CPU_ADX | CPU_AVX2 | CPU_AESNI},
    {"avx512", CPU_ADX | CPU_AVX2 | CPU_AESNI | CPU_AVX512 | CPU_IFMA | CPU_GFNI},
};

__attribute__((constructor(101))) static void find_out(void)
{
    cpu.present = find_features();
    cpu.in_use = cpu.present;
    find_name(cpu.name);
    const char *setting = getenv("ASSENT_CPU");
    if (setting == NULL || setting[0] == '\0') {
        return;
    }
    cpu.setting_is_known = false;
    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        if (strcmp(setting, levels[i].name) == 0) {
            cpu.in_use = cpu.present & levels[i].features;
            cpu.setting_is_known = true;
        }
    }
}

bool cpu_has(unsigned features)
{
    return (cpu.in_use & features) == features;
}

bool cpu_could(unsigned features)
{
    return (cpu.present & features) == features;
}

bool cpu_setting_is_known(void)
{
    return cpu.setting_is_known;
}

const char *cpu_name(void)
{
    return cpu.name;
}
