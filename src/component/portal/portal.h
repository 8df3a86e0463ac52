// SPDX-License-Identifier: Apache-2.0
//
// An institution's door for browsers. The bank's has the pages, the person's terminal (C4) behind a
// link that works on one device, and the staff's console behind a log-in; the CA's and the evidence
// provider's have their staff's pages behind a log-in of their own. It keeps no business of its
// own: what is asked goes on to the system behind it, C1 (as "terminal" or "operator"), C3 or C5,
// which decides.
#ifndef ASSENT_COMPONENT_PORTAL_PORTAL_H
#define ASSENT_COMPONENT_PORTAL_PORTAL_H

#include "base/core/time.h"
#include "base/net/peer.h"
#include "base/net/service.h"
#include "base/secret/random.h"
#include "base/secret/secret.h"

typedef struct Portal Portal;

// Whose door it is: which pages and routes there are.
typedef enum { PORTAL_BUSINESS, PORTAL_CERTIFICATION, PORTAL_PRESERVATION } PortalInstitution;

// Everything is borrowed until portal_stop. What is said to be the bank's is NULL for the others.
typedef struct {
    PortalInstitution institution;
    const char *pages;        // directory of the static files; read whole at start
    const char *trust;        // the bank's: anchors and lists, offered to the public verifier
    Peer *terminal;           // the bank's: C1, called as "terminal"
    Peer *operator;           // the system behind, called as its institution's staff
    Peer *sandbox;            // the bank's: the stand-ins, in a sandbox; NULL everywhere else
    bool is_sandbox;          // one-time codes of staff are shown
    const char *store_path;   // the bank's
    const Secret *field_key;  // the bank's: 16 bytes, seals the tokens of persons' sessions
    Bytes staff;              // JSON, see staff.h; empty: nobody can log in
    Time session_idle;        // a console session ends without a request [15 min]
    Time session_age;         // and in any case after this [8 h]
    Random random;
    Clock clock;
} PortalConfig;

// Fails with ERROR_INPUT "portal.pages", "portal.staff", or as the store does.
bool portal_start(const PortalConfig *config, Portal **ret, Error *err) MUST_CHECK;
// No request may be running. NULL is harmless.
void portal_stop(Portal *portal);
// The routes. Lives as long as the portal.
const Service *portal_service(const Portal *portal);
// OpenAPI description, JSON.
Bytes portal_openapi(void);

// One more member of staff, as JSON for the configuration: a fresh salted PBKDF2-HMAC-SM3 of the
// password, a fresh secret for one-time codes. *ret_otp is the otpauth:// URI that an
// authenticator app takes. Fails with ERROR_INPUT (user, role or a password under 12 characters).
typedef struct {
    const char *user;      // "li.officer", ASCII
    const char *name;      // shown: "李专员"
    const char *role;      // "officer" or "auditor"
    const char *password;  // secret
} PortalStaff;
bool portal_staff_create(const PortalStaff *staff, Random random, Arena *arena, json_t **ret,
                         const char **ret_otp, Error *err) MUST_CHECK;

#endif
