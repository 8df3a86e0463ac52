// SPDX-License-Identifier: Apache-2.0
//
// Keys and signatures of other algorithms than SM2: RSA, ECDSA and Ed25519. Nothing of ours is made
// or taken with them; they are there to judge the certificates that others show. libcrypto
// computes; in a browser, where there is none, every one of them is unsupported.
#ifndef ASSENT_BASE_CRYPTO_FOREIGN_H
#define ASSENT_BASE_CRYPTO_FOREIGN_H

#include "base/core/bytes.h"
#include "base/core/error.h"

enum { FOREIGN_RSA_MIN_BITS = 2048, FOREIGN_RSA_MAX_BITS = 16384 };

// Check that a key may be relied on: RSA of 2048 to 16384 bits, whole octets, with an odd exponent
// above 1; P-256, P-384 or P-521 by name; Ed25519.
//
// key_info  a whole SubjectPublicKeyInfo.
//
// Fails with ERROR_INPUT "foreign.key" (malformed), ERROR_UNTRUSTED "foreign.weak_key",
// "foreign.unsupported".
// Source: RFC 3279 2.3; RFC 5480 2; RFC 8410 4.
bool foreign_key_check(Bytes key_info, Error *err) MUST_CHECK;

// Of these the kind alone, which is told in a browser too. Fails in the same way.
bool foreign_key_kind_check(Bytes key_info, Error *err) MUST_CHECK;

// Verify a signature over `message`.
//
// algorithm  a whole AlgorithmIdentifier: RSA PKCS#1 v1.5 or PSS, or ECDSA, with SHA-256, SHA-384
// or
//            SHA-512, or Ed25519.
// signature  as it stands in the BIT STRING.
//
// Fails with ERROR_UNTRUSTED "foreign.signature" when it does not hold, "foreign.weak_hash" (SHA-1,
// MD5), "foreign.unsupported", and as foreign_key_check does.
// Source: RFC 4055 5; RFC 5758 3.2; RFC 8410 6.
bool foreign_signature_verify(Bytes key_info, Bytes algorithm, Bytes signature, Bytes message,
                              Error *err) MUST_CHECK;

#endif
