// SPDX-License-Identifier: Apache-2.0
//
// Person index: finds the records of a person without storing the ID number in the clear.
#ifndef ASSENT_DOMAIN_PRIVACY_PERSON_INDEX_H
#define ASSENT_DOMAIN_PRIVACY_PERSON_INDEX_H

#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/secret/secret.h"
#include "base/sm3/sm3.h"

// HMAC-SM3 over the digest of the normalised ID number (final x in upper case) under the
// system's own index key, so that two systems cannot join their records by it and a stolen
// table cannot be searched by trying all ID numbers.
// Fails with ERROR_INPUT unless the number has 17 digits and a digit or X.
bool person_index(const Secret *key, Bytes id_number, Sm3Digest *ret, Error *err) MUST_CHECK;
// The same for another identifier, kept apart by its kind, for example "phone" or "bank_card".
Sm3Digest identifier_index(const Secret *key, const char *kind, Bytes identifier);

#endif
