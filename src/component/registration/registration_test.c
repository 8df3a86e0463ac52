// SPDX-License-Identifier: Apache-2.0
#include "component/registration/registration.h"

#include <string.h>

#include "base/test/test.h"
#include "component/registration/embedded.h"
#include "component/registration/scene_test.h"
#include "domain/pki/csr.h"
#include "domain/pki/oid.h"
#include "domain/privacy/dictionary.h"

static Error err;

static bool apply(Scene *scene, const RegistrationRequest *request)
{
    RegistrationResult result;
    return scene->port.apply(&scene->port, request, scene->arena, &result, &err);
}

// Codes of the refusals kept for an authorization, joined.
static const char *refusals_for(Scene *scene, const char *authorization_id)
{
    RefusalRow *rows;
    size_t count;
    const char *text = "";
    CHECK_OK(registration_record_list_refusals(scene->registration->store, authorization_id,
                                               scene->arena, &rows, &count, &err));
    for (size_t i = 0; i < count; i++) {
        text = arena_format(scene->arena, "%s%s;", text, rows[i].refusal);
    }
    return text;
}

// Covers: JR/T 0299-2024 4 a to d; A03, A04.
TEST(an_identified_person_gets_a_certificate)
{
    Scene *scene = scene_open();
    RegistrationRequest request = scene_request(scene, "r-1");
    RegistrationResult result;
    Certificate certificate;
    CHECK_OK(scene->port.apply(&scene->port, &request, scene->arena, &result, &err));
    CHECK_OK(certificate_parse(result.certificate, &certificate, &err));
    CHECK(sm2_public_key_equal(&certificate.public_key, scene->holder.signer.public_key));
    CHECK_TEXT(name_common_name(scene->arena, certificate.subject), "张三");
    CHECK_INT(result.chain_count, 1);
    CHECK_BYTES(result.issue_statement, scene->certification.statements[0]);
    CHECK_TEXT(scene->certification.last.request_id, result.registration_id);
    CHECK_TEXT(scene->certification.last.profile, "scenario");
    CHECK_TEXT(scene->certification.last.serial_number, SCENE_HOLDER);
    Sm3Digest decision = sm3_digest(request.decision);
    CHECK(sm3_digest_equal(&scene->certification.last.decision, &decision));
    scene_close(scene);
}

TEST(a_repeated_application_gets_the_same_answer_without_asking_again)
{
    Scene *scene = scene_open();
    RegistrationRequest request = scene_request(scene, "r-1");
    RegistrationResult first, second;
    CHECK_OK(scene->port.apply(&scene->port, &request, scene->arena, &first, &err));
    scene->now += TIME_HOUR;  // the decision has expired since, but was used in time
    CHECK_OK(scene->port.apply(&scene->port, &request, scene->arena, &second, &err));
    CHECK_TEXT(second.registration_id, first.registration_id);
    CHECK_BYTES(second.certificate, first.certificate);
    CHECK_BYTES(second.issue_statement, first.issue_statement);
    CHECK_INT(scene->certification.calls, 1);
    scene_close(scene);
}

TEST(an_answer_lost_on_the_way_from_c3_is_fetched_again)
{
    Scene *scene = scene_open();
    RegistrationRequest request = scene_request(scene, "r-1");
    RegistrationResult result;
    scene->certification.answer_is_lost = true;
    CHECK_FAILS_WITH(apply(scene, &request), ERROR_UNAVAILABLE, "peer.timeout");
    scene_stop(scene);
    scene->certification.answer_is_lost = false;
    scene->now += TIME_HOUR;
    scene_start(scene);
    CHECK_OK(scene->port.apply(&scene->port, &request, scene->arena, &result, &err));
    CHECK_INT(scene->certification.count, 1);
    CHECK_BYTES(result.issue_statement, scene->certification.statements[0]);
    CHECK_TEXT(refusals_for(scene, "authorization-1"), "");
    scene_close(scene);
}

TEST(other_content_under_one_request_id_is_refused)
{
    Scene *scene = scene_open();
    RegistrationRequest request = scene_request(scene, "r-1");
    CHECK(apply(scene, &request));
    request.notice_version = "2";
    CHECK_FAILS_WITH(apply(scene, &request), ERROR_CONFLICT, "registration.request_reused");
    scene_close(scene);
}

// Covers: JR/T 0299-2024 4 a; A02, B11.
TEST(a_decision_is_used_once)
{
    Scene *scene = scene_open();
    RegistrationRequest request = scene_request(scene, "r-1");
    CHECK(apply(scene, &request));
    scene_new_key(scene);
    RegistrationRequest second = scene_request(scene, "r-2");
    CHECK_FAILS_WITH(apply(scene, &second), ERROR_CONFLICT, "registration.decision_used");
    CHECK_INT(scene->certification.count, 1);
    CHECK_TEXT(refusals_for(scene, "authorization-1"), "registration.decision_used;");
    scene_close(scene);
}

TEST(a_key_is_used_for_one_application)
{
    Scene *scene = scene_open();
    RegistrationRequest request = scene_request(scene, "r-1");
    CHECK(apply(scene, &request));
    strcpy(scene->decision.id, "decision-2");
    RegistrationRequest second = scene_request(scene, "r-2");
    CHECK_FAILS_WITH(apply(scene, &second), ERROR_CONFLICT, "registration.key_used");
    scene_close(scene);
}

static void fail_decision(Scene *scene, RegistrationRequest *request)
{
    scene->decision.outcome = IDENTITY_FAIL;
    request->decision = scene_decision(scene, &scene->business);
}

static void expire_decision(Scene *scene, RegistrationRequest *request)
{
    scene->decision.expires_at = scene->now;
    request->decision = scene_decision(scene, &scene->business);
}

static void take_other_name(Scene *scene, RegistrationRequest *request)
{
    (void)scene;
    request->holder_name = "李四";
}

static void take_other_authorization(Scene *scene, RegistrationRequest *request)
{
    (void)scene;
    request->authorization_id = "authorization-2";
}

static void take_foreign_decision(Scene *scene, RegistrationRequest *request)
{
    request->decision = scene_decision(scene, &scene->other_business);
}

static void take_strangers_decision(Scene *scene, RegistrationRequest *request)
{
    request->decision = scene_decision(scene, &scene->stranger);
}

static void name_somebody_else(Scene *scene, RegistrationRequest *request)
{
    request->csr = scene_csr(scene, "李四");
}

static void lose_possession(Scene *scene, RegistrationRequest *request)
{
    uint8_t *csr = arena_alloc(scene->arena, request->csr.len);
    memcpy(csr, request->csr.data, request->csr.len);
    csr[request->csr.len - 1] ^= 1;
    request->csr.data = csr;
}

// A request with one attribute: nothing is signed anew, it is refused before.
static void ask_for_more(Scene *scene, RegistrationRequest *request)
{
    Csr csr;
    CLEANUP(writer_free) Writer out = writer_new(CSR_MAX_SIZE);
    CHECK_OK(csr_parse(request->csr, &csr, &err));
    Reader whole = reader_of(request->csr);
    Reader parts = der_enter(&whole, DER_SEQUENCE);
    Reader info = der_enter(&parts, DER_SEQUENCE);
    size_t outer = der_begin(&out, DER_SEQUENCE), inner = der_begin(&out, DER_SEQUENCE);
    for (int i = 0; i < 3; i++) {
        writer_put(&out, der_any(&info).whole);
    }
    // challengePassword: SET { PrintableString "x" }
    writer_put(&out, test_hex("a0123010 06092a864886f70d010907 3103130178"));
    der_end(&out, inner);
    writer_put(&out, parts.rest);
    der_end(&out, outer);
    request->csr = arena_copy(scene->arena, writer_bytes(&out));
}

static void leave_out_notice(Scene *scene, RegistrationRequest *request)
{
    (void)scene;
    request->notice_digest = (Sm3Digest){{0}};
}

static void acknowledge_late(Scene *scene, RegistrationRequest *request)
{
    request->notice_acknowledged_at = scene->now + TIME_SECOND;
}

static void give_no_index(Scene *scene, RegistrationRequest *request)
{
    (void)scene;
    request->holder_index = "999999199001010016x";
}

// Whether somebody is shown a refusal of this code.
static bool is_shown(Scene *scene, const char *role, const char *caller, const char *code)
{
    CLEANUP(peer_cleanup) Peer *peer = NULL;
    PeerRequest request = {.method = "GET", .target = "/v1/refusals"};
    PeerResponse response;
    size_t at;
    CHECK_OK(peer_local(registration_service(scene->registration), role, caller,
                        clock_manual(&scene->now), &peer, &err));
    CHECK_OK(peer_call(peer, &request, scene->arena, &response, &err));
    return bytes_find(response.body,
                      bytes_of_text(arena_format(scene->arena, "\"code\":\"%s\"", code)), 0, &at);
}

// Covers: JR/T 0299-2024 4 a, 4 b, 6.2, 6.3; A02.
TEST(what_does_not_fit_is_refused_and_kept_as_an_event)
{
    static const struct {
        void (*spoil)(Scene *, RegistrationRequest *);
        ErrorKind kind;
        const char *code;
    } cases[] = {
        {fail_decision, ERROR_FORBIDDEN, "decision.not_passed"},
        {expire_decision, ERROR_CONFLICT, "decision.expired"},
        {take_other_name, ERROR_FORBIDDEN, "decision.other_person"},
        {take_other_authorization, ERROR_FORBIDDEN, "decision.other_authorization"},
        {take_foreign_decision, ERROR_FORBIDDEN, "registration.other_identifier"},
        {take_strangers_decision, ERROR_FORBIDDEN, "registration.other_identifier"},
        {name_somebody_else, ERROR_FORBIDDEN, "registration.subject"},
        {lose_possession, ERROR_UNTRUSTED, "csr.possession"},
        {ask_for_more, ERROR_FORBIDDEN, "key_request.extension"},
        {leave_out_notice, ERROR_FORBIDDEN, "registration.notice"},
        {acknowledge_late, ERROR_FORBIDDEN, "registration.notice"},
        {give_no_index, ERROR_INPUT, "registration.holder_index"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Scene *scene = scene_open();
        RegistrationRequest request = scene_request(scene, "r-1");
        cases[i].spoil(scene, &request);
        CHECK_FAILS_WITH(apply(scene, &request), cases[i].kind, cases[i].code);
        CHECK_INT(scene->certification.calls, 0);
        CHECK_TEXT(refusals_for(scene, request.authorization_id),
                   arena_format(scene->arena, "%s;", cases[i].code));
        CHECK(is_shown(scene, "operator", "auditor", cases[i].code));
        CHECK(is_shown(scene, "business", "bank", cases[i].code));
        CHECK(!is_shown(scene, "business", "other-bank", cases[i].code));
        scene_close(scene);
    }
}

TEST(a_stranger_may_not_apply)
{
    Scene *scene = scene_open();
    RegistrationRequest request = scene_request(scene, "r-1");
    scene->port.institution.signer = &scene->stranger.signer;
    scene->port.institution.certificate = scene->stranger.certificate;
    CHECK_FAILS_WITH(apply(scene, &request), ERROR_FORBIDDEN, "partner.unknown");
    CHECK_TEXT(refusals_for(scene, ""), "partner.unknown;");
    scene_close(scene);
}

TEST(an_application_signed_long_ago_is_refused)
{
    Scene *scene = scene_open();
    RegistrationRequest request = scene_request(scene, "r-1");
    Time early = scene->now - 6 * TIME_MINUTE;
    request.notice_acknowledged_at = early;
    scene->port.institution.clock = clock_manual(&early);
    CHECK_FAILS_WITH(apply(scene, &request), ERROR_CONFLICT, "partner.stale");
    scene_close(scene);
}

TEST(what_c3_answers_is_not_taken_on_trust)
{
    static const struct {
        size_t offset;
        ErrorKind kind;
        const char *code;
    } cases[] = {
        {offsetof(FakeCertifier, signs_as_stranger), ERROR_FORBIDDEN, "partner.unknown"},
        {offsetof(FakeCertifier, names_somebody_else), ERROR_UNTRUSTED, "registration.issue"},
        {offsetof(FakeCertifier, answers_other_request), ERROR_UNTRUSTED, "registration.issue"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Scene *scene = scene_open();
        RegistrationRequest request = scene_request(scene, "r-1");
        *(bool *)((char *)&scene->certification + cases[i].offset) = true;
        CHECK_FAILS_WITH(apply(scene, &request), cases[i].kind, cases[i].code);
        scene_close(scene);
    }
}

TEST(a_certificate_that_leads_to_no_anchor_is_refused)
{
    Scene *scene = scene_open();
    RegistrationRequest request = scene_request(scene, "r-1");
    scene_stop(scene);
    scene->config.trust = trust_store_new(scene->arena);
    scene_start(scene);
    CHECK_FAILS_WITH(apply(scene, &request), ERROR_UNAVAILABLE, "path.anchor");
    scene_close(scene);
}

TEST(a_token_gets_a_personal_certificate)
{
    Scene *scene = scene_open();
    RegistrationRequest request = scene_request(scene, "r-1");
    request.storage = STORAGE_TOKEN;
    CHECK_FAILS_WITH(apply(scene, &request), ERROR_INPUT, "registration.carrier");
    request.carrier_serial = "SN-0001";
    CHECK(apply(scene, &request));
    CHECK_TEXT(scene->certification.last.profile, "personal");
    CHECK_TEXT(scene->certification.last.carrier, "token");
    CHECK_TEXT(scene->certification.last.carrier_serial, "SN-0001");
    scene_close(scene);
}

static bool get(Scene *scene, const char *caller, const char *registration_id, PeerResponse *ret)
{
    CLEANUP(peer_cleanup) Peer *peer = NULL;
    PeerRequest request = {
        .method = "GET",
        .target = arena_format(scene->arena, "/v1/registrations/%s", registration_id)};
    CHECK_OK(peer_local(registration_service(scene->registration), "business", caller,
                        clock_manual(&scene->now), &peer, &err));
    return peer_call(peer, &request, scene->arena, ret, &err);
}

TEST(a_registration_is_shown_to_its_own_institution_only)
{
    Scene *scene = scene_open();
    RegistrationRequest request = scene_request(scene, "r-1");
    RegistrationResult result;
    PeerResponse response;
    size_t offset;
    CHECK_OK(scene->port.apply(&scene->port, &request, scene->arena, &result, &err));
    CHECK_OK(get(scene, "bank", result.registration_id, &response));
    CHECK(bytes_find(response.body, BYTES_LITERAL("\"state\":\"ISSUED\""), 0, &offset));
    CHECK_FAILS_WITH(get(scene, "other-bank", result.registration_id, &response), ERROR_NOT_FOUND,
                     "registration.unknown");
    scene_close(scene);
}

TEST(every_column_is_in_the_data_dictionary)
{
    CHECK_OK(data_dictionary_check_schema(bytes_of(embedded_schema_sql, embedded_schema_sql_size),
                                          &err));
}
