// SPDX-License-Identifier: Apache-2.0
//
// Public keys as files: SubjectPublicKeyInfo in PEM, as openssl writes them (`pkey -pubout`).
#ifndef ASSENT_BASE_CRYPTO_KEY_PUBLIC_H
#define ASSENT_BASE_CRYPTO_KEY_PUBLIC_H

#include "base/crypto/sm2.h"

enum { KEY_PUBLIC_PEM_MAX_SIZE = 1024 };

// Append one "PUBLIC KEY" block. Source: RFC 5480 2.
void key_public_pem_encode(const Sm2PublicKey *key, Writer *ret);
// Read the first "PUBLIC KEY" block of a text. Fails with ERROR_INPUT, code "key.public" (none,
// more than KEY_PUBLIC_PEM_MAX_SIZE bytes, not an uncompressed point of SM2), or ERROR_INTERNAL
// (memory).
bool key_public_pem_parse(Bytes pem, Sm2PublicKey *ret, Error *err) MUST_CHECK;

#endif
