// SPDX-License-Identifier: Apache-2.0
//
// What the handlers of the sandbox share.
#ifndef ASSENT_COMPONENT_SANDBOX_PROVIDER_H
#define ASSENT_COMPONENT_SANDBOX_PROVIDER_H

#include <pthread.h>

#include "base/net/ntp_stand_in.h"
#include "component/sandbox/authority.h"
#include "component/sandbox/mailbox.h"
#include "component/sandbox/sandbox.h"
#include "component/sandbox/script.h"

enum { BUREAU_LOG_SIZE = 4096, BUREAU_ID_SIZE = 64 };

// One query that the bureau answered.
typedef struct {
    char query_id[BUREAU_ID_SIZE];
    char report_id[RANDOM_UUID_SIZE];
    char authorization_id[BUREAU_ID_SIZE];
    char id_number[24];
    char party[24];
    char purpose[4];
    Time at;
} BureauEntry;

struct Sandbox {
    SandboxConfig config;
    Service service;
    Arena *arena;  // holds the script
    Script script;
    Mailbox mailbox;
    NtpStandIn *time;  // NULL: none
    SandboxAuthority *authority;
    pthread_mutex_t bureau_lock;
    size_t bureau_count;  // ever; the ring holds the last BUREAU_LOG_SIZE
    BureauEntry bureau_log[BUREAU_LOG_SIZE];
};

extern const Route sandbox_routes[];
extern const size_t sandbox_route_count;

// The person with this number. An unlisted one of region 999999 is everybody's friend when the
// configuration says so: then *ret_unlisted is true and NULL is returned.
const ScriptPerson *sandbox_person(const Sandbox *sandbox, const char *id_number,
                                   bool *ret_unlisted);
// Text of a request's field; "" when it is missing or no text.
const char *request_text(const json_t *body, const char *key);
// Wait and fail as the script says. False with `err` set, or true; *ret_done when the response
// is already complete (garbage).
bool sandbox_misbehave(const Sandbox *sandbox, const ScriptAnswer *answer,
                       ServiceResponse *response, bool *ret_done, Error *err) MUST_CHECK;

RouteHandler sandbox_police, sandbox_agency, sandbox_face, sandbox_bank, sandbox_bank_code,
    sandbox_operator, sandbox_virtual_operator, sandbox_message, sandbox_inbox, sandbox_report,
    sandbox_report_log, sandbox_time, sandbox_ca_issue, sandbox_ca_status, sandbox_ca_get,
    sandbox_ca_behaviour;

#endif
