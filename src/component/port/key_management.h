// SPDX-License-Identifier: Apache-2.0
//
// What C3 asks of the key management (KM): an encryption key pair for a person whose signing
// certificate it issued, enveloped so that only that person opens it; and to archive one. And what
// officers of the KM state to recover one.
#ifndef ASSENT_COMPONENT_PORT_KEY_MANAGEMENT_H
#define ASSENT_COMPONENT_PORT_KEY_MANAGEMENT_H

#include "base/codec/json.h"
#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "base/crypto/sm2.h"
#include "component/port/institution.h"

// Statement types. C3's, and the KM's answer to the first:
#define KEY_PAIR_REQUEST_TYPE "assent.key-pair-request/1"
#define KEY_PAIR_TYPE "assent.key-pair/1"
#define KEY_PAIR_ARCHIVE_TYPE "assent.key-pair-archive/1"
// Two officers', and the KM's record of what came of it:
#define KEY_RECOVERY_TYPE "assent.key-recovery/1"
#define KEY_RECOVERY_ANSWER_TYPE "assent.key-recovery-answer/1"
#define KEY_RECOVERY_RECORD_TYPE "assent.key-recovery-record/1"

enum { KEY_MANAGEMENT_TEXT_SIZE = 400 };

// Borrowed by the call.
typedef struct {
    const char *request_id;     // repeated with the same content, gives the same pair
    Bytes signing_certificate;  // DER: whose key opens the envelope
} KeyPairRequest;

// In the arena.
typedef struct {
    const char *request_id;
    const char *key_id;
    Sm2PublicKey public_key;
    Bytes enveloped_key;  // DER of SM2EnvelopedKey, for the signing key
    Time issued_at;
} KeyPairResult;

// Who is to get a recovered key.
#define KEY_RECIPIENT_HOLDER "holder"  // by a signing certificate that is valid now
#define KEY_RECIPIENT_JUDICIAL \
    "judicial"  // an encryption certificate that the KM's operator listed

// What one officer asks for, and another confirms or refuses. Texts hold no personal data.
typedef struct {
    const char *request_id;
    const char *key_id;
    const char *legal_ground;  // the provision, or the order
    const char *reference;     // of the case or the person's application
    const char *recipient;     // KEY_RECIPIENT_*
    Bytes recipient_certificate;
} KeyRecovery;

typedef struct {
    const char *request_id;
    Sm3Digest request_digest;  // of the payload that is confirmed
    bool is_confirmed;
} KeyRecoveryAnswer;

typedef struct KeyManagementPort KeyManagementPort;
struct KeyManagementPort {
    // Have a pair issued; *ret_statement is the KM's (KEY_PAIR_TYPE) whose payload is *ret. The
    // caller verifies it. Fails with INPUT, FORBIDDEN, UNTRUSTED (certificate), CONFLICT,
    // UNAVAILABLE.
    bool (*issue)(const KeyManagementPort *port, const KeyPairRequest *request, Arena *arena,
                  Bytes *ret_statement, Error *err);
    // The certificate of the pair has ended: its key is only kept for recovery from now on.
    // Repeatable. Fails with NOT_FOUND, UNAVAILABLE.
    bool (*archive)(const KeyManagementPort *port, const char *key_id, Arena *arena, Error *err);
    Peer *peer;
    Institution institution;
};

// A port that asks a peer with statements of `institution` (POST /v1/pairs,
// /v1/pairs/{id}/archive). Borrows the peer.
KeyManagementPort key_management_port_of_peer(Peer *peer, Institution institution);

// Payloads as JSON. Parsing is strict; results are in the arena.
json_t *key_pair_request_to_json(const KeyPairRequest *request);
bool key_pair_request_parse(Bytes payload, Arena *arena, KeyPairRequest *ret,
                            Error *err) MUST_CHECK;
json_t *key_pair_result_to_json(const KeyPairResult *result);
bool key_pair_result_parse(Bytes payload, Arena *arena, KeyPairResult *ret, Error *err) MUST_CHECK;
json_t *key_recovery_to_json(const KeyRecovery *recovery);
bool key_recovery_parse(Bytes payload, Arena *arena, KeyRecovery *ret, Error *err) MUST_CHECK;
json_t *key_recovery_answer_to_json(const KeyRecoveryAnswer *answer);
bool key_recovery_answer_parse(Bytes payload, Arena *arena, KeyRecoveryAnswer *ret,
                               Error *err) MUST_CHECK;

#endif
