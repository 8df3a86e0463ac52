// SPDX-License-Identifier: Apache-2.0
#include "base/core/time.h"

#include <stdio.h>
#include <time.h>

static Time system_now(void *state)
{
    (void)state;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (Time)now.tv_sec * TIME_SECOND + now.tv_nsec / 1000;
}

static Time manual_now(void *state)
{
    return *(const Time *)state;
}

Clock clock_system(void)
{
    return (Clock){system_now, NULL};
}

Clock clock_manual(Time *time)
{
    return (Clock){manual_now, time};
}

Time clock_now(Clock clock)
{
    return clock.now(clock.state);
}

Time clock_monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (Time)now.tv_sec * TIME_SECOND + now.tv_nsec / 1000;
}

static bool year_is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && year_is_leap(year) ? 29 : days[month - 1];
}

bool civil_date_exists(int year, int month, int day)
{
    return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
           day <= days_in_month(year, month);
}

// Days from 1970-01-01 to a date that exists. The year is shifted to begin in March, so that
// the leap day is the last day of it and month lengths follow one linear formula.
static int64_t days_from_civil(int year, int month, int day)
{
    int64_t shifted = month <= 2 ? year - 1 : year;
    int64_t era = shifted / 400;
    int64_t year_of_era = shifted - era * 400;
    int64_t day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static int64_t floor_divide(int64_t value, int64_t divisor)
{
    int64_t quotient = value / divisor;
    return value % divisor < 0 ? quotient - 1 : quotient;
}

CivilTime civil_from_time(Time time)
{
    int64_t days = floor_divide(time, TIME_DAY);
    int64_t rest = time - days * TIME_DAY;
    int64_t shifted = days + 719468;
    int64_t era = floor_divide(shifted, 146097);
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_index = (5 * day_of_year + 2) / 153;
    int month = (int)(month_index < 10 ? month_index + 3 : month_index - 9);
    return (CivilTime){
        .year = (int)(year_of_era + era * 400 + (month <= 2 ? 1 : 0)),
        .month = month,
        .day = (int)(day_of_year - (153 * month_index + 2) / 5 + 1),
        .hour = (int)(rest / TIME_HOUR),
        .minute = (int)(rest / TIME_MINUTE % 60),
        .second = (int)(rest / TIME_SECOND % 60),
        .microsecond = (int)(rest % TIME_SECOND),
    };
}

bool civil_to_time(CivilTime civil, Time *ret, Error *err)
{
    bool exists = civil_date_exists(civil.year, civil.month, civil.day) && civil.hour >= 0 &&
                  civil.hour <= 23 && civil.minute >= 0 && civil.minute <= 59 &&
                  civil.second >= 0 && civil.second <= 59 && civil.microsecond >= 0 &&
                  civil.microsecond < TIME_SECOND;
    if (!exists) {
        return error_set(err, ERROR_INPUT, "time.no_such_time", NULL,
                         "%04d-%02d-%02d %02d:%02d:%02d does not exist", civil.year, civil.month,
                         civil.day, civil.hour, civil.minute, civil.second);
    }
    *ret = days_from_civil(civil.year, civil.month, civil.day) * TIME_DAY + civil.hour * TIME_HOUR +
           civil.minute * TIME_MINUTE + civil.second * TIME_SECOND + civil.microsecond;
    return true;
}

static char *put_char(char *at, char c)
{
    *at = c;
    return at + 1;
}

static char *put_digits(char *at, int number, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        at[i] = (char)('0' + number % 10);
        number /= 10;
    }
    return at + count;
}

void time_to_text(Time time, char ret[TIME_TEXT_SIZE])
{
    CivilTime c = civil_from_time(time);
    // Of years before the first there are no texts; their digits stay digits.
    int year = c.year % 10000;
    char *next = put_digits(ret, year < 0 ? -year : year, 4);
    next = put_digits(put_char(next, '-'), c.month, 2);
    next = put_digits(put_char(next, '-'), c.day, 2);
    next = put_digits(put_char(next, 'T'), c.hour, 2);
    next = put_digits(put_char(next, ':'), c.minute, 2);
    next = put_digits(put_char(next, ':'), c.second, 2);
    if (c.microsecond != 0) {
        next = put_digits(put_char(next, '.'), c.microsecond, 6);
    }
    *put_char(next, 'Z') = '\0';
}

void time_to_china_text(Time time, char ret[TIME_TEXT_SIZE])
{
    CivilTime c = civil_from_time(time + TIME_OFFSET_CHINA);
    snprintf(ret, TIME_TEXT_SIZE, "%04d-%02d-%02d %02d:%02d:%02d", c.year % 10000, c.month, c.day,
             c.hour, c.minute, c.second);
}

static int read_digits(Reader *reader, size_t count)
{
    Bytes digits = reader_bytes(reader, count);
    int value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9') {
            reader->failed = true;
            return 0;
        }
        value = value * 10 + (digits.data[i] - '0');
    }
    return value;
}

static void expect_byte(Reader *reader, char wanted)
{
    if (reader_u8(reader) != (uint8_t)wanted) {
        reader->failed = true;
    }
}

static int read_fraction(Reader *reader)
{
    int value = 0;
    int scale = (int)TIME_SECOND;
    if (reader_peek(reader) != '.') {
        return 0;
    }
    expect_byte(reader, '.');
    while (reader_peek(reader) >= '0' && reader_peek(reader) <= '9' && scale > 1) {
        scale /= 10;
        value += scale * (reader_u8(reader) - '0');
    }
    return value;
}

static Time read_offset(Reader *reader)
{
    uint8_t sign = reader_u8(reader);
    if (sign == 'Z') {
        return 0;
    }
    int hours = read_digits(reader, 2);
    expect_byte(reader, ':');
    int minutes = read_digits(reader, 2);
    if ((sign != '+' && sign != '-') || hours > 23 || minutes > 59) {
        reader->failed = true;
    }
    Time offset = hours * TIME_HOUR + minutes * TIME_MINUTE;
    return sign == '-' ? -offset : offset;
}

bool time_from_text(Bytes text, Time *ret, Error *err)
{
    Reader reader = reader_of(text);
    CivilTime civil = {0};
    civil.year = read_digits(&reader, 4);
    expect_byte(&reader, '-');
    civil.month = read_digits(&reader, 2);
    expect_byte(&reader, '-');
    civil.day = read_digits(&reader, 2);
    expect_byte(&reader, 'T');
    civil.hour = read_digits(&reader, 2);
    expect_byte(&reader, ':');
    civil.minute = read_digits(&reader, 2);
    expect_byte(&reader, ':');
    civil.second = read_digits(&reader, 2);
    civil.microsecond = read_fraction(&reader);
    Time offset = read_offset(&reader);
    if (!reader_done(&reader)) {
        return error_set(err, ERROR_INPUT, "time.malformed", "RFC 3339 5.6",
                         "the time is not of the form 2026-11-25T08:00:00Z");
    }
    Time local;
    if (!civil_to_time(civil, &local, err)) {
        return false;
    }
    *ret = local - offset;
    return true;
}
