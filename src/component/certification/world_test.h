// SPDX-License-Identifier: Apache-2.0
//
// A small world for the tests: a root, an issuing CA, C3 itself, two registration authorities.
#ifndef ASSENT_COMPONENT_CERTIFICATION_WORLD_TEST_H
#define ASSENT_COMPONENT_CERTIFICATION_WORLD_TEST_H

#include "base/net/peer.h"
#include "component/certification/authority.h"
#include "domain/pki/certificate_template.h"

#define WORLD_START ((Time)1767225600 * TIME_SECOND)  // 2026-01-01

typedef struct {
    Sm2PrivateKey *key;
    Signer signer;
    Bytes certificate;
} Party;

typedef struct {
    Arena *arena;
    Time now;
    Party root, issuing, authority, registrar, stranger;
    Secret *field_key, *index_key;
    Registrar registrars[2];  // the second is "second", with the authority's own certificate
    CertificationConfig config;
    Certification *certification;
    Peer *peer;              // as role registration, institution "ra-1"
    CertificationPort port;  // with statements of the registrar
} World;

World *world_open(void);
void world_start(World *world);
void world_stop(World *world);
void world_close(World *world);

// A certification request with a fresh key. Lives as long as the world.
CertificationRequest world_request(World *world, const char *request_id, const char *serial_number,
                                   const char *name);
// Issue for that request; fails the test when that fails.
CertificationResult world_issue(World *world, const CertificationRequest *request);
// An identity decision as a bank signs it; C3 takes it for the registrar's word.
Bytes world_decision(World *world, const char *id);
// Call any route in a role; the error of a refusal goes to err.
bool world_call(World *world, const char *role, const PeerRequest *request, PeerResponse *ret,
                Error *err) MUST_CHECK;

#endif
