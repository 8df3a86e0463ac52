// SPDX-License-Identifier: Apache-2.0
//
// Judge a case file offline: everything in it is recomputed, nobody's word is taken. Subjects of
// the checks name the file. Besides the codes of the modules whose objects are in it
// ("statement.*", "timestamp.*", "path.*", "seal_signature.*", "pdf_coverage.*", "receipt.*",
// "entry_chain.*"):
//
//   case.archive            format        one strict archive, manifest and files agree
//   case.digests            cryptography  every file has the digest of the manifest
//   case.type               format        a type that this program knows (else UNKNOWN)
//   case.parts              completeness  every file that a case needs is there, or withheld
//   case.withheld           completeness  of a copy: what is not shown (INFORMED; UNKNOWN for what
//                                         tells nothing of the person and is withheld all the same)
//   case.manifest_payload   cryptography  the signed payload is the manifest
//   case.manifest_time      time          signed and stamped within five minutes
//   case.agreement_parts    cryptography  certificate, seal and stamp are those in the agreement
//   case.certificate_request cryptography the request holds under its own key
//   case.certificate_key    cryptography  the certificate is for the requested key
//   case.certificate_name   policy        it names the person
//   case.certificate_issue  cryptography  the CA states that it issued this certificate
//   case.issuance           cryptography  where it says so: and that it was in the evidence log
//   case.scenario           policy        it is for this offer
//   case.revocation_list    trust         a list of its issuer, or an OCSP answer for it, decides
//   at
//                                         the signing time
//   case.ocsp               trust         the OCSP response is by who may answer (else INFORMED: it
//   is
//                                         not used); what it says counts in path.revocation
//   case.decision           policy        the person was identified, for this, freshly
//   case.person             cryptography  the commitments open to this person
//   case.field              cryptography  of a copy: a field that is shown is the committed one
//   case.fields             cryptography  the commitments to single fields are to this person
//   case.measures           completeness  every measure of the decision is there, unchanged
//   case.identity_policy    policy        the measures satisfy one plus X
//   case.consents           policy        given by the person, for texts that are there, before
//   case.authorization      policy        what was agreed fits offer, ticks and template
//   case.behaviour          policy        the person could read what was signed
//   case.destruction        policy        the key signed this once and is gone
//   case.key_use            policy        or: it signed this and stays in a hardware carrier,
//                                         and is not one that was issued for one scenario
//   case.submission         cryptography  a submission is the one that the log holds
//   case.depositor          cryptography  its signer is the depositor that the log names
//   case.submission_items   completeness  what was deposited is what is in this file
//   case.log_certificate    trust         the evidence log's certificate is at hand
//   case.deposit_time       time          newest event and receipt are within five minutes of each
//                                         other (else INFORMED: an anomaly)
//   case.deposit_order      completeness  M6, M7 and M8 are in this order in the log
//   case.log_consistency    trust         receipts and checkpoint show one log: at one size one
//   root,
//                                         of two sizes the proof in the file that the smaller is
//                                         the beginning of the larger (INFORMED: there is none)
//   case.checkpoint         cryptography  the log signed the newest checkpoint in the file
//   case.order              time          decided, issued, signed, deposited, filed in this order
//   case.institution        trust         who signs for an institution is one: of its name, and
//                                         not certified as persons are (else UNKNOWN); the party
//                                         does not keep its own evidence (else UNKNOWN)
//   case.reports            completeness  none, or A, B and C together
//   case.report_pages       cryptography  the seal on a report's pages names its JSON form
//   case.report_document    policy        a report is about this agreement and of one set
//   case.platform           format        what the institution says of its systems can be read
//   case.history            completeness  the institution's own record can be read
// Source: JR/T 0299-2024 4, 5.2, 6, 7, 8; Electronic Signature Law 8, 13.
#ifndef ASSENT_DOMAIN_CASEFILE_CASE_VERIFY_H
#define ASSENT_DOMAIN_CASEFILE_CASE_VERIFY_H

#include "domain/casefile/case_file.h"
#include "domain/casefile/verification.h"

// What a judgement found, for people. Texts are in the verdict's arena.
typedef struct {
    const char *authorization_id;
    Time created_at;
    const char *signer;  // common name in the person's certificate
    const char *issuer;  // common name of the institution that signed the manifest
    Time signing_time;   // stamped
    size_t file_count;
} CaseFindings;

// Judge the archive and add every check to the verdict. Returns true when none failed and none is
// unknown. `ret` may be NULL; what was not reached is zero.
bool case_verify(Bytes archive, const VerificationPolicy *policy, Verdict *verdict,
                 CaseFindings *ret);

#endif
