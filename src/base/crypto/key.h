// SPDX-License-Identifier: Apache-2.0
//
// Key files: private keys as PKCS#8 in PEM.
#ifndef ASSENT_BASE_CRYPTO_KEY_H
#define ASSENT_BASE_CRYPTO_KEY_H

#include "base/crypto/sm2.h"

enum { KEY_PEM_MAX_SIZE = 8192 };

// Write a private key as a PKCS#8 PEM block with its public key. Appends to `ret`, which should be
// freed (it is wiped then). With an empty password it is unencrypted and openssl reads it.
// Otherwise it is encrypted with PBES2: PBKDF2 with HMAC-SM3 (1.2.156.10197.1.401.2) and SM4-CBC
// (1.2.156.10197.1.104.2); stock openssl does not know that PRF.
// Fails with ERROR_INTERNAL (no randomness, no memory) or ERROR_LIMIT (writer full).
// Source: RFC 5958 2, 3; RFC 5915 3; RFC 8018 6.2.
bool key_pem_encode(const Sm2PrivateKey *key, Bytes password, Random random, Writer *ret,
                    Error *err) MUST_CHECK;
// Read the first private key of a PEM text of at most KEY_PEM_MAX_SIZE bytes: what key_pem_encode
// writes, or openssl (`genpkey -algorithm SM2`, also with `-sm4-cbc`, PRF HMAC-SHA-256). The
// password is not looked at when the key is unencrypted. The caller frees *ret.
// Fails with ERROR_INPUT (malformed, not SM2, public key of another key) or ERROR_FORBIDDEN,
// code "key.password" (missing or wrong password).
bool key_pem_parse(Bytes pem, Bytes password, Sm2PrivateKey **ret, Error *err) MUST_CHECK;

#endif
