// SPDX-License-Identifier: Apache-2.0
//
// A world for the life of certificates: the real C2 before the real C3, a bank that applies, two
// officers of the CA. A call from C2 to C3 can be lost before or after it took effect, and C2 is
// then opened again on its store.
#ifndef ASSENT_COMPONENT_JOURNEY_LIFE_WORLD_H
#define ASSENT_COMPONENT_JOURNEY_LIFE_WORLD_H

#include "component/journey/report_world.h"
#include "component/registration/registration.h"

typedef enum { LIFE_NO_CRASH, LIFE_CRASH_BEFORE, LIFE_CRASH_AFTER } LifeCrash;

typedef struct {
    ReportWorld reports;
    RegistrationConfig config;
    Registration *registration;
    Peer *bank, *staff, *anyone;
    RegistrationPort c2;   // as the bank
    CertificationPort c3;  // as C2, without crashes
    LifeCrash crash;       // of the next call from C2 to C3
    unsigned refused;      // calls that C3 refused since this was set to 0
    unsigned serial;       // of ids that are made
} LifeWorld;

void life_open(LifeWorld *life);
void life_close(LifeWorld *life);
// C2 crashes and comes back.
void life_restart_c2(LifeWorld *life);

// A decision of the bank about person number `person`, never made before.
Bytes life_decision(LifeWorld *life, int person);
// Have a certificate issued on a token, in place of `renews` ("": none). Repeatable under one id.
RegistrationRequest life_request(LifeWorld *life, int person, const char *renews);
// Salt that opens the name in the decisions about a person.
const char *life_holder_salt(LifeWorld *life, int person);

// Let one officer propose and another confirm; `more` is stolen.
bool life_control(LifeWorld *life, const char *action, const char *serial, json_t *more,
                  Error *err);
// The history of a certificate as C3 shows it; the caller owns it.
json_t *life_history(LifeWorld *life, const char *serial);
// C3's revocation list, verified.
Crl life_list(LifeWorld *life);

#endif
