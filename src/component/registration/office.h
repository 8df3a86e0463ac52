// SPDX-License-Identifier: Apache-2.0
//
// The registration system in its parts: what registration_start made, and what each request does.
#ifndef ASSENT_COMPONENT_REGISTRATION_OFFICE_H
#define ASSENT_COMPONENT_REGISTRATION_OFFICE_H

#include "base/net/address_limit.h"
#include "base/store/refusal_tally.h"
#include "base/store/store.h"
#include "component/port/enrolment.h"
#include "component/port/partner.h"
#include "component/registration/enrolment_records.h"
#include "component/registration/registration.h"
#include "domain/identity/decision.h"
#include "domain/pki/key_request.h"
#include "domain/privacy/sealed_field.h"

struct Registration {
    RegistrationConfig config;
    Service service;
    Store *store;
    Arena *arena;             // of what is loaded at start
    Partners applicants;      // C1
    Partners certifiers;      // C3
    AddressLimit *strangers;  // who sends CMP messages without a certificate
    Sm2PublicKey log_key;
    RefusalTally *refusals;  // of who is not known
};

extern const Route registration_routes[];
extern const size_t registration_route_count;

// Which request is being answered; filled as far as it can be believed, for the record of a
// refusal. Everything lives in the arena.
typedef struct {
    Registration *registration;
    Arena *arena;
    const char *caller;            // transport name of who asks
    Bytes statement;               // the body
    const char *authorization_id;  // "" until the statement is verified
    const char *request_id;
} Application;

// What an application says about the identity decision that it rests on.
typedef struct {
    Bytes decision;  // a statement
    const char *authorization_id;
    const char *holder_name;
    const char *holder_salt;  // hexadecimal
} DecisionClaim;

// Check what an application says beside its decision and key: the person was told before that a
// certificate would be applied for, and the holder's index has its form. Fails with
// ERROR_FORBIDDEN "registration.notice", ERROR_INPUT "registration.holder_index".
bool office_check_terms(const Statement *statement, const RegistrationRequest *request,
                        Error *err) MUST_CHECK;

// Verify an identity decision: made by who applies (`applicant` signed the application), passed,
// fresh, of this authorization and person. That it is used once is for the record to see to.
// Fails with ERROR_FORBIDDEN "registration.other_identifier" or as identity_decision_verify does.
bool office_check_decision(const Application *application, const Certificate *applicant,
                           const DecisionClaim *claim, const IdentityDecision **ret,
                           Error *err) MUST_CHECK;

// What was applied for in a registration that is kept.
bool office_kept_request(const Application *application, const RegistrationRow *row,
                         RegistrationRequest *ret, Error *err) MUST_CHECK;

// An id that follows from the kind, who asks and the request id, so that a repetition finds what
// there is. NULL when the arena is exhausted.
const char *office_id(const Application *application, const char *kind,
                      const char *request_id) MUST_CHECK;

// M1 to M4: check an application, have the certificate issued, keep everything, answer. The same
// application again gets the same answer and repairs what a crash left undone.
// Fails with ERROR_INPUT, ERROR_FORBIDDEN ("partner.unknown", "registration.other_identifier",
// "decision.*", "registration.notice", "registration.subject"), ERROR_CONFLICT
// ("registration.request_reused", "registration.decision_used", "registration.key_used",
// "decision.expired", "partner.stale"), ERROR_LIMIT "registration.too_many", ERROR_UNTRUSTED
// ("csr.possession", "registration.issue", "registration.not_logged", "registration.issuance"), or
// as C3 does. Source: JR/T 0299-2024 4 a to d, 6.3.
bool office_apply(Application *application, RegistrationResult *ret, Error *err) MUST_CHECK;

// Give out a reference and a secret for an application by CMP, for which everything is said here
// but the key. The same request again gets the same answer until the secret is used. enrol.c.
// Fails as office_apply does, and with ERROR_CONFLICT "enrolment.used".
bool office_enrol(Application *application, Enrolment *ret, Error *err) MUST_CHECK;
// M1 to M3 of an enrolled person: check it as office_apply does, now that the key is known, and
// have the certificate issued. `message` is what brought the key. Repeated with the same key it
// finds what there is. Fails as office_apply does, and with ERROR_CONFLICT "enrolment.used"
// (another key), "enrolment.expired".
bool office_apply_enrolled(Application *application, const EnrolmentRow *enrolment, Bytes message,
                           const KeyRequest *key, RegistrationRow *ret, Error *err) MUST_CHECK;

// An application as it was kept, wherever its key came from. kept.c.
typedef struct {
    Bytes text;           // C1's statement
    Statement statement;  // the same, parsed
    RegistrationRequest request;
    Bytes message;  // the PKIMessage that brought the key, or empty
} KeptApplication;
bool office_load(Registration *registration, const RegistrationRow *row, Arena *arena,
                 KeptApplication *ret, Error *err) MUST_CHECK;
// Put the key that came by CMP into what was said without it: the key's own request, and of a key
// update the certificate that it replaces.
bool office_bring_key(const KeyRequest *key, Arena *arena, RegistrationRequest *ret,
                      Error *err) MUST_CHECK;

// M7: deposit what happened to the certificate once its key has done its work; ret_receipt is
// C5's receipt. Repeated with the same content, the same receipt.
// Fails with ERROR_NOT_FOUND "registration.unknown", ERROR_CONFLICT "registration.not_issued",
// "registration.completion_reused", "registration.superseded", ERROR_UNTRUSTED
// "registration.destruction" or "registration.receipt", or as C5 does. Source: JR/T 0299-2024 4
// g, 6.6 c, 8.3 b.
bool office_complete(Application *application, const char *registration_id, Bytes *ret_receipt,
                     Error *err) MUST_CHECK;

// The statement that was submitted as M7, without the contents that travelled beside it. Fails with
// ERROR_NOT_FOUND "registration.unknown", ERROR_CONFLICT "registration.not_completed".
bool office_submission(const Application *application, const char *registration_id, Bytes *ret,
                       Error *err) MUST_CHECK;

// Have the status of a certificate changed by C3: a loss reported, a suspicion, a resumption,
// which needs a fresh identity decision. The same change again is made once.
// Fails with ERROR_FORBIDDEN "registration.decision_missing" and as office_apply does for a
// decision, ERROR_CONFLICT "registration.request_reused", "certificate.state" (C3).
// Source: JR/T 0299-2024 6.5; Electronic Signature Law 15.
bool office_change_status(Application *application, const char *registration_id,
                          RegistrationRow *ret, Error *err) MUST_CHECK;

// The caller's own registration. Fails with ERROR_NOT_FOUND "registration.unknown", also for
// another's: ids say nothing about what exists.
bool office_get(Registration *registration, const char *caller, const char *registration_id,
                Arena *arena, RegistrationRow *ret, Error *err) MUST_CHECK;
// The answer to an application, from the record of the issue.
bool office_result(Registration *registration, const RegistrationRow *row, Arena *arena,
                   RegistrationResult *ret, Error *err) MUST_CHECK;

// Keep that the application was refused. What is only delayed is no refusal.
void office_note_refusal(const Application *application, const Error *refusal);

// Seal and open a value for its place.
bool office_seal(const Registration *registration, const FieldPlace *place, Bytes plain,
                 Arena *arena, Bytes *ret, Error *err) MUST_CHECK;
bool office_open(const Registration *registration, const FieldPlace *place, Bytes sealed,
                 Arena *arena, Bytes *ret, Error *err) MUST_CHECK;

#endif
