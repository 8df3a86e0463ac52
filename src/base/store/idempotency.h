// SPDX-License-Identifier: Apache-2.0
//
// Idempotency: the answers that were given, so that a request repeated with the same key gets
// the same answer and has no second effect. Every store has the table.
//
// A handler looks with idempotency_find in a store_read before it works; when it writes, the
// same store_write first looks again (somebody may have been faster: then his answer is the
// answer, and the function writes nothing) and then keeps the answer beside the effect.
#ifndef ASSENT_BASE_STORE_IDEMPOTENCY_H
#define ASSENT_BASE_STORE_IDEMPOTENCY_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "base/store/store.h"

enum { IDEMPOTENCY_KEY_MAX = 128 };

typedef struct {
    const char *scope;     // who asks for what: "apply/<caller's certificate>"; never shared
    const char *key;       // the caller's own: 1 to IDEMPOTENCY_KEY_MAX characters 0x21 to 0x7e
    Bytes request_digest;  // of the whole request
} IdempotencyKey;

typedef struct {
    int status;      // HTTP status
    Bytes response;  // body, kept as it is: personal data in it is the caller's to seal
} IdempotencyAnswer;

// Find the answer given before; *ret_found tells whether there is one, which goes to the arena.
// Fails with ERROR_INPUT "idempotency.key" (not a key), ERROR_CONFLICT "idempotency.mismatch"
// (the same key came with another request), or as sql.h says.
bool idempotency_find(StoreSession *session, const IdempotencyKey *key, Arena *arena,
                      bool *ret_found, IdempotencyAnswer *ret, Error *err) MUST_CHECK;
// Keep an answer; `now` counts its age. Fails with ERROR_INPUT "idempotency.key",
// ERROR_CONFLICT "store.duplicate" when there is one already.
bool idempotency_keep(StoreSession *session, const IdempotencyKey *key,
                      const IdempotencyAnswer *answer, Time now, Error *err) MUST_CHECK;
// Forget the answers kept before a time.
bool idempotency_forget(StoreSession *session, Time before, Error *err) MUST_CHECK;

#endif
