// SPDX-License-Identifier: Apache-2.0
#include "program/bench_watch.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

// One moment of a run.
typedef struct {
    Time at;  // monotonic
    size_t done;
    double cpu_seconds;
    long resident_bytes, anonymous_bytes;
} Moment;

static double seconds_of(const struct timeval *time)
{
    return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

// Pages as Linux counts them: size, resident, of which mapped from files. Zero when it does not
// say.
static void measure_memory(Moment *moment)
{
    long size = 0, resident = 0, mapped = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL) {
        return;
    }
    if (fscanf(file, "%ld %ld %ld", &size, &resident, &mapped) == 3) {
        long page = sysconf(_SC_PAGESIZE);
        moment->resident_bytes = resident * page;
        moment->anonymous_bytes = (resident - mapped) * page;
    }
    fclose(file);
}

static Moment measure(const BenchWatch *watch)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    Moment moment = {.at = clock_monotonic(),
                     .done = atomic_load(watch->done),
                     .cpu_seconds = seconds_of(&usage.ru_utime) + seconds_of(&usage.ru_stime)};
    measure_memory(&moment);
    return moment;
}

static void print(const BenchWatch *watch, Time begun, const Moment *before, const Moment *now)
{
    double seconds = (double)(now->at - begun) / TIME_SECOND;
    double span = (double)(now->at - before->at) / TIME_SECOND;
    size_t done = now->done - before->done;
    double rate = span > 0 ? (double)done / span : 0;
    double cpu_ms = done == 0 ? 0 : 1000 * (now->cpu_seconds - before->cpu_seconds) / (double)done;
    if (watch->as_json) {
        printf(
            "{\"name\":\"%s\",\"at_seconds\":%.1f,\"done\":%zu,\"per_second\":%.1f,"
            "\"cpu_ms\":%.4f,\"rss_bytes\":%ld,\"anonymous_bytes\":%ld}\n",
            watch->name, seconds, now->done, rate, cpu_ms, now->resident_bytes,
            now->anonymous_bytes);
    } else {
        printf(
            "%-14s %8.1f s %12zu done %12.1f /s   cpu %9.4f ms   resident %6ld MiB, anonymous "
            "%6ld MiB\n",
            watch->name, seconds, now->done, rate, cpu_ms, now->resident_bytes / 1024 / 1024,
            now->anonymous_bytes / 1024 / 1024);
    }
    fflush(stdout);
}

void bench_watch(const BenchWatch *watch)
{
    Moment before = measure(watch);
    const Time begun = before.at;
    while (before.at + watch->interval <= watch->deadline) {
        const struct timespec pause = {watch->interval / TIME_SECOND,
                                       watch->interval % TIME_SECOND * 1000};
        nanosleep(&pause, NULL);
        Moment now = measure(watch);
        print(watch, begun, &before, &now);
        before = now;
    }
}
