// SPDX-License-Identifier: Apache-2.0
//
// PBKDF2 (RFC 8018 5.2): keys from passwords, of key files and of MACs under shared secrets.
#ifndef ASSENT_BASE_CRYPTO_PBKDF2_H
#define ASSENT_BASE_CRYPTO_PBKDF2_H

#include <stdint.h>

#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"

typedef enum {
    PBKDF2_HMAC_SM3,
    PBKDF2_HMAC_SHA256,
} Pbkdf2Prf;

enum { PBKDF2_MAX_ITERATIONS = 1000000 };

// Derive ret_len bytes. Fails with ERROR_INPUT when iterations is not in 1 to
// PBKDF2_MAX_ITERATIONS (a file must not keep us busy for long), ERROR_INTERNAL when libcrypto
// does.
bool pbkdf2_derive(Pbkdf2Prf prf, Bytes password, Bytes salt, uint64_t iterations, uint8_t *ret,
                   size_t ret_len, Error *err) MUST_CHECK;

#endif
