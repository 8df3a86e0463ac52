// SPDX-License-Identifier: Apache-2.0
//
// That receipts and checkpoint of a case file show one log: from C5's proofs to the verdict.
#include <string.h>

#include "base/test/test.h"
#include "component/journey/case_forge.h"
#include "domain/casefile/case_copy.h"
#include "domain/casefile/case_verify.h"

typedef struct {
    World world;
    const char *id;
    TrustStore *trust;
} Scene;

static void scene_open(Scene *scene)
{
    Error err = {0};
    World *world = &scene->world;
    const char *token;
    TerminalResult result;
    CHECK_OK(world_make(world, test_directory(), false, &err));
    CHECK_OK(world_open(world, &scene->id, &token, &err));
    CHECK_OK(world_walk(world, token, &result, &err));
    scene->trust = trust_store_new(world->arena);
    CHECK_OK(trust_store_add_anchors(scene->trust, world->pki.root.certificate.der, &err));
}

static void scene_close(Scene *scene)
{
    world_free(&scene->world);
}

static bool fetch(Scene *scene, Bytes *ret, Error *err)
{
    World *world = &scene->world;
    const char *target = arena_format(world->arena, "/v1/authorizations/%s/case", scene->id);
    return world_call(world, NULL, target, NULL, NULL, ret, err);
}

static CaseFile *parsed(Scene *scene, Bytes archive)
{
    Error err = {0};
    CaseFile *file = arena_alloc(scene->world.arena, sizeof *file);
    CHECK(file != NULL);
    CHECK_OK(case_file_parse(scene->world.arena, archive, file, &err));
    return file;
}

static Verdict judge(Scene *scene, Bytes archive)
{
    VerificationPolicy policy = {
        .trust = scene->trust, .at = scene->world.now, .institutions = REVOCATION_IF_GIVEN};
    Verdict verdict = verdict_new(scene->world.arena);
    (void)case_verify(archive, &policy, &verdict, NULL);
    return verdict;
}

static size_t count_checks(const Verdict *verdict, CheckOutcome outcome)
{
    size_t count = 0;
    for (const VerdictCheck *check = verdict->first; check != NULL; check = check->next) {
        bool is_it = strcmp(check->code, "case.log_consistency") == 0 && check->outcome == outcome;
        count += is_it ? 1 : 0;
    }
    return count;
}

// Covers: RFC 9162 2.1.4.
TEST(a_case_file_proves_that_its_receipts_are_of_one_log_and_so_does_a_copy)
{
    Error err = {0};
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    Bytes first, second;
    CHECK_OK(fetch(&scene, &first, &err));
    Verdict verdict = judge(&scene, first);
    CHECK_INT(verdict_outcome(&verdict), CHECK_PASSED);
    CHECK_INT(count_checks(&verdict, CHECK_PASSED), 2);
    CHECK_INT(count_checks(&verdict, CHECK_INFORMED), 0);
    // The same facts, the same file: also when C5 cannot be asked again.
    scene.world.preservation_is_down = true;
    CHECK_OK(fetch(&scene, &second, &err));
    CHECK_BYTES(second, first);
    CLEANUP(writer_free) Writer copy = writer_new(1 << 22);
    CaseDisclosure disclosure = case_disclosure_default();
    CHECK_OK(case_copy_make(scene.world.arena, parsed(&scene, first), &disclosure, &copy, &err));
    verdict = judge(&scene, writer_bytes(&copy));
    CHECK_INT(verdict_outcome(&verdict), CHECK_PASSED);
    CHECK_INT(count_checks(&verdict, CHECK_PASSED), 2);
}

TEST(a_case_file_that_is_made_while_c5_is_down_lacks_the_proof_and_says_so)
{
    Error err = {0};
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    Bytes archive;
    scene.world.preservation_is_down = true;
    CHECK_OK(fetch(&scene, &archive, &err));
    Verdict verdict = judge(&scene, archive);
    CHECK_INT(verdict_outcome(&verdict), CHECK_PASSED);
    CHECK_INT(count_checks(&verdict, CHECK_INFORMED), 2);
    CHECK(parsed(&scene, archive)->content.parts[CASE_LOG_HISTORY].len == 0);
}

TEST(no_case_file_is_made_when_c5_proves_another_history)
{
    Error err = {0};
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    Bytes archive;
    scene.world.proves_other_history = true;
    CHECK(!fetch(&scene, &archive, &err));
    CHECK_TEXT(err.code, "merkle.consistency");
    scene.world.proves_other_history = false;
    CHECK_OK(fetch(&scene, &archive, &err));
}

TEST(a_proof_that_does_not_fit_makes_the_case_invalid_whoever_signed_for_it)
{
    Error err = {0};
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    Bytes archive;
    CHECK_OK(fetch(&scene, &archive, &err));
    World *world = &scene.world;
    CaseContent *content = &parsed(&scene, archive)->content;
    Verdict verdict = judge(&scene, forge_case(world, &world->c1, content, world->now, world->now));
    CHECK_INT(verdict_outcome(&verdict), CHECK_PASSED);
    // Without its last step the file says less; with a wrong hash it contradicts itself.
    Bytes history = content->parts[CASE_LOG_HISTORY];
    size_t line = 0;
    CHECK(bytes_find_last(history, BYTES_LITERAL("=\n\n"), &line));
    uint8_t *changed = arena_alloc(world->arena, history.len);
    memcpy(changed, history.data, history.len);
    changed[line - 20] = changed[line - 20] == 'A' ? 'B' : 'A';
    content->parts[CASE_LOG_HISTORY] = bytes_of(changed, history.len);
    verdict = judge(&scene, forge_case(world, &world->c1, content, world->now, world->now));
    CHECK_INT(verdict_outcome(&verdict), CHECK_FAILED);
    CHECK_INT(count_checks(&verdict, CHECK_FAILED), 1);
}
