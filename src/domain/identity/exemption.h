// SPDX-License-Identifier: Apache-2.0
//
// Identification by a certificate that the person already has: as the exemption of 5.2.2 when
// the key lies in a proven carrier, and as one measure of the certificate family otherwise.
#ifndef ASSENT_DOMAIN_IDENTITY_EXEMPTION_H
#define ASSENT_DOMAIN_IDENTITY_EXEMPTION_H

#include "domain/identity/person.h"
#include "domain/identity/policy.h"
#include "domain/pki/statement.h"

// Statement of a CA or module vendor: this certificate's key lies in this carrier. Payload
// {"carrier":"USB_KEY","certificate":hex SM3 of the DER,"valid_until":time,"model":text}.
#define KEY_CARRIER_TYPE "assent.key-carrier/1"

enum { CHALLENGE_SIZE = 32 };

// What the exemption rests on, for the evidence.
typedef struct {
    KeyCarrier carrier;
    char model[64];
    Sm3Digest certificate;        // fingerprint
    Sm3Digest challenge;          // digest of the message that was signed
    Sm3Digest carrier_statement;  // digest of the proof
    Sm3Digest person;             // person_commitment, salted
    Time occurred_at;
} Exemption;

// What the person sends. Borrowed.
typedef struct {
    Bytes certificate;        // DER or PEM
    Bytes challenge;          // CHALLENGE_SIZE bytes, made by the server for this session, once
    Bytes signature;          // DER over challenge_message
    Bytes carrier_statement;  // empty: none
} CertificateProof;

// Whom to believe. Borrowed.
typedef struct {
    const IdentityPolicy *policy;
    const TrustStore *authorities;  // who issues certificates to persons
    const TrustStore *registries;   // who may state carriers
    RevocationRule revocation;
    Bytes salt;  // of the session
    Time now;
} CertificateProofRules;

// The message a person signs: "assent-challenge/1" LF challenge. Appends to `ret`.
void challenge_message(Bytes challenge, Writer *ret);

// Check the conditions of 5.2.2: the certificate is this person's (name and ID number), its chain,
// validity and revocation are in order, the signature over the challenge holds, and a registry
// states an accepted carrier for exactly this certificate.
// Fails with ERROR_UNTRUSTED ("exemption.signature", "path.…", "statement.…"), ERROR_FORBIDDEN
// ("exemption.other_person", "exemption.carrier_not_proven", "exemption.carrier_not_accepted",
// "exemption.carrier_expired", "exemption.other_certificate"), ERROR_UNAVAILABLE (revocation
// unknown) or ERROR_INPUT.
// Source: JR/T 0299-2024 5.2.2 a, b.
bool exemption_check(Arena *arena, const Person *person, const CertificateProof *proof,
                     const CertificateProofRules *rules, Exemption *ret, Error *err) MUST_CHECK;

// The same without a carrier, as a measure "certificate_challenge": PASS when all holds. Failures
// of certificate or signature become RESULT_FAIL, unknown revocation RESULT_UNAVAILABLE.
// Fails with ERROR_INPUT when the proof is malformed.
bool certificate_measure(Arena *arena, const Person *person, const CertificateProof *proof,
                         const CertificateProofRules *rules, Measure *ret, Error *err) MUST_CHECK;

#endif
