// SPDX-License-Identifier: Apache-2.0
#include "component/timestamp/time_sources.h"

#include <stdio.h>

#include "base/net/ntp_stand_in.h"
#include "base/test/test.h"

static Error err;

// Covers: D24.
TEST(the_median_is_believed_when_most_servers_agree_on_it)
{
    static const struct {
        Time seconds[5];
        size_t silent, count;
        bool agreed;
        Time median;
    } rows[] = {
        {{0}, 0, 1, true, 0},
        {{7}, 0, 1, true, 7},
        {{0}, 1, 1, false, 0},
        {{0, 0, 99}, 0, 3, true, 0},           // one lies
        {{0, 0, -99}, 0, 3, true, 0},          // in the other direction
        {{0, 50, 99}, 0, 3, false, 50},        // everybody says something else
        {{0, 0, 0}, 1, 3, true, 0},            // one is silent
        {{0, 0, 0}, 2, 3, false, 0},           // only one of three answers
        {{0, 99}, 0, 2, false, 49},            // one against one
        {{99, 99, 99, 0, 0}, 0, 5, true, 99},  // three lie together: not to be known here
        {{0, 0, 99, 99}, 0, 4, false, 49},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        NtpAnswer answers[5] = {{0}};
        Time median = 0;
        for (size_t k = 0; k < rows[i].count; k++) {
            answers[k].is_valid = k >= rows[i].silent;
            answers[k].offset = rows[i].seconds[k] * TIME_SECOND;
        }
        CHECK_INT(time_sources_median(answers, rows[i].count, TIME_SECOND / 2, &median),
                  rows[i].agreed);
        CHECK_INT(median / TIME_SECOND, rows[i].median);
    }
}

enum { SERVERS = 3 };

typedef struct {
    NtpStandIn *servers[SERVERS];
    char names[SERVERS][32];
    const char *list[SERVERS];
    Time moved;  // what the clock in question is ahead of the true time
    TimeSources *sources;
    ClockReference reference;
    ClockGate gate;
} Town;

static Time moved_now(void *state)
{
    return clock_now(clock_system()) + ((const Town *)state)->moved;
}

static void town_open(Town *town)
{
    *town = (Town){.moved = 0};
    for (size_t i = 0; i < SERVERS; i++) {
        CHECK_OK(ntp_stand_in_start("127.0.0.1", 0, clock_system(), &town->servers[i], &err));
        snprintf(town->names[i], sizeof town->names[i], "127.0.0.1:%u",
                 ntp_stand_in_port(town->servers[i]));
        town->list[i] = town->names[i];
    }
    TimeSourcesConfig config = {.servers = town->list,
                                .count = SERVERS,
                                .clock = {moved_now, town},
                                .random = random_system(),
                                .interval = TIME_HOUR,
                                .timeout_ms = 400};
    CHECK_OK(time_sources_start(&config, &town->sources, &err));
    town->reference = time_sources_reference(town->sources);
    ClockGateConfig gate = {.clock = {moved_now, town}, .reference = &town->reference};
    CHECK_OK(clock_gate_start(&town->gate, &gate, &err));
}

static void town_close(Town *town)
{
    clock_gate_stop(&town->gate);
    time_sources_stop(town->sources);
    for (size_t i = 0; i < SERVERS; i++) {
        ntp_stand_in_stop(town->servers[i]);
    }
}

static void lie(Town *town, size_t first, size_t count, Time offset)
{
    NtpBehaviour behaviour = {.offset = offset};
    for (size_t i = first; i < first + count; i++) {
        ntp_stand_in_behave(town->servers[i], &behaviour);
    }
    time_sources_ask(town->sources);
}

static const char *verdict(Town *town)
{
    Time now;
    err = (Error){0};
    return clock_gate_take(&town->gate, &now, &err) ? "" : err.code;
}

// Covers: D24; RFC 3161 2.1.
TEST(one_lying_server_of_three_changes_nothing_and_two_that_differ_stop_the_stamps)
{
    Town town;
    town_open(&town);
    CHECK_TEXT(verdict(&town), "");
    lie(&town, 0, 1, TIME_HOUR);
    CHECK_TEXT(verdict(&town), "");
    lie(&town, 1, 1, -TIME_HOUR);
    CHECK_TEXT(verdict(&town), "clock.reference");
    lie(&town, 1, 1, 0);
    CHECK_TEXT(verdict(&town), "");
    town_close(&town);
}

TEST(a_clock_that_most_servers_contradict_is_not_stamped)
{
    Town town;
    town_open(&town);
    lie(&town, 0, 3, TIME_MINUTE);
    CHECK_TEXT(verdict(&town), "clock.offset");
    lie(&town, 0, 3, 0);
    CHECK_TEXT(verdict(&town), "");
    town_close(&town);
}

TEST(a_clock_that_is_set_is_noticed_before_the_servers_are_asked_again)
{
    Town town;
    town_open(&town);
    CHECK_TEXT(verdict(&town), "");
    town.moved = 2 * TIME_SECOND;
    CHECK_TEXT(verdict(&town), "clock.offset");
    time_sources_ask(town.sources);
    CHECK_TEXT(verdict(&town), "clock.offset");
    town.moved = 0;
    CHECK_TEXT(verdict(&town), "");
    town_close(&town);
}

TEST(silent_servers_are_borne_for_a_while_and_told)
{
    Town town;
    NtpBehaviour silent = {.is_silent = true};
    town_open(&town);
    for (size_t i = 0; i < SERVERS; i++) {
        ntp_stand_in_behave(town.servers[i], &silent);
    }
    time_sources_ask(town.sources);
    CHECK_TEXT(verdict(&town), "");
    CLEANUP(json_cleanup) json_t *json = time_sources_to_json(town.sources);
    CHECK_INT(json_array_size(json), SERVERS);
    CHECK_TEXT(json_string_value(json_object_get(json_array_get(json, 0), "refusal")), "silent");
    town_close(&town);
}

TEST(no_server_or_too_many_do_not_start)
{
    TimeSources *sources = NULL;
    TimeSourcesConfig config = {.count = 0, .clock = clock_system(), .random = random_system()};
    CHECK_FAILS_WITH(time_sources_start(&config, &sources, &err), ERROR_INPUT,
                     "time_sources.config");
    config.count = NTP_SERVERS_MAX + 1;
    CHECK_FAILS_WITH(time_sources_start(&config, &sources, &err), ERROR_INPUT,
                     "time_sources.config");
}
