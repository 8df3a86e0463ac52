// SPDX-License-Identifier: Apache-2.0
//
// The key in a token, end to end: made there, certified, delivered into it, signing with it, and a
// case file that is judged valid. The token is the software token, through its library.
#include <sys/stat.h>

#include "base/codec/hex.h"
#include "base/device/skf_fixture.h"
#include "base/device/skf_token.h"
#include "base/test/test.h"
#include "component/journey/scene.h"
#include "domain/casefile/case_verify.h"
#include "domain/pki/key_record.h"

#define SIGNATURE "/v1/session/signature"
#define CERTIFICATE "/v1/session/certificate"
#define CARRIER "assent-softskf 0000000000000000"

static SkfToken *open_token(World *world)
{
    Error err = {0};
    SkfToken *token = NULL;
    CLEANUP(secret_cleanup) Secret *pin = NULL;
    char *directory = arena_format(world->arena, "%s/token", world->directory);
    CHECK(mkdir(directory, 0700) == 0);
    skf_fixture_use(directory);
    CHECK_OK(secret_new(bytes_of_text(SKF_FIXTURE_PIN), &pin, &err));
    SkfConfig config = {.library = ASSENT_SOFTSKF, .container = "person", .pin = pin};
    CHECK_OK(skf_token_open(&config, &token, &err));
    return token;
}

static void make(Scene *scene)
{
    scene_make(scene);
    scene->world.key_token = open_token(&scene->world);
}

static void cleanup(Scene *scene)
{
    skf_token_close(scene->world.key_token);
    scene_cleanup(scene);
}

static Bytes fetch_case(Scene *scene)
{
    Error err = {0};
    Bytes archive;
    const char *target = arena_format(scene->world.arena, "/v1/authorizations/%s/case", scene->id);
    CHECK_OK(world_call(&scene->world, NULL, target, NULL, NULL, &archive, &err));
    return archive;
}

static bool is_valid(Scene *scene, Bytes archive, const char **ret_code)
{
    Error err = {0};
    TrustStore *trust = trust_store_new(scene->world.arena);
    CHECK_OK(trust_store_add_anchors(trust, scene->world.pki.root.certificate.der, &err));
    VerificationPolicy policy = {
        .trust = trust, .at = scene->world.now, .institutions = REVOCATION_IF_GIVEN};
    Verdict verdict = verdict_new(scene->world.arena);
    bool passed = case_verify(archive, &policy, &verdict, NULL);
    const VerdictCheck *reason = verdict_reason(&verdict);
    *ret_code = reason == NULL ? "" : reason->code;
    return passed;
}

// Covers: JR/T 0299-2024 4 d, 6.6 a.
TEST(a_key_in_a_token_signs_and_its_case_file_is_valid)
{
    Error err = {0};
    Bytes carried;
    Signer signer;
    CaseFile file;
    Certificate certificate;
    const char *code;
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    TerminalResult result = scene_walk(&scene);
    CHECK_TEXT(result.state, "ACTIVE");
    CHECK_OK(skf_token_export_certificate(scene.world.key_token, SKF_SIGN_KEY, scene.world.arena,
                                          &carried, &err));
    CHECK_BYTES(carried, result.certificate);
    CHECK_OK(certificate_parse(carried, &certificate, &err));
    CHECK_OK(skf_token_signer(scene.world.key_token, &signer, &err));
    CHECK(sm2_public_key_equal(signer.public_key, &certificate.public_key));
    CHECK(scene.world.registrations[0].is_in_token);
    CHECK_TEXT(scene.world.registrations[0].carrier, CARRIER);
    Bytes archive = fetch_case(&scene);
    CHECK_OK(case_file_parse(scene.world.arena, archive, &file, &err));
    CHECK_INT(file.content.parts[CASE_DESTRUCTION].len, 0);
    CHECK(file.content.parts[CASE_KEY_USE].len > 0);
    if (!is_valid(&scene, archive, &code)) {
        test_fail(__FILE__, __LINE__, "%s", code);
    }
}

// Covers: JR/T 0299-2024 6.6 c.
TEST(a_key_that_was_certified_for_one_scenario_may_not_stay)
{
    const char *code;
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    scene.world.issues_scenarios_only = true;
    scene_walk(&scene);
    CHECK(!is_valid(&scene, fetch_case(&scene), &code));
    CHECK_TEXT(code, "case.key_use");
}

// The body with its record replaced by another that the token's key signs.
static Bytes with_record(Scene *scene, Bytes body, KeyRecord record, const char *key)
{
    Error err = {0};
    Signer signer;
    Bytes carried, tbs_record;
    KeyRecord stated;
    Statement statement;
    CLEANUP(json_cleanup) json_t *json = NULL;
    CLEANUP(writer_free) Writer text = writer_new(STATEMENT_MAX_SIZE);
    World *world = &scene->world;
    CHECK_OK(json_parse(body, &json, &err));
    const char *given = json_string_value(json_object_get(json, "key_use"));
    CHECK_OK(base64_decode_arena(world->arena, bytes_of_text(given), &tbs_record, &err));
    CHECK_OK(statement_parse(world->arena, tbs_record, &statement, &err));
    CHECK_OK(key_record_parse(&statement, world->arena, &stated, &err));
    record.signed_digest = stated.signed_digest;
    record.at = world->now;
    CHECK_OK(skf_token_signer(world->key_token, &signer, &err));
    CHECK_OK(
        skf_token_export_certificate(world->key_token, SKF_SIGN_KEY, world->arena, &carried, &err));
    CHECK_OK(key_record_sign(&record, carried, &signer, world->arena, &text, &err));
    json_object_del(json, "key_use");
    json_put_base64(json, key, writer_bytes(&text));
    Bytes changed;
    CHECK_OK(json_text(world->arena, json, &changed, &err));
    return changed;
}

TEST(the_record_has_to_be_the_one_of_the_token_that_was_applied_with)
{
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    Bytes body = scene_walk_until(&scene, SIGNATURE);
    KeyRecord elsewhere = {.label = "assent-softskf", .serial = "0000000000000001"};
    KeyRecord destroyed = {.is_destroyed = true};
    scene_check_refused(&scene, SIGNATURE, with_record(&scene, body, elsewhere, "key_use"),
                        ERROR_UNTRUSTED, "key_record.home");
    scene_check_refused(&scene, SIGNATURE, with_record(&scene, body, destroyed, "destruction"),
                        ERROR_UNTRUSTED, "statement.type");
    scene_check_refused(&scene, SIGNATURE, scene_changed(&scene, body, "key_use", NULL),
                        ERROR_INPUT, "json.field");
    scene_check_refused(&scene, SIGNATURE,
                        scene_changed(&scene, body, "destruction", json_string("AAAA")),
                        ERROR_INPUT, "json.field");
}

TEST(where_a_key_is_has_to_be_said_in_full)
{
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    Bytes body = scene_walk_until(&scene, CERTIFICATE);
    scene_check_refused(&scene, CERTIFICATE, scene_changed(&scene, body, "carrier", NULL),
                        ERROR_INPUT, "json.field");
    scene_check_refused(&scene, CERTIFICATE, scene_changed(&scene, body, "storage", NULL),
                        ERROR_INPUT, "json.field");
    scene_check_refused(&scene, CERTIFICATE,
                        scene_changed(&scene, body, "storage", json_string("cloud")), ERROR_INPUT,
                        "json.field");
    scene_check_refused(&scene, CERTIFICATE,
                        scene_changed(&scene, body, "carrier", json_pack("{s:s}", "label", "x")),
                        ERROR_INPUT, "json.field");
    // A key that is kept elsewhere has a grant key, and its keeper makes the request.
    body = scene_changed(&scene, body, "carrier", NULL);
    body = scene_changed(&scene, body, "storage", json_string("sealing"));
    scene_check_refused(&scene, CERTIFICATE, body, ERROR_INPUT, "json.field");
    scene_check_refused(&scene, CERTIFICATE, scene_changed(&scene, body, "csr", NULL), ERROR_INPUT,
                        "json.field");
    scene_check_refused(&scene, CERTIFICATE,
                        scene_changed(&scene, body, "grant_key", json_string("AAAA")), ERROR_INPUT,
                        "json.field");
}

TEST(a_grant_signs_nothing_for_a_key_that_is_not_kept)
{
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    Bytes body = scene_walk_until(&scene, SIGNATURE);
    Bytes both = scene_changed(&scene, body, "grant", json_object());
    scene_check_refused(&scene, SIGNATURE, both, ERROR_INPUT, "json.field");
    body = scene_changed(&scene, scene_changed(&scene, both, "signature", NULL), "key_use", NULL);
    scene_check_refused(&scene, SIGNATURE, body, ERROR_INPUT, "signature.home");
}

TEST(a_token_that_is_pulled_out_before_the_signature_leaves_nothing_signed)
{
    Error err = {0};
    TerminalResult result;
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    scene_walk_until(&scene, SIGNATURE);
    CHECK(skf_fixture_fault("removed\n"));
    CHECK_FAILS_WITH(world_walk(&scene.world, scene.token, &result, &err), ERROR_UNAVAILABLE,
                     "skf.removed");
    CHECK(skf_fixture_fault(""));
    scene_check_state(&scene, "ACTIVATED");
    // The next try makes a new key, and the certificate of the former is revoked.
    scene_walk(&scene);
    CHECK(scene.world.registrations[0].revoked_at != 0);
    scene_check_state(&scene, "ACTIVE");
}
