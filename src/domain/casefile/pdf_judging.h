// SPDX-License-Identifier: Apache-2.0
//
// How the kinds of signatures in a PDF are judged. Used inside domain/casefile.
#ifndef ASSENT_DOMAIN_CASEFILE_PDF_JUDGING_H
#define ASSENT_DOMAIN_CASEFILE_PDF_JUDGING_H

#include "domain/casefile/verification.h"
#include "domain/document/pdf_reader.h"

// One signature under judgement.
typedef struct {
    PdfFile *file;
    Bytes pdf;
    const PdfSignature *signature;
    size_t index;
    const VerificationPolicy *policy;
    Verdict *verdict;
    FileFacts *facts;
    Time proven;       // it is older than a document time stamp of this time; 0: none
    uint64_t *budget;  // bytes that may still be hashed
} PdfJudgement;

// Judge a signature message over the two spans that are signed, as signed_data_judge does:
//   verify.message         the message is signed over the spans; over SHA-1 or MD5 what holds is
//                          UNKNOWN (verify.weak_algorithm), and what cannot be computed here
//                          (verify.unsupported)
//   verify.stamp           a signature time stamp that is there is one over this signature; its
//                          time counts when its chain holds, else it is told and not used
//   path.*                 the chain at the stamped or else the claimed time
//   verify.claimed_time    no stamp: the certificate still is in force (else UNKNOWN)
// Source: ISO 32000-1 12.8.3.3; ETSI EN 319 142-1 5.
void pdf_message_judge(PdfJudgement *judgement, const Bytes spans[2]);
// The same where the message signs the SHA-1 of the spans (adbe.pkcs7.sha1).
void pdf_hashed_message_judge(PdfJudgement *judgement, const Bytes spans[2]);
// Judge a bare RSA signature with its certificate beside it (adbe.x509.rsa_sha1).
// Source: ISO 32000-1 12.8.3.2.
void pdf_bare_signature_judge(PdfJudgement *judgement, const Bytes spans[2]);
// Judge a document time stamp (ETSI.RFC3161): timestamp.imprint, timestamp.signature, path.*.
// Source: ISO 32000-2 12.8.5.
void pdf_document_stamp_judge(PdfJudgement *judgement, const Bytes spans[2]);
// The time of a document time stamp that holds and that covers what came before
// it; 0: none. Nothing is added to the verdict.
Time pdf_document_stamp_time(const PdfJudgement *judgement, const Bytes spans[2]);

#endif
