// SPDX-License-Identifier: Apache-2.0
#include "component/certification/lint_ocsp.h"

#include "base/test/test.h"
#include "domain/pki/ocsp_fixture.h"

static Error err;

// A response that breaks no rule, and what it has to be.
typedef struct {
    FixturePki pki;
    FixtureIdentity responder;
    OcspAnswer answer;
    OcspRequest request;
    OcspLintRules rules;
} Scene;

static void scene_close(Scene *scene)
{
    fixture_identity_free(&scene->responder);
    fixture_pki_free(&scene->pki);
}

static void scene_open(Scene *scene)
{
    CHECK_OK(fixture_pki_make(&scene->pki, &err));
    CHECK_OK(fixture_responder(&scene->pki, &scene->pki.ca, &scene->responder, &err));
    scene->answer = fixture_ocsp_answer(&scene->pki, BYTES_LITERAL("\x03"));
    scene->answer.this_update = FIXTURE_NOW;
    scene->answer.next_update = FIXTURE_NOW + TIME_HOUR;
    CLEANUP(writer_free) Writer der = writer_new(OCSP_REQUEST_MAX_SIZE);
    ocsp_request_encode(&scene->answer.id.der, 1, BYTES_EMPTY, &der);
    CHECK_OK(ocsp_request_parse(arena_copy(scene->pki.arena, writer_bytes(&der)), &scene->request,
                                &err));
    scene->rules = (OcspLintRules){.issuer = &scene->pki.ca.certificate,
                                   .responder = &scene->responder.certificate,
                                   .request = &scene->request,
                                   .now = FIXTURE_NOW,
                                   .max_life = TIME_HOUR};
}

static bool lints(const Scene *scene)
{
    Bytes der;
    OcspResponse response;
    CHECK_OK(
        fixture_ocsp_response(scene->pki.arena, &scene->responder, &scene->answer, 1, &der, &err));
    CHECK_OK(ocsp_response_parse(der, &response, &err));
    err = (Error){0};
    return lint_ocsp(&response, &scene->rules, &err);
}

#define CHECK_LINT(scene, wanted)         \
    do {                                  \
        CHECK(!lints(scene));             \
        CHECK_INT(err.kind, ERROR_INPUT); \
        CHECK_TEXT(err.code, wanted);     \
    } while (0)

TEST(a_sound_response_passes_with_all_rules_and_with_none)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    CHECK_OK(lints(&scene));
    scene.rules = (OcspLintRules){0};
    CHECK_OK(lints(&scene));
}

// Covers: RFC 6960 2.4, 4.2; RFC 5019 2.2.4.
TEST(what_an_answer_says_of_times_is_held_to_the_clock)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    scene.rules.now = FIXTURE_NOW + 2 * TIME_MINUTE;
    CHECK_LINT(&scene, "lint.ocsp_produced");
    scene.rules.now = FIXTURE_NOW - TIME_SECOND;
    CHECK_LINT(&scene, "lint.ocsp_produced");
    scene.rules.now = FIXTURE_NOW;
    scene.answer.next_update = FIXTURE_NOW + 2 * TIME_HOUR;
    CHECK_LINT(&scene, "lint.ocsp_period");
    scene.answer.next_update = 0;
    CHECK_LINT(&scene, "lint.ocsp_period");
    scene.answer.next_update = FIXTURE_NOW;
    CHECK_LINT(&scene, "lint.ocsp_period");
    scene.answer.next_update = FIXTURE_NOW + TIME_HOUR;
    scene.answer.status = OCSP_REVOKED;
    scene.answer.revoked_at = FIXTURE_NOW + TIME_SECOND;
    CHECK_LINT(&scene, "lint.ocsp_revoked");
    scene.answer.revoked_at = FIXTURE_NOW;
    CHECK_OK(lints(&scene));
}

// Covers: RFC 6960 4.2.2.2, 4.2.2.3.
TEST(only_the_delegate_of_the_issuer_answers_and_only_for_it)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    scene.rules.responder = &scene.pki.person.certificate;
    CHECK_LINT(&scene, "lint.ocsp_responder");
    scene.rules.responder = &scene.responder.certificate;
    Certificate other = scene.responder.certificate;
    other.extended_key_usage = BYTES_EMPTY;
    scene.rules.responder = &other;
    CHECK_LINT(&scene, "lint.ocsp_delegate");
    other = scene.responder.certificate;
    other.not_after = FIXTURE_NOW - TIME_DAY;
    CHECK_LINT(&scene, "lint.ocsp_delegate");
    scene.rules.responder = &scene.responder.certificate;
    Certificate issuer = scene.pki.ca.certificate;
    issuer.public_key = scene.pki.root.certificate.public_key;
    scene.rules.issuer = &issuer;
    CHECK_LINT(&scene, "lint.ocsp_issuer");
    scene.answer.status = OCSP_UNKNOWN;  // which says nothing about another issuer's certificate
    CHECK_OK(lints(&scene));
}

// Covers: RFC 6960 3.2; RFC 9654 2.1.
TEST(a_response_answers_all_that_was_asked_and_nothing_else)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    scene.request.nonce = BYTES_LITERAL("n");
    CHECK_LINT(&scene, "lint.ocsp_request");
    scene.request.nonce = BYTES_EMPTY;
    scene.answer = fixture_ocsp_answer(&scene.pki, BYTES_LITERAL("\x04"));
    scene.answer.this_update = FIXTURE_NOW;
    scene.answer.next_update = FIXTURE_NOW + TIME_HOUR;
    CHECK_LINT(&scene, "lint.ocsp_request");
}

TEST(what_relying_parties_cannot_use_is_not_signed)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    const OcspResponse refusal = {.status = OCSP_TRY_LATER};
    CHECK_FAILS_WITH(lint_ocsp(&refusal, &scene.rules, &err), ERROR_INPUT, "lint.ocsp_status");
    const OcspResponse critical = {.unknown_critical = OID_SM3};
    CHECK_FAILS_WITH(lint_ocsp(&critical, &scene.rules, &err), ERROR_INPUT, "lint.ocsp_critical");
}
