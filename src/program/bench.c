// SPDX-License-Identifier: Apache-2.0
//
// assent bench: run cases and print figures.
#include "program/bench.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/codec/json.h"
#include "base/core/log.h"
#include "program/bench_core.h"
#include "program/bench_watch.h"
#include "program/command.h"

enum { LATENCIES_MAX = 4 * 1024 * 1024, OPERATION_ARENA_SIZE = 256 * 1024 * 1024 };

typedef struct {
    BenchRun *run;
    const BenchCase *bench;
    size_t index;
    Time deadline;
    uint32_t *latencies_us;  // of this thread
    size_t count, capacity, errors;
    Error last_error;
} BenchThread;

typedef struct {
    size_t count, errors;
    double seconds, cpu_seconds;
    double p50_ms, p99_ms;
    long peak_rss_bytes;
    Error last_error;
} BenchFigures;

typedef struct {
    const char *name;
    double seconds;
    double watch_seconds;  // 0: do not
    size_t threads;
    bool as_json;
} BenchArguments;

static void *run_thread(void *argument)
{
    BenchThread *thread = argument;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(OPERATION_ARENA_SIZE);
    for (Time begun = clock_monotonic(); arena != NULL && begun < thread->deadline;) {
        Error err = {0};
        bool ok = thread->bench->operate(thread->run, thread->index, arena, &err);
        Time ended = clock_monotonic();
        Time measured = thread->run->measured[thread->index];
        if (ok && thread->count < thread->capacity) {
            thread->latencies_us[thread->count++] =
                (uint32_t)(measured != 0 ? measured : ended - begun);
            atomic_fetch_add(&thread->run->done, 1);
        } else if (!ok) {
            thread->errors++;
            thread->last_error = err;
        }
        arena_reset(arena);
        begun = ended;
    }
    return NULL;
}

static int compare_latencies(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static bool summarise(const BenchThread *threads, size_t count, BenchFigures *ret)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        total += threads[i].count;
        ret->errors += threads[i].errors;
        if (threads[i].errors > 0) {
            ret->last_error = threads[i].last_error;
        }
    }
    ret->count = total;
    if (total == 0) {
        return true;
    }
    uint32_t *all = malloc(total * sizeof *all);
    if (all == NULL) {
        return false;
    }
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        memcpy(all + used, threads[i].latencies_us, threads[i].count * sizeof *all);
        used += threads[i].count;
    }
    qsort(all, total, sizeof *all, compare_latencies);
    const size_t middle = total / 2, late = total * 99 / 100;
    ret->p50_ms = all[middle] / 1000.0;
    ret->p99_ms = all[late] / 1000.0;
    free(all);
    return true;
}

static bool run_threads(const BenchCase *bench, BenchRun *run, const BenchArguments *arguments,
                        BenchFigures *ret, Error *err)
{
    BenchThread threads[BENCH_MAX_THREADS];
    pthread_t ids[BENCH_MAX_THREADS];
    size_t started = 0;
    double cpu = cpu_seconds();
    Time begun = clock_monotonic();
    for (size_t i = 0; i < run->threads; i++) {
        threads[i] = (BenchThread){.run = run,
                                   .bench = bench,
                                   .index = i,
                                   .deadline = begun + (Time)(run->seconds * TIME_SECOND),
                                   .capacity = LATENCIES_MAX / run->threads};
        threads[i].latencies_us = calloc(threads[i].capacity, sizeof(uint32_t));
        bool ok = threads[i].latencies_us != NULL &&
                  pthread_create(&ids[i], NULL, run_thread, &threads[i]) == 0;
        if (!ok) {
            free(threads[i].latencies_us);
            break;
        }
        started++;
    }
    if (arguments->watch_seconds > 0) {
        bench_watch(&(BenchWatch){.name = bench->name,
                                  .done = &run->done,
                                  .interval = (Time)(arguments->watch_seconds * TIME_SECOND),
                                  .deadline = begun + (Time)(run->seconds * TIME_SECOND),
                                  .as_json = arguments->as_json});
    }
    for (size_t i = 0; i < started; i++) {
        pthread_join(ids[i], NULL);
    }
    ret->seconds = (double)(clock_monotonic() - begun) / TIME_SECOND;
    ret->cpu_seconds = cpu_seconds() - cpu;
    bool ok = summarise(threads, started, ret) && started == run->threads;
    for (size_t i = 0; i < started; i++) {
        free(threads[i].latencies_us);
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    ret->peak_rss_bytes = usage.ru_maxrss * 1024;
    return ok || error_memory(err);
}

static void print_figures(const BenchCase *bench, const BenchRun *run, const BenchFigures *figures,
                          bool as_json)
{
    double per_second = figures->seconds > 0 ? (double)figures->count / figures->seconds : 0;
    if (as_json) {
        printf(
            "{\"name\":\"%s\",\"per_second\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
            "\"count\":%zu,\"errors\":%zu,\"threads\":%zu,\"seconds\":%.3f,"
            "\"cpu_seconds\":%.3f,\"peak_rss_bytes\":%ld}\n",
            bench->name, per_second, figures->p50_ms, figures->p99_ms, figures->count,
            figures->errors, run->threads, figures->seconds, figures->cpu_seconds,
            figures->peak_rss_bytes);
        return;
    }
    printf(
        "%-14s %12.1f /s   p50 %9.3f ms   p99 %9.3f ms   %zu done, %zu errors, %zu threads, "
        "cpu %.2f s, peak %ld MiB\n",
        bench->name, per_second, figures->p50_ms, figures->p99_ms, figures->count, figures->errors,
        run->threads, figures->cpu_seconds, figures->peak_rss_bytes / 1024 / 1024);
    if (figures->errors > 0) {
        printf("               last error: %s (%s)\n", figures->last_error.text,
               figures->last_error.code);
    }
}

static int run_case(const BenchCase *bench, const BenchArguments *arguments)
{
    Error err = {0};
    BenchFigures figures = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(OPERATION_ARENA_SIZE);
    BenchRun run = {
        .seconds = arguments->seconds,
        .threads = arguments->threads == 0 ? bench->default_threads : arguments->threads,
        .arena = arena};
    if (arena == NULL) {
        return EXIT_FAULT;
    }
    bool ok = (bench->prepare == NULL || bench->prepare(&run, &err)) &&
              run_threads(bench, &run, arguments, &figures, &err);
    if (ok) {
        print_figures(bench, &run, &figures, arguments->as_json);
    }
    if (bench->finish != NULL) {
        bench->finish(&run);
    }
    if (!ok) {
        return command_fail(&err);
    }
    return figures.errors == 0 && figures.count > 0 ? EXIT_VALID : EXIT_INVALID;
}

static bool parse_arguments(int argc, char **argv, BenchArguments *ret)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) {
            ret->seconds = strtod(argv[++i], NULL);
        } else if (strcmp(argv[i], "--watch") == 0 && i + 1 < argc) {
            ret->watch_seconds = strtod(argv[++i], NULL);
        } else if (strcmp(argv[i], "--threads") == 0 && i + 1 < argc) {
            ret->threads = strtoul(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--json") == 0) {
            ret->as_json = true;
        } else if (argv[i][0] != '-' && ret->name == NULL) {
            ret->name = argv[i];
        } else {
            return false;
        }
    }
    return ret->name != NULL && ret->seconds > 0 && ret->seconds <= 3600 &&
           (ret->watch_seconds == 0 || ret->watch_seconds >= 0.1) &&
           ret->threads <= BENCH_MAX_THREADS;
}

static int run_named(const BenchCase *cases, size_t count, const BenchArguments *arguments,
                     bool *found)
{
    int worst = EXIT_VALID;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(arguments->name, "all") == 0 || strcmp(arguments->name, cases[i].name) == 0) {
            *found = true;
            int code = run_case(&cases[i], arguments);
            worst = code > worst ? code : worst;
        }
    }
    return worst;
}

static void print_cases(const BenchCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fprintf(stderr, "  %-14s %s\n", cases[i].name, cases[i].summary);
    }
}

static const struct {
    const BenchCase *cases;
    const size_t *count;
} groups[] = {
    {bench_crypto_cases, &bench_crypto_case_count},
    {bench_evidence_cases, &bench_evidence_case_count},
    {bench_deposit_cases, &bench_deposit_case_count},
    {bench_log_curve_cases, &bench_log_curve_case_count},
    {bench_authority_cases, &bench_authority_case_count},
    {bench_ocsp_cases, &bench_ocsp_case_count},
    {bench_service_cases, &bench_service_case_count},
};

int command_bench(int argc, char **argv)
{
    BenchArguments arguments = {.seconds = 3};
    bool found = false;
    int worst = EXIT_VALID;
    log_set_level(LOG_ERROR);
    bool understood = parse_arguments(argc, argv, &arguments);
    if (understood && strcmp(arguments.name, "core") == 0) {
        return bench_core(arguments.seconds, arguments.as_json);
    }
    if (understood) {
        for (size_t i = 0; i < COUNT_OF(groups); i++) {
            int code = run_named(groups[i].cases, *groups[i].count, &arguments, &found);
            worst = code > worst ? code : worst;
        }
    }
    if (!found) {
        command_usage("bench");
        fprintf(stderr, "names (or \"all\" of these):\n");
        for (size_t i = 0; i < COUNT_OF(groups); i++) {
            print_cases(groups[i].cases, *groups[i].count);
        }
        fprintf(stderr, "  %-14s %s\n", "core",
                "SM2, SM3, SM4 beside OpenSSL, libgcrypt and Botan where installed (by itself)");
        return EXIT_USAGE;
    }
    return worst;
}
