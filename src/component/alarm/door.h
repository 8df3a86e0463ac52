// SPDX-License-Identifier: Apache-2.0
//
// What staff are told of alarms, and how they acknowledge one.
#ifndef ASSENT_COMPONENT_ALARM_DOOR_H
#define ASSENT_COMPONENT_ALARM_DOOR_H

#include "base/net/service.h"
#include "component/alarm/alarm.h"

// Answer GET /v1/alarms: {"alarms": [...], "watch": ...}. `watch` is stolen: by which limits the
// component watches, and what it measures.
bool alarm_handle_list(AlarmBoard *board, const ServiceRequest *request, json_t *watch,
                       ServiceResponse *response, Error *err) MUST_CHECK;
// Answer POST /v1/alarms/{index}/acknowledgement {"reason"}: somebody knows, by name and for this
// reason; it changes nothing of what is wrong. Who: role and name of the caller's certificate, and
// the account that its console states (X-Assent-Actor). Fails with ERROR_INPUT "alarm.actor",
// "alarm.reason", "json.field", ERROR_NOT_FOUND "alarm.unknown", ERROR_CONFLICT
// "alarm.acknowledged". Source: GB/T 22081-2016 9.2.3, 12.4.
bool alarm_handle_acknowledgement(AlarmBoard *board, const ServiceRequest *request,
                                  ServiceResponse *response, Error *err) MUST_CHECK;

#endif
