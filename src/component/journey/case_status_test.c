// SPDX-License-Identifier: Apache-2.0
//
// What a case file and the letter in it say of revocation: lists, OCSP answers, and what they say
// when a CA has revoked so many that nobody carries its list about.
#include <string.h>

#include "base/test/test.h"
#include "component/business/work.h"
#include "component/journey/case_forge.h"
#include "domain/casefile/case_verify.h"
#include "domain/casefile/verification.h"
#include "domain/pki/ocsp_fixture.h"

enum { MANY = 1000000, SMALL_FILE = 300 * 1024 };

typedef struct {
    World world;
    TrustStore *trust;
    Bytes archive;
    CaseFile *file;
} Scene;

static void scene_make(Scene *scene)
{
    Error err = {0};
    World *world = &scene->world;
    CHECK_OK(world_make(world, test_directory(), false, &err));
    scene->trust = trust_store_new(world->arena);
    CHECK_OK(trust_store_add_anchors(scene->trust, world->pki.root.certificate.der, &err));
}

// C1 has the root's list, and none of the CA but what it asks for.
static void know_only_the_root(World *world)
{
    Error err = {0};
    Bytes list;
    TrustStore *trust = trust_store_new(world->arena);
    CHECK_OK(trust_store_add_anchors(trust, world->pki.root.certificate.der, &err));
    CHECK_OK(fixture_crl(world->arena, &world->pki.root, 1, NULL, 0, &list, &err));
    CHECK_OK(trust_store_add_crls(trust, list, &err));
    world->business->config.trust = trust;
}

static void scene_sign(Scene *scene)
{
    Error err = {0};
    World *world = &scene->world;
    const char *id, *token;
    TerminalResult result;
    CHECK_OK(world_open(world, &id, &token, &err));
    CHECK_OK(world_walk(world, token, &result, &err));
    CHECK_OK(world_call(world, NULL, arena_format(world->arena, "/v1/authorizations/%s/case", id),
                        NULL, NULL, &scene->archive, &err));
    scene->file = arena_alloc(world->arena, sizeof *scene->file);
    CHECK(scene->file != NULL);
    CHECK_OK(case_file_parse(world->arena, scene->archive, scene->file, &err));
}

static void scene_close(Scene *scene)
{
    world_free(&scene->world);
}

// With every certificate, or with lists where some are at hand.
static Verdict judge(const Scene *scene, Bytes file, RevocationRule rule, Time at)
{
    VerificationPolicy policy = {.trust = scene->trust, .at = at, .institutions = rule};
    Verdict verdict = verdict_new(scene->world.arena);
    (void)file_verify(file, &policy, &verdict, NULL);
    return verdict;
}

static void check_outcome(const Verdict *verdict, CheckOutcome wanted)
{
    const VerdictCheck *reason = verdict_reason(verdict);
    if (verdict_outcome(verdict) != wanted) {
        test_fail(__FILE__, __LINE__, "%s: %s at %s: %s",
                  check_outcome_name(verdict_outcome(verdict)), reason->code, reason->subject,
                  reason->detail);
    }
}

static const VerdictCheck *find_check(const Verdict *verdict, const char *code,
                                      CheckOutcome outcome)
{
    for (const VerdictCheck *check = verdict->first; check != NULL; check = check->next) {
        if (strcmp(check->code, code) == 0 && check->outcome == outcome) {
            return check;
        }
    }
    return NULL;
}

// The case with another OCSP response in it and no list, as the institution itself could make it.
static Verdict judge_with(Scene *scene, Bytes response)
{
    World *world = &scene->world;
    CaseContent content = scene->file->content;
    content.parts[CASE_OCSP] = response;
    content.parts[CASE_CRL] = BYTES_EMPTY;
    content.parts[CASE_INSTITUTIONS] = BYTES_EMPTY;
    return judge(scene, forge_case(world, &world->c1, &content, world->now, world->now),
                 REVOCATION_IF_GIVEN, world->now);
}

static Bytes respond(Scene *scene, const FixtureIdentity *responder, OcspAnswer answer)
{
    Error err = {0};
    Bytes response;
    World *world = &scene->world;
    Certificate person;
    CHECK_OK(certificate_parse(scene->file->content.parts[CASE_CERTIFICATE], &person, &err));
    answer.id.der =
        fixture_ocsp_id(world->arena, &world->pki.ca.certificate, OCSP_HASH_SM3, person.serial);
    CHECK_OK(fixture_ocsp_response(world->arena, responder, &answer, 1, &response, &err));
    return response;
}

// Covers: RFC 6960 3.2.
TEST(list_and_answer_of_the_signing_are_in_the_file_and_nothing_is_left_undecided)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_make(&scene);
    scene_sign(&scene);
    const CaseContent *content = &scene.file->content;
    CHECK(content->parts[CASE_CRL].len > 0 && content->parts[CASE_OCSP].len > 0);
    Verdict verdict = judge(&scene, scene.archive, REVOCATION_REQUIRED, scene.world.now);
    check_outcome(&verdict, CHECK_PASSED);
    CHECK(find_check(&verdict, "case.ocsp", CHECK_PASSED) != NULL);
    // Of the institutions too: lists of the root are in the file.
    CHECK(content->parts[CASE_INSTITUTIONS].len > 0);
    CHECK(find_check(&verdict, "path.revocation", CHECK_INFORMED) == NULL);
}

TEST(without_the_lists_of_institutions_it_is_noted_or_where_asked_for_undecided)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_make(&scene);
    scene_sign(&scene);
    World *world = &scene.world;
    CaseContent content = scene.file->content;
    content.parts[CASE_INSTITUTIONS] = BYTES_EMPTY;
    Bytes archive = forge_case(world, &world->c1, &content, world->now, world->now);
    Verdict verdict = judge(&scene, archive, REVOCATION_IF_GIVEN, world->now);
    check_outcome(&verdict, CHECK_PASSED);
    CHECK(find_check(&verdict, "path.revocation", CHECK_INFORMED) != NULL);
    verdict = judge(&scene, archive, REVOCATION_REQUIRED, world->now);
    check_outcome(&verdict, CHECK_UNKNOWN);
}

TEST(without_an_answer_the_list_alone_decides)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_make(&scene);
    scene.world.answers_are_down = true;
    scene_sign(&scene);
    CHECK(scene.file->content.parts[CASE_OCSP].len == 0);
    Verdict verdict = judge(&scene, scene.archive, REVOCATION_REQUIRED, scene.world.now);
    check_outcome(&verdict, CHECK_PASSED);
}

TEST(an_answer_by_somebody_who_may_not_answer_is_not_taken)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_make(&scene);
    scene.world.answered_by = &scene.world.c2;
    scene_sign(&scene);
    CHECK(scene.file->content.parts[CASE_OCSP].len == 0);
}

TEST(a_case_of_a_ca_with_a_million_revocations_is_small_and_decided_offline_for_ever)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_make(&scene);
    scene.world.other_revocations = MANY;
    know_only_the_root(&scene.world);
    scene_sign(&scene);
    const CaseContent *content = &scene.file->content;
    CHECK(content->parts[CASE_CRL].len == 0 && content->parts[CASE_OCSP].len > 0);
    CHECK(scene.archive.len < SMALL_FILE);
    // Asked for once, and known to be too large from then on.
    CHECK_INT(scene.world.lists_asked, 1);
    const Time years = scene.world.now + 30 * 365 * TIME_DAY;
    Bytes letter = content->parts[CASE_AGREEMENT];
    Verdict verdict = judge(&scene, scene.archive, REVOCATION_REQUIRED, scene.world.now);
    check_outcome(&verdict, CHECK_PASSED);
    verdict = judge(&scene, scene.archive, REVOCATION_IF_GIVEN, years);
    check_outcome(&verdict, CHECK_PASSED);
    const VerdictCheck *decides = find_check(&verdict, "case.revocation_list", CHECK_PASSED);
    CHECK(decides != NULL && strstr(decides->detail, "OCSP answer") != NULL);
    // The letter alone says so as well: its own store has the answer.
    verdict = judge(&scene, letter, REVOCATION_IF_GIVEN, years);
    check_outcome(&verdict, CHECK_PASSED);
    CHECK(find_check(&verdict, "verify.revocation", CHECK_PASSED) != NULL);
    const VerdictCheck *store = find_check(&verdict, "verify.security_store", CHECK_INFORMED);
    CHECK(store != NULL && strstr(store->detail, "1 of 1 OCSP responses") != NULL);
}

typedef enum { BY_RESPONDER, BY_CA, BY_OTHER, BY_ROOT } Answerer;

// Times from the signature on.
static const struct {
    const char *what;
    Answerer by;
    OcspCertificateStatus status;
    Time revoked, from, until;  // until 0: without an end
    CheckOutcome outcome;
} answers[] = {
    {"good", BY_RESPONDER, OCSP_GOOD, 0, 0, TIME_HOUR, CHECK_PASSED},
    {"good, by the CA itself", BY_CA, OCSP_GOOD, 0, -TIME_HOUR, 0, CHECK_PASSED},
    {"good a day later, so before", BY_RESPONDER, OCSP_GOOD, 0, TIME_DAY, 2 * TIME_DAY,
     CHECK_PASSED},
    {"out of force", BY_RESPONDER, OCSP_GOOD, 0, -2 * TIME_DAY, -TIME_DAY, CHECK_UNKNOWN},
    {"without an end, too old", BY_RESPONDER, OCSP_GOOD, 0, -OCSP_AGE_MAX - TIME_HOUR, 0,
     CHECK_UNKNOWN},
    {"unknown", BY_RESPONDER, OCSP_UNKNOWN, 0, 0, TIME_HOUR, CHECK_UNKNOWN},
    {"revoked before", BY_RESPONDER, OCSP_REVOKED, -TIME_HOUR, 0, TIME_HOUR, CHECK_FAILED},
    {"revoked before, said later", BY_RESPONDER, OCSP_REVOKED, -TIME_HOUR, TIME_DAY, 2 * TIME_DAY,
     CHECK_FAILED},
    {"revoked after", BY_RESPONDER, OCSP_REVOKED, TIME_HOUR, TIME_DAY, 2 * TIME_DAY, CHECK_PASSED},
    {"by another institution", BY_OTHER, OCSP_GOOD, 0, 0, TIME_HOUR, CHECK_UNKNOWN},
    {"by the root", BY_ROOT, OCSP_GOOD, 0, 0, TIME_HOUR, CHECK_UNKNOWN},
};

// Covers: RFC 6960 3.2, 4.2.2.2.
TEST(an_answer_decides_by_when_it_speaks_what_it_says_and_who_gave_it)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_make(&scene);
    scene_sign(&scene);
    World *world = &scene.world;
    const Time now = world->now;
    const FixtureIdentity *const who[] = {[BY_RESPONDER] = &world->responder,
                                          [BY_CA] = &world->pki.ca,
                                          [BY_OTHER] = &world->c3,
                                          [BY_ROOT] = &world->pki.root};
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        bool is_revoked = answers[i].status == OCSP_REVOKED;
        OcspAnswer answer = {.status = answers[i].status,
                             .revoked_at = is_revoked ? now + answers[i].revoked : 0,
                             .reason = is_revoked ? REASON_KEY_COMPROMISE : REASON_UNSPECIFIED,
                             .this_update = now + answers[i].from,
                             .next_update = answers[i].until == 0 ? 0 : now + answers[i].until};
        Verdict verdict = judge_with(&scene, respond(&scene, who[answers[i].by], answer));
        if (verdict_outcome(&verdict) != answers[i].outcome) {
            test_fail(__FILE__, __LINE__, "%s: %s", answers[i].what,
                      check_outcome_name(verdict_outcome(&verdict)));
        }
    }
}

TEST(a_case_needs_a_list_or_an_answer)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_make(&scene);
    scene_sign(&scene);
    Verdict verdict = judge_with(&scene, BYTES_EMPTY);
    check_outcome(&verdict, CHECK_FAILED);
    CHECK(find_check(&verdict, "case.parts", CHECK_FAILED) != NULL);
    // What is no response at all does not stand in for one.
    verdict = judge_with(&scene, BYTES_LITERAL("\x30\x03\x0a\x01\x03"));
    CHECK(verdict_outcome(&verdict) != CHECK_PASSED);
}
