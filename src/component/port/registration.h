// SPDX-License-Identifier: Apache-2.0
//
// What C1 asks of C2: to register a person for a certificate (M1), and to close the registration
// once the key has been used and destroyed (which lets C2 deposit M7).
#ifndef ASSENT_COMPONENT_PORT_REGISTRATION_H
#define ASSENT_COMPONENT_PORT_REGISTRATION_H

#include "base/codec/json.h"
#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "base/net/peer.h"
#include "base/sm3/sm3.h"
#include "component/port/institution.h"

enum { REGISTRATION_MAX_CHAIN = 4 };

// Statement types of the messages, each signed by its sender.
#define REGISTRATION_REQUEST_TYPE "assent.registration/1"
#define REGISTRATION_COMPLETION_TYPE "assent.registration-completion/1"
#define REGISTRATION_STATUS_TYPE "assent.registration-status/1"

// Where the certificate and its key are kept. Source: JR/T 0299-2024 4 d.
#define STORAGE_TERMINAL "terminal"  // C4: a scenario key in memory, or its module
#define STORAGE_SEALING "sealing"    // C1's associated signing service
#define STORAGE_TOKEN "token"        // a hardware token

// M1. All text is UTF-8 without control characters. Borrowed by the call.
typedef struct {
    const char *request_id;  // repeated with the same content, gives the same answer
    const char *authorization_id;
    Bytes decision;            // the signed identity decision, a statement
    Bytes csr;                 // PKCS#10 DER, made where the key is
    const char *holder_name;   // becomes the certificate's common name
    const char *holder_salt;   // opens the decision's commitment to the name (hex)
    const char *holder_index;  // C1's stable pseudonym of the person (hex): one subject each
    const char *notice_id;     // the certificate-application notice that was shown
    const char *notice_version;
    Sm3Digest notice_digest;
    Time notice_acknowledged_at;
    const char *storage;  // one of STORAGE_*
    Sm3Digest scenario;   // digest of what the certificate is for; goes into it
    // Optional from here on: NULL or "" is left out.
    const char *carrier_serial;  // of a hardware token: its label and serial number
    const char *renews;          // serial number (hex) of the person's certificate to be replaced
    Bytes number_commitment;     // SM3 of salt and personal number (number_commitment.h)
    const char *person_number;   // only where C3's profile puts it into the certificate
    bool wants_pair;             // a second certificate, for encryption, too
} RegistrationRequest;

// The answer to M1. In the arena.
typedef struct {
    const char *registration_id;
    Bytes certificate;                    // DER
    Bytes chain[REGISTRATION_MAX_CHAIN];  // DER, issuer first, without the root
    size_t chain_count;
    Bytes issue_statement;  // C3's signed record of the issue
    // Of a pair: both certificates and the encryption key, which only the signing key opens, as DER
    // of a CSRResponse (GM/T 0092-2020); empty: one certificate.
    Bytes csr_response;
} RegistrationResult;

// After M5. Borrowed by the call.
typedef struct {
    const char *registration_id;
    Time delivered_at;
    Bytes destruction;     // the signed record that the key was destroyed; may be empty
    const char *mode;      // "staged" or "batch"
    const char *previous;  // hex digest of the M6 deposit, or "" when it is not known
    Time accepted_at;  // the holder confirmed the certificate; 0: its use tells, or nothing does
} RegistrationCompletion;

// A change of the certificate's status: loss reported, suspicion, resumption. Borrowed by the call.
// Source: JR/T 0299-2024 6.5; Electronic Signature Law 15.
typedef struct {
    const char *registration_id;
    const char *request_id;     // repeated with the same content, it is made once
    int reason;                 // RFC 5280 5.3.1; 6 suspends, 8 resumes
    const char *justification;  // for the record, no personal data
    Bytes decision;             // to resume: a fresh identity decision; else empty
    const char *holder_salt;    // opens that decision's commitment to the name (hex), or ""
    // Optional from here on: NULL or "" is left out.
    const char *requester;  // "holder", "registrar" (the institution) or "risk" ["holder" resumes,
                            // else "registrar"]
    const char *incident;   // to resume: how the incident of the risk engine was closed
    Bytes evidence;         // what the request rests on; to resume that is the decision
    // To resume by a decision that was made for another authorization: which, and whose it is.
    const char *identified_in;
    const char *holder_index;  // as in the registration: the same person
} RegistrationStatusChange;

typedef struct RegistrationPort RegistrationPort;
struct RegistrationPort {
    // Fails with INPUT, FORBIDDEN (decision not valid for this), CONFLICT (decision used, other
    // content under one request_id), UNTRUSTED, UNAVAILABLE.
    bool (*apply)(const RegistrationPort *port, const RegistrationRequest *request, Arena *arena,
                  RegistrationResult *ret, Error *err);
    // Have M7 deposited; ret_receipt is C5's receipt for it, in the arena. Repeatable.
    bool (*complete)(const RegistrationPort *port, const RegistrationCompletion *completion,
                     Arena *arena, Bytes *ret_receipt, Error *err);
    Peer *peer;
    Institution institution;
    // Have the status of the certificate changed by C3. Repeatable. Fails with NOT_FOUND,
    // FORBIDDEN (no fresh decision to resume), CONFLICT (not possible in this state).
    bool (*change_status)(const RegistrationPort *port, const RegistrationStatusChange *change,
                          Arena *arena, Error *err);
    // The statement that C2 submitted as M7, in the arena, for case files. NULL: not to be had.
    // Fails with NOT_FOUND, CONFLICT "registration.not_completed", UNAVAILABLE.
    bool (*submission)(const RegistrationPort *port, const char *registration_id, Arena *arena,
                       Bytes *ret, Error *err);
};

// A port that asks a peer with statements of `institution` (POST /v1/registrations, POST
// /v1/registrations/{id}/completion, .../status, GET .../submission). Borrows the peer.
RegistrationPort registration_port_of_peer(Peer *peer, Institution institution);

// Payloads and replies as JSON. Parsing is strict; results are in the arena.
json_t *registration_request_to_json(const RegistrationRequest *request);
bool registration_request_parse(Bytes payload, Arena *arena, RegistrationRequest *ret,
                                Error *err) MUST_CHECK;
// The same of an application whose key is yet to come (enrolment.h): without a csr.
bool registration_request_parse_keyless(Bytes payload, Arena *arena, RegistrationRequest *ret,
                                        Error *err) MUST_CHECK;
json_t *registration_result_to_json(const RegistrationResult *result);
bool registration_result_parse(Bytes body, Arena *arena, RegistrationResult *ret,
                               Error *err) MUST_CHECK;
json_t *registration_completion_to_json(const RegistrationCompletion *completion);
bool registration_completion_parse(Bytes payload, Arena *arena, RegistrationCompletion *ret,
                                   Error *err) MUST_CHECK;
json_t *registration_status_to_json(const RegistrationStatusChange *change);
bool registration_status_parse(Bytes payload, Arena *arena, RegistrationStatusChange *ret,
                               Error *err) MUST_CHECK;

#endif
