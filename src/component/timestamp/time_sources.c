// SPDX-License-Identifier: Apache-2.0
#include "component/timestamp/time_sources.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/core/log.h"

enum { INTERVAL_DEFAULT_S = 16, TIMEOUT_DEFAULT_MS = 1000, SPREAD_DEFAULT_MS = 500 };

// What a round found. `set` is the clock minus the steady one: who sets the clock afterwards moves
// it.
typedef struct {
    bool has_offset;   // some round had a majority
    bool is_disputed;  // the last one had answers, but no majority for any time
    Time offset, measured_at, set;
    NtpAnswer answers[NTP_SERVERS_MAX];
} Findings;

struct TimeSources {
    TimeSourcesConfig config;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool has_thread, stopping;
    Findings findings;
};

static int compare(const void *a, const void *b)
{
    const Time *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

bool time_sources_median(const NtpAnswer *answers, size_t count, Time max_spread, Time *ret_offset)
{
    Time offsets[NTP_SERVERS_MAX];
    size_t valid = 0, near = 0;
    for (size_t i = 0; i < count; i++) {
        if (answers[i].is_valid) {
            offsets[valid++] = answers[i].offset;
        }
    }
    if (valid == 0) {
        return false;
    }
    qsort(offsets, valid, sizeof offsets[0], compare);
    Time median = offsets[valid / 2];
    if (valid % 2 == 0) {
        median = offsets[valid / 2 - 1] + (median - offsets[valid / 2 - 1]) / 2;
    }
    for (size_t i = 0; i < valid; i++) {
        near += offsets[i] - median <= max_spread && median - offsets[i] <= max_spread ? 1 : 0;
    }
    *ret_offset = median;
    return near * 2 > count;
}

static Time clock_setting(const TimeSources *sources)
{
    return clock_now(sources->config.clock) - clock_monotonic();
}

static void log_round(const NtpAnswer *answers, size_t count, bool has_offset, Time offset)
{
    int64_t valid = 0, largest = 0;
    for (size_t i = 0; i < count; i++) {
        Time distance =
            answers[i].offset > offset ? answers[i].offset - offset : offset - answers[i].offset;
        valid += answers[i].is_valid ? 1 : 0;
        largest = answers[i].is_valid && distance > largest ? distance : largest;
    }
    LOG(has_offset ? LOG_INFO : LOG_WARNING, "clock.compared",
        log_text("agreed", has_offset ? "yes" : "no"), log_number("offset_us", offset),
        log_number("spread_us", largest), log_number("servers", (int64_t)count),
        log_number("valid", valid));
}

void time_sources_ask(TimeSources *sources)
{
    const TimeSourcesConfig *config = &sources->config;
    uint64_t cookies[NTP_SERVERS_MAX];
    NtpAnswer answers[NTP_SERVERS_MAX] = {{0}};
    NtpQuestion question = {.servers = config->servers,
                            .count = config->count,
                            .cookies = cookies,
                            .clock = config->clock,
                            .timeout_ms = config->timeout_ms,
                            .max_uncertainty = config->max_spread};
    if (!random_fill(config->random, (uint8_t *)cookies, sizeof cookies, NULL)) {
        return;  // what was measured grows old
    }
    Time set = clock_setting(sources), offset = 0;
    ntp_ask(&question, answers);
    bool has_offset = time_sources_median(answers, config->count, config->max_spread, &offset);
    size_t valid = 0;
    for (size_t i = 0; i < config->count; i++) {
        valid += answers[i].is_valid ? 1 : 0;
    }
    pthread_mutex_lock(&sources->lock);
    Findings *findings = &sources->findings;
    memcpy(findings->answers, answers, sizeof answers);
    findings->is_disputed = !has_offset && valid * 2 > config->count;
    if (has_offset) {
        findings->has_offset = true;
        findings->offset = offset;
        findings->measured_at = clock_now(config->clock);
        findings->set = set;
    }
    pthread_mutex_unlock(&sources->lock);
    log_round(answers, config->count, has_offset, offset);
}

static bool measure(void *state, Time *ret_offset, Time *ret_measured_at, Error *err)
{
    TimeSources *sources = state;
    pthread_mutex_lock(&sources->lock);
    Findings findings = sources->findings;
    pthread_mutex_unlock(&sources->lock);
    if (!findings.has_offset || findings.is_disputed) {
        return error_set(err, ERROR_UNAVAILABLE, "time_sources.majority", "RFC 3161 2.1",
                         "most of the time servers do not agree on the time");
    }
    Time moved = clock_setting(sources) - findings.set;
    *ret_offset = findings.offset + moved;
    // The age is one of the steady clock too: a clock that is set makes nothing older or younger.
    *ret_measured_at = findings.measured_at + moved;
    return true;
}

ClockReference time_sources_reference(TimeSources *sources)
{
    return (ClockReference){measure, sources};
}

json_t *time_sources_to_json(TimeSources *sources)
{
    pthread_mutex_lock(&sources->lock);
    Findings findings = sources->findings;
    pthread_mutex_unlock(&sources->lock);
    json_t *array = json_array();
    for (size_t i = 0; i < sources->config.count; i++) {
        const NtpAnswer *answer = &findings.answers[i];
        json_t *json = json_make_object();
        json_put_text(json, "server", sources->config.servers[i]);
        json_put_bool(json, "valid", answer->is_valid);
        json_put_text(json, "refusal", answer->refusal == NULL ? "" : answer->refusal);
        json_put_int(json, "offset_us", answer->offset);
        json_put_int(json, "uncertainty_us", answer->uncertainty);
        json_put_int(json, "stratum", answer->stratum);
        json_array_append_new(array, json);
    }
    return array;
}

static void *run(void *argument)
{
    TimeSources *sources = argument;
    pthread_mutex_lock(&sources->lock);
    while (!sources->stopping) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        Time nanoseconds = until.tv_nsec + sources->config.interval % TIME_SECOND * 1000;
        until.tv_sec += sources->config.interval / TIME_SECOND + nanoseconds / 1000000000;
        until.tv_nsec = nanoseconds % 1000000000;
        while (!sources->stopping &&
               pthread_cond_timedwait(&sources->wake, &sources->lock, &until) != ETIMEDOUT) {
        }
        if (sources->stopping) {
            break;
        }
        pthread_mutex_unlock(&sources->lock);
        time_sources_ask(sources);
        pthread_mutex_lock(&sources->lock);
    }
    pthread_mutex_unlock(&sources->lock);
    return NULL;
}

static void fill_defaults(TimeSourcesConfig *config)
{
    config->interval = config->interval == 0 ? INTERVAL_DEFAULT_S * TIME_SECOND : config->interval;
    config->timeout_ms = config->timeout_ms == 0 ? TIMEOUT_DEFAULT_MS : config->timeout_ms;
    config->max_spread =
        config->max_spread == 0 ? SPREAD_DEFAULT_MS * TIME_MILLISECOND : config->max_spread;
}

bool time_sources_start(const TimeSourcesConfig *config, TimeSources **ret, Error *err)
{
    if (config->count < 1 || config->count > NTP_SERVERS_MAX) {
        return error_set(err, ERROR_INPUT, "time_sources.config", NULL,
                         "1 to %d time servers can be compared", NTP_SERVERS_MAX);
    }
    TimeSources *sources = calloc(1, sizeof *sources);
    if (sources == NULL) {
        return error_memory(err);
    }
    sources->config = *config;
    fill_defaults(&sources->config);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&sources->lock, NULL);
    pthread_cond_init(&sources->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    time_sources_ask(sources);
    sources->has_thread = pthread_create(&sources->thread, NULL, run, sources) == 0;
    if (!sources->has_thread) {
        time_sources_stop(sources);
        return error_set(err, ERROR_INTERNAL, "time_sources.thread", NULL, "cannot start a thread");
    }
    *ret = sources;
    return true;
}

void time_sources_stop(TimeSources *sources)
{
    if (sources == NULL) {
        return;
    }
    if (sources->has_thread) {
        pthread_mutex_lock(&sources->lock);
        sources->stopping = true;
        pthread_cond_signal(&sources->wake);
        pthread_mutex_unlock(&sources->lock);
        (void)pthread_join(sources->thread, NULL);
    }
    pthread_cond_destroy(&sources->wake);
    pthread_mutex_destroy(&sources->lock);
    free(sources);
}
