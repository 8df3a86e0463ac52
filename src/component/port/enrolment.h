// SPDX-License-Identifier: Apache-2.0
//
// What C1 asks of C2 for a person who applies by CMP with a tool of their own: a reference and a
// secret, under which that tool may ask for one certificate. Everything that an application (M1)
// says is said beforehand, but for the key, which the tool brings.
#ifndef ASSENT_COMPONENT_PORT_ENROLMENT_H
#define ASSENT_COMPONENT_PORT_ENROLMENT_H

#include "component/port/registration.h"

#define ENROLMENT_REQUEST_TYPE "assent.enrolment/1"

// The answer. In the arena.
typedef struct {
    const char *registration_id;  // of the registration that the application will become
    const char *reference;        // senderKID of the messages
    const char *secret;           // their shared secret: for the person alone, in no log
    Time expires_at;              // the application has to come before
} Enrolment;

// The payload of the request is that of a registration without "csr"
// (registration_request_parse_keyless).
json_t *enrolment_to_json(const Enrolment *enrolment);
bool enrolment_parse(Bytes body, Arena *arena, Enrolment *ret, Error *err) MUST_CHECK;

// Ask C2 (POST /v1/enrolments); request->csr is empty. Repeated with the same content, the same
// answer, as long as the secret has not been used. Fails as RegistrationPort.apply does, and with
// ERROR_CONFLICT "enrolment.used".
bool enrolment_ask(const RegistrationPort *port, const RegistrationRequest *request, Arena *arena,
                   Enrolment *ret, Error *err) MUST_CHECK;

#endif
