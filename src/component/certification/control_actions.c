// SPDX-License-Identifier: Apache-2.0
//
// What two officers can do: how each action is read, checked and done.
#include <string.h>

#include "base/codec/hex.h"
#include "component/certification/control.h"
#include "component/certification/retention.h"
#include "component/port/message.h"

typedef struct {
    const char *name;
    bool (*parse)(JsonView *view, Arena *arena, ControlProposal *ret, Error *err);
    bool (*check)(const Certification *certification, const ControlProposal *proposal, Arena *arena,
                  Error *err);
    bool (*act)(StoreSession *session, const ControlDeed *deed, Error *err);
} ControlAction;

enum { LAST_REASON = 10 };

// --- certificates -----------------------------------------------------------------------------

static bool parse_serial(JsonView *view, Arena *arena, ControlProposal *ret)
{
    ret->subject = serial_canonical(arena, message_text(view, arena, "serial", MESSAGE_ID_SIZE));
    return ret->subject != NULL;
}

static bool parse_suspension(JsonView *view, Arena *arena, ControlProposal *ret, Error *err)
{
    ret->reason = REASON_CERTIFICATE_HOLD;
    ret->evidence = message_optional_base64(view, arena, "evidence", CERTIFICATION_EVIDENCE_SIZE);
    return parse_serial(view, arena, ret) || error_memory(err);
}

// A court speaks by its order, which is kept.
static bool parse_revocation(JsonView *view, Arena *arena, ControlProposal *ret, Error *err)
{
    CertificateOperation operation;
    const char *requester = json_view_text(view, "requester", MESSAGE_ID_SIZE);
    bool known = requester_from_name(requester, &ret->requester) &&
                 (ret->requester == REQUESTER_AUTHORITY || ret->requester == REQUESTER_COURT);
    ret->reason = (int)json_view_int(view, "reason", 0, LAST_REASON);
    ret->evidence = message_optional_base64(view, arena, "evidence", CERTIFICATION_EVIDENCE_SIZE);
    if (!view->failed && !known) {
        json_view_fail(view, "requester", "is authority or court");
    }
    if (!view->failed && ret->requester == REQUESTER_COURT && ret->evidence.len == 0) {
        json_view_fail(view, "evidence", "is the court's order");
    }
    if (!view->failed && certificate_operation_of_reason(ret->reason, &operation, NULL) &&
        operation != OPERATION_REVOKE) {
        json_view_fail(view, "reason", "is one for a revocation");
    }
    return parse_serial(view, arena, ret) || error_memory(err);
}

static bool parse_resumption(JsonView *view, Arena *arena, ControlProposal *ret, Error *err)
{
    ret->reason = REASON_REMOVE_FROM_LIST;
    ret->evidence = json_view_base64(view, arena, "evidence", CERTIFICATION_EVIDENCE_SIZE);
    return parse_serial(view, arena, ret) || error_memory(err);
}

static bool parse_closing(JsonView *view, Arena *arena, ControlProposal *ret, Error *err)
{
    return parse_serial(view, arena, ret) || error_memory(err);
}

static bool check_certificate(const Certification *certification, const ControlProposal *proposal,
                              Arena *arena, Error *err)
{
    CertificateRow row;
    CertificateOperation operation;
    CertificateState next;
    Time now = clock_now(certification->config.institution.clock);
    return certificate_record_get(certification->store, proposal->subject, arena, &row, err) &&
           certificate_operation_of_reason(proposal->reason, &operation, err) &&
           certificate_state_next(certificate_row_state(&row, now), operation, proposal->requester,
                                  &next, err);
}

static bool check_incident(const Certification *certification, const ControlProposal *proposal,
                           Arena *arena, Error *err)
{
    CertificateRow row;
    Time now = clock_now(certification->config.institution.clock);
    return certificate_record_get(certification->store, proposal->subject, arena, &row, err) &&
           (certificate_row_state(&row, now) == CERTIFICATE_SUSPENDED ||
            error_set(err, ERROR_CONFLICT, "certificate.state", "JR/T 0299-2024 6.5",
                      "the certificate is not suspended"));
}

static bool take_decision(const ControlProposal *proposal, Arena *arena, Sm3Digest *ret, Error *err)
{
    Statement decision;
    if (!statement_parse(arena, proposal->evidence, &decision, err)) {
        return error_context(err, "the decision of the new identification");
    }
    *ret = sm3_digest(decision.payload);
    return true;
}

static bool change_certificate(StoreSession *session, const ControlDeed *deed, Error *err)
{
    const ControlProposal *proposal = deed->proposal;
    CertificateRow row;
    Sm3Digest decision;
    StatusChange change = {
        .serial = proposal->subject,
        .registrar = "",
        .request_id = deed->row->control_id,
        .request_digest = sm3_digest(deed->row->proposal),
        .reason = proposal->reason,
        .requester = proposal->requester,
        .now = deed->row->decided_at,
    };
    if (proposal->reason == REASON_REMOVE_FROM_LIST) {
        if (!take_decision(proposal, deed->arena, &decision, err)) {
            return false;
        }
        change.decision = &decision;
    }
    if (!certificate_record_read(session, proposal->subject, deed->arena, &row, err)) {
        return false;
    }
    change.max_suspension = authority_max_suspension(deed->certification, row.profile);
    return certificate_record_change_within(session, &change, deed->arena, &row, err);
}

static bool close_incident(StoreSession *session, const ControlDeed *deed, Error *err)
{
    return certificate_record_close_incident(session, deed->proposal->subject,
                                             deed->row->decided_at, err);
}

// --- rules ------------------------------------------------------------------------------------

static bool parse_profile(JsonView *view, Arena *arena, ControlProposal *ret, Error *err)
{
    Profile profile;
    const json_t *value = json_view_object(view, "profile");
    if (view->failed) {
        return true;
    }
    if (!profile_parse(arena, value, &profile, err)) {
        return false;
    }
    ret->subject = profile.name;
    ret->rule.kind = RULE_PROFILE;
    return json_text(arena, value, &ret->rule.content, err);
}

static bool parse_practice(JsonView *view, Arena *arena, ControlProposal *ret, Error *err)
{
    (void)err;
    ret->subject = message_text(view, arena, "version", MESSAGE_ID_SIZE);
    ret->rule.kind = RULE_PRACTICE;
    ret->rule.content = json_view_base64(view, arena, "text", PRACTICE_MAX_SIZE);
    if (!view->failed && ret->rule.content.len == 0) {
        json_view_fail(view, "text", "is not empty");
    }
    return true;
}

static bool parse_registrar(JsonView *view, Arena *arena, ControlProposal *ret, Error *err)
{
    Registrar registrar = {
        .name = message_text(view, arena, "name", MESSAGE_NAME_SIZE),
        .certificate = json_view_base64(view, arena, "certificate", MESSAGE_CERTIFICATE_SIZE),
        .agreement = message_text(view, arena, "agreement", MESSAGE_ID_SIZE),
        .requirements = message_text(view, arena, "requirements", MESSAGE_ID_SIZE),
    };
    Certificate certificate;
    ret->subject = registrar.name;
    ret->rule.kind = RULE_REGISTRAR;
    // DER or PEM; kept as DER.
    if (view->failed || !certificate_load(arena, registrar.certificate, &certificate, err)) {
        return view->failed;
    }
    registrar.certificate = certificate.der;
    return registrar_to_text(&registrar, arena, &ret->rule.content, err) &&
           registrar_parse(registrar.name, ret->rule.content, arena, &registrar, err);
}

static bool parse_removal(JsonView *view, Arena *arena, ControlProposal *ret, Error *err)
{
    (void)err;
    ret->subject = message_text(view, arena, "name", MESSAGE_NAME_SIZE);
    ret->rule.kind = RULE_REGISTRAR;
    return true;
}

static bool parse_issuing_key(JsonView *view, Arena *arena, ControlProposal *ret, Error *err)
{
    Bytes text = json_view_base64(view, arena, "certificate", MESSAGE_CERTIFICATE_SIZE);
    Certificate certificate;
    ret->rule.kind = RULE_ISSUING_KEY;
    if (view->failed || !certificate_load(arena, text, &certificate, err)) {
        return view->failed;
    }
    uint16_t needed = USAGE_CERT_SIGN | USAGE_CRL_SIGN;
    if (!certificate.is_ca || (certificate.key_usage & needed) != needed) {
        return error_set(err, ERROR_INPUT, "control.issuing_key", "GM/T 0015-2012 annex C",
                         "with this certificate no certificates and lists may be signed");
    }
    Sm3Digest digest = sm3_digest(certificate.der);
    ret->subject = hex_text(arena, sm3_bytes(&digest));
    ret->rule.content = certificate.der;
    return ret->subject != NULL || error_memory(err);
}

static bool check_profile(const Certification *certification, const ControlProposal *proposal,
                          Arena *arena, Error *err)
{
    const ProfileCatalogue *catalogue = &certification_rules(certification)->profiles;
    (void)arena;
    return catalogue->count < PROFILES_MAX || profiles_find(catalogue, proposal->subject) != NULL ||
           error_set(err, ERROR_LIMIT, "control.too_many", NULL, "there are %d profiles already",
                     PROFILES_MAX);
}

// What certificates were issued under does not change its text: another text has another version.
static bool check_new(const Certification *certification, const ControlProposal *proposal,
                      Arena *arena, Error *err)
{
    RuleRow known;
    return rule_record_find(certification->store, proposal->rule.kind, proposal->subject, arena,
                            &known, err) &&
           (known.name == NULL ||
            error_set(err, ERROR_CONFLICT, "control.version", "GB/T 27913 6.2",
                      "there is a version of this name, or this key, already"));
}

static bool check_registrar(const Certification *certification, const ControlProposal *proposal,
                            Arena *arena, Error *err)
{
    const Rules *rules = certification_rules(certification);
    Registrar registrar;
    bool is_known = false;
    if (!registrar_parse(proposal->subject, proposal->rule.content, arena, &registrar, err)) {
        return false;
    }
    for (size_t i = 0; i < rules->registrar_count; i++) {
        bool is_same = strcmp(rules->registrars[i].name, proposal->subject) == 0;
        is_known = is_known || is_same;
        if (!is_same && bytes_equal(rules->registrars[i].certificate, registrar.certificate)) {
            return error_set(err, ERROR_CONFLICT, "control.registrar", "JR/T 0299-2024 6.3",
                             "another registration authority has this certificate");
        }
    }
    return is_known || rules->registrar_count < REGISTRARS_MAX ||
           error_set(err, ERROR_LIMIT, "control.too_many", NULL, "there are %d registrars already",
                     REGISTRARS_MAX);
}

static bool check_removal(const Certification *certification, const ControlProposal *proposal,
                          Arena *arena, Error *err)
{
    const Rules *rules = certification_rules(certification);
    (void)arena;
    for (size_t i = 0; i < rules->registrar_count; i++) {
        if (strcmp(rules->registrars[i].name, proposal->subject) == 0) {
            return true;
        }
    }
    return error_set(err, ERROR_NOT_FOUND, "control.registrar", "JR/T 0299-2024 6.3",
                     "there is no such registration authority");
}

static bool change_rule(StoreSession *session, const ControlDeed *deed, Error *err)
{
    RuleRow row = deed->proposal->rule;
    row.name = deed->proposal->subject;
    row.control_id = deed->row->control_id;
    row.created_at = deed->row->decided_at;
    return rule_record_insert(session, &row, err);
}

// --- records ----------------------------------------------------------------------------------

static bool parse_erasure(JsonView *view, Arena *arena, ControlProposal *ret, Error *err)
{
    char text[TIME_TEXT_SIZE];
    ret->expired_before = json_view_time(view, "expired_before");
    time_to_text(ret->expired_before, text);
    ret->subject = arena_text(arena, bytes_of_text(text));
    return ret->subject != NULL || error_memory(err);
}

static bool check_erasure(const Certification *certification, const ControlProposal *proposal,
                          Arena *arena, Error *err)
{
    (void)arena;
    return retention_check(proposal->expired_before,
                           clock_now(certification->config.institution.clock), err);
}

static bool erase(StoreSession *session, const ControlDeed *deed, Error *err)
{
    int64_t count;
    return retention_record_erase(session, deed->proposal->expired_before, deed->row->decided_at,
                                  &count, err);
}

// --- the table --------------------------------------------------------------------------------

static const ControlAction actions[] = {
    {"suspend", parse_suspension, check_certificate, change_certificate},
    {"revoke", parse_revocation, check_certificate, change_certificate},
    {"resume", parse_resumption, check_certificate, change_certificate},
    {"close_incident", parse_closing, check_incident, close_incident},
    {"profile", parse_profile, check_profile, change_rule},
    {"practice", parse_practice, check_new, change_rule},
    {"registrar", parse_registrar, check_registrar, change_rule},
    {"remove_registrar", parse_removal, check_removal, change_rule},
    {"issuing_key", parse_issuing_key, check_new, change_rule},
    {"erase", parse_erasure, check_erasure, erase},
};

static const ControlAction *action_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(actions); i++) {
        if (strcmp(actions[i].name, name) == 0) {
            return &actions[i];
        }
    }
    return NULL;
}

bool control_proposal_parse(const json_t *json, Arena *arena, ControlProposal *ret, Error *err)
{
    JsonView view = json_view(json, "proposal", err);
    ControlProposal proposal = {
        .request_id = message_text(&view, arena, "request_id", MESSAGE_ID_SIZE),
        .action = message_text(&view, arena, "action", MESSAGE_ID_SIZE),
        .justification = message_text(&view, arena, "justification", CONTROL_TEXT_SIZE),
        .requester = REQUESTER_AUTHORITY,
    };
    const ControlAction *action = action_find(proposal.action);
    if (!view.failed && action == NULL) {
        return error_set(err, ERROR_INPUT, "control.action", NULL,
                         "there is no action \"%.32s\" for two officers", proposal.action);
    }
    if ((!view.failed && !action->parse(&view, arena, &proposal, err)) || !json_view_done(&view)) {
        return false;
    }
    *ret = proposal;
    return true;
}

// A proposal was read with an action that there is; a store of a newer program may know others.
static bool unknown(Error *err)
{
    return error_set(err, ERROR_INPUT, "control.action", NULL,
                     "there is no such action for two officers");
}

bool control_proposal_check(const Certification *certification, const ControlProposal *proposal,
                            Arena *arena, Error *err)
{
    const ControlAction *action = action_find(proposal->action);
    return action != NULL ? action->check(certification, proposal, arena, err) : unknown(err);
}

bool control_proposal_do(StoreSession *session, const ControlDeed *deed, Error *err)
{
    const ControlAction *action = action_find(deed->proposal->action);
    return action != NULL ? action->act(session, deed, err) : unknown(err);
}

bool control_proposal_changes_rules(const ControlProposal *proposal)
{
    const ControlAction *action = action_find(proposal->action);
    return action != NULL && action->act == change_rule;
}
