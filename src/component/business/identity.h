// SPDX-License-Identifier: Apache-2.0
//
// The person of a session, the measures taken, and the decision that follows from them.
#ifndef ASSENT_COMPONENT_BUSINESS_IDENTITY_H
#define ASSENT_COMPONENT_BUSINESS_IDENTITY_H

#include "component/business/work.h"
#include "domain/identity/document.h"
#include "domain/identity/exemption.h"
#include "domain/identity/measure.h"
#include "domain/identity/person.h"

enum { MEASURES_MAX = 16 };  // as many as a decision may hold

// The person as given and checked. Personal data; lives in the work's arena.
typedef struct {
    Person person;
    DocumentValidity validity;
    const char *phone;
    PhoneKind phone_kind;
    const char *salt_text;  // hexadecimal; all commitments of the session are made under it
} Applicant;

// Fails with CONFLICT "session.order" before the person was given.
bool applicant_load(Work *work, Applicant *ret, Error *err) MUST_CHECK;
Bytes applicant_salt(const Applicant *applicant);
// All measures of the session in the order in which they were taken.
bool measures_load(Work *work, Measure *ret, size_t max_count, size_t *ret_count,
                   Error *err) MUST_CHECK;

// The applicant and the measures of a session while one more is taken.
typedef struct {
    Applicant applicant;
    Measure *measures;  // room for MEASURES_MAX, in the work's arena
    size_t count;
    size_t latest;               // index of the one that is being worked on
    const Exemption *exemption;  // NULL: none
} Measuring;

// Fails as applicant_load does.
bool measuring_load(Work *work, Measuring *ret, Error *err) MUST_CHECK;
// Keep the latest measure, decide when there is enough, answer, commit, and deposit a decision.
bool measuring_conclude(Work *work, const Measuring *measuring, ServiceResponse *response,
                        Error *err) MUST_CHECK;

// Tell the terminal what the latest measure came to and what is still missing (collected; the
// caller commits). `measure` NULL: an exemption, which passes by itself.
bool measuring_reply(Work *work, const Measure *measure, const IdentityEvaluation *evaluation,
                     ServiceResponse *response, Error *err) MUST_CHECK;

// Write down the decision, signed, and move the state (collected; the caller commits).
// Source: JR/T 0299-2024 4 a, 5.2.1, 5.2.2.
bool identity_decide(Work *work, const Measuring *measuring, const IdentityEvaluation *evaluation,
                     Error *err) MUST_CHECK;
// Refuse a try too many before anybody is asked, with LIMIT "identity.too_many_tries", and count
// this one (collected; the caller commits). `subject` is kept as a keyed digest under `kind`, a
// literal.
bool identity_limit_attempt(Work *work, const char *kind, const char *subject,
                            const AttemptLimit *limit, Error *err) MUST_CHECK;
// Commit, and once there is a decision deposit the identity record (M6), in staged mode. An
// evidence system that cannot be reached delays M6, not the person: it is deposited before M7 at
// the latest.
bool identity_commit(Work *work, Error *err) MUST_CHECK;

#endif
