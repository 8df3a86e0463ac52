// SPDX-License-Identifier: Apache-2.0
#include "domain/identity/date.h"

#include <stdio.h>

Date date_in_china(Time at)
{
    const CivilTime civil = civil_from_time(at + TIME_OFFSET_CHINA);
    return (Date){civil.year, civil.month, civil.day};
}

int date_compare(Date a, Date b)
{
    if (a.year != b.year) {
        return a.year < b.year ? -1 : 1;
    }
    if (a.month != b.month) {
        return a.month < b.month ? -1 : 1;
    }
    return a.day == b.day ? 0 : a.day < b.day ? -1 : 1;
}

static bool date_number(Reader *reader, size_t len, int *ret)
{
    *ret = 0;
    for (size_t i = 0; i < len; i++) {
        const uint8_t c = reader_u8(reader);
        if (c < '0' || c > '9') {
            return false;
        }
        *ret = *ret * 10 + (c - '0');
    }
    return true;
}

bool date_parse(Bytes text, Date *ret, Error *err)
{
    Reader reader = reader_of(text);
    Date date;
    const bool ok = date_number(&reader, 4, &date.year) && reader_u8(&reader) == '-' &&
                    date_number(&reader, 2, &date.month) && reader_u8(&reader) == '-' &&
                    date_number(&reader, 2, &date.day) && reader_done(&reader) &&
                    civil_date_exists(date.year, date.month, date.day);
    if (!ok) {
        return error_set(err, ERROR_INPUT, "date.malformed", NULL,
                         "a date is written YYYY-MM-DD and exists");
    }
    *ret = date;
    return true;
}

void date_text(Date date, char ret[DATE_TEXT_SIZE])
{
    (void)snprintf(ret, DATE_TEXT_SIZE, "%04u-%02u-%02u", (unsigned)date.year % 10000u,
                   (unsigned)date.month % 100u, (unsigned)date.day % 100u);
}
