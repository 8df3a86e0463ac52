// SPDX-License-Identifier: Apache-2.0
//
// What the SM2 files share and the known-answer tests reach into. Nobody else includes this: a
// chosen nonce gives the private key away.
#ifndef ASSENT_BASE_CRYPTO_SM2_INTERNAL_H
#define ASSENT_BASE_CRYPTO_SM2_INTERNAL_H

#include <stdatomic.h>

#include "base/crypto/sm2.h"
#include "base/curve/curve.h"

struct Sm2PrivateKey {
    Scalar d;
    Scalar inverse_1_plus_d;  // Montgomery form
    Sm3Hmac nonce_hmac;       // started with d as key
    Sm2PublicKey public_key;
    Sm3Digest z;       // for the default ID
    atomic_uint uses;  // of signers in progress, see key_use.h
};

// How often to draw again before the random source is called broken; once is already a
// 2^-32 event.
enum { SM2_MAX_ATTEMPTS = 32 };

// Draw a scalar, 1 to n-1, without bias. Fails with ERROR_INTERNAL.
bool sm2_draw_scalar(Random random, Scalar *ret, Error *err) MUST_CHECK;
// The error for a source that is called broken. Returns false.
bool sm2_fail_random(Error *err);

// A private scalar and its public point.
typedef struct {
    Scalar d;
    CurvePoint point;
} Sm2KeyPair;

// Draw a key pair without the pairwise check, which sm2_key_generate adds: for measurements and
// for what makes ephemeral pairs. The caller wipes it. Fails with ERROR_INTERNAL.
bool sm2_key_pair_draw(Random random, Sm2KeyPair *ret, Error *err) MUST_CHECK;

// As sm2_verify_digest for a point that is on the curve, and without the tables of known keys.
bool sm2_verify_with_point(const CurvePoint *point, const Sm3Digest *e,
                           const Sm2Signature *signature);

// Sign with a given nonce. False when the nonce does not suit this digest (r or s would be 0), or
// is 0 itself.
bool sm2_sign_with_nonce(const Sm2PrivateKey *key, const Sm3Digest *e, const Scalar *k,
                         Sm2Signature *ret) MUST_CHECK;
// Encrypt with a given nonce. *ret_suits is false when the mask came out all zero.
bool sm2_encrypt_with_nonce(const Sm2PublicKey *key, const Scalar *k, Bytes plaintext, Writer *ret,
                            bool *ret_suits, Error *err) MUST_CHECK;

#endif
