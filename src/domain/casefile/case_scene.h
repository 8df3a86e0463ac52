// SPDX-License-Identifier: Apache-2.0
//
// What the judges of one case file tell each other. Used inside this module.
#ifndef ASSENT_DOMAIN_CASEFILE_CASE_SCENE_H
#define ASSENT_DOMAIN_CASEFILE_CASE_SCENE_H

#include "domain/authorization/authorization.h"
#include "domain/casefile/case_verify.h"
#include "domain/casefile/judging.h"
#include "domain/evidence/checkpoint.h"
#include "domain/evidence/deposit.h"
#include "domain/evidence/entry.h"
#include "domain/identity/decision.h"
#include "domain/pki/statement.h"
#include "domain/seal/seal_signature_verify.h"

// Clocks of two institutions may differ by this much.
#define CASE_CLOCK_SKEW (300 * TIME_SECOND)

enum { CASE_DEPOSITS = 3, CASE_SIGNERS_MAX = 32, CASE_HEADS_MAX = 8 };  // M6, M7, M8

// In whose name something in the file is signed.
typedef enum {
    ROLE_PARTY,      // the authorised institution
    ROLE_AUTHORITY,  // the certification authority of the person's certificate
    ROLE_KEEPER,     // who keeps evidence for the party, and so is not the party
    ROLE_ANY,        // another institution
} CaseRole;

typedef struct {
    const char *what;  // path
    CaseRole role;
    Certificate certificate;
} CaseSigner;

// Where a receipt says that its entry is.
typedef struct {
    Bytes origin;
    uint64_t index;
} CaseLogPlace;

// A log as something in the file shows it.
typedef struct {
    const char *what;  // "the receipt of M6"
    Bytes origin;
    MerkleHead head;
} CaseLogHead;

typedef struct {
    const CaseFile *file;
    const CaseContent *content;
    const VerificationPolicy *policy;
    const TrustStore *trust;  // the policy's with what is in the file
    Verdict *verdict;
    Arena *arena;

    Time filed_at;            // stamp of the manifest; policy->at when that does not hold
    const char *institution;  // who signed the manifest
    bool has_certificate;
    Certificate certificate;  // of the person
    Time issued_at;           // of the certificate, as the CA states; 0: not known
    bool has_signature;
    SealSignatureFindings signature;  // of the agreement
    Bytes unsigned_pdf;               // the agreement as it was before that
    const char *salt;                 // of the session; NULL: not known
    bool has_person;
    Person person;
    const IdentityDecision *decision;  // NULL: none
    const char *party;                 // name of the authorised institution; NULL: not known
    CaseSigner signers[CASE_SIGNERS_MAX];
    size_t signer_count;
    bool has_entry[CASE_DEPOSITS];
    EvidenceEntry entries[CASE_DEPOSITS];
    CaseLogPlace places[CASE_DEPOSITS];
    CaseLogHead heads[CASE_HEADS_MAX];
    size_t head_count;
} CaseScene;

// The time at which the agreement was signed, or filed when that is not known.
Time case_signing_time(const CaseScene *scene);
// Enter the subject of a part's path; give the result to verdict_leave.
const char *case_enter(CaseScene *scene, CasePart part);
// Remember who signed in the name of an institution, for case_judge_institutions.
void case_note_signer(CaseScene *scene, const char *what, CaseRole role,
                      const Certificate *certificate);
// Read the first seal signature of a PDF, and what the PDF was before it; whether it holds is for
// sealed_pdf_verify. False: none.
bool case_read_signature(CaseScene *scene, Bytes pdf, SealSignatureFindings *ret,
                         Bytes *ret_unsigned);
// Parse the part as a statement and judge it, its signer at the moment it was signed. False when
// it is absent (case.parts says so) or malformed.
bool case_take_statement(CaseScene *scene, CasePart part, const char *type, Statement *ret);
// Parse a part as JSON; the caller owns *ret. False when absent or malformed, which is reported
// under `code`.
bool case_take_json(CaseScene *scene, CasePart part, VerdictArea area, const char *code,
                    json_t **ret);

// The certificate of the log that signed a checkpoint; NULL: it is not at hand.
const Certificate *case_log_certificate(CaseScene *scene, const Checkpoint *checkpoint);

// Remember what a checkpoint in the file shows, for case_judge_log.
void case_note_head(CaseScene *scene, const char *what, const Checkpoint *checkpoint);

// Judge how far the newest event of a deposit is from the moment at which the log received it: more
// than five minutes are an anomaly, which is said and makes nothing invalid.
void case_judge_deposit_time(CaseScene *scene, const Deposit *deposit, Time signed_at,
                             Time logged_at);

// Judge the receipt in the CA's record of the issue, which was signed at stated_at, if there is
// one.
void case_judge_issuance(CaseScene *scene, const json_t *issue, Time stated_at);

// Judge the seal signature that a copy shows in place of the letter. False: it cannot be read.
bool case_judge_detached(CaseScene *scene, SealSignatureFindings *ret);
// Judge the fields of the person that a copy shows.
void case_judge_openings(CaseScene *scene);
// Say what a copy withholds.
void case_judge_withheld(CaseScene *scene);

// The judges, in the order in which they have to run.
void case_judge_signature(CaseScene *scene);  // the agreement as a sealed document
void case_judge_certificate(CaseScene *scene);
void case_judge_identity(CaseScene *scene);
void case_judge_signing(CaseScene *scene);  // authorization, behaviour, destruction
void case_judge_evidence(CaseScene *scene);
void case_judge_log(CaseScene *scene);  // whether all that shows the log shows one
void case_judge_reports(CaseScene *scene);
// Whether those who signed for institutions are institutions: a person's certificate of the same
// CA tree would do for a signature, but not for this.
void case_judge_institutions(CaseScene *scene);
void case_judge_order(CaseScene *scene);  // of moments, and of the deposits in their log

#endif
