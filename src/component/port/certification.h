// SPDX-License-Identifier: Apache-2.0
//
// What C2 asks of C3: to issue a certificate (M2, M3) and to change its status.
#ifndef ASSENT_COMPONENT_PORT_CERTIFICATION_H
#define ASSENT_COMPONENT_PORT_CERTIFICATION_H

#include "base/codec/json.h"
#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "base/net/peer.h"
#include "base/sm3/sm3.h"
#include "component/port/institution.h"

enum { CERTIFICATION_MAX_CHAIN = 4 };

#define CERTIFICATION_REQUEST_TYPE "assent.certificate-request/1"
#define CERTIFICATION_ISSUED_TYPE "assent.certificate-issued/1"
#define CERTIFICATION_REVOCATION_TYPE "assent.certificate-revocation/1"
#define CERTIFICATION_HANDOVER_TYPE "assent.certificate-handover/1"

// M2. Borrowed by the call.
typedef struct {
    const char *request_id;     // C2's registration id: repeated, it gives the same certificate
    const char *profile;        // name of a certificate profile of C3, for example "scenario"
    Bytes csr;                  // PKCS#10 DER
    const char *common_name;    // the natural person's name, JR/T 0299-2024 6.2 b
    const char *serial_number;  // subject serialNumber: one per person, never the ID number
    Sm3Digest scenario;
    Sm3Digest decision;      // digest of the identity decision statement
    Sm3Digest registration;  // digest of C1's registration statement
    Sm3Digest notice;        // digest of the notice text
    // Optional from here on: NULL or "" is left out.
    const char *carrier;         // where the key lies: one of STORAGE_* of port/registration.h
    const char *carrier_serial;  // of the hardware
    const char *renews;          // serial number (hex) of the certificate that this one replaces
    // The person's secret for the log of issues (domain/evidence/issuance.h), always the same one
    // for a subject; empty: C3 makes one that nobody is told.
    Bytes holder_secret;
    Bytes number_commitment;    // SM3 of salt and personal number (number_commitment.h)
    const char *person_number;  // only for profiles that put it into the certificate
} CertificationRequest;

// M3: what C3 states about an issue. In the arena.
typedef struct {
    const char *request_id;
    Bytes certificate;
    Bytes chain[CERTIFICATION_MAX_CHAIN];  // DER, issuer first, without the root
    size_t chain_count;
    const char *profile;
    const char *policy_oid;  // dotted
    const char *cps_uri;
    const char *cps_version;
    Sm3Digest cps_digest;
    Time issued_at;
    // That the issue is in the evidence log, and what opens the entry's commitment for who has the
    // certificate. Empty and zero when C3 logs nothing.
    Bytes receipt;
    Sm3Digest salt;
    Bytes encryption_certificate;  // of a pair, DER; empty: there is none
} CertificationResult;

// A change of status. Borrowed by the call.
typedef struct {
    const char *serial_hex;
    int reason;  // RFC 5280 5.3.1; 6 suspends, 8 resumes
    const char *request_id;
    const char *justification;  // for the record, no personal data
    // Optional from here on: NULL or "" is left out.
    const char *requester;  // "holder", "registrar" or "risk" [who has to ask: "holder" resumes]
    const char *incident;   // to resume: how the risk engine's incident was closed
    Bytes evidence;         // what the request rests on, for example an identity decision
} CertificationRevocation;

enum { CERTIFICATION_EVIDENCE_SIZE = 64 * 1024 };

// That a certificate reached its holder, and was accepted. Borrowed by the call.
typedef struct {
    const char *serial_hex;
    const char *request_id;
    Time delivered_at;
    Time accepted_at;    // 0: not yet
    const char *manner;  // how it was accepted: "first_use", "confirmation"; "": it was not yet
} CertificationHandover;

typedef struct CertificationPort CertificationPort;
struct CertificationPort {
    // ret_statement is C3's signed statement (CERTIFICATION_ISSUED_TYPE) whose payload is *ret.
    bool (*issue)(const CertificationPort *port, const CertificationRequest *request, Arena *arena,
                  CertificationResult *ret, Bytes *ret_statement, Error *err);
    bool (*revoke)(const CertificationPort *port, const CertificationRevocation *revocation,
                   Arena *arena, Error *err);
    Peer *peer;
    Institution institution;
    // Tell of the delivery and of the acceptance. Repeatable. Fails with NOT_FOUND, FORBIDDEN,
    // CONFLICT "certificate.state" when the certificate has ended meanwhile.
    bool (*hand_over)(const CertificationPort *port, const CertificationHandover *handover,
                      Arena *arena, Error *err);
    const void *state;  // of the port, when it is no peer that speaks as C3 does
    // The encryption key of a pair, by the signing certificate: SM2EnvelopedKey (DER) for the
    // signing key, in the arena. NULL: not to be had. Fails with NOT_FOUND "certificate.no_pair".
    bool (*enveloped_key)(const CertificationPort *port, const char *serial_hex, Arena *arena,
                          Bytes *ret, Error *err);
};

// A port that asks a peer with statements of `institution` (POST /v1/certificates, POST
// /v1/certificates/{serial}/status and .../handover). Borrows the peer.
CertificationPort certification_port_of_peer(Peer *peer, Institution institution);

json_t *certification_request_to_json(const CertificationRequest *request);
bool certification_request_parse(Bytes payload, Arena *arena, CertificationRequest *ret,
                                 Error *err) MUST_CHECK;
json_t *certification_result_to_json(const CertificationResult *result);
// Append the canonical text of what certification_result_to_json gives, without building it. Fails
// as json_write does.
bool certification_result_write(const CertificationResult *result, Writer *ret,
                                Error *err) MUST_CHECK;
// The canonical text of a result without receipt, with one put in: what
// certification_result_to_json gives of the result with both. In the arena. Fails with
// ERROR_INTERNAL when the text is none.
bool certification_result_add_receipt(Bytes text, Bytes receipt, const Sm3Digest *salt,
                                      Arena *arena, Bytes *ret, Error *err) MUST_CHECK;
bool certification_result_parse(Bytes payload, Arena *arena, CertificationResult *ret,
                                Error *err) MUST_CHECK;
json_t *certification_revocation_to_json(const CertificationRevocation *revocation);
// What is left out is filled in; unknown requesters are for C3 to refuse.
bool certification_revocation_parse(Bytes payload, Arena *arena, CertificationRevocation *ret,
                                    Error *err) MUST_CHECK;
json_t *certification_handover_to_json(const CertificationHandover *handover);
bool certification_handover_parse(Bytes payload, Arena *arena, CertificationHandover *ret,
                                  Error *err) MUST_CHECK;

#endif
