// SPDX-License-Identifier: Apache-2.0
//
// SHA-1, SHA-256, SHA-384 and SHA-512 where there is no libcrypto. Only public data is hashed with
// them.
#ifndef ASSENT_WASM_DIGEST_SHA_H
#define ASSENT_WASM_DIGEST_SHA_H

#include "base/crypto/digest.h"

// Source: FIPS 180-4 6.1.
void sha1_compute(Bytes message, uint8_t ret[SHA1_SIZE]);
// Source: FIPS 180-4 6.2.
void sha256_compute(Bytes message, uint8_t ret[SHA256_SIZE]);
// Source: FIPS 180-4 6.5, 6.4.
void sha384_compute(Bytes message, uint8_t ret[SHA384_SIZE]);
void sha512_compute(Bytes message, uint8_t ret[SHA512_SIZE]);

#endif
