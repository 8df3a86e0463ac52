// SPDX-License-Identifier: Apache-2.0
//
// What the sealing service keeps of persons' keys. With records.c the only place with SQL.
#ifndef ASSENT_COMPONENT_SEALING_KEPT_KEY_RECORDS_H
#define ASSENT_COMPONENT_SEALING_KEPT_KEY_RECORDS_H

#include "base/core/arena.h"
#include "base/core/time.h"
#include "base/crypto/sm2.h"
#include "base/store/store.h"

// Texts and bytes that are read are in the arena; empty bytes: NULL.
typedef struct {
    const char *key_id, *institution, *request_id;
    Sm3Digest order_digest;
    uint8_t grant_key[SM2_POINT_SIZE];
    Bytes key, csr, certificate;  // sealed
    const char *state;            // "new", "certified", "used", "destroyed"
    Bytes signed_digest;
    Bytes answer;  // sealed
    Time created_at;
} KeptKeyRow;

bool kept_key_record_find(Store *store, const char *key_id, Arena *arena, bool *ret_found,
                          KeptKeyRow *ret, Error *err) MUST_CHECK;
// Fails with ERROR_CONFLICT "store.duplicate" when there is the key or the order.
bool kept_key_record_insert(Store *store, const KeptKeyRow *row, Error *err) MUST_CHECK;

// One change of state, which happens only from the state it is for: *ret_changed tells.
// "new" -> "certified".
bool kept_key_record_certify(Store *store, const char *key_id, Bytes certificate, bool *ret_changed,
                             Error *err) MUST_CHECK;
// "certified" -> "used": the key is gone and the answer kept, in one durable write.
typedef struct {
    const char *key_id;
    const Sm3Digest *signed_digest;
    Bytes answer;  // sealed
    Time now;
} KeptKeyEnd;
bool kept_key_record_use(Store *store, const KeptKeyEnd *end, bool *ret_changed,
                         Error *err) MUST_CHECK;
// "new" or "certified" -> "destroyed".
bool kept_key_record_destroy(Store *store, const char *key_id, Time now, bool *ret_changed,
                             Error *err) MUST_CHECK;
// Destroy all keys that were made before a time and not used.
bool kept_key_record_destroy_old(Store *store, Time before, Time now, int64_t *ret_count,
                                 Error *err) MUST_CHECK;

#endif
