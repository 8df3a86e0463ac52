// SPDX-License-Identifier: Apache-2.0
#include "program/bench_core.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/core/cpu.h"
#include "program/bench_core_operations.h"
#include "program/command.h"

enum {
    ROUNDS = 25,
    COLUMNS = 1 + PEER_COUNT,  // ours first
    CLOCK_ADDITIONS = 1 << 17,
    CLOCK_ATTEMPTS = 100,
};

typedef struct {
    double rates[ROUNDS];  // operations a second, one for each round
    size_t burst;          // operations of a round
    double median;         // operations or bytes a second
} Column;

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static bool run_column(CoreBench *bench, const CoreOperation *operation, size_t column)
{
    return column == 0 ? operation->ours(bench)
                       : operation->theirs(PEERS[column - 1], bench->peers[column - 1], bench);
}

static bool has_column(const CoreBench *bench, const CoreOperation *operation, size_t column)
{
    return column == 0 || (operation->theirs != NULL && bench->peers[column - 1] != NULL &&
                           operation->peer_can(PEERS[column - 1]));
}

// Run a burst and note its rate.
static bool run_burst(CoreBench *bench, const CoreOperation *operation, size_t column, size_t count,
                      double *ret_rate)
{
    uint64_t begun = now_ns();
    for (size_t i = 0; i < count; i++) {
        if (!run_column(bench, operation, column)) {
            return false;
        }
    }
    *ret_rate = (double)count * 1e9 / (double)(now_ns() - begun);
    return true;
}

static int compare_rates(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

// Find a burst that takes about its share of the time.
static bool calibrate(CoreBench *bench, const CoreOperation *operation, size_t column,
                      double seconds, Column *ret)
{
    double rate = 0;
    for (size_t count = 1; rate * seconds / ROUNDS >= (double)count || rate == 0; count *= 4) {
        if (!run_burst(bench, operation, column, count, &rate)) {
            return false;
        }
    }
    double burst = rate * seconds / ROUNDS;
    ret->burst = burst < 1 ? 1 : (size_t)burst;
    return true;
}

// All columns take turns, so that what disturbs the machine disturbs all.
static bool measure(CoreBench *bench, const CoreOperation *operation, double seconds,
                    Column columns[COLUMNS])
{
    if (operation->prepare != NULL && !operation->prepare(bench)) {
        return false;
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        columns[i] = (Column){0};
        if (has_column(bench, operation, i) &&
            !calibrate(bench, operation, i, seconds, &columns[i])) {
            return false;
        }
    }
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < COLUMNS; i++) {
            if (columns[i].burst > 0 &&
                !run_burst(bench, operation, i, columns[i].burst, &columns[i].rates[round])) {
                return false;
            }
        }
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        qsort(columns[i].rates, ROUNDS, sizeof(double), compare_rates);
        columns[i].median = columns[i].rates[ROUNDS / 2] *
                            (double)(i == 0 ? operation->amount : operation->peer_amount);
    }
    return true;
}

#define ADD_ONCE(sum, i)                  \
    do {                                  \
        (sum) += (i);                     \
        __asm__ volatile("" : "+r"(sum)); \
    } while (0)

// Cycles a nanosecond: an addition that waits for the one before takes one cycle on every CPU that
// assent is made for.
static double core_clock_ghz(void)
{
    double best = 0;
    for (int attempt = 0; attempt < CLOCK_ATTEMPTS; attempt++) {
        uint64_t sum = 1;
        uint64_t begun = now_ns();
        for (size_t i = 0; i < CLOCK_ADDITIONS; i += 8) {
            // Spelled out: a loop of eight would measure how its branch is predicted.
            ADD_ONCE(sum, i);
            ADD_ONCE(sum, i);
            ADD_ONCE(sum, i);
            ADD_ONCE(sum, i);
            ADD_ONCE(sum, i);
            ADD_ONCE(sum, i);
            ADD_ONCE(sum, i);
            ADD_ONCE(sum, i);
        }
        double ghz = CLOCK_ADDITIONS / (double)(now_ns() - begun);
        best = ghz > best ? ghz : best;
    }
    return best;
}

static double best_peer(const Column columns[COLUMNS])
{
    double best = 0;
    for (size_t i = 1; i < COLUMNS; i++) {
        best = columns[i].median > best ? columns[i].median : best;
    }
    return best;
}

// "85.3 k/s", "2.51 GB/s"; "-" for nothing.
static void format_rate(char ret[16], const CoreOperation *operation, double rate)
{
    double value = rate;
    const char *unit = operation->is_bytes ? "B/s" : "/s";
    if (rate == 0) {
        snprintf(ret, 16, "-");
    } else if (value >= 1e9) {
        snprintf(ret, 16, "%.2f G%s", value / 1e9, unit);
    } else if (value >= 1e6) {
        snprintf(ret, 16, "%.*f M%s", value < 1e7 ? 2 : 1, value / 1e6, unit);
    } else {
        snprintf(ret, 16, "%.*f k%s", value < 1e5 ? 2 : 0, value / 1e3, unit);
    }
}

static void print_row(const CoreOperation *operation, const Column columns[COLUMNS], double ghz)
{
    char rate[16];
    printf("%-22s", operation->name);
    for (size_t i = 0; i < COLUMNS; i++) {
        format_rate(rate, operation, columns[i].median);
        printf(" %12s", rate);
    }
    double best = best_peer(columns);
    double cycles = ghz * 1e9 / columns[0].median;
    if (best > 0) {
        printf(" %8.1f x", columns[0].median / best);
    } else {
        printf(" %10s", "");
    }
    printf("  %.*f cycles%s\n", cycles < 100 ? 2 : 0, cycles, operation->is_bytes ? "/byte" : "");
}

static void print_json(const CoreOperation *operation, const Column columns[COLUMNS], double ghz)
{
    printf("{\"name\":\"%s\",\"unit\":\"%s\",\"assent\":%.1f", operation->name,
           operation->is_bytes ? "bytes/s" : "1/s", columns[0].median);
    for (size_t i = 1; i < COLUMNS; i++) {
        if (columns[i].burst > 0) {
            printf(",\"%s\":%.1f", PEERS[i - 1]->name, columns[i].median);
        }
    }
    printf(",\"cycles\":%.2f}\n", ghz * 1e9 / columns[0].median);
}

static void print_head(const CoreBench *bench, double ghz)
{
    printf("%s, about %.1f GHz, one core; medians of %d rounds in which all take turns\n",
           cpu_name(), ghz, ROUNDS);
    for (size_t i = 0; i < PEER_COUNT; i++) {
        printf("%s: %s\n", PEERS[i]->name,
               bench->peers[i] == NULL ? "not installed (make bench installs it)"
                                       : PEERS[i]->version(bench->peers[i]));
    }
    printf("\n%-22s %12s", "", "assent");
    for (size_t i = 0; i < PEER_COUNT; i++) {
        printf(" %12s", PEERS[i]->name);
    }
    printf(" %10s\n", "ratio");
}

typedef struct {
    double seconds, ghz;
    bool as_json;
} Report;

static bool run_all(CoreBench *bench, const CoreOperation *operations, size_t count,
                    const Report *report, Error *err)
{
    for (size_t i = 0; i < count; i++) {
        Column columns[COLUMNS];
        if (!measure(bench, &operations[i], report->seconds, columns)) {
            return error_set(err, ERROR_INTERNAL, "bench.core", NULL, "%s went wrong",
                             operations[i].name);
        }
        (report->as_json ? print_json : print_row)(&operations[i], columns, report->ghz);
        fflush(stdout);
    }
    return true;
}

int bench_core(double seconds, bool as_json)
{
    Error err = {0};
    CLEANUP(core_bench_close) CoreBench *bench = NULL;
    if (!core_bench_open(&bench, &err)) {
        return command_fail(&err);
    }
    Report report = {.seconds = seconds, .ghz = core_clock_ghz(), .as_json = as_json};
    if (!as_json) {
        print_head(bench, report.ghz);
    }
    bool ok = run_all(bench, core_operations, core_operation_count, &report, &err) &&
              run_all(bench, core_batch_operations, core_batch_operation_count, &report, &err);
    return ok ? EXIT_VALID : command_fail(&err);
}
