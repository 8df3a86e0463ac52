// SPDX-License-Identifier: Apache-2.0
//
// A share of a CA's key as a file: JSON, sealed under its holder's passphrase. It says whose key it
// is part of, and how many are needed; nothing in it helps without the others.
#ifndef ASSENT_DOMAIN_CEREMONY_SHARE_H
#define ASSENT_DOMAIN_CEREMONY_SHARE_H

#include "base/core/arena.h"
#include "base/sm3/sm3.h"
#include "domain/ceremony/shamir.h"

enum { SHARE_MAX_SIZE = 4096, PASSPHRASE_MIN = 12, PASSPHRASE_MAX = 256 };

typedef struct {
    Sm3Digest root;  // SM3 of the root certificate's DER
    size_t threshold, count;
    ShamirShare share;
} KeyShare;

// Seal with PBKDF2 (HMAC-SM3) and SM4-GCM. Appends. Fails with ERROR_INPUT "share.passphrase"
// (too short or too long), ERROR_INTERNAL.
bool share_seal(const KeyShare *share, Bytes passphrase, Random random, Writer *ret,
                Error *err) MUST_CHECK;
// Open; the caller wipes *ret. Fails with ERROR_INPUT (malformed), ERROR_FORBIDDEN "share.sealed"
// (another passphrase, or changed).
bool share_open(Bytes text, Bytes passphrase, KeyShare *ret, Error *err) MUST_CHECK;
// Read who it is of without the passphrase: everything but the share's bytes.
bool share_peek(Bytes text, KeyShare *ret, Error *err) MUST_CHECK;

#endif
