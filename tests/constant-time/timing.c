// SPDX-License-Identifier: Apache-2.0
//
// Times every operation with one fixed secret and with random ones, in random order, and asks
// whether the two distributions differ: Reparaz, Balasch, Verbauwhede, "Dude, is my code constant
// time?", 2017. On the level that ASSENT_CPU names.
//
//     constant_time_timing [SECONDS-FOR-EACH [WORD-IN-THE-NAME...]]
//
// |t| above 4.5 in two series in a row, or above 10 in one, is a leak and ends with exit status 1;
// so does a leaky control that goes unseen. |t| below that proves nothing about other inputs,
// machines, or longer series.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/core/cpu.h"
#include "operation.h"

enum {
    MATERIALS = 64,        // about half of them with the fixed secret
    RUNS_PER_ROUND = 512,  // then all secrets are made anew
    CROPS = 12,            // percentiles above which times are left out; the first takes all
};

static const double SUSPICION = 4.5, PROOF = 10;

typedef struct {
    double count[2], mean[2], sum_of_squares[2];
} Welch;

typedef struct {
    Welch crops[CROPS];
    double limits[CROPS];
    uint64_t measured;
} Series;

typedef struct {
    double seconds;
    int words;
    char **word;
    uint64_t random;
} Options;

void operation_conceal(const void *data, size_t len)
{
    (void)data, (void)len;
}

void operation_reveal(const void *data, size_t len)
{
    (void)data, (void)len;
}

static double now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return 1e9 * (double)time.tv_sec + (double)time.tv_nsec;
}

#if defined(__x86_64__)
// Cycles of the time stamp counter, after everything before has happened.
static uint64_t ticks(void)
{
    uint32_t low, high;
    __asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}
#else
static uint64_t ticks(void)
{
    return (uint64_t)now_ns();
}
#endif

static uint64_t draw(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

// Source: Welford, "Note on a method for calculating corrected sums of squares", 1962.
static void welch_add(Welch *welch, size_t class, double value)
{
    welch->count[class] += 1;
    double delta = value - welch->mean[class];
    welch->mean[class] += delta / welch->count[class];
    welch->sum_of_squares[class] += delta * (value - welch->mean[class]);
}

static double welch_t(const Welch *welch)
{
    double variance = 0;
    for (size_t i = 0; i < 2; i++) {
        if (welch->count[i] < 1000) {
            return 0;
        }
        variance += welch->sum_of_squares[i] / (welch->count[i] - 1) / welch->count[i];
    }
    return variance > 0 ? (welch->mean[0] - welch->mean[1]) / sqrt(variance) : 0;
}

// Put a material where all are run, so that addresses are the same for both classes; only the key
// stays in pages of its own.
static void put_in_place(const Material *material, Material *working)
{
    memcpy(working->secret, material->secret, sizeof working->secret);
    working->drawn = material->drawn;
    working->key = material->key;
    working->ephemeral = material->ephemeral;
    memcpy(working->many, material->many, sizeof working->many);
    working->public_key = material->public_key;
    working->sm4 = material->sm4;
    working->input.len = 0;
    writer_put(&working->input, writer_bytes(&material->input));
}

static void measure_round(const Operation *operation, Options *options, uint64_t *ret_ticks,
                          uint8_t *ret_class)
{
    static Material materials[MATERIALS], working;
    uint8_t class[MATERIALS];
    for (size_t i = 0; i < MATERIALS; i++) {
        uint8_t secret[OPERATION_SECRET_MAX] = {0};
        class[i] = draw(&options->random) >> 32 & 1;
        for (size_t j = 0; class[i] == 1 && j < sizeof secret; j++) {
            secret[j] = (uint8_t)(draw(&options->random) >> 24);
        }
        operation_prepare(operation, secret, &materials[i]);
    }
    if (working.output.data == NULL) {
        operation_prepare(&OPERATIONS_LEAKY[0], materials[0].secret, &working);
    }
    for (size_t i = 0; i < RUNS_PER_ROUND; i++) {
        size_t chosen = (size_t)(draw(&options->random) >> 16) % MATERIALS;
        put_in_place(&materials[chosen], &working);
        uint64_t start = ticks();
        operation->run(&working);
        ret_ticks[i] = ticks() - start;
        ret_class[i] = class[chosen];
    }
    for (size_t i = 0; i < MATERIALS; i++) {
        operation_release(&materials[i]);
    }
}

static int compare_ticks(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

// Percentiles of the first round, thinning out towards the top, where interrupts are.
static void set_limits(Series *series, const uint64_t measured[RUNS_PER_ROUND])
{
    uint64_t sorted[RUNS_PER_ROUND];
    memcpy(sorted, measured, sizeof sorted);
    qsort(sorted, RUNS_PER_ROUND, sizeof sorted[0], compare_ticks);
    series->limits[0] = INFINITY;
    for (int i = 1; i < CROPS; i++) {
        double part = 1 - pow(0.5, 10.0 * i / CROPS);
        series->limits[i] = (double)sorted[(size_t)(part * (RUNS_PER_ROUND - 1))];
    }
}

static double largest_t(const Series *series)
{
    double largest = 0;
    for (size_t i = 0; i < CROPS; i++) {
        double t = welch_t(&series->crops[i]);
        largest = fabs(t) > fabs(largest) ? t : largest;
    }
    return largest;
}

static double measure(const Operation *operation, Options *options, uint64_t *ret_measured)
{
    uint64_t measured[RUNS_PER_ROUND];
    uint8_t class[RUNS_PER_ROUND];
    Series series = {0};
    double end = now_ns() + 1e9 * options->seconds;
    // The first rounds warm up and set the limits.
    for (int i = 0; i < 2; i++) {
        measure_round(operation, options, measured, class);
    }
    set_limits(&series, measured);
    while (now_ns() < end) {
        measure_round(operation, options, measured, class);
        for (size_t i = 0; i < RUNS_PER_ROUND; i++) {
            for (size_t j = 0; j < CROPS; j++) {
                if ((double)measured[i] < series.limits[j]) {
                    welch_add(&series.crops[j], class[i], (double)measured[i]);
                }
            }
        }
        series.measured += RUNS_PER_ROUND;
    }
    *ret_measured = series.measured;
    return largest_t(&series);
}

static bool is_wanted(const Options *options, const char *name)
{
    bool wanted = options->words == 0;
    for (int i = 0; i < options->words; i++) {
        wanted = wanted || strstr(name, options->word[i]) != NULL;
    }
    return wanted;
}

// Returns true if the operation does as expected.
static bool check(const Operation *operation, bool leaky, Options *options)
{
    uint64_t measured = 0;
    double t = measure(operation, options, &measured);
    if (fabs(t) > SUSPICION && fabs(t) <= PROOF) {
        double again = measure(operation, options, &measured);
        printf("     %s: t %+.2f, looking again\n", operation->name, t);
        t = again;
    }
    bool leaks = fabs(t) > SUSPICION;
    printf("%s %s: t %+.2f, %llu runs\n", leaks == leaky ? "ok  " : "FAIL", operation->name, t,
           (unsigned long long)measured);
    fflush(stdout);
    return leaks == leaky;
}

int main(int argc, char **argv)
{
    static const Operation *const tables[] = {OPERATIONS_LEAKY, OPERATIONS_SM2, OPERATIONS_EXCHANGE,
                                              OPERATIONS_BATCH, OPERATIONS_SYMMETRIC};
    Options options = {.seconds = argc > 1 ? strtod(argv[1], NULL) : 10,
                       .words = argc > 2 ? argc - 2 : 0,
                       .word = &argv[2],
                       .random = 0x9e3779b97f4a7c15};
    const char *level = getenv("ASSENT_CPU");
    int count = 0, failed = 0;
    printf("%s, level %s, %g s each\n", cpu_name(), level != NULL ? level : "best",
           options.seconds);
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        for (const Operation *operation = tables[i]; operation->name != NULL; operation++) {
            if (operation->public_part == PUBLIC_VERIFICATION ||
                !is_wanted(&options, operation->name)) {
                continue;
            }
            failed += !check(operation, i == 0, &options);
            count++;
        }
    }
    printf("%d passed, %d failed, 0 skipped\n", count - failed, failed);
    return failed == 0 ? 0 : 1;
}
