// SPDX-License-Identifier: Apache-2.0
//
// Key agreement on sm2p256v1: the key exchange of GB/T 32918.3-2016, in which both sides prove
// their keys and names, and plain ECDH, in which nobody proves anything.
#ifndef ASSENT_BASE_CRYPTO_SM2_EXCHANGE_H
#define ASSENT_BASE_CRYPTO_SM2_EXCHANGE_H

#include "base/crypto/sm2.h"

enum {
    SM2_EXCHANGE_KEY_MAX = 4096,  // bytes that one agreement may give
    SM2_SHARED_POINT_SIZE = 64,   // X || Y
};

// The initiator is A in the standard, the responder B.
typedef enum {
    SM2_INITIATOR,
    SM2_RESPONDER,
} Sm2Role;

// What one side knows, beside its key, when it has the other's ephemeral point. Everything is
// borrowed.
typedef struct {
    Sm2Role role;
    const Sm2PrivateKey *ephemeral;  // r, generated for this agreement and freed after it
    Bytes id;                        // at most 8191 bytes, like peer_id
    const Sm2PublicKey *peer_key;
    const Sm2PublicKey *peer_ephemeral;
    Bytes peer_id;
} Sm2Exchange;

// What each side may send to show that it has the same key.
typedef struct {
    Sm3Digest responder;  // SB, which the initiator compares with its S1
    Sm3Digest initiator;  // SA, which the responder compares with its S2
} Sm2Confirmation;

// Agree on `ret_len` bytes (1 to SM2_EXCHANGE_KEY_MAX) of key, and compute both confirmations, to
// be compared with secret_equal. The key is known to be shared only after the peer's has been
// compared. Fails with ERROR_INPUT (a wrong length, an ID that is too long, a peer's point off the
// curve) or ERROR_UNTRUSTED, code "sm2.exchange_infinity"; nothing is written then. The caller
// wipes ret_key. Source: GB/T 32918.3-2016 6.1.
bool sm2_exchange(const Sm2PrivateKey *key, const Sm2Exchange *exchange, uint8_t *ret_key,
                  size_t ret_len, Sm2Confirmation *ret, Error *err) MUST_CHECK;

// The point d P as X || Y; X alone is what SEC 1 3.3.1 and TLS call the shared secret. It is no key
// yet: derive one from it. Fails with ERROR_INPUT when P is not a point on the curve. The caller
// wipes `ret`. Both refuse in the error state (crypto_state.h).
bool sm2_ecdh(const Sm2PrivateKey *key, const Sm2PublicKey *peer,
              uint8_t ret[SM2_SHARED_POINT_SIZE], Error *err) MUST_CHECK;

#endif
