// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/witness_policy.h"

#include <string.h>

#include "base/test/test.h"
#include "domain/evidence/witness_fixture.h"

// A log, three witnesses, and a checkpoint that nobody cosigned yet.
typedef struct {
    Arena *arena;
    Party log, court, notary, ca;
    Checkpoint checkpoint;
} Scene;

static Scene scene_of(void)
{
    static History history;
    Scene scene = {.arena = arena_new(ARENA_DEFAULT_LIMIT),
                   .log = party_of(77, WITNESSED_ORIGIN, NOTE_SM2),
                   .court = party_of(1, "court.example.cn", NOTE_SM2_COSIGNATURE),
                   .notary = party_of(2, "notary.example.cn", NOTE_SM2_COSIGNATURE),
                   .ca = party_of(3, "ca.example.cn", NOTE_SM2_COSIGNATURE)};
    history_make(&history, 7, 7, "");
    scene.checkpoint = history_checkpoint(scene.arena, &history, 7, &scene.log);
    return scene;
}

static void scene_cleanup(Scene *scene)
{
    party_cleanup(&scene->log);
    party_cleanup(&scene->court);
    party_cleanup(&scene->notary);
    party_cleanup(&scene->ca);
    arena_free(scene->arena);
}

// The three witnesses by name, and what follows.
static Bytes policy_text(Scene *scene, const char *rest)
{
    return bytes_of_text(
        arena_format(scene->arena,
                     "# three\nlog %s\nwitness court %s http://127.0.0.1:1\nwitness notary %s\n"
                     "witness ca %s\n%s",
                     key_text(scene->arena, &scene->log.note_key),
                     key_text(scene->arena, &scene->court.note_key),
                     key_text(scene->arena, &scene->notary.note_key),
                     key_text(scene->arena, &scene->ca.note_key), rest));
}

static const WitnessPolicy *policy_of(Scene *scene, const char *rest)
{
    Error err = {0};
    const WitnessPolicy *policy;
    CHECK_OK(witness_policy_parse(scene->arena, policy_text(scene, rest), &policy, &err));
    return policy;
}

static CheckOutcome judged(Scene *scene, const WitnessPolicy *policy, const Checkpoint *checkpoint)
{
    WitnessRules rules = {&policy, 1};
    Verdict verdict = verdict_new(scene->arena);
    witness_rules_check(&rules, checkpoint, &verdict);
    CHECK_INT(verdict.count, 1);
    CHECK_TEXT(verdict.first->code, "receipt.witnesses");
    return verdict_outcome(&verdict);
}

TEST(a_policy_names_logs_witnesses_groups_and_a_quorum)
{
    CLEANUP(scene_cleanup) Scene scene = scene_of();
    const WitnessPolicy *policy =
        policy_of(&scene, "\n \tgroup two 2 court  notary ca\n\nquorum two\n");
    CHECK_INT(policy->log_count, 1);
    CHECK_INT(policy->node_count, 4);
    CHECK_TEXT(policy->nodes[0].url, "http://127.0.0.1:1");
    CHECK_INT(policy->nodes[3].needed, 2);
    CHECK(policy->has_quorum && policy->quorum == 3);
    CHECK(witness_policy_applies(policy, &scene.checkpoint));
}

// Source: C2SP tlog-policy.
TEST(policies_of_another_form_are_refused)
{
    CLEANUP(scene_cleanup) Scene scene = scene_of();
    Error err = {0};
    const WitnessPolicy *policy;
    static const char *const rests[] = {
        "",
        "quorum two\n",
        "quorum court\nquorum court\n",
        "group two 0 court notary\nquorum two\n",
        "group two 3 court notary\nquorum two\n",
        "group two 02 court notary\nquorum two\n",
        "group two 2 court nobody\nquorum two\n",
        "group two 2 court court\nquorum two\n",
        "group a 1 court\ngroup b 1 court notary\nquorum b\n",
        "group a 1 a\nquorum a\n",
        "group court 1 notary\nquorum court\n",
        "group none 1 notary\nquorum none\n",
        "group a any\nquorum a\n",
        "quorum\n",
        "quorum none none\n",
        "witness fourth\nquorum none\n",
        "guild a 1 court\nquorum none\n",
        "quorum none",
        "quorum none\r\n",
    };
    for (size_t i = 0; i < COUNT_OF(rests); i++) {
        CHECK_FAILS_WITH(
            witness_policy_parse(scene.arena, policy_text(&scene, rests[i]), &policy, &err),
            ERROR_INPUT, "witness_policy.malformed");
    }
}

TEST(one_key_counts_once_and_a_log_is_not_its_own_witness)
{
    CLEANUP(scene_cleanup) Scene scene = scene_of();
    Error err = {0};
    const WitnessPolicy *policy;
    NoteKey again[2];
    CHECK_OK(note_key_new("other.example.cn", NOTE_SM2_COSIGNATURE, &scene.court.note_key.key,
                          &again[0], &err));
    CHECK_OK(note_key_new("self.example.cn", NOTE_SM2_COSIGNATURE, &scene.log.note_key.key,
                          &again[1], &err));
    for (size_t i = 0; i < COUNT_OF(again); i++) {
        const char *rest = arena_format(scene.arena, "witness again %s\nquorum again\n",
                                        key_text(scene.arena, &again[i]));
        CHECK_FAILS_WITH(
            witness_policy_parse(scene.arena, policy_text(&scene, rest), &policy, &err),
            ERROR_INPUT, "witness_policy.malformed");
    }
}

TEST(too_few_cosignatures_are_undecided_and_enough_of_them_pass)
{
    CLEANUP(scene_cleanup) Scene scene = scene_of();
    const WitnessPolicy *two = policy_of(&scene, "group two 2 court notary ca\nquorum two\n");
    Checkpoint one = with_cosignature(scene.arena, &scene.checkpoint, &scene.court, TIME_DAY);
    Checkpoint both = with_cosignature(scene.arena, &one, &scene.ca, 2 * TIME_DAY);
    CHECK_INT(judged(&scene, two, &scene.checkpoint), CHECK_UNKNOWN);
    CHECK_INT(judged(&scene, two, &one), CHECK_UNKNOWN);
    CHECK_INT(judged(&scene, two, &both), CHECK_PASSED);
    Error err = {0};
    WitnessFindings found;
    CHECK_OK(witness_policy_evaluate(two, &both, &found, &err));
    CHECK(found.is_met && found.count == 2 && found.latest == 2 * TIME_DAY);
    CHECK(found.times[0] == TIME_DAY && found.times[1] == 0);
}

TEST(groups_of_groups_count_their_groups)
{
    CLEANUP(scene_cleanup) Scene scene = scene_of();
    const WitnessPolicy *policy = policy_of(&scene,
                                            "group public any court notary\n"
                                            "group both all public ca\nquorum both\n");
    Checkpoint public = with_cosignature(scene.arena, &scene.checkpoint, &scene.notary, TIME_DAY);
    Checkpoint both = with_cosignature(scene.arena, &public, &scene.ca, TIME_DAY);
    Checkpoint wrong = with_cosignature(scene.arena, &public, &scene.court, TIME_DAY);
    CHECK_INT(judged(&scene, policy, &public), CHECK_UNKNOWN);
    CHECK_INT(judged(&scene, policy, &wrong), CHECK_UNKNOWN);
    CHECK_INT(judged(&scene, policy, &both), CHECK_PASSED);
    CHECK_INT(judged(&scene, policy_of(&scene, "quorum ca\n"), &both), CHECK_PASSED);
    CHECK_INT(judged(&scene, policy_of(&scene, "quorum none\n"), &scene.checkpoint), CHECK_PASSED);
}

TEST(a_false_cosignature_of_a_known_witness_fails_whatever_the_others_say)
{
    CLEANUP(scene_cleanup) Scene scene = scene_of();
    static History other;
    history_make(&other, 7, 3, "other");
    const WitnessPolicy *any = policy_of(&scene, "group one any court notary ca\nquorum one\n");
    Checkpoint one = with_cosignature(scene.arena, &scene.checkpoint, &scene.court, TIME_DAY);
    // The notary's line, once of this checkpoint and once of another.
    Checkpoint right = with_cosignature(scene.arena, &one, &scene.notary, TIME_DAY);
    Checkpoint foreign = history_checkpoint(scene.arena, &other, 7, &scene.log);
    foreign = with_cosignature(scene.arena, &foreign, &scene.notary, TIME_DAY);
    size_t dash;
    CHECK(bytes_find_last(foreign.note.whole, BYTES_LITERAL("\xe2\x80\x94 notary"), &dash));
    Bytes text = arena_join(scene.arena, one.note.whole, bytes_from(foreign.note.whole, dash));
    Error err = {0};
    Checkpoint mixed;
    CHECK_OK(checkpoint_parse(scene.arena, text, &mixed, &err));
    CHECK_INT(judged(&scene, any, &right), CHECK_PASSED);
    CHECK_INT(judged(&scene, any, &mixed), CHECK_FAILED);
}

// A log that is watched could else escape by giving itself another name.
TEST(a_log_that_no_policy_is_about_is_undecided)
{
    CLEANUP(scene_cleanup) Scene scene = scene_of();
    static History history;
    history_make(&history, 3, 3, "");
    CLEANUP(party_cleanup) Party renamed = party_of(77, "evidence.example.cn/log2", NOTE_SM2);
    Checkpoint checkpoint = history_checkpoint(scene.arena, &history, 3, &renamed);
    const WitnessPolicy *policy = policy_of(&scene, "quorum none\n");
    CHECK(!witness_policy_applies(policy, &checkpoint));
    CHECK_INT(judged(&scene, policy, &checkpoint), CHECK_UNKNOWN);
    Verdict verdict = verdict_new(scene.arena);
    witness_rules_check(&(WitnessRules){0}, &checkpoint, &verdict);
    CHECK_INT(verdict.count, 0);
}
