// SPDX-License-Identifier: Apache-2.0
//
// SHA-1 and SHA-256 where there is no libcrypto. Only public data is hashed with them.
#ifndef ASSENT_WASM_DIGEST_SHA_H
#define ASSENT_WASM_DIGEST_SHA_H

#include "base/crypto/digest.h"

// Source: FIPS 180-4 6.1.
void sha1_compute(Bytes message, uint8_t ret[SHA1_SIZE]);
// Source: FIPS 180-4 6.2.
void sha256_compute(Bytes message, uint8_t ret[SHA256_SIZE]);

#endif
