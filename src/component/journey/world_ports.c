// SPDX-License-Identifier: Apache-2.0
#include "component/journey/world_ports.h"

#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
#include "component/port/certification.h"
#include "domain/evidence/deposit.h"
#include "domain/pki/csr.h"
#include "domain/pki/statement.h"
#include "domain/pki/timestamp.h"
#include "domain/seal/seal.h"

static bool strike(World *world, unsigned crossing, bool is_after, Error *err)
{
    WorldInterruption *interruption = &world->interruption;
    if (interruption->at != crossing || interruption->is_after != is_after ||
        interruption->has_struck) {
        return true;
    }
    interruption->has_struck = true;
    return error_set(err, ERROR_UNAVAILABLE, "world.interrupted", NULL,
                     "interrupted at crossing %u", crossing);
}

bool world_enter(World *world, unsigned *ret_crossing, Error *err)
{
    *ret_crossing = ++world->interruption.count;
    return strike(world, *ret_crossing, false, err);
}

bool world_leave(World *world, unsigned crossing, Error *err)
{
    return strike(world, crossing, true, err);
}

// --- identity providers and the phone ---------------------------------------------------------

WorldAnswers world_answers_pass(void)
{
    return (WorldAnswers){
        .police =
            "{\"requestId\":\"$ID\",\"returnCode\":\"90000\",\"data\":{\"checkResult\":\"01\","
            "\"antiForgery\":{\"alarms\":\"00000000\",\"method\":\"image-forensics\"}}}",
        .face =
            "{\"request_no\":\"$ID\",\"code\":\"0\",\"sub_code\":\"200\","
            "\"similarity\":\"95.5\",\"liveness_risk\":\"1.25\",\"charged\":true}",
        .bank = "{\"Response\":{\"Seq\":\"$ID\",\"Result\":\"0\",\"Billed\":true}}",
        .operator_ = "{\"serialNo\":\"$ID\",\"resultCode\":\"0\",\"charged\":true}",
    };
}

// Put the request's own id in the place of "$ID".
static const char *fill_answer(Arena *arena, const char *answer, const char *id)
{
    const char *place = strstr(answer, "$ID");
    return place == NULL
               ? answer
               : arena_format(arena, "%.*s%s%s", (int)(place - answer), answer, id, place + 3);
}

// A code can be used once.
static const char *answer_bank_code(World *world, const json_t *request)
{
    const char *action = json_string_value(json_object_get(request, "Action"));
    const char *code = json_string_value(json_object_get(request, "Code"));
    if (action != NULL && strcmp(action, "send") == 0) {
        world->bank_code_is_live = true;
        return "{\"Response\":{\"Result\":\"0\",\"OtpId\":\"otp-1\"}}";
    }
    if (!world->bank_code_is_live) {
        return "{\"Response\":{\"Result\":\"2\",\"OtpId\":\"otp-1\"}}";
    }
    if (code == NULL || strcmp(code, WORLD_BANK_CODE) != 0) {
        return "{\"Response\":{\"Result\":\"1\",\"OtpId\":\"otp-1\"}}";
    }
    world->bank_code_is_live = false;
    return "{\"Response\":{\"Result\":\"0\",\"OtpId\":\"otp-1\"}}";
}

static const char *find_answer(const World *world, const char *path, const char **ret_id_key)
{
    const struct {
        const char *path;
        const char *id_key;
        const char *answer;
    } rows[] = {
        {"/police/v1/id-card-check", "requestId", world->answers.police},
        {"/face/v1/liveness-compare", "request_no", world->answers.face},
        {"/bank/v1/four-elements", "Seq", world->answers.bank},
        {"/operator/v1/three-elements", "serialNo", world->answers.operator_},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (strcmp(rows[i].path, path) == 0) {
            *ret_id_key = rows[i].id_key;
            return rows[i].answer;
        }
    }
    return NULL;
}

static bool provider_post(void *state, const char *path, Bytes body, Arena *arena, int *ret_status,
                          Bytes *ret_body, Error *err)
{
    World *world = state;
    unsigned crossing;
    CLEANUP(json_cleanup) json_t *request = NULL;
    const char *id_key = "";
    if (!world_enter(world, &crossing, err) || !json_parse(body, &request, err)) {
        return false;
    }
    const char *answer = strcmp(path, "/bank/v1/otp") == 0 ? answer_bank_code(world, request)
                                                           : find_answer(world, path, &id_key);
    if (answer == NULL) {
        return error_set(err, ERROR_UNAVAILABLE, "peer.timeout", NULL, "no answer in time");
    }
    const char *id = json_string_value(json_object_get(request, id_key));
    answer = fill_answer(arena, answer, id == NULL ? "" : id);
    *ret_status = 200;
    *ret_body = arena_copy(arena, bytes_of_text(answer));
    return world_leave(world, crossing, err);
}

static bool notification_send(const NotificationPort *port, const char *phone, const char *text,
                              Arena *arena, Error *err)
{
    World *world = (void *)port->peer;
    unsigned crossing;
    (void)arena;
    if (strcmp(phone, WORLD_PHONE) != 0) {
        return error_set(err, ERROR_INPUT, "world.phone", NULL, "a message to another phone");
    }
    if (!world_enter(world, &crossing, err)) {
        return false;
    }
    snprintf(world->message, sizeof world->message, "%s", text);
    return world_leave(world, crossing, err);
}

static bool bureau_query(const BureauPort *port, const BureauQuery *query, Arena *arena,
                         Bytes *ret_report, Error *err)
{
    World *world = (void *)port->peer;
    unsigned crossing;
    if (!world_enter(world, &crossing, err)) {
        return false;
    }
    world->bureau_queries++;
    const char *report =
        arena_format(arena, "{\"query_id\":\"%s\",\"report\":\"ok\"}", query->query_id);
    *ret_report = bytes_of_text(report);
    return world_leave(world, crossing, err);
}

// --- C2, TSA, seals, certificate status -------------------------------------------------------

static WorldRegistration *find_registration(World *world, const char *request_id)
{
    for (size_t i = 0; i < world->registration_count; i++) {
        if (strcmp(world->registrations[i].request_id, request_id) == 0) {
            return &world->registrations[i];
        }
    }
    return NULL;
}

// Issue for the request's key, under the name that was applied for.
static bool issue(World *world, const RegistrationRequest *request, Bytes *ret, Error *err)
{
    Csr csr;
    uint8_t serial[2] = {2, (uint8_t)world->registration_count};
    const char *name = world->issues_for == NULL ? request->holder_name : world->issues_for;
    const NameAttribute subject[] = {
        {OID_COUNTRY, "CN"}, {OID_SERIAL_NUMBER, request->holder_index}, {OID_COMMON_NAME, name}};
    CertificateTemplate template =
        fixture_template(PROFILE_PERSON, BYTES_OF_ARRAY(serial), &world->pki.ca);
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    if (!csr_parse(request->csr, &csr, err) ||
        !name_build(world->arena, subject, COUNT_OF(subject), &template.subject, err)) {
        return false;
    }
    template.public_key = &csr.public_key;
    if (!certificate_issue(&template, &world->pki.ca.signer, &der, err)) {
        return false;
    }
    *ret = arena_copy(world->arena, writer_bytes(&der));
    return ret->len > 0 || error_memory(err);
}

// C3's record of the issue.
static bool state_issue(World *world, WorldRegistration *registration, Error *err)
{
    CertificationResult result = {
        .request_id = registration->request_id,
        .certificate = registration->certificate,
        .profile =
            registration->is_in_token && !world->issues_scenarios_only ? "personal" : "scenario",
        .policy_oid = "1.2.3",
        .cps_uri = world->profile.cps_url,
        .cps_version = "1",
        .issued_at = world->now};
    if (world->log_issue != NULL && !world->log_issue(world, &result, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *payload = certification_result_to_json(&result);
    Institution c3 = {&world->c3.signer, world->c3.certificate.der, clock_manual(&world->now)};
    return institution_state(&c3, CERTIFICATION_ISSUED_TYPE, payload, world->arena,
                             &registration->issue, err);
}

// As C2: a decision serves one certificate at a time.
static bool check_decision(const World *world, const RegistrationRequest *request, Error *err)
{
    Sm3Digest decision = sm3_digest(request->decision);
    for (size_t i = 0; i < world->registration_count; i++) {
        const WorldRegistration *before = &world->registrations[i];
        if (sm3_digest_equal(&before->decision, &decision) && before->revoked_at == 0) {
            return error_set(err, ERROR_CONFLICT, "registration.decision_used", NULL, "used");
        }
    }
    return true;
}

static bool registration_apply(const RegistrationPort *port, const RegistrationRequest *request,
                               Arena *arena, RegistrationResult *ret, Error *err)
{
    World *world = (void *)port->peer;
    unsigned crossing;
    (void)arena;
    if (!world_enter(world, &crossing, err)) {
        return false;
    }
    if (world->registration_refusals > 0) {
        world->registration_refusals--;
        return error_set(err, ERROR_FORBIDDEN, "world.refused", NULL, "refused");
    }
    WorldRegistration *known = find_registration(world, request->request_id);
    if (known == NULL) {
        if (!check_decision(world, request, err)) {
            return false;
        }
        if (world->registration_count == WORLD_REGISTRATIONS_MAX) {
            return error_set(err, ERROR_LIMIT, "world.registrations", NULL, "too many");
        }
        known = &world->registrations[world->registration_count];
        snprintf(known->request_id, sizeof known->request_id, "%s", request->request_id);
        snprintf(known->authorization_id, sizeof known->authorization_id, "%s",
                 request->authorization_id);
        known->decision = sm3_digest(request->decision);
        known->is_in_token = strcmp(request->storage, STORAGE_TOKEN) == 0;
        snprintf(known->carrier, sizeof known->carrier, "%s", request->carrier_serial);
        if (!issue(world, request, &known->certificate, err) || !state_issue(world, known, err)) {
            return false;
        }
        world->registration_count++;
    }
    *ret = (RegistrationResult){.registration_id = known->request_id,
                                .certificate = known->certificate,
                                .chain = {world->pki.ca.certificate.der},
                                .chain_count = 1,
                                .issue_statement = known->issue};
    return world_leave(world, crossing, err);
}

static bool registration_change_status(const RegistrationPort *port,
                                       const RegistrationStatusChange *change, Arena *arena,
                                       Error *err)
{
    World *world = (void *)port->peer;
    unsigned crossing;
    (void)arena;
    if (!world_enter(world, &crossing, err)) {
        return false;
    }
    WorldRegistration *known = find_registration(world, change->registration_id);
    bool holds = change->reason == REASON_CERTIFICATE_HOLD;
    if (known == NULL || (!holds && change->reason != REASON_CESSATION_OF_OPERATION)) {
        return error_set(err, ERROR_NOT_FOUND, "world.registration", NULL, "unknown");
    }
    if (holds) {
        return world_leave(world, crossing, err);
    }
    known->revoked_at = known->revoked_at == 0 ? world->now : known->revoked_at;
    return world_leave(world, crossing, err);
}

// C2's own record, M7, signed by C2.
static bool make_m7(World *world, const RegistrationCompletion *completion,
                    WorldRegistration *registration, Error *err)
{
    DepositEvent event = {.time = world->now,
                          .type = "certificate.issued",
                          .actor = "system",
                          .device = "",
                          .address = "",
                          .outcome = "ok",
                          .detail = ""};
    DepositItem item =
        deposit_item_of("certificate.cer", "application/pkix-cert", registration->certificate);
    Deposit deposit = {.authorization_id = registration->authorization_id,
                       .stage = DEPOSIT_M7,
                       .is_batch = strcmp(completion->mode, "batch") == 0,
                       .has_previous = true,
                       .system = "C2",
                       .system_version = "1",
                       .events = &event,
                       .event_count = 1,
                       .items = &item,
                       .item_count = 1};
    CLEANUP(writer_free) Writer digest = writer_new(SM3_SIZE);
    CLEANUP(writer_free) Writer payload = writer_new(STATEMENT_MAX_SIZE);
    CLEANUP(writer_free) Writer statement = writer_new(STATEMENT_MAX_SIZE);
    if (!hex_decode(bytes_of_text(completion->previous), &digest, err) || digest.len != SM3_SIZE) {
        return error_set(err, ERROR_INPUT, "world.previous", NULL, "M6 is not named");
    }
    memcpy(deposit.previous.bytes, digest.data, SM3_SIZE);
    if (!deposit_encode(&deposit, &payload, err)) {
        return false;
    }
    StatementTemplate template = {DEPOSIT_TYPE, writer_bytes(&payload), world->now,
                                  world->c2.certificate.der};
    if (!statement_sign(&template, &world->c2.signer, &statement, err)) {
        return false;
    }
    registration->submission = arena_copy(world->arena, writer_bytes(&statement));
    return registration->submission.len > 0 || error_memory(err);
}

static bool registration_complete(const RegistrationPort *port,
                                  const RegistrationCompletion *completion, Arena *arena,
                                  Bytes *ret_receipt, Error *err)
{
    World *world = (void *)port->peer;
    unsigned crossing;
    if (!world_enter(world, &crossing, err)) {
        return false;
    }
    WorldRegistration *known = find_registration(world, completion->registration_id);
    if (known == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "world.registration", NULL, "unknown");
    }
    PreservationPort c5 = preservation_port_of_peer(world->c5_for_c2);
    if (world->preservation_is_down) {
        return error_set(err, ERROR_UNAVAILABLE, "peer.unreachable", NULL, "C5 is down");
    }
    return (known->submission.len > 0 || make_m7(world, completion, known, err)) &&
           c5.deposit(&c5, known->submission, arena, ret_receipt, err) &&
           world_leave(world, crossing, err);
}

static bool registration_submission(const RegistrationPort *port, const char *registration_id,
                                    Arena *arena, Bytes *ret, Error *err)
{
    World *world = (void *)port->peer;
    unsigned crossing;
    (void)arena;
    if (!world_enter(world, &crossing, err)) {
        return false;
    }
    const WorldRegistration *known = find_registration(world, registration_id);
    if (known == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "world.registration", NULL, "unknown");
    }
    *ret = world->shows_other_submission ? known->issue : known->submission;
    return world_leave(world, crossing, err);
}

static bool timestamp_stamp(const TimestampPort *port, const Sm3Digest *imprint, Arena *arena,
                            Bytes *ret_token, Error *err)
{
    World *world = (void *)port->peer;
    unsigned crossing;
    static const uint8_t serial[] = {1, 2, 3};
    TimestampRequest request = timestamp_request_over(imprint, true);
    TimestampTemplate template = {.request = &request,
                                  .policy = BYTES_LITERAL("\x2a\x03\x04"),
                                  .serial = BYTES_OF_ARRAY(serial),
                                  .time = world->now + world->stamp_offset,
                                  .tsa = &world->pki.timestamp.certificate};
    CLEANUP(writer_free) Writer token = writer_new(TIMESTAMP_MAX_SIZE);
    if (!world_enter(world, &crossing, err) ||
        !timestamp_token_build(&template, &world->pki.timestamp.signer, &token, err)) {
        return false;
    }
    *ret_token = arena_copy(arena, writer_bytes(&token));
    return ret_token->len > 0 ? world_leave(world, crossing, err) : error_memory(err);
}

static bool sealing_make(const SealingPort *port, const SealOrder *order, Arena *arena,
                         Bytes *ret_seal, Error *err)
{
    World *world = (void *)port->peer;
    unsigned crossing;
    SealPlan plan = {.vendor_id = BYTES_LITERAL("TEST"),
                     .id = bytes_of_text(order->request_id),
                     .type = order->is_organization ? SEAL_TYPE_ORGANISATION : SEAL_TYPE_PERSON,
                     .name = bytes_of_text(order->name),
                     .list_type = SEAL_LIST_CERTIFICATES,
                     .certificates = &order->certificate,
                     .certificate_count = 1,
                     .created_at = world->now,
                     .valid_from = order->valid_from,
                     .valid_until = order->valid_until,
                     .picture_type = BYTES_LITERAL("PNG"),
                     .picture = order->picture_png,
                     .width_mm = order->width_mm,
                     .height_mm = order->height_mm};
    CLEANUP(writer_free) Writer seal = writer_new(SEAL_MAX_SIZE);
    if (!world_enter(world, &crossing, err) ||
        !seal_build(&plan, world->pki.seal_maker.certificate.der, &world->pki.seal_maker.signer,
                    &seal, err)) {
        return false;
    }
    *ret_seal = arena_copy(arena, writer_bytes(&seal));
    return ret_seal->len > 0 ? world_leave(world, crossing, err) : error_memory(err);
}

void world_set_ports(World *world, BusinessConfig *ret)
{
    Peer *self = (void *)world;
    ret->providers = (ProviderPort){provider_post, world};
    ret->registration = (RegistrationPort){.apply = registration_apply,
                                           .complete = registration_complete,
                                           .peer = self,
                                           .change_status = registration_change_status,
                                           .submission = registration_submission};
    world_set_status(world, ret);
    ret->sealing = (SealingPort){sealing_make, self};
    ret->timestamp = (TimestampPort){.stamp = timestamp_stamp, .peer = self};
    world_set_preservation(world, ret);
    ret->bureau = (BureauPort){bureau_query, self};
    ret->notification = (NotificationPort){notification_send, self};
}
