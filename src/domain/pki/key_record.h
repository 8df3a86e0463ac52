// SPDX-License-Identifier: Apache-2.0
//
// Key record: what a person's key states about itself, as a statement that it signs (statement.h).
//
//     "assent.key-destruction/1"  {"destroyed_at", "signatures": 1, "signed_digest"}
//         its last act: it signed this once and is destroyed, wherever it was held in memory;
//     "assent.key-use/1"          {"carrier": {"label", "serial"}, "signed_digest", "used_at"}
//         it signed this and stays in its hardware carrier.
#ifndef ASSENT_DOMAIN_PKI_KEY_RECORD_H
#define ASSENT_DOMAIN_PKI_KEY_RECORD_H

#include "domain/pki/statement.h"

#define KEY_RECORD_DESTRUCTION "assent.key-destruction/1"
#define KEY_RECORD_USE "assent.key-use/1"

enum { KEY_RECORD_CARRIER_SIZE = 64 };

typedef struct {
    bool is_destroyed;
    Time at;
    Sm3Digest signed_digest;     // SM3 of the TBS_Sign
    const char *label, *serial;  // of the carrier that a key stays in; "" when it is destroyed
} KeyRecord;

// Have the key sign its record. Appends the statement. Fails as statement_sign does.
// Source: JR/T 0299-2024 6.6 a, c.
bool key_record_sign(const KeyRecord *record, Bytes certificate, const Signer *signer, Arena *arena,
                     Writer *ret, Error *err) MUST_CHECK;
// Read the payload of a statement of either type; who signed it, the caller has verified. Texts are
// in the arena. Fails with ERROR_INPUT "key_record.type" (another type), as json_parse does, or
// with ERROR_UNTRUSTED "key_record.signatures" when a destroyed key signed more than once.
bool key_record_parse(const Statement *statement, Arena *arena, KeyRecord *ret,
                      Error *err) MUST_CHECK;

#endif
