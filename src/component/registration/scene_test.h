// SPDX-License-Identifier: Apache-2.0
//
// A small world for the tests: C2 itself, a business system that applies, and stand-ins for C3
// and C5 that count what they are asked and fail when told to.
#ifndef ASSENT_COMPONENT_REGISTRATION_SCENE_TEST_H
#define ASSENT_COMPONENT_REGISTRATION_SCENE_TEST_H

#include "base/net/peer.h"
#include "component/registration/office.h"
#include "domain/identity/decision.h"
#include "domain/pki/certificate_template.h"

#define SCENE_START ((Time)1767225600 * TIME_SECOND)  // 2026-01-01
#define SCENE_HOLDER "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

typedef struct {
    Sm2PrivateKey *key;
    Signer signer;
    Bytes certificate;
} Party;

enum { SCENE_ISSUES_MAX = 8, SCENE_SUBMISSIONS_MAX = 8 };

// C3 as a stand-in. What it answered once, it answers again.
typedef struct {
    size_t calls;
    bool answer_is_lost;  // it issues, but nobody hears of it
    bool signs_as_stranger;
    bool names_somebody_else;
    bool answers_other_request;
    size_t count;
    const char *request_ids[SCENE_ISSUES_MAX];
    Bytes statements[SCENE_ISSUES_MAX];
    CertificationRequest last;
    size_t revocations;
    CertificationRevocation last_revocation;
    size_t handovers;
    CertificationHandover last_handover;
    const char
        *refuses;  // code with which it refuses to issue or to take a handover; NULL: it does not
} FakeCertifier;

// C5 as a stand-in.
typedef struct {
    bool is_down;
    bool gives_other_receipt;
    size_t calls;
    size_t count;  // different submissions
    Bytes submissions[SCENE_SUBMISSIONS_MAX];
} FakePreserver;

typedef struct {
    Arena *arena;
    Time now;
    Party root, issuing, business, other_business, certifier, office, stranger;
    Party holder;  // the person's key; no certificate before it is issued
    TrustStore *trust;
    Secret *field_key;
    Bytes applicants[2], certifiers[1];
    FakeCertifier certification;
    FakePreserver preservation;
    RegistrationConfig config;
    Registration *registration;
    Peer *peer;             // as role business, institution "bank"
    RegistrationPort port;  // with statements of the business system
    IdentityDecision decision;
} Scene;

Scene *scene_open(void);
void scene_start(Scene *scene);
void scene_stop(Scene *scene);
void scene_close(Scene *scene);

// Sign a payload as a statement of a party, now.
Bytes scene_state(Scene *scene, const Party *party, const char *type, Bytes payload);
// Make scene->decision anew, passed now, under this id.
void scene_identify(Scene *scene, const char *decision_id);
// Sign scene->decision as the party does.
Bytes scene_decision(Scene *scene, const Party *party);
// A certificate request of scene->holder, with this common name (NULL: none).
Bytes scene_csr(Scene *scene, const char *name);
// A fresh key for scene->holder.
void scene_new_key(Scene *scene);
// An application as a business system makes it after a passed identification.
RegistrationRequest scene_request(Scene *scene, const char *request_id);
// The statement of the holder's key that it is destroyed, by the certificate of the result.
Bytes scene_destruction(Scene *scene, Bytes certificate, Time destroyed_at);

// The stand-ins as ports.
CertificationPort scene_certification_port(FakeCertifier *certifier);
PreservationPort scene_preservation_port(FakePreserver *preserver);

#endif
