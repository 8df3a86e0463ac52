// SPDX-License-Identifier: Apache-2.0
//
// M1, second half: the signed identity decision.
#include "component/business/identity.h"

#include "component/port/institution.h"
#include "domain/identity/decision.h"

static AuthorizationEvent event_of(IdentityOutcome outcome)
{
    switch (outcome) {
    case IDENTITY_PASS:
        return EVENT_IDENTIFY;
    case IDENTITY_MANUAL:
        return EVENT_REFER;
    default:
        return EVENT_REJECT;
    }
}

static bool sign_decision(Work *work, const IdentityDecision *decision, Error *err)
{
    CLEANUP(writer_free) Writer payload = writer_new(DECISION_MAX_SIZE);
    CLEANUP(writer_free) Writer statement = writer_new(2 * DECISION_MAX_SIZE);
    const Institution *institution = &work->business->config.institution;
    if (!identity_decision_encode(decision, &payload, err)) {
        return false;
    }
    StatementTemplate template = {.type = IDENTITY_DECISION_TYPE,
                                  .payload = writer_bytes(&payload),
                                  .signed_at = work->now,
                                  .certificate = institution->certificate};
    if (!statement_sign(&template, institution->signer, &statement, err)) {
        return false;
    }
    Bytes copy = arena_copy(work->arena, writer_bytes(&statement));
    return copy.len > 0 ? work_put(work, "decision", 0, copy, err) : error_memory(err);
}

bool identity_decide(Work *work, const Measuring *measuring, const IdentityEvaluation *evaluation,
                     Error *err)
{
    char id[RANDOM_UUID_SIZE];
    IdentityDecision *decision = arena_alloc(work->arena, sizeof *decision);
    if (decision == NULL) {
        return error_memory(err);
    }
    if (!random_uuid(work->business->config.random, id, err)) {
        return false;
    }
    IdentityFacts facts = {.id = id,
                           .authorization_id = work->row.authorization_id,
                           .person = &measuring->applicant.person,
                           .salt = applicant_salt(&measuring->applicant),
                           .policy = &work->business->policy,
                           .measures = measuring->measures,
                           .measure_count = measuring->count,
                           .exemption = measuring->exemption,
                           .now = work->now};
    return identity_decision_make(&facts, decision, err) && sign_decision(work, decision, err) &&
           work_apply(work, event_of(evaluation->outcome), err) &&
           work_note(work, "decide", identity_outcome_name(evaluation->outcome),
                     evaluation->reasons[0], err);
}
