// SPDX-License-Identifier: Apache-2.0
//
// The logging of issues: between the signature of a certificate and its delivery lies its entry in
// the evidence log. Until then a certificate is a draft, which nobody gets. docs/transparency.md.
#ifndef ASSENT_COMPONENT_CERTIFICATION_ISSUANCE_H
#define ASSENT_COMPONENT_CERTIFICATION_ISSUANCE_H

#include "component/certification/authority.h"
#include "domain/evidence/issuance.h"

// Make ret_row->draft of the record that is yet to be logged and signed; row->serial and
// row->subject_index are there already. When nothing is logged here, leave it NULL.
bool issuance_draft(const Certification *certification, const CertificationRequest *request,
                    const CertificationResult *record, CertificateRow *row, Arena *arena,
                    Error *err) MUST_CHECK;
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

// The steps of issuance_finish for a draft, for many at a time (bulk.c): what has to be logged;
// then, with the receipt, the signed record and how it is to be stored. Everything is in the arena.
typedef struct IssuanceLogging IssuanceLogging;
bool issuance_begin(const Certification *certification, const char *serial, Arena *arena,
                    IssuanceLogging **ret, const Issuance **ret_issuance, Error *err) MUST_CHECK;
bool issuance_state(IssuanceLogging *logging, const char *serial, Bytes receipt,
                    Bytes *ret_statement, Bytes *ret_sealed, Error *err) MUST_CHECK;

#endif
