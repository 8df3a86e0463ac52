// SPDX-License-Identifier: Apache-2.0
//
// What lists and OCSP answers together say about one certificate at one moment. Used inside
// domain/pki.
#ifndef ASSENT_DOMAIN_PKI_REVOCATION_EVIDENCE_H
#define ASSENT_DOMAIN_PKI_REVOCATION_EVIDENCE_H

#include "domain/pki/path_report.h"

typedef enum {
    STATUS_UNKNOWN,   // no usable evidence, or lists for some of the reasons only
    STATUS_UNLISTED,  // the same, and the issuer has no lists at all
    STATUS_DOUBTFUL,  // listed, but by a list that is not understood
    STATUS_GOOD,
    STATUS_REVOKED_LATER,
    STATUS_REVOKED,
} CertificateStatus;

// One piece of evidence whose signature was verified.
typedef struct {
    CertificateStatus status;  // at the moment in question
    Revocation entry;          // when it is not good
    Time this_update;
    bool in_force;  // at that moment; else it counts as later evidence
} RevocationWord;

// Of what was in force at the moment in question, the freshest decides: a suspension does not
// outlive the newer word that lifted it. Later evidence reports a revocation that had taken effect
// before, and proves that there was none. What was revoked for good stays so, whatever else says.
typedef struct {
    RevocationWord in_force, later;
    bool is_final;
    Revocation final;
} RevocationEvidence;

void revocation_evidence_add(RevocationEvidence *evidence, const RevocationWord *word);
// Take a revocation that had taken effect from evidence of any age, unless it is a suspension.
void revocation_evidence_add_final(RevocationEvidence *evidence, const Revocation *entry);
// Weigh everything; `ret` is the entry of a certificate that was revoked.
CertificateStatus revocation_evidence_status(const RevocationEvidence *evidence, Revocation *ret);

// Add what the lists of the store say about chain->certificates[index] (revocation.c); what is not
// known by them goes to the result. The chain counts the signatures that are verified.
CertificateStatus revocation_add_lists(const PathPolicy *policy, PathChain *chain, size_t index,
                                       RevocationEvidence *ret);
// Add what the OCSP responses of the store say (revocation_ocsp.c).
void revocation_add_answers(const PathPolicy *policy, PathChain *chain, size_t index,
                            RevocationEvidence *ret);

#endif
