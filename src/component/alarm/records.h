// SPDX-License-Identifier: Apache-2.0
//
// The SQL of alarms. Each function runs inside a store_read or store_write.
#ifndef ASSENT_COMPONENT_ALARM_RECORDS_H
#define ASSENT_COMPONENT_ALARM_RECORDS_H

#include "component/alarm/alarm.h"

// Insert, or note that the open one of the case was seen at alarm->raised; *ret_is_new tells, and
// alarm->id is set.
bool alarm_record_raise(StoreSession *session, Alarm *alarm, bool *ret_is_new,
                        Error *err) MUST_CHECK;
bool alarm_record_clear(StoreSession *session, const AlarmCase *what, Time now,
                        Error *err) MUST_CHECK;
// How many are open of a code; with `what` further: of that case (authorization NULL: any).
bool alarm_record_count_open(StoreSession *session, const char *code, const AlarmCase *what,
                             int64_t *ret, Error *err) MUST_CHECK;
// Write who acknowledged (alarm->id). Fails with ERROR_NOT_FOUND "alarm.unknown" and
// ERROR_CONFLICT "alarm.acknowledged".
bool alarm_record_acknowledge(StoreSession *session, const Alarm *alarm, Error *err) MUST_CHECK;
// Clear an alarm if its code is this one.
bool alarm_record_end(StoreSession *session, int64_t id, const char *code, Time now,
                      Error *err) MUST_CHECK;

#endif
