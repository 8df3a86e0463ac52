// SPDX-License-Identifier: Apache-2.0
//
// Grant: with it the person lets a key that somebody else keeps for them sign exactly one thing,
// once, and soon. It is signed with the grant key, which is born with the kept key, lives in the
// person's terminal only and ends with it: who keeps the key, or carries messages, cannot make one.
//
//     {"digest": hex, "expires_at": RFC 3339, "key_id": text, "signature": base64 of DER}
//
// with an SM2 signature over
//     "assent-signing-grant/1" LF key_id LF digest LF expires_at
#ifndef ASSENT_DOMAIN_HOLDER_GRANT_H
#define ASSENT_DOMAIN_HOLDER_GRANT_H

#include "base/codec/json.h"
#include "base/core/time.h"
#include "base/crypto/signer.h"

enum { GRANT_KEY_ID_SIZE = 33 };

// How far a grant's end may lie ahead when it is used.
#define GRANT_MAX_LIFE (5 * TIME_MINUTE)

// The id of the kept key that belongs to a grant key: both sides compute it.
void grant_key_id(const Sm2PublicKey *grant_key, char ret[GRANT_KEY_ID_SIZE]);

typedef struct {
    Sm3Digest digest;  // SM3 of what may be signed
    Time expires_at;
} Grant;

// Sign a grant with the grant key. The caller owns the JSON. Fails as the signer does.
bool grant_sign(const Grant *grant, const Signer *grant_key, json_t **ret, Error *err) MUST_CHECK;
// Check that a grant allows the key of `grant_key` to sign what has this digest, now. Fails with
// ERROR_INPUT (malformed), ERROR_UNTRUSTED "grant.signature", "grant.other_key",
// "grant.other_digest", or ERROR_CONFLICT "grant.expired".
bool grant_check(const json_t *json, const Sm2PublicKey *grant_key, const Sm3Digest *digest,
                 Time now, Error *err) MUST_CHECK;

#endif
