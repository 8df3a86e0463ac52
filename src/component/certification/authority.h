// SPDX-License-Identifier: Apache-2.0
//
// The certification system in its parts: what certification_start made, and what each request does.
#ifndef ASSENT_COMPONENT_CERTIFICATION_AUTHORITY_H
#define ASSENT_COMPONENT_CERTIFICATION_AUTHORITY_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/store/refusal_tally.h"
#include "base/store/store.h"
#include "component/certification/certification.h"
#include "component/certification/issuance_queue.h"
#include "component/certification/ocsp_responder.h"
#include "component/certification/records.h"
#include "component/certification/rules.h"
#include "domain/pki/certificate.h"
#include "domain/pki/trust.h"
#include "domain/privacy/sealed_field.h"

typedef struct Pairs Pairs;

struct Certification {
    CertificationConfig config;
    Service service;
    Store *store;
    Certificate issuer;
    pthread_mutex_t rules_mutex;  // held while other rules come into force
    pthread_mutex_t list_mutex;   // held while a revocation list is made
    _Atomic(Rules *) rules;
    OcspResponder *ocsp;       // NULL: there is none
    IssuanceQueue *issuances;  // to the evidence log; NULL: issues are not logged
    Sm2PublicKey log_key;
    Pairs *pairs;            // NULL: there is no key management
    RefusalTally *refusals;  // of who is not known
};

extern const Route certification_routes[];
extern const size_t certification_route_count;

// The rules in force now; they stay as they are, and there, while the component runs.
const Rules *certification_rules(const Certification *certification);
// Bring into force what the store holds; whoever changed it holds rules_mutex.
bool certification_reload(Certification *certification, Error *err) MUST_CHECK;
// The registration authority that signs with this certificate; NULL: none.
const Registrar *registrar_find(const Rules *rules, const Certificate *signer);

// A serial number as it is stored: upper-case hexadecimal. NULL when the arena is exhausted.
const char *serial_canonical(Arena *arena, const char *serial) MUST_CHECK;

// Seal and open a value that is stored in this column of the certificate or status_change table.
bool certification_seal(const Certification *certification, const FieldPlace *place, Bytes plain,
                        Arena *arena, Bytes *ret, Error *err) MUST_CHECK;
bool certification_open(const Certification *certification, const FieldPlace *place, Bytes sealed,
                        Arena *arena, Bytes *ret, Error *err) MUST_CHECK;

// A request while it is answered; filled as far as it can be believed, for the record of a refusal.
// Texts are never NULL.
typedef struct {
    Arena *arena;
    const char *caller;  // transport name of who asks
    Bytes statement;     // the body
    const char *serial;  // that the path names, canonical; "": none
    CertificateOperation operation;
    const char *request_id;
    const char *requester;
} AuthorityRequest;

// Issue a certificate on a signed request; ret_statement is C3's signed record of it. Repeated
// with the same content, the same record.
// Fails with ERROR_FORBIDDEN ("partner.unknown", "certification.licence", "certification.profile",
// "certification.carrier", "certification.renewal"), ERROR_INPUT (malformed; "lint.*"),
// ERROR_UNTRUSTED ("csr.possession"), ERROR_CONFLICT ("certification.request_reused",
// "certification.subject_taken", "certification.key_used", "certificate.state",
// "certification.holder_secret"), or as the evidence system does: what is not logged is not given.
// Source: JR/T 0299-2024 4 b, c, 6.
bool authority_issue(Certification *certification, AuthorityRequest *request, Bytes *ret_statement,
                     Error *err) MUST_CHECK;
// The same in three steps that write nothing: take the request, which finds what was answered
// before, or checks all but the possession of the key; check that and draw up what is to be signed;
// with the CA's signature, make the certificate as it is to be inserted and finished (issuance.h).
// For bulk.c.
typedef struct Issue Issue;  // issue_state.h
typedef struct {
    bool is_answered;
    Bytes statement;  // then
    Issue *issue;     // in the request's arena
    CertificateRow row;
    Sm3Digest holder;
} PlannedIssue;
bool authority_take_issue(Certification *certification, AuthorityRequest *request,
                          PlannedIssue *ret, Error *err) MUST_CHECK;
bool authority_draw_up_issue(PlannedIssue *planned, Bytes *ret_tbs, Error *err) MUST_CHECK;
bool authority_finish_issue(PlannedIssue *planned, const Sm2Signature *signature,
                            Error *err) MUST_CHECK;

// Change the status of a certificate on a signed request of the registrar that applied for it.
// Fails with ERROR_NOT_FOUND "certificate.unknown", ERROR_FORBIDDEN "certificate.other_registrar",
// "certificate.requester", "certificate.decision_missing" (to resume), ERROR_CONFLICT
// "certificate.state", "certificate.decision_used", "certificate.incident_open".
// Source: JR/T 0299-2024 6.5.
bool authority_change_status(Certification *certification, AuthorityRequest *request,
                             CertificateRow *ret, Error *err) MUST_CHECK;
// For how long a certificate of a profile may be suspended.
Time authority_max_suspension(const Certification *certification, const char *profile);
// Revoke what has been suspended for too long; done by everybody who looks, and by the clock.
bool authority_end_suspensions(Certification *certification, Error *err) MUST_CHECK;

// Keep, on the word of the registrar, that a certificate reached its holder and was accepted. Fails
// as certificate_record_hand_over does, and with ERROR_INPUT "certificate.handover" (times).
bool authority_hand_over(Certification *certification, AuthorityRequest *request,
                         CertificateRow *ret, Error *err) MUST_CHECK;

// Keep that a request was refused. What is only delayed is no refusal.
void authority_note_refusal(Certification *certification, const AuthorityRequest *request,
                            const Error *refusal);

// The complete revocation list that is in force now, see lists.h.
bool authority_revocation_list(Certification *certification, Arena *arena, Bytes *ret,
                               Error *err) MUST_CHECK;
// Add it, and the delta list to it where there is one, to what a verification starts from.
bool authority_add_lists(Certification *certification, TrustStore *trust, Arena *arena,
                         Error *err) MUST_CHECK;

// Verify a sealed file that an institution hands in and issue report B about it; bad material
// gives a report that says so. report.c.
// Source: JR/T 0299-2024 8.4 b, Annex B.
RouteHandler certification_handle_report;

#endif
