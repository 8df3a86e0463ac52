// SPDX-License-Identifier: Apache-2.0
//
// What C1 watches of its own: evidence that waits, certificates that nobody signs with, clock, disk
// and store. What it keeps is hashed again by freezing.h.
#ifndef ASSENT_COMPONENT_BUSINESS_WATCHING_H
#define ASSENT_COMPONENT_BUSINESS_WATCHING_H

#include "component/business/work.h"

// Fill in what the configuration leaves open.
void watching_set_defaults(BusinessWatch *watch);
// One round; to be called every few seconds. Source: rules R16, R17.
bool watching_round(Business *business, Error *err) MUST_CHECK;
// Note the time of a stamp that was just obtained; true. What cannot be read is judged elsewhere.
bool watching_note_stamp(Business *business, Bytes token);
// Limits and what is measured, for GET /v1/alarms; the caller owns *ret.
bool watching_describe(Business *business, json_t **ret, Error *err) MUST_CHECK;

#endif
