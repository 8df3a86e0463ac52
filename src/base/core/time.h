// SPDX-License-Identifier: Apache-2.0
//
// Time and the one clock. Time is microseconds since 1970-01-01T00:00:00Z, without leap seconds.
#ifndef ASSENT_BASE_CORE_TIME_H
#define ASSENT_BASE_CORE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"

typedef int64_t Time;

#define TIME_MILLISECOND ((Time)1000)
#define TIME_SECOND ((Time)1000000)
#define TIME_MINUTE (60 * TIME_SECOND)
#define TIME_HOUR (60 * TIME_MINUTE)
#define TIME_DAY (24 * TIME_HOUR)
// Offset of Asia/Shanghai, in which ages and calendar dates of persons are computed.
#define TIME_OFFSET_CHINA (8 * TIME_HOUR)

// A source of time, handed to whoever needs it, so that tests can set it.
typedef struct {
    Time (*now)(void *state);
    void *state;
} Clock;

// The system's real-time clock.
Clock clock_system(void);
// A clock that shows *time, which the test moves.
Clock clock_manual(Time *time);
Time clock_now(Clock clock);
// Microseconds of a clock that never goes backwards, for measuring durations only.
Time clock_monotonic(void);

// A date and time of day of the proleptic Gregorian calendar, years 1 to 9999.
typedef struct {
    int year, month, day, hour, minute, second, microsecond;
} CivilTime;

CivilTime civil_from_time(Time time);
// Fails with ERROR_INPUT when a field is out of range or the date does not exist.
bool civil_to_time(CivilTime civil, Time *ret, Error *err) MUST_CHECK;
bool civil_date_exists(int year, int month, int day);

enum { TIME_TEXT_SIZE = 40 };
// Write RFC 3339 in UTC, "2026-11-25T08:00:00.123456Z"; the fraction is left out when zero.
void time_to_text(Time time, char ret[TIME_TEXT_SIZE]);
// Write "2026-11-25 16:00:00" in China time, for people.
void time_to_china_text(Time time, char ret[TIME_TEXT_SIZE]);
// Parse RFC 3339 with "Z" or a numeric offset. Fails with ERROR_INPUT.
bool time_from_text(Bytes text, Time *ret, Error *err) MUST_CHECK;

#endif
