// SPDX-License-Identifier: Apache-2.0
//
// Bad input from the certificate to the signature, at C1 and at the terminal.
#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
#include "base/store/sql.h"
#include "base/test/test.h"
#include "component/journey/scene.h"
#include "domain/document/pdf_coverage.h"
#include "domain/document/pdf_signature.h"
#include "domain/seal/seal_signature_verify.h"

#define CERTIFICATE "/v1/session/certificate"
#define AGREEMENT "/v1/session/agreement"
#define ACTIVATION "/v1/session/activation"
#define ACTIVATION_CODE "/v1/session/activation/code"
#define SIGNATURE "/v1/session/signature"

// Decode the base64 text under a key, flip one bit of byte `offset` (from the end when negative).
static Bytes flipped(Scene *scene, Bytes body, const char *key, long offset)
{
    Error err = {0};
    Bytes value;
    CLEANUP(json_cleanup) json_t *json = NULL;
    CHECK_OK(json_parse(body, &json, &err));
    const char *text = json_string_value(json_object_get(json, key));
    CHECK_OK(base64_decode_arena(scene->world.arena, bytes_of_text(text), &value, &err));
    uint8_t *bytes = (uint8_t *)(uintptr_t)value.data;
    bytes[offset < 0 ? (long)value.len + offset : offset] ^= 1;
    json_put_base64(json, key, value);
    Bytes changed;
    CHECK_OK(json_text(scene->world.arena, json, &changed, &err));
    return changed;
}

// Covers: JR/T 0299-2024 4 b
TEST(a_request_without_proof_of_possession_gets_no_certificate)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes body = scene_walk_until(&scene, CERTIFICATE);
    scene_check_refused(&scene, CERTIFICATE, flipped(&scene, body, "csr", -1), ERROR_UNTRUSTED,
                        "csr.possession");
    scene_check_refused(&scene, CERTIFICATE, flipped(&scene, body, "csr", 1), ERROR_INPUT,
                        "csr.malformed");
    scene_check_refused(&scene, CERTIFICATE, scene_changed(&scene, body, "csr", json_string("!")),
                        ERROR_INPUT, "json.field");
    CHECK_INT(scene.world.registration_count, 0);
    scene_check_state(&scene, "IDENTIFIED");
}

// Covers: JR/T 0299-2024 6.2 b
TEST(a_certificate_for_another_name_is_refused_by_c1)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene.world.issues_for = "张三";
    Bytes body = scene_walk_until(&scene, CERTIFICATE);
    scene_check_refused(&scene, CERTIFICATE, body, ERROR_UNTRUSTED, "certificate.other_person");
    scene_check_state(&scene, "IDENTIFIED");
}

static void put_base64(World *world, Bytes *body, const char *key, Bytes value)
{
    Error err = {0};
    CLEANUP(json_cleanup) json_t *json = NULL;
    CHECK_OK(json_parse(*body, &json, &err));
    json_put_base64(json, key, value);
    CHECK_OK(json_text(world->arena, json, body, &err));
}

static void give_other_certificate(World *world, const char *target, Bytes *body)
{
    if (strcmp(target, CERTIFICATE) == 0) {
        put_base64(world, body, "certificate", world->pki.person.certificate.der);
    }
}

static void change_document(World *world, const char *target, Bytes *body)
{
    (void)world;
    if (strcmp(target, "/v1/session/agreement/document") == 0) {
        ((uint8_t *)(uintptr_t)body->data)[body->len / 2] ^= 1;
    }
}

static void change_digest(World *world, const char *target, Bytes *body)
{
    Error err = {0};
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (strcmp(target, ACTIVATION) != 0) {
        return;
    }
    CHECK_OK(json_parse(*body, &json, &err));
    json_put_hex(json, "digest", sm3_bytes(&(Sm3Digest){{1}}));
    CHECK_OK(json_text(world->arena, json, body, &err));
}

static void change_notice(World *world, const char *target, Bytes *body)
{
    Error err = {0};
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (strcmp(target, "/v1/session/notices") != 0) {
        return;
    }
    CHECK_OK(json_parse(*body, &json, &err));
    json_object_set_new(json_array_get(json_object_get(json, "notices"), 0), "text",
                        json_string("同意即可"));
    CHECK_OK(json_text(world->arena, json, body, &err));
}

// Covers: GB/T 38540-2020 7.2 b; JR/T 0299-2024 6.2 b
TEST(the_terminal_signs_nothing_but_what_was_shown_for_a_key_of_its_own)
{
    static const struct {
        void (*tamper)(World *world, const char *target, Bytes *body);
        const char *code, *state;
    } cases[] = {
        {change_notice, "terminal.notice_digest", "CREATED"},
        {give_other_certificate, "terminal.other_certificate", "CERTIFIED"},
        {change_document, "terminal.other_document", "PRESENTED"},
        {change_digest, "terminal.other_document", "PRESENTED"},
    };
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        TerminalResult result;
        scene_open(&scene);
        scene.world.tamper = cases[i].tamper;
        CHECK_FAILS_WITH(world_walk(&scene.world, scene.token, &result, &err), ERROR_UNTRUSTED,
                         cases[i].code);
        scene.world.tamper = NULL;
        scene_check_state(&scene, cases[i].state);
    }
}

TEST(ticks_that_were_not_offered_or_not_answered_are_refused)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes body = scene_walk_until(&scene, AGREEMENT);
    scene_check_refused(&scene, AGREEMENT, BYTES_LITERAL("{\"ticks\":{}}"), ERROR_INPUT,
                        "json.field");
    scene_check_refused(&scene, AGREEMENT, BYTES_LITERAL("{\"ticks\":true}"), ERROR_INPUT,
                        "json.field");
    Error err = {0};
    CLEANUP(json_cleanup) json_t *json = NULL;
    CHECK_OK(json_parse(body, &json, &err));
    json_t *ticks = json_object_get(json, "ticks");
    json_put_bool(ticks, "purpose_03", true);
    scene_check_refused(&scene, AGREEMENT, scene_changed(&scene, body, "ticks", json_incref(ticks)),
                        ERROR_INPUT, "json.unknown_field");
    json_object_del(ticks, "purpose_03");
    json_put_bool(ticks, "understood", false);
    scene_check_refused(&scene, AGREEMENT, scene_changed(&scene, body, "ticks", json_incref(ticks)),
                        ERROR_INPUT, "agreement.consent_missing");
    scene_check_state(&scene, "CERTIFIED");
}

TEST(a_person_who_does_not_want_reporting_authorises_querying_only)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene.world.declines = "report";
    scene_walk(&scene);
    scene_check_state(&scene, "ACTIVE");
}

TEST(what_is_shown_again_has_to_be_authenticated_again)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes ticks = scene_walk_until(&scene, AGREEMENT);
    scene_open(&scene);
    Bytes signature = scene_walk_until(&scene, SIGNATURE);
    scene_check_state(&scene, "ACTIVATED");
    scene_post(&scene, AGREEMENT, ticks);
    scene_check_state(&scene, "PRESENTED");
    scene_check_refused(&scene, SIGNATURE, signature, ERROR_CONFLICT, "session.order");
    scene_check_refused(&scene, ACTIVATION_CODE, BYTES_LITERAL("{\"code\":\"000000\"}"),
                        ERROR_CONFLICT, "session.order");
}

static Bytes behaviour_changed(Scene *scene, Bytes body, const char *key, json_t *value)
{
    Error err = {0};
    CLEANUP(json_cleanup) json_t *json = NULL;
    CHECK_OK(json_parse(body, &json, &err));
    json_t *behaviour = json_object_get(json, "behaviour");
    json_object_set_new(behaviour, key, value);
    Bytes changed;
    CHECK_OK(json_text(scene->world.arena, json, &changed, &err));
    return changed;
}

// Covers: JR/T 0299-2024 4 e, 6.6 c; GB/T 38540-2020 7.3
TEST(a_signature_that_does_not_fit_is_refused_and_the_right_one_still_accepted)
{
    static const char zeros[] = "00000000000000000000000000000000";
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes body = scene_walk_until(&scene, SIGNATURE);
    scene_check_refused(&scene, SIGNATURE, flipped(&scene, body, "signature", -1), ERROR_UNTRUSTED,
                        "seal_signature.value");
    scene_check_refused(&scene, SIGNATURE, flipped(&scene, body, "signature", 0), ERROR_INPUT,
                        "sm2.signature_malformed");
    scene_check_refused(&scene, SIGNATURE,
                        behaviour_changed(&scene, body, "nonce", json_string(zeros)),
                        ERROR_CONFLICT, "behaviour.replayed");
    scene_check_refused(&scene, SIGNATURE, behaviour_changed(&scene, body, "events", json_array()),
                        ERROR_FORBIDDEN, "behaviour.not_opened");
    scene_check_refused(&scene, SIGNATURE, scene_changed(&scene, body, "destruction", NULL),
                        ERROR_INPUT, "json.field");
    scene_check_refused(&scene, SIGNATURE,
                        scene_changed(&scene, body, "destruction", json_string("e30=")),
                        ERROR_INPUT, "json.field");
    scene_check_state(&scene, "ACTIVATED");
    scene_post(&scene, SIGNATURE, body);
    scene_check_state(&scene, "ACTIVE");
}

// Covers: D29
TEST(a_signature_of_one_session_is_worth_nothing_in_another)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes first = scene_walk_until(&scene, SIGNATURE);
    scene_post(&scene, SIGNATURE, first);
    scene_check_refused(&scene, SIGNATURE, first, ERROR_CONFLICT, "session.order");
    scene_open(&scene);
    Bytes second = scene_walk_until(&scene, SIGNATURE);
    scene_check_refused(&scene, SIGNATURE, first, ERROR_CONFLICT, "behaviour.replayed");
    Error err = {0};
    CLEANUP(json_cleanup) json_t *json = NULL;
    CHECK_OK(json_parse(first, &json, &err));
    scene_check_refused(
        &scene, SIGNATURE,
        scene_changed(&scene, second, "signature", json_incref(json_object_get(json, "signature"))),
        ERROR_UNTRUSTED, "seal_signature.value");
    scene_check_refused(&scene, SIGNATURE,
                        scene_changed(&scene, second, "destruction",
                                      json_incref(json_object_get(json, "destruction"))),
                        ERROR_UNTRUSTED, "destruction.other_signature");
}

TEST(a_screen_left_too_soon_or_too_late_signs_nothing)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene.world.reading_seconds = 9;
    Bytes body = scene_walk_until(&scene, SIGNATURE);
    scene_check_refused(&scene, SIGNATURE, body, ERROR_FORBIDDEN, "behaviour.too_fast");
    scene_open(&scene);
    scene.world.reading_seconds = 20;
    body = scene_walk_until(&scene, SIGNATURE);
    scene.world.now += 5 * TIME_MINUTE;
    scene_check_refused(&scene, SIGNATURE, body, ERROR_CONFLICT, "activation.expired");
}

static void check_stamp(Scene *scene, Time offset, const char *code, const char *state)
{
    scene_open(scene);
    scene->world.stamp_offset = 0;
    Bytes body = scene_walk_until(scene, SIGNATURE);
    scene->world.stamp_offset = offset;
    if (code == NULL) {
        scene_post(scene, SIGNATURE, body);
    } else {
        Error err = {0};
        Bytes reply;
        CHECK_FAILS_WITH(
            world_send(&scene->world, scene->token, SIGNATURE, body, NULL, &reply, &err),
            ERROR_CONFLICT, code);
    }
    scene_check_state(scene, state);
}

// Covers: JR/T 0299-2024 7.3
TEST(a_stamp_more_than_300_seconds_off_makes_the_signature_void)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    check_stamp(&scene, 300 * TIME_SECOND, NULL, "ACTIVE");
    check_stamp(&scene, 301 * TIME_SECOND, "seal_signature.time_deviation", "VOID");
    check_stamp(&scene, -301 * TIME_SECOND, "seal_signature.time_order", "VOID");
    const json_t *history = json_object_get(scene_history(&scene), "history");
    const json_t *last = json_array_get(history, json_array_size(history) - 1);
    CHECK_TEXT(json_string_value(json_object_get(last, "code")), "seal_signature.time_order");
}

static bool verify_document(Scene *scene, Bytes pdf, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    PdfFile *file;
    size_t count;
    Sm3Digest digest;
    SealSignatureFindings findings;
    CHECK(arena != NULL);
    Verdict coverage = verdict_new(arena);
    if (!pdf_open(arena, pdf, &file, err)) {
        return false;
    }
    const PdfSignature *signatures = pdf_signatures(file, &count);
    if (count != 1 || !pdf_coverage_judge(&coverage, file, 0)) {
        return error_set(err, ERROR_UNTRUSTED, "test.coverage", NULL, "does not cover the file");
    }
    SealOriginal original = {.digest = &digest};
    SealPolicy policy = {.trust = scene->world.pki.trust,
                         .revocation = REVOCATION_REQUIRED,
                         .now = scene->world.now};
    return pdf_signature_digest(pdf, signatures[0].byte_range, &digest, err) &&
           seal_signature_verify(signatures[0].der, &original, &policy, &findings, err);
}

// Covers: GB/T 38540-2020 7.3 g; D22
TEST(no_byte_of_the_signed_agreement_can_be_changed)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Error err = {0};
    Bytes document = scene_walk(&scene).document;
    CHECK_OK(verify_document(&scene, document, &err));
    Bytes copy = arena_copy(scene.world.arena, document);
    uint8_t *bytes = (uint8_t *)(uintptr_t)copy.data;
    for (size_t i = 0; i < document.len; i += document.len / 97) {
        bytes[i] ^= 1;
        CHECK(!verify_document(&scene, copy, &err));
        bytes[i] ^= 1;
    }
}

static Bytes fetch(Scene *scene, const char *target)
{
    Error err = {0};
    Bytes reply;
    CHECK_OK(world_send(&scene->world, scene->token, target, BYTES_EMPTY, NULL, &reply, &err));
    return reply;
}

// Covers: D16
TEST(the_person_can_fetch_the_letter_before_signing_and_after)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes body = scene_walk_until(&scene, SIGNATURE);
    Bytes before = fetch(&scene, "/v1/session/agreement/document");
    scene_post(&scene, SIGNATURE, body);
    Bytes after = fetch(&scene, "/v1/session/document");
    CHECK(before.len > 0 && after.len > before.len);
    CHECK(bytes_start_with(after, before));
}

// The last byte, of a tag that may be any byte, becomes another one.
static bool damage_write(StoreSession *session, void *context, Error *err)
{
    (void)context;
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "UPDATE large_content SET content = CAST(substr(content, 1, length(content) - 1) "
        "|| CASE substr(content, -1) WHEN x'00' THEN x'01' ELSE x'00' END AS BLOB) "
        "WHERE id IN (SELECT large_id FROM artifact WHERE name = "
        "'signed_agreement')");
    return sql_run(&s, err);
}

// Covers: JR/T 0299-2024 7.4
TEST(an_agreement_that_was_changed_in_the_store_is_never_served)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    Error err = {0};
    Bytes reply;
    business_stop(scene.world.business);
    scene.world.business = NULL;
    CLEANUP(store_cleanup) Store *store = NULL;
    StoreOptions options = {scene.world.config.store_path, "", WORLD_SCHEMA_VERSION, NULL};
    CHECK_OK(store_open(&options, &store, &err));
    CHECK_OK(store_write(store, damage_write, NULL, &err));
    store_cleanup(&store);
    store = NULL;
    CHECK_OK(business_start(&scene.world.config, &scene.world.business, &err));
    CHECK_FAILS(world_send(&scene.world, scene.token, "/v1/session/document", BYTES_EMPTY, NULL,
                           &reply, &err),
                ERROR_UNTRUSTED);
}
