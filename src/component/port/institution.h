// SPDX-License-Identifier: Apache-2.0
//
// Institution: with which key one component signs what it tells the others.
#ifndef ASSENT_COMPONENT_PORT_INSTITUTION_H
#define ASSENT_COMPONENT_PORT_INSTITUTION_H

#include "base/codec/json.h"
#include "base/core/arena.h"
#include "base/core/time.h"
#include "base/crypto/signer.h"
#include "base/net/peer.h"

// A component's own identity for statements. Borrowed parts, used by many threads.
typedef struct {
    const Signer *signer;
    Bytes certificate;  // DER
    Clock clock;
} Institution;

// Sign the canonical text of `payload` (borrowed) as a statement of this type, in the arena.
bool institution_state(const Institution *institution, const char *type, const json_t *payload,
                       Arena *arena, Bytes *ret, Error *err) MUST_CHECK;

// What one component asks of another in the name of its institution.
typedef struct {
    const Institution *institution;
    Peer *peer;
    const char *whom;  // in errors: "asking the certification authority"
    const char *type;  // of the statement
    const json_t *payload;
} InstitutionCall;

// State the payload and POST the statement; `request` brings the target and an idempotency key, its
// other members are set here. Fails as institution_state and peer_call do.
bool institution_call(const InstitutionCall *call, PeerRequest *request, Arena *arena,
                      PeerResponse *ret, Error *err) MUST_CHECK;

#endif
