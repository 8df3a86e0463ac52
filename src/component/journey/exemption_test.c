// SPDX-License-Identifier: Apache-2.0
//
// Identification by a certificate that the person already has, from C4 to the reports.
#include <string.h>

#include "base/test/test.h"
#include "component/journey/holder_scene.h"
#include "domain/casefile/case_verify.h"
#include "domain/evidence/deposit.h"
#include "domain/identity/decision.h"

#define CHALLENGE "/v1/session/identity/challenge"
#define CERTIFICATE "/v1/session/identity/certificate"

// --- accepted ---------------------------------------------------------------------------------

static void fetch(HolderScene *scene, const char *rest, Bytes *ret)
{
    Error err = {0};
    const char *target =
        arena_format(holder_world(scene)->arena, "/v1/authorizations/%s/%s", scene->id, rest);
    CHECK_OK(world_call(holder_world(scene), NULL, target, NULL, NULL, ret, &err));
}

static const DepositItem *find_item(const Deposit *deposit, const char *name)
{
    for (size_t i = 0; i < deposit->item_count; i++) {
        if (strcmp(deposit->items[i].name, name) == 0) {
            return &deposit->items[i];
        }
    }
    test_fail(__FILE__, __LINE__, "no item %s", name);
    return &deposit->items[0];
}

static bool has_event(const Deposit *deposit, const char *type, const char *detail)
{
    for (size_t i = 0; i < deposit->event_count; i++) {
        if (strcmp(deposit->events[i].type, type) == 0 &&
            strcmp(deposit->events[i].detail, detail) == 0) {
            return true;
        }
    }
    return false;
}

// The item is deposited with this content.
static void check_item(const Deposit *deposit, const char *name, Bytes content)
{
    Sm3Digest digest = sm3_digest(content);
    CHECK(sm3_digest_equal(&find_item(deposit, name)->digest, &digest));
    CHECK_INT(find_item(deposit, name)->size_bytes, content.len);
}

// The deposit holds everything that the exemption was judged by, and judged again it holds.
static void check_deposit(HolderScene *scene, const CaseContent *content, const char *carrier)
{
    Error err = {0};
    Arena *arena = holder_world(scene)->arena;
    Statement statement, decided;
    Deposit deposit;
    IdentityDecision *decision = arena_alloc(arena, sizeof *decision);
    CHECK_OK(statement_parse(arena, content->parts[CASE_M6_SUBMISSION], &statement, &err));
    CHECK_OK(deposit_parse(arena, statement.payload, &deposit, &err));
    CHECK(has_event(&deposit, "identity.certificate_exemption", carrier));
    check_item(&deposit, "identity-certificate.cer", scene->holder.certificate.der);
    check_item(&deposit, "identity-carrier.json", scene->certificate.carrier_statement);
    check_item(&deposit, "identity-revocation.crl", scene->crl);
    Bytes text = content->parts[CASE_DECISION];
    check_item(&deposit, "decision.json", text);
    CHECK_BYTES(content->parts[CASE_PROOF_CERTIFICATE], scene->holder.certificate.der);
    CHECK_BYTES(content->parts[CASE_PROOF_CARRIER], scene->certificate.carrier_statement);
    CHECK_BYTES(content->parts[CASE_PROOF_CRL], scene->crl);
    check_item(&deposit, "identity-proof.json", content->parts[CASE_PROOF]);
    CHECK_OK(statement_parse(arena, text, &decided, &err));
    CHECK_OK(identity_decision_parse(decided.payload, decision, &err));
    Sm3Digest fingerprint = certificate_fingerprint(&scene->holder.certificate);
    Sm3Digest stated = sm3_digest(scene->certificate.carrier_statement);
    CHECK(decision->is_exempt);
    CHECK_INT(decision->outcome, IDENTITY_PASS);
    CHECK_INT(decision->measure_count, 0);
    CHECK_TEXT(key_carrier_name(decision->exemption.carrier), carrier);
    CHECK_TEXT(decision->exemption.model, "UK-1");
    CHECK(sm3_digest_equal(&decision->exemption.certificate, &fingerprint));
    CHECK(sm3_digest_equal(&decision->exemption.carrier_statement, &stated));
}

static void accept(const char *carrier)
{
    Error err = {0};
    CLEANUP(holder_scene_cleanup) HolderScene scene = {0};
    TerminalResult result;
    CaseFile file;
    Bytes archive;
    holder_scene_make(&scene);
    holder_scene_prepare(&scene, &(HolderPlan){.carrier = carrier});
    // No provider answers: if one were asked, the person would not be identified.
    holder_world(&scene)->answers = (WorldAnswers){0};
    CHECK_OK(world_walk(holder_world(&scene), scene.token, &result, &err));
    CHECK_TEXT(result.state, "ACTIVE");
    fetch(&scene, "case", &archive);
    CHECK_OK(case_file_parse(holder_world(&scene)->arena, archive, &file, &err));
    check_deposit(&scene, &file.content, carrier);
    VerificationPolicy policy = {.trust = holder_world(&scene)->pki.trust,
                                 .at = holder_world(&scene)->now,
                                 .institutions = REVOCATION_IF_GIVEN};
    Verdict verdict = verdict_new(holder_world(&scene)->arena);
    CHECK(case_verify(archive, &policy, &verdict, NULL));
}

// Covers: JR/T 0299-2024 5.2.2, 8.3 a; requirements B06, B07, B08
TEST(a_certificate_in_a_proven_usb_key_exempts_from_all_other_measures)
{
    accept("USB_KEY");
}

// Covers: JR/T 0299-2024 5.2.2, 8.3 a; requirements B06, B07, B08
TEST(a_certificate_in_a_proven_level_two_module_exempts_from_all_other_measures)
{
    accept("MODULE_L2");
}

static bool holds_text(HolderScene *scene, const char *file, const char *text)
{
    Error err = {0};
    Bytes json;
    Statement statement;
    size_t at;
    fetch(scene, arena_format(holder_world(scene)->arena, "reports/%s", file), &json);
    CHECK_OK(statement_parse(holder_world(scene)->arena, json, &statement, &err));
    return bytes_find(statement.payload, bytes_of_text(text), 0, &at);
}

// Covers: JR/T 0299-2024 8.3 a, 8.4; requirement B08
TEST(reports_show_the_basis_of_the_exemption)
{
    static const char order[] =
        "{\"case_number\":\"（2026）示01民初1号\",\"requester_role\":\"court\"}";
    Error err = {0};
    CLEANUP(holder_scene_cleanup) HolderScene scene = {0};
    World *world = holder_world(&scene);
    TerminalResult result;
    Bytes reply;
    holder_scene_make(&scene);
    holder_scene_prepare(&scene, &(HolderPlan){.carrier = "USB_KEY"});
    CHECK_OK(world_walk(world, scene.token, &result, &err));
    const char *target = arena_format(world->arena, "/v1/authorizations/%s/reports", scene.id);
    CHECK_OK(world_call(world, NULL, target, order, NULL, &reply, &err));
    CHECK(holds_text(&scene, "a.json", "exemption.carrier_statement"));
    CHECK(holds_text(&scene, "a.json", "USB Key（型号：UK-1）"));
    CHECK(holds_text(&scene, "c.json", "以已有数字证书免除重复鉴别"));
    CHECK(holds_text(&scene, "c.json", "identity-carrier.json"));
    CHECK(!holds_text(&scene, "c.json", "不一致"));
}

// --- refused ----------------------------------------------------------------------------------

static const HolderPlan refusals[] = {
    {.name = "software carrier",
     .carrier = "SOFTWARE",
     .kind = ERROR_FORBIDDEN,
     .code = "exemption.carrier_not_accepted"},
    {.name = "expired statement",
     .carrier = "USB_KEY",
     .carrier_until = FIXTURE_NOW - TIME_DAY,
     .kind = ERROR_FORBIDDEN,
     .code = "exemption.carrier_expired"},
    {.name = "statement for another certificate",
     .carrier = "USB_KEY",
     .states_other = true,
     .kind = ERROR_FORBIDDEN,
     .code = "exemption.other_certificate"},
    {.name = "unknown registry",
     .carrier = "USB_KEY",
     .has_unknown_registry = true,
     .kind = ERROR_UNTRUSTED,
     .code = "path.anchor"},
    {.name = "expired certificate",
     .carrier = "USB_KEY",
     .certificate_until = FIXTURE_NOW - TIME_DAY,
     .kind = ERROR_UNTRUSTED,
     .code = "path.validity"},
    {.name = "revoked certificate",
     .carrier = "USB_KEY",
     .is_revoked = true,
     .kind = ERROR_UNTRUSTED,
     .code = "path.revocation"},
    {.name = "wrong signature",
     .carrier = "USB_KEY",
     .has_other_key = true,
     .kind = ERROR_UNTRUSTED,
     .code = "exemption.signature"},
    {.name = "unknown CA",
     .carrier = "MODULE_L2",
     .has_unknown_ca = true,
     .kind = ERROR_UNTRUSTED,
     .code = "path.anchor"},
    {.name = "another name",
     .carrier = "USB_KEY",
     .holder_name = "张三",
     .kind = ERROR_FORBIDDEN,
     .code = "exemption.other_person"},
    {.name = "a namesake",
     .carrier = "USB_KEY",
     .holder_number = "999999199001020011",
     .kind = ERROR_FORBIDDEN,
     .code = "exemption.other_person"},
};

// Covers: JR/T 0299-2024 5.2.2 a, b; requirements B06, B07
TEST(an_exemption_whose_conditions_do_not_hold_is_refused_noted_and_changes_nothing)
{
    CLEANUP(holder_scene_cleanup) HolderScene scene = {0};
    holder_scene_make(&scene);
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        Error err = {0};
        TerminalResult result;
        holder_scene_prepare(&scene, &refusals[i]);
        CHECK(!world_walk(holder_world(&scene), scene.token, &result, &err));
        CHECK_TEXT(err.code, refusals[i].code);
        CHECK_INT(err.kind, refusals[i].kind);
        holder_scene_check_state(&scene, "CONSENTED", "identity_certificate", refusals[i].code);
    }
}

// Walk until the person is known, then ask for a challenge.
static void get_challenge(HolderScene *scene, Bytes *ret)
{
    Error err = {0};
    World *world = holder_world(scene);
    TerminalResult result;
    Bytes reply;
    CLEANUP(json_cleanup) json_t *json = NULL;
    world->person.measure_count = 0;
    CHECK_FAILS_WITH(world_walk(world, scene->token, &result, &err), ERROR_FORBIDDEN,
                     "terminal.not_identified");
    CHECK_OK(world_call(world, scene->token, CHALLENGE, "{}", NULL, &reply, &err));
    CHECK_OK(json_parse(reply, &json, &err));
    JsonView view = json_view(json, "challenge", &err);
    *ret = json_view_base64(&view, world->arena, "challenge", CHALLENGE_SIZE);
    json_view_time(&view, "expires_at");
    CHECK_OK(json_view_done(&view));
    CHECK_INT(ret->len, CHALLENGE_SIZE);
}

// What the terminal would send; `statement` may differ from the person's.
static const char *proof_body(HolderScene *scene, Bytes challenge, const Bytes *statement)
{
    Error err = {0};
    Bytes text;
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    size_t len;
    CLEANUP(writer_free) Writer message = writer_new(256);
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    challenge_message(challenge, &message);
    CHECK_OK(signer_sign_der(scene->certificate.signer, writer_bytes(&message), der, &len, &err));
    json_put_base64(body, "certificate", scene->certificate.certificate);
    json_put_base64(body, "signature", bytes_of(der, len));
    if (statement != NULL) {
        json_put_base64(body, "carrier_statement", *statement);
    }
    CHECK_OK(json_text(holder_world(scene)->arena, body, &text, &err));
    return arena_text(holder_world(scene)->arena, text);
}

static void check_refused(HolderScene *scene, const char *body, ErrorKind kind, const char *code)
{
    Error err = {0};
    Bytes reply;
    CHECK_FAILS_WITH(
        world_call(holder_world(scene), scene->token, CERTIFICATE, body, NULL, &reply, &err), kind,
        code);
    holder_scene_check_state(scene, "CONSENTED", "identity_certificate", code);
}

// Covers: JR/T 0299-2024 5.2.2 b; requirement B07
TEST(a_challenge_is_of_one_session_used_once_and_soon)
{
    CLEANUP(holder_scene_cleanup) HolderScene scene = {0};
    Bytes first, second;
    holder_scene_make(&scene);
    holder_scene_prepare(&scene, &(HolderPlan){.carrier = "USB_KEY"});
    Bytes statement = scene.certificate.carrier_statement;
    get_challenge(&scene, &first);
    // An empty statement proves nothing, and the challenge is used up by it.
    check_refused(&scene, proof_body(&scene, first, &BYTES_EMPTY), ERROR_FORBIDDEN,
                  "exemption.carrier_not_proven");
    check_refused(&scene, proof_body(&scene, first, &statement), ERROR_CONFLICT,
                  "exemption.challenge_used");
    get_challenge(&scene, &second);
    CHECK(!bytes_equal(first, second));
    holder_world(&scene)->now += 5 * TIME_MINUTE + 1;
    check_refused(&scene, proof_body(&scene, second, &statement), ERROR_CONFLICT,
                  "exemption.challenge_expired");
    get_challenge(&scene, &second);
    // What was signed for one session is worth nothing in another.
    holder_scene_prepare(&scene, &(HolderPlan){.carrier = "USB_KEY"});
    get_challenge(&scene, &first);
    check_refused(&scene, proof_body(&scene, second, &statement), ERROR_UNTRUSTED,
                  "exemption.signature");
}

TEST(without_a_challenge_nothing_is_proven)
{
    CLEANUP(holder_scene_cleanup) HolderScene scene = {0};
    Error err = {0};
    TerminalResult result;
    uint8_t challenge[CHALLENGE_SIZE] = {1};
    holder_scene_make(&scene);
    holder_scene_prepare(&scene, &(HolderPlan){.carrier = "USB_KEY"});
    holder_world(&scene)->person.measure_count = 0;
    CHECK(!world_walk(holder_world(&scene), scene.token, &result, &err));
    check_refused(
        &scene, proof_body(&scene, BYTES_OF_ARRAY(challenge), &scene.certificate.carrier_statement),
        ERROR_CONFLICT, "session.order");
}

// Covers: JR/T 0299-2024 5.2.2 b
TEST(unknown_revocation_delays_and_the_same_challenge_holds_afterwards)
{
    CLEANUP(holder_scene_cleanup) HolderScene scene = {0};
    Error err = {0};
    Bytes challenge, reply;
    holder_scene_make(&scene);
    holder_scene_prepare(&scene, &(HolderPlan){.carrier = "USB_KEY"});
    get_challenge(&scene, &challenge);
    const char *body = proof_body(&scene, challenge, &scene.certificate.carrier_statement);
    scene.status_is_down = true;
    CHECK_FAILS_WITH(
        world_call(holder_world(&scene), scene.token, CERTIFICATE, body, NULL, &reply, &err),
        ERROR_UNAVAILABLE, "peer.unreachable");
    holder_scene_check_state(&scene, "CONSENTED", "identity_challenge", "");
    scene.status_is_down = false;
    CHECK_OK(world_call(holder_world(&scene), scene.token, CERTIFICATE, body, NULL, &reply, &err));
    holder_scene_check_state(&scene, "IDENTIFIED", "deposit_m6", "");
}

TEST(an_institution_that_accepts_no_registries_exempts_nobody)
{
    CLEANUP(holder_scene_cleanup) HolderScene scene = {0};
    Error err = {0};
    TerminalResult result;
    holder_scene_make(&scene);
    holder_world(&scene)->config.registries = NULL;
    CHECK_OK(world_restart_business(holder_world(&scene), &err));
    holder_scene_prepare(&scene, &(HolderPlan){.carrier = "USB_KEY"});
    CHECK_FAILS_WITH(world_walk(holder_world(&scene), scene.token, &result, &err), ERROR_FORBIDDEN,
                     "exemption.not_offered");
    holder_world(&scene)->config.authorities = NULL;
    CHECK_OK(world_restart_business(holder_world(&scene), &err));
    holder_scene_prepare(&scene, &(HolderPlan){0});
    CHECK_FAILS_WITH(world_walk(holder_world(&scene), scene.token, &result, &err), ERROR_FORBIDDEN,
                     "exemption.not_offered");
}

// --- as one measure ---------------------------------------------------------------------------

// Covers: JR/T 0299-2024 5.2.1; requirement B06
TEST(a_certificate_without_a_proven_carrier_is_one_measure_beside_id_card_and_another)
{
    CLEANUP(holder_scene_cleanup) HolderScene scene = {0};
    Error err = {0};
    World *world = holder_world(&scene);
    TerminalResult result;
    holder_scene_make(&scene);
    holder_scene_prepare(&scene, &(HolderPlan){0});
    CHECK_FAILS_WITH(world_walk(world, scene.token, &result, &err), ERROR_FORBIDDEN,
                     "terminal.not_identified");
    holder_scene_check_state(&scene, "CONSENTED", "certificate", "");
    world->person.measures[0] = "id_card";
    world->person.measure_count = 1;
    CHECK(!world_walk(world, scene.token, &result, &err));
    holder_scene_check_state(&scene, "CONSENTED", "id_document", "");
    world->person.measures[0] = "face";
    CHECK_OK(world_walk(world, scene.token, &result, &err));
    CHECK_TEXT(result.state, "ACTIVE");
}

// Covers: JR/T 0299-2024 5.2.1
TEST(the_certificate_of_somebody_else_is_a_failed_measure)
{
    CLEANUP(holder_scene_cleanup) HolderScene scene = {0};
    Error err = {0};
    TerminalResult result;
    holder_scene_make(&scene);
    holder_scene_prepare(&scene, &(HolderPlan){.holder_name = "张三"});
    CHECK_FAILS_WITH(world_walk(holder_world(&scene), scene.token, &result, &err), ERROR_FORBIDDEN,
                     "terminal.not_identified");
    CLEANUP(json_cleanup) json_t *view = holder_scene_view(&scene);
    CHECK_TEXT(json_string_value(json_object_get(view, "state")), "REJECTED");
}
