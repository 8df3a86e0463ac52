// SPDX-License-Identifier: Apache-2.0
//
// Verification of anything that this house makes or others hand in: what a file is, by its
// content, and whether it holds. Pure computation, the same everywhere.
#ifndef ASSENT_DOMAIN_CASEFILE_VERIFICATION_H
#define ASSENT_DOMAIN_CASEFILE_VERIFICATION_H

#include "domain/evidence/evidence_record.h"
#include "domain/evidence/witness_policy.h"
#include "domain/pki/path.h"
#include "domain/verdict/verdict.h"

// What a judgement starts from. Borrowed.
typedef struct {
    const TrustStore *trust;      // may be empty: then nothing leads to an anchor (UNKNOWN)
    Time at;                      // the moment for what carries no time stamp
    RevocationRule institutions;  // for makers, authorities and institutions; a person's
                                  // certificate always needs a list
    WitnessRules witnesses;       // of the evidence log's checkpoints
    // For a certificate alone: what it is used for, NULL for what it says itself; what else is
    // asked of its chain.
    const CertificatePurpose *purpose;
    PathDemands demands;
    // For a detached message, a seal signature or a time stamp: what it is over. Its bytes, or else
    // its digest alone (SM3; for a time stamp that of its imprint); NULL and empty: not given.
    const Bytes *original;
    Bytes original_digest;
    // Long life: an evidence record of the file, or empty; the algorithms that are weak by now.
    Bytes evidence_record;
    const AlgorithmSunset *sunsets;
    size_t sunset_count;
} VerificationPolicy;

typedef enum {
    FILE_UNKNOWN,
    FILE_CASE,
    FILE_PDF,  // sealed or not; a report's pages are one too
    FILE_SEAL,
    FILE_SEAL_SIGNATURE,
    FILE_CERTIFICATE,
    FILE_CRL,
    FILE_OCSP,       // response
    FILE_TIMESTAMP,  // token or response
    FILE_SIGNED_DATA,
    FILE_RECEIPT,
    FILE_FORK,             // two checkpoints of one log that contradict each other
    FILE_EVIDENCE_RECORD,  // of the original that is given beside it
    FILE_STATEMENT,        // what an institution states: a report's JSON is one
} FileKind;

const char *file_kind_name(FileKind kind);     // "seal_signature"
const char *file_kind_chinese(FileKind kind);  // "电子签章数据"

// Recognise a file by its content alone. What is recognised may still be malformed.
FileKind file_recognise(Bytes content);

// Facts for people, in the verdict's arena; NULL or zero where there are none.
typedef struct {
    FileKind kind;
    const char *type;        // of a statement; sub-filter of a PDF signature
    const char *signer;      // common name
    const char *serial;      // of the signer's certificate, hexadecimal
    const char *issuer;      // common name of who issued it
    Time signing_time;       // 0: none
    bool is_stamped;         // the time is a time-stamp authority's
    size_t signature_count;  // of a PDF
    bool has_coverage;       // AREA_COVERAGE was judged, apart from the cryptography
    const char *authorization_id;
} FileFacts;

// Judge a file of any kind and add every check to the verdict. Codes of its own:
//   verify.kind         the kind is known (else UNKNOWN)
//   verify.fork_log     a certificate or a policy says whose key signed the two (else UNKNOWN)
//   verify.record       the file is covered by the evidence record that came with it, and is judged
//                       as of the record's first stamp (else UNKNOWN, or FAILED as the record is)
//   verify.algorithm    an algorithm is declared weak, and no record shows that the file is older
//                       (UNKNOWN)
//   verify.record_object  what an evidence record is about was given (else UNKNOWN)
//   verify.format       what was recognised can be read
//   verify.unsupported  signed in a way that is not judged here (UNKNOWN)
//   verify.unsigned     a PDF without a signature
//   verify.imprint      what a token stamps was given (else INFORMED)
//   verify.revocation   a list or an OCSP answer decides on the signer's certificate (else
//   UNKNOWN). Of a certificate
//                       judged alone its status is not asked (INFORMED) when neither is at hand and
//                       it names none either, nor a responder; and when it is of other algorithms
//                       than SM2 and neither is at hand
// Returns true when none failed and none is unknown.
bool file_verify(Bytes content, const VerificationPolicy *policy, Verdict *verdict, FileFacts *ret);

// Judge every signature of a PDF: cryptography and coverage. What others than the person sealed
// is judged by the same rules. Certificates, lists and OCSP responses of the file's own security
// store help as if they were in policy->trust, never as anchors (verify.security_store: INFORMED).
// `ret` may be NULL. Source: GB/T 38540-2020 7.3; ISO 32000-2 12.8.4.3.
bool sealed_pdf_verify(Bytes pdf, const VerificationPolicy *policy, Verdict *verdict,
                       FileFacts *ret);

// Add verify.revocation: whether a list of the certificate's issuer or an OCSP answer decides at
// `at`. An anchor needs none. path_check says whether it is revoked.
bool revocation_is_decided(const TrustStore *trust, const Certificate *certificate, Time at,
                           const char *code, Verdict *verdict);

#endif
