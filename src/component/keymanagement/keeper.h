// SPDX-License-Identifier: Apache-2.0
//
// The key management at work: what its files share.
#ifndef ASSENT_COMPONENT_KEYMANAGEMENT_KEEPER_H
#define ASSENT_COMPONENT_KEYMANAGEMENT_KEEPER_H

#include "component/keymanagement/keymanagement.h"
#include "component/keymanagement/records.h"
#include "component/port/key_management.h"
#include "component/port/partner.h"
#include "domain/privacy/sealed_field.h"

#define KEY_EVENT_TYPE "assent.key-event/1"

struct KeyManagement {
    KeyManagementConfig config;
    Service service;
    Store *store;
    Arena *arena;  // of what is loaded at start
    Partners certifiers, officers;
};

// Seal and open a value that is stored in this table and column, for this record.
bool keeper_seal(const KeyManagement *keeper, const FieldPlace *place, Bytes plain, Arena *arena,
                 Bytes *ret, Error *err) MUST_CHECK;
bool keeper_open(const KeyManagement *keeper, const FieldPlace *place, Bytes sealed, Arena *arena,
                 Bytes *ret, Error *err) MUST_CHECK;

// What is recorded of a deed.
typedef struct {
    const char *event;  // "made", "issued", "archived", "destroyed", "recovery_requested", ...
    const char *key_id;
    const char *actor;  // fingerprint of who asked, hex; "": the KM itself
    Sm3Digest subject;  // of the statement that it rests on, or of what was given out
} KeyEvent;

// Do a deed and record it, signed and linked to the event before, in one durable write. Fails as
// deed_record_do does with "keymanagement.raced", and as the signer does.
bool keeper_do(KeyManagement *keeper, Deed *deed, const KeyEvent *event, Arena *arena,
               Error *err) MUST_CHECK;

// Fingerprint of a certificate, hex. NULL on exhaustion.
const char *keeper_fingerprint(Arena *arena, const Certificate *certificate) MUST_CHECK;

// pairs.c
// Make a pair for the pool.
bool keeper_make(KeyManagement *keeper, Arena *arena, Error *err) MUST_CHECK;
// Open the private key of a pair; the caller frees it. Fails with ERROR_NOT_FOUND
// "keymanagement.destroyed" or as the device does.
bool keeper_take_key(const KeyManagement *keeper, const KeyPairRow *row, Arena *arena,
                     Sm2PrivateKey **ret, Error *err) MUST_CHECK;
RouteHandler keymanagement_handle_issue;
RouteHandler keymanagement_handle_archive;

// recovery.c
RouteHandler keymanagement_handle_recovery;
RouteHandler keymanagement_handle_recoveries;
RouteHandler keymanagement_handle_answer;
RouteHandler keymanagement_handle_events;

extern const Route keymanagement_routes[];
extern const size_t keymanagement_route_count;

#endif
