// SPDX-License-Identifier: Apache-2.0
//
// Suspension, resumption and revocation, and the handover.
#include <string.h>

#include "base/core/log.h"
#include "component/certification/authority.h"
#include "component/certification/records_change.h"

// --- changes ----------------------------------------------------------------------------------

// The decision by which a holder was identified anew: what it says is used up, not how it was
// signed.
static bool take_decision(const CertificationRevocation *revocation, Arena *arena,
                          StatusChange *change, Error *err)
{
    Statement decision;
    Error malformed;
    if (revocation->reason != REASON_REMOVE_FROM_LIST || revocation->evidence.len == 0 ||
        !statement_parse(arena, revocation->evidence, &decision, &malformed)) {
        return true;  // whoever needs a decision misses it
    }
    Sm3Digest *digest = arena_alloc(arena, sizeof *digest);
    if (digest == NULL) {
        return error_memory(err);
    }
    *digest = sm3_digest(decision.payload);
    change->decision = digest;
    return true;
}

static bool take_requester(const CertificationRevocation *revocation, StatusChange *change,
                           Error *err)
{
    return (requester_from_name(revocation->requester, &change->requester) &&
            requester_comes_by_registrar(change->requester)) ||
           error_set(err, ERROR_FORBIDDEN, "certificate.requester", "JR/T 0299-2024 6.5",
                     "a registration authority cannot ask in the name of \"%.16s\"",
                     revocation->requester);
}

static bool parse_change(Certification *certification, AuthorityRequest *request, StatusChange *ret,
                         Error *err)
{
    Statement received;
    CertificationRevocation revocation;
    CertificateOperation operation;
    Arena *arena = request->arena;
    const Rules *rules = certification_rules(certification);
    if (!partners_accept(&rules->pinned, CERTIFICATION_REVOCATION_TYPE, request->statement, arena,
                         &received, err) ||
        !certification_revocation_parse(received.payload, arena, &revocation, err)) {
        return false;
    }
    request->request_id = revocation.request_id;
    request->requester = revocation.requester;
    *ret = (StatusChange){
        .serial = serial_canonical(arena, revocation.serial_hex),
        .registrar = registrar_find(rules, &received.signer)->name,
        .request_id = revocation.request_id,
        .request_digest = sm3_digest(received.payload),
        .reason = revocation.reason,
        .closes_incident = revocation.incident[0] != '\0',
        .now = clock_now(certification->config.institution.clock),
    };
    if (ret->serial == NULL) {
        return error_memory(err);
    }
    if (!certificate_operation_of_reason(revocation.reason, &operation, err)) {
        return false;
    }
    request->operation = operation;
    return take_requester(&revocation, ret, err) && take_decision(&revocation, arena, ret, err);
}

static bool check_serial(const AuthorityRequest *request, const char *stated, Error *err)
{
    return strcmp(request->serial, stated) == 0 ||
           error_set(err, ERROR_INPUT, "certificate.other_serial", NULL,
                     "the signed request is about another certificate");
}

Time authority_max_suspension(const Certification *certification, const char *profile_name)
{
    const Profile *profile =
        profiles_find(&certification_rules(certification)->profiles, profile_name);
    return profile != NULL ? profile->max_suspension : PROFILE_MAX_SUSPENSION_DEFAULT;
}

bool authority_change_status(Certification *certification, AuthorityRequest *request,
                             CertificateRow *ret, Error *err)
{
    StatusChange change;
    if (!parse_change(certification, request, &change, err) ||
        !check_serial(request, change.serial, err) ||
        !certificate_record_get(certification->store, change.serial, request->arena, ret, err)) {
        return false;
    }
    change.max_suspension = authority_max_suspension(certification, ret->profile);
    const FieldPlace place = {"status_change", "request", change.request_id};
    return certification_seal(certification, &place, request->statement, request->arena,
                              &change.request, err) &&
           certificate_record_change(certification->store, &change, request->arena, ret, err);
}

bool authority_end_suspensions(Certification *certification, Error *err)
{
    return certificate_record_end_suspensions(
        certification->store, clock_now(certification->config.institution.clock), err);
}

// --- handing over -----------------------------------------------------------------------------

// What is said to have happened lies between the issue and now.
static bool check_times(const CertificationHandover *handover, const CertificateRow *row, Time now,
                        Error *err)
{
    Time first = row->issued_at - PARTNER_FRESHNESS, last = now + PARTNER_FRESHNESS;
    bool is_accepted = handover->accepted_at != 0;
    return (handover->delivered_at >= first && handover->delivered_at <= last &&
            (!is_accepted || (handover->accepted_at >= first && handover->accepted_at <= last))) ||
           error_set(err, ERROR_INPUT, "certificate.handover", "JR/T 0299-2024 6.5",
                     "the certificate was handed over before its issue, or is yet to be");
}

bool authority_hand_over(Certification *certification, AuthorityRequest *request,
                         CertificateRow *ret, Error *err)
{
    Statement received;
    CertificationHandover told;
    Arena *arena = request->arena;
    const Rules *rules = certification_rules(certification);
    Time now = clock_now(certification->config.institution.clock);
    request->operation = OPERATION_DELIVER;
    request->requester = requester_name(REQUESTER_REGISTRAR);
    if (!partners_accept(&rules->pinned, CERTIFICATION_HANDOVER_TYPE, request->statement, arena,
                         &received, err) ||
        !certification_handover_parse(received.payload, arena, &told, err)) {
        return false;
    }
    request->request_id = told.request_id;
    const char *serial = serial_canonical(arena, told.serial_hex);
    if (serial == NULL) {
        return error_memory(err);
    }
    if (!check_serial(request, serial, err) ||
        !certificate_record_get(certification->store, serial, arena, ret, err) ||
        !check_times(&told, ret, now, err)) {
        return false;
    }
    const Profile *profile = profiles_find(&rules->profiles, ret->profile);
    Handover handover = {
        .serial = serial,
        .registrar = registrar_find(rules, &received.signer)->name,
        .request_id = told.request_id,
        .request_digest = sm3_digest(received.payload),
        .delivered_at = told.delivered_at,
        .accepted_at = told.accepted_at,
        .manner = told.manner,
        .revokes_predecessor = profile == NULL || profile->revokes_predecessor,
        .now = now,
    };
    const FieldPlace place = {"handover", "request", told.request_id};
    return certification_seal(certification, &place, request->statement, arena, &handover.request,
                              err) &&
           certificate_record_hand_over(certification->store, &handover, arena, ret, err);
}

// --- refusals ---------------------------------------------------------------------------------

void authority_note_refusal(Certification *certification, const AuthorityRequest *request,
                            const Error *refusal)
{
    if (refusal->kind == ERROR_UNAVAILABLE || refusal->kind == ERROR_INTERNAL) {
        return;
    }
    const CertificateRefusal row = {
        .operation = certificate_operation_name(request->operation),
        .caller = request->caller,
        .serial = request->serial,
        .request_id = request->request_id,
        .requester = request->requester,
        .refusal = refusal->code,
        .created_at = clock_now(certification->config.institution.clock),
    };
    Error failure = {0};
    if (!certificate_record_add_refusal(certification->store, &row, &failure)) {
        LOG(LOG_ERROR, "certification.refusal_not_kept", log_text("code", failure.code));
    }
}
