// SPDX-License-Identifier: Apache-2.0
//
// The journey of one terminal through one authorization: its state between the steps.
#ifndef ASSENT_COMPONENT_TERMINAL_JOURNEY_H
#define ASSENT_COMPONENT_TERMINAL_JOURNEY_H

#include "base/codec/json.h"
#include "base/crypto/signer.h"
#include "component/terminal/terminal.h"
#include "domain/authorization/behaviour.h"
#include "domain/authorization/state.h"

typedef struct {
    const TerminalConfig *config;
    Arena *arena;
    AuthorizationState state;  // as C1 last said
    const char *authorization_id;
    Sm2PrivateKey *key;  // exists between the certificate step and its destruction
    Signer signer;
    Bytes certificate, encryption_certificate;
    Bytes agreement;  // the PDF that was shown
    Bytes to_be_signed;
    Behaviour behaviour;
    unsigned next_key;  // numbers the idempotency keys
    char run_id[RANDOM_UUID_SIZE];
} Journey;

// Call C1 with the session's token; repeats while it cannot be reached, with one idempotency
// key. `body` may be NULL (GET). The caller owns *ret.
bool journey_call(Journey *journey, const char *method, const char *target, const json_t *body,
                  json_t **ret, Error *err) MUST_CHECK;
// GET raw bytes.
bool journey_fetch(Journey *journey, const char *target, Bytes *ret, Error *err) MUST_CHECK;
// Note one event of the person's behaviour at the present time.
bool journey_note(Journey *journey, BehaviourKind kind, const char *item, int depth_percent,
                  Error *err) MUST_CHECK;
// Read a state name of C1 into the journey.
bool journey_take_state(Journey *journey, const char *name, Error *err) MUST_CHECK;
// Wipe and release the key. Harmless when there is none.
void journey_destroy_key(Journey *journey);

// Have the person's existing certificate sign C1's challenge; the caller owns *ret_reply.
bool journey_prove(Journey *journey, json_t **ret_reply, Error *err) MUST_CHECK;

// The steps that need more than a screen: see signing.c.
bool journey_certificate(Journey *journey, Error *err) MUST_CHECK;
bool journey_agreement(Journey *journey, Error *err) MUST_CHECK;
bool journey_activation(Journey *journey, Error *err) MUST_CHECK;
bool journey_signature(Journey *journey, Error *err) MUST_CHECK;

#endif
