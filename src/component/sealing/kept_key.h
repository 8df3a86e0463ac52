// SPDX-License-Identifier: Apache-2.0
//
// Persons' keys that the sealing service keeps: each is made for one authorization, signs once,
// what its person granted, and is destroyed. At rest it is in an envelope for the storage key,
// whose private half lies in a device and does nothing else: without the device no key here can be
// used.
#ifndef ASSENT_COMPONENT_SEALING_KEPT_KEY_H
#define ASSENT_COMPONENT_SEALING_KEPT_KEY_H

#include "base/codec/json.h"
#include "component/port/key_store.h"
#include "component/sealing/maker.h"

// A call of one institution; results are in the arena.
typedef struct {
    Sealing *sealing;
    const char *institution;
    Arena *arena;
} KeptKeyCall;

// Read an order for a key. Fails with ERROR_INPUT.
bool kept_key_order_parse(const json_t *json, Arena *arena, KeptKeyOrder *ret,
                          Error *err) MUST_CHECK;

// Make a key, or find the one that was made for this order; the request for its certificate. Fails
// with ERROR_UNAVAILABLE "key_store.none" without a storage key, ERROR_CONFLICT
// "key_store.order_changed" (another order under this request id, or another's grant key).
bool kept_key_create(const KeptKeyCall *call, const KeptKeyOrder *order, Bytes *ret_csr,
                     Error *err) MUST_CHECK;
// Take the certificate for a key. Fails with ERROR_NOT_FOUND "key_store.unknown", ERROR_UNTRUSTED
// "key_store.other_certificate" (another key or name), ERROR_CONFLICT "key_store.state", or as
// path_verify does.
bool kept_key_certify(const KeptKeyCall *call, const char *key_id, Bytes certificate,
                      Error *err) MUST_CHECK;
// Sign what the person granted, destroy the key, and state that with the key as its last act; only
// when that is durable is the signature given out. The same again gives the same answer. Fails as
// grant_check does, with ERROR_CONFLICT "key_store.used" (it signed something else),
// "key_store.state", or as the device does.
// Source: JR/T 0299-2024 4 d, 6.6.
bool kept_key_sign(const KeptKeyCall *call, const KeptKeyUse *use, KeptKeySignature *ret,
                   Error *err) MUST_CHECK;
// Destroy a key that is not needed. Harmless when it is gone.
bool kept_key_destroy(const KeptKeyCall *call, const char *key_id, Error *err) MUST_CHECK;

#endif
