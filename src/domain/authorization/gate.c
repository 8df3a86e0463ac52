// SPDX-License-Identifier: Apache-2.0
#include "domain/authorization/gate.h"

#include <string.h>

#define GATE_CLAUSE "Regulation on the Credit Reporting Industry 18"
#define GATE_USE_CLAUSE "Regulation on the Credit Reporting Industry 20"
#define GATE_REPORT_CLAUSE "Regulation on the Credit Reporting Industry 29"

static bool gate_refuse(Error *err, const char *code, const char *clause, const char *why)
{
    return error_set(err, ERROR_FORBIDDEN, code, clause, "%s", why);
}

static bool gate_party(const GateSubject *subject, const GateQuery *query, Error *err)
{
    if (strcmp(subject->authorization->party.uscc, query->party_uscc) != 0) {
        return gate_refuse(err, "gate.other_party", GATE_CLAUSE,
                           "the authorization was given to another party");
    }
    return sm3_digest_equal(&subject->person_index, &query->person_index) ||
           gate_refuse(err, "gate.other_person", GATE_CLAUSE,
                       "the authorization was given by another person");
}

static bool gate_state(const GateSubject *subject, Error *err)
{
    static const struct {
        AuthorizationState state;
        const char *code;
        const char *why;
    } refusals[] = {
        {STATE_WITHDRAWN, "gate.withdrawn", "the authorization was withdrawn"},
        {STATE_DISPUTED, "gate.disputed", "an objection to the authorization is open"},
        {STATE_FROZEN, "gate.frozen", "what is kept of the authorization was changed"},
        {STATE_EXPIRED, "gate.expired", "the authorization has expired"},
    };
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        if (subject->state == refusals[i].state) {
            return gate_refuse(err, refusals[i].code, GATE_CLAUSE, refusals[i].why);
        }
    }
    return subject->state == STATE_ACTIVE ||
           gate_refuse(err, "gate.not_in_force", GATE_CLAUSE, "the authorization is not in force");
}

static bool gate_term(const GateSubject *subject, const GateQuery *query, Error *err)
{
    const Authorization *authorization = subject->authorization;
    if (query->now < authorization->starts_at || query->now < subject->signed_at) {
        return gate_refuse(err, "gate.before_term", GATE_CLAUSE,
                           "the term of the authorization has not begun");
    }
    if (query->now > authorization->ends_at) {
        return gate_refuse(err, "gate.after_term", GATE_CLAUSE,
                           "the term of the authorization is over");
    }
    return authorization->end != TERM_UNTIL_SETTLED || !subject->is_settled ||
           gate_refuse(err, "gate.settled", GATE_CLAUSE,
                       "the business has ended and the authorization with it");
}

static bool gate_purpose(const GateSubject *subject, const GateQuery *query, const Purpose *purpose,
                         Error *err)
{
    const Purpose *permitted = NULL;
    if (!purpose_check(purpose->code, &permitted, err)) {
        return false;
    }
    if (!authorization_covers_purpose(subject->authorization, purpose)) {
        return error_set(err, ERROR_FORBIDDEN, "gate.other_purpose", GATE_USE_CLAUSE,
                         "reason %s is not authorised", query->purpose);
    }
    return purpose_gate_check(permitted, &subject->business, err);
}

static bool gate_scope(const GateSubject *subject, const GateQuery *query, const Purpose *purpose,
                       Error *err)
{
    if (purpose == NULL) {  // a report
        return subject->authorization->may_report ||
               gate_refuse(err, "gate.scope", GATE_REPORT_CLAUSE, "reporting is not authorised");
    }
    if (!subject->authorization->may_query) {
        return gate_refuse(err, "gate.scope", GATE_CLAUSE, "querying is not authorised");
    }
    return gate_purpose(subject, query, purpose, err);
}

static bool gate_places(const GateSubject *subject, const GateQuery *query, Error *err)
{
    const Authorization *authorization = subject->authorization;
    bool is_source = false;
    for (size_t i = 0; i < authorization->source_count; i++) {
        is_source = is_source || strcmp(authorization->sources[i].uscc, query->source_uscc) == 0;
    }
    if (!is_source) {
        return gate_refuse(err, "gate.other_source", GATE_CLAUSE,
                           "this source is not named in the authorization");
    }
    return query->recipient_uscc == NULL ||
           authorization_names_recipient(authorization, query->recipient_uscc) ||
           gate_refuse(err, "gate.other_recipient", GATE_USE_CLAUSE,
                       "this recipient is not named in the authorization");
}

static bool gate_count(const GateSubject *subject, const GateQuery *query, Error *err)
{
    const Frequency *frequency = &subject->authorization->frequency;
    if (query->kind != USE_QUERY || frequency->count == 0 ||
        subject->used_in_period < (uint64_t)frequency->count) {
        return true;
    }
    return error_set(err, ERROR_LIMIT, "gate.count_exceeded", GATE_USE_CLAUSE,
                     "the authorization permits %d uses in this period", frequency->count);
}

bool gate_check(const GateSubject *subject, const GateQuery *query, Error *err)
{
    const Purpose *purpose = NULL;
    if (query->kind != USE_REPORT) {
        purpose = query->purpose != NULL ? purpose_find(query->purpose) : NULL;
        if (purpose == NULL) {
            return error_set(err, ERROR_INPUT, "purpose.unknown", GATE_CLAUSE,
                             "this is no query reason code");
        }
    }
    return gate_party(subject, query, err) && gate_state(subject, err) &&
           gate_term(subject, query, err) && gate_scope(subject, query, purpose, err) &&
           gate_places(subject, query, err) && gate_count(subject, query, err);
}

Time frequency_period_start(FrequencyPeriod period, Time now)
{
    CivilTime civil = civil_from_time(now + TIME_OFFSET_CHINA);
    Time start = 0;
    if (period == PERIOD_TOTAL) {
        return 0;
    }
    if (period == PERIOD_MONTH) {
        civil.day = 1;
    } else if (period == PERIOD_QUARTER) {
        civil.month -= (civil.month - 1) % 3;
        civil.day = 1;
    }
    civil.hour = civil.minute = civil.second = civil.microsecond = 0;
    // The parts come from civil_from_time: the date exists.
    return civil_to_time(civil, &start, NULL) ? start - TIME_OFFSET_CHINA : 0;
}
