// SPDX-License-Identifier: Apache-2.0
//
// Where the key of a person's certificate is (JR/T 0299-2024 4 d), and what the key states about
// itself after it signed: that it is destroyed, or which carrier it stays in.
#ifndef ASSENT_COMPONENT_BUSINESS_KEY_HOME_H
#define ASSENT_COMPONENT_BUSINESS_KEY_HOME_H

#include "component/business/work.h"
#include "domain/pki/trust.h"

#define KEY_HOME "key_home"  // an artifact for each application, under its number

typedef struct {
    const char *storage;         // STORAGE_* of component/port/registration.h
    const char *label, *serial;  // of a token, as it says them; else ""
    const char *key_id;          // of a key that the sealing service keeps; else ""
    Sm2PublicKey grant_key;      // of such a key, while it is applied for
    bool wants_pair;             // of a token: a second certificate, for encryption, too
    const char *renews;  // serial number of the certificate that this key's replaces; else ""
} KeyHome;

// True if the sealing service keeps the key.
bool key_home_is_kept(const KeyHome *home);

// Read "storage" (absent: terminal) of an application and, for a token, "carrier", for the sealing
// service "grant_key"; "pair" for a token; "renews". Texts are in the arena. Failures are the
// view's.
KeyHome key_home_parse(JsonView *view, Arena *arena);
bool key_home_put(Work *work, int64_t number, const KeyHome *home, Error *err) MUST_CHECK;
// The home that an application was made with.
bool key_home_get(Work *work, int64_t number, KeyHome *ret, Error *err) MUST_CHECK;
// The home of the newest application.
bool key_home_get_newest(Work *work, KeyHome *ret, Error *err) MUST_CHECK;
// "LABEL SERIAL" of a token, "" for other homes. NULL on exhaustion.
const char *key_home_carrier(const KeyHome *home, Arena *arena);

// Check the key's record: signed by the certified key, about this one signature, and of the kind
// that its home demands. Keeps it as the artifact "destruction" or "key_use". Fails with
// ERROR_UNTRUSTED "destruction.other_signature", "key_record.home", or as statement_verify does.
// Source: JR/T 0299-2024 6.6 a, c.
bool key_home_take_record(Work *work, Bytes record, const Sm3Digest *signed_digest,
                          const TrustStore *trust, Error *err) MUST_CHECK;

#endif
