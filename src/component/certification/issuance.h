// SPDX-License-Identifier: Apache-2.0
//
// The logging of issues: between the signature of a certificate and its delivery lies its entry in
// the evidence log. Until then a certificate is a draft, which nobody gets. docs/transparency.md.
#ifndef ASSENT_COMPONENT_CERTIFICATION_ISSUANCE_H
#define ASSENT_COMPONENT_CERTIFICATION_ISSUANCE_H

#include "component/certification/authority.h"
#include "domain/evidence/issuance.h"
#include "domain/pki/statement.h"

// What an issue goes through from draft to record. Everything is in the request's arena.
typedef struct IssuanceLogging IssuanceLogging;

// A draft yet to be made; all borrowed until the issue is answered.
typedef struct {
    const CertificationRequest *request;
    const CertificationResult *record;
    const Certificate *certificate;  // the record's, parsed
    CertificateRow *row;             // serial and subject_index are there already; gets the draft
} DraftSource;

// Make row->draft of the record that is yet to be logged and signed, and what it is logged by
// without reading it back. When nothing is logged here, both stay NULL.
bool issuance_draft(const Certification *certification, const DraftSource *source, Arena *arena,
                    IssuanceLogging **ret, Error *err) MUST_CHECK;
// True while the issue of a certificate is not in the evidence log.
bool issuance_is_draft(const CertificateRow *row);
// The signed record of a certificate's issue, opened. Fails with ERROR_UNAVAILABLE
// "certification.not_logged" while it is a draft.
bool issuance_statement(const Certification *certification, const CertificateRow *row, Arena *arena,
                        Bytes *ret_statement, Error *err) MUST_CHECK;
// The same, but what is a draft is logged first, and its record signed and kept. Whatever was
// interrupted before goes on here. Fails as the evidence system does: then nothing is handed out.
bool issuance_finish(const Certification *certification, const CertificateRow *row, Arena *arena,
                     Bytes *ret_statement, Error *err) MUST_CHECK;

// The same right after the draft was inserted, with what issuance_draft left; with NULL, or when
// the subject has another secret, the draft is read back.
bool issuance_finish_inserted(IssuanceLogging *logging, const Certification *certification,
                              const CertificateInsertion *inserted, Arena *arena,
                              Bytes *ret_statement, Error *err) MUST_CHECK;

// The steps of issuance_finish for a draft, for many at a time (bulk.c): what has to be logged;
// then, with the receipt, the record as it is to be signed; then, with the signature, the signed
// record and what is stored of it. Not where the subject has another secret. `checkpoint` is one
// whose signature was verified before (IssuanceLog), or empty.
bool issuance_begin(IssuanceLogging *logging, const CertificateInsertion *inserted,
                    const Issuance **ret_issuance, Error *err) MUST_CHECK;
bool issuance_draw_up(IssuanceLogging *logging, Bytes receipt, Bytes checkpoint,
                      StatementTemplate *ret, Error *err) MUST_CHECK;
bool issuance_complete(IssuanceLogging *logging, const Sm2Signature *signature,
                       Bytes *ret_statement, Bytes *ret_completion, Error *err) MUST_CHECK;

#endif
