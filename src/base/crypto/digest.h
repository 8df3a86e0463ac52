// SPDX-License-Identifier: Apache-2.0
//
// The foreign digests that formats still ask for: SHA-1 in key identifiers and old CertIDs,
// SHA-256 in time stamps and files from elsewhere, SHA-384 and SHA-512 in CertIDs of others.
// Nothing of ours is signed over them.
#ifndef ASSENT_BASE_CRYPTO_DIGEST_H
#define ASSENT_BASE_CRYPTO_DIGEST_H

#include <stdint.h>

#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"

enum { SHA1_SIZE = 20, SHA256_SIZE = 32, SHA384_SIZE = 48, SHA512_SIZE = 64 };

// Hash one message. Fail with ERROR_INTERNAL when libcrypto does.
bool sha1_digest(Bytes message, uint8_t ret[SHA1_SIZE], Error *err) MUST_CHECK;
bool sha256_digest(Bytes message, uint8_t ret[SHA256_SIZE], Error *err) MUST_CHECK;
bool sha384_digest(Bytes message, uint8_t ret[SHA384_SIZE], Error *err) MUST_CHECK;
bool sha512_digest(Bytes message, uint8_t ret[SHA512_SIZE], Error *err) MUST_CHECK;

#endif
