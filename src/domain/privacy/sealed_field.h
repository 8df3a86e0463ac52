// SPDX-License-Identifier: Apache-2.0
//
// Sealed fields: one personal value encrypted at rest, bound to the place where it is stored, so
// that a ciphertext moved to another row, column or table does not open.
#ifndef ASSENT_DOMAIN_PRIVACY_SEALED_FIELD_H
#define ASSENT_DOMAIN_PRIVACY_SEALED_FIELD_H

#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/secret/random.h"
#include "base/secret/secret.h"

enum {
    SEALED_FIELD_OVERHEAD = 1 + 12 + 16,  // version || nonce || ciphertext || tag
    SEALED_FIELD_MAX_SIZE = 16 * 1024 * 1024,
};

// Where a value is stored.
typedef struct {
    const char *table;
    const char *column;
    const char *record_id;
} FieldPlace;

// Append the sealed form of `plaintext`.
//
// key  the system's own field key of 16 bytes; it serves no other purpose.
//
// SM4-GCM with a random 96-bit nonce; the place is the additional data. Fails with ERROR_INPUT
// (too long), ERROR_INTERNAL (wrong key size, no randomness, no memory).
// Source: JR/T 0299-2024 7.4, JR/T 0171-2020 6.1.3.
bool sealed_field_seal(const Secret *key, Random random, const FieldPlace *place, Bytes plaintext,
                       Writer *ret, Error *err) MUST_CHECK;
// Append the plaintext. Fails with ERROR_UNTRUSTED when key or place are others or a byte was
// changed; nothing is appended then.
bool sealed_field_open(const Secret *key, const FieldPlace *place, Bytes sealed, Writer *ret,
                       Error *err) MUST_CHECK;

#endif
