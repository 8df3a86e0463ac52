// SPDX-License-Identifier: Apache-2.0
//
// The true time as several servers see it: asked in regular intervals, compared with one another,
// and believed only as far as most of them agree. One that lies, is silent or wrong changes
// nothing.
#ifndef ASSENT_COMPONENT_TIMESTAMP_TIME_SOURCES_H
#define ASSENT_COMPONENT_TIMESTAMP_TIME_SOURCES_H

#include "base/codec/json.h"
#include "base/net/ntp.h"
#include "base/secret/random.h"
#include "component/timestamp/clock_gate.h"

typedef struct TimeSources TimeSources;

// Borrowed until time_sources_stop.
typedef struct {
    const char *const *servers;  // "address:port", 1 to NTP_SERVERS_MAX
    size_t count;
    Clock clock;  // the one that is compared
    Random random;
    Time interval;    // between two rounds [16 s]
    int timeout_ms;   // of a round [1 s]
    Time max_spread;  // of the servers that agree, from their median [500 ms]
} TimeSourcesConfig;

// Ask once, then go on in a thread. What the servers answer is no failure of this; it fails with
// ERROR_INPUT "time_sources.config" and ERROR_INTERNAL.
bool time_sources_start(const TimeSourcesConfig *config, TimeSources **ret, Error *err) MUST_CHECK;
// NULL is harmless.
void time_sources_stop(TimeSources *sources);
// Ask now; returns when it is done.
void time_sources_ask(TimeSources *sources);
// What the gate holds the clock against: the median of the last round in which most of the servers
// answered, and how the clock was set since. After a round in which most did not agree there is
// none.
ClockReference time_sources_reference(TimeSources *sources);
// What each server said in the last round, for people: [{server, valid, offset_us, ...}].
json_t *time_sources_to_json(TimeSources *sources);

// The verdict over one round: the median of the valid answers, if more than half of all `count`
// servers are within max_spread of it.
bool time_sources_median(const NtpAnswer *answers, size_t count, Time max_spread, Time *ret_offset);

#endif
