// SPDX-License-Identifier: Apache-2.0
#include "component/keymanagement/keeper.h"
#include "component/port/message.h"

// The key management's own staff: they hand in what officers signed, and look.
#define STAFF "keymanagement_operator"

const Route keymanagement_routes[] = {
    {"POST", "/v1/pairs", {"certification"}, MESSAGE_STATEMENT_SIZE, keymanagement_handle_issue},
    {"POST",
     "/v1/pairs/{id}/archive",
     {"certification"},
     MESSAGE_STATEMENT_SIZE,
     keymanagement_handle_archive},
    {"POST", "/v1/recoveries", {STAFF}, MESSAGE_STATEMENT_SIZE, keymanagement_handle_recovery},
    {"GET", "/v1/recoveries", {STAFF}, 0, keymanagement_handle_recoveries},
    {"POST",
     "/v1/recoveries/{id}/answer",
     {STAFF},
     MESSAGE_STATEMENT_SIZE,
     keymanagement_handle_answer},
    {"GET", "/v1/events", {STAFF}, 0, keymanagement_handle_events},
};
const size_t keymanagement_route_count = COUNT_OF(keymanagement_routes);
