// SPDX-License-Identifier: Apache-2.0
//
// Calendar dates of persons and documents, in Asia/Shanghai.
#ifndef ASSENT_DOMAIN_IDENTITY_DATE_H
#define ASSENT_DOMAIN_IDENTITY_DATE_H

#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"

typedef struct {
    int year, month, day;
} Date;

// The calendar day of `at` in Asia/Shanghai.
Date date_in_china(Time at);
// Negative, zero, positive as `a` is before, on or after `b`.
int date_compare(Date a, Date b);
// Parse "2026-11-25". Fails with ERROR_INPUT, code "date.malformed".
bool date_parse(Bytes text, Date *ret, Error *err) MUST_CHECK;
enum { DATE_TEXT_SIZE = 16 };
void date_text(Date date, char ret[DATE_TEXT_SIZE]);

#endif
