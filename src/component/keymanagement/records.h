// SPDX-License-Identifier: Apache-2.0
//
// What the key management keeps. The only place with SQL.
#ifndef ASSENT_COMPONENT_KEYMANAGEMENT_RECORDS_H
#define ASSENT_COMPONENT_KEYMANAGEMENT_RECORDS_H

#include "base/core/arena.h"
#include "base/core/time.h"
#include "base/crypto/sm2.h"
#include "base/store/store.h"

enum { KEYMANAGEMENT_SCHEMA_VERSION = 1 };

// Texts and bytes that are read are in the arena; NULL and empty bytes: nothing there.
typedef struct {
    const char *key_id;
    const char *state;  // "pool", "issued", "archived", "destroyed"
    uint8_t public_key[SM2_POINT_SIZE];
    Bytes key;  // sealed
    const char *institution, *request_id;
    Bytes request_digest;
    Bytes certificate, answer;  // sealed
    Time created_at;
} KeyPairRow;

// By key id, or by what an institution asked for; without one ret->key_id is NULL.
bool key_pair_record_find(Store *store, const char *key_id, Arena *arena, KeyPairRow *ret,
                          Error *err) MUST_CHECK;
bool key_pair_record_find_request(Store *store, const char *institution, const char *request_id,
                                  Arena *arena, KeyPairRow *ret, Error *err) MUST_CHECK;
// The oldest of the pool; without one ret->key_id is NULL.
bool key_pair_record_find_pooled(Store *store, Arena *arena, KeyPairRow *ret,
                                 Error *err) MUST_CHECK;
bool key_pair_record_count_pooled(Store *store, int64_t *ret, Error *err) MUST_CHECK;
// The oldest that was archived before a time; without one ret->key_id is NULL.
bool key_pair_record_find_archived(Store *store, Time before, Arena *arena, KeyPairRow *ret,
                                   Error *err) MUST_CHECK;

typedef struct {
    const char *request_id, *key_id;
    const char *state;  // "pending", "delivered", "refused"
    Sm3Digest request_digest;
    const char *requested_by, *answered_by;  // fingerprints of the officers' certificates, hex
    Bytes request, statement, answer;        // sealed
    Time created_at, ended_at;
} RecoveryRow;

bool recovery_record_find(Store *store, const char *request_id, Arena *arena, RecoveryRow *ret,
                          Error *err) MUST_CHECK;
// The newest, at most `max`; *ret_count tells how many.
bool recovery_record_list(Store *store, Arena *arena, RecoveryRow *ret, size_t max,
                          size_t *ret_count, Error *err) MUST_CHECK;

// One event, already signed, with its place in the row of events.
typedef struct {
    int64_t id;
    const char *key_id;
    Bytes statement;  // sealed
    Time created_at;
} EventRow;

// The last event; id 0 when there is none.
bool event_record_last(Store *store, Arena *arena, EventRow *ret, Error *err) MUST_CHECK;
// Events after `id`, oldest first, at most `max`.
bool event_record_list(Store *store, int64_t after, Arena *arena, EventRow *ret, size_t max,
                       size_t *ret_count, Error *err) MUST_CHECK;

// A deed and the event that records it, in one durable write. Fails with ERROR_CONFLICT
// "store.duplicate" when another event took the place meanwhile, and "keymanagement.raced" when the
// row was not in the state that the deed is for: nothing was written then.
typedef enum {
    DEED_POOL,     // insert `pair` into the pool
    DEED_ISSUE,    // "pool" -> "issued", with the request, certificate and answer of `pair`
    DEED_ARCHIVE,  // "issued" -> "archived"
    DEED_DESTROY,  // "archived" -> "destroyed"
    DEED_REQUEST,  // insert `recovery`
    DEED_ANSWER,   // "pending" -> recovery->state
} DeedKind;

typedef struct {
    DeedKind kind;
    const KeyPairRow *pair;
    const RecoveryRow *recovery;
    EventRow event;
} Deed;

bool deed_record_do(Store *store, const Deed *deed, Error *err) MUST_CHECK;

#endif
