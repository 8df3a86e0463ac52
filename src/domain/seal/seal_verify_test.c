// SPDX-License-Identifier: Apache-2.0
#include "domain/seal/seal_verify.h"

#include "base/test/test.h"
#include "domain/seal/scene_test.h"

static Error err;

// Covers: GB/T 38540-2020 6.3.
TEST(a_good_seal_passes_every_check)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    Seal seal;
    scene_seal(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_SIGNING), "");
    CHECK_OK(seal_verify(scene.seal, &scene.policy, SCENE_SIGNING, &seal, &err));
    CHECK_BYTES(seal.id, scene.plan.id);
}

// Covers: GB/T 38540-2020 6.3 a.
TEST(a_seal_that_cannot_be_read_takes_the_format_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_seal(&scene);
    scene_trust(&scene);
    scene.seal = bytes_slice(scene.seal, 0, scene.seal.len - 1);
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_SIGNING), "seal.format");
    CHECK_FAILS_WITH(seal_verify(scene.seal, &scene.policy, SCENE_SIGNING, NULL, &err), ERROR_INPUT,
                     "seal.format");
}

TEST(a_maker_certificate_that_cannot_be_read_takes_the_format_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.certificates[ACTOR_MAKER].der = BYTES_LITERAL("\x30\x00");
    scene_seal(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_SIGNING), "seal.format");
}

// Covers: GB/T 38540-2020 6.3 b.
TEST(a_seal_signed_by_another_key_takes_the_value_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.maker = ACTOR_STRANGER;
    scene_seal(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_SIGNING), "seal.value");
    CHECK_FAILS_WITH(seal_verify(scene.seal, &scene.policy, SCENE_SIGNING, NULL, &err),
                     ERROR_UNTRUSTED, "seal.value");
    CHECK_TEXT(err.clause, "GB/T 38540-2020 6.3 b");
}

// Covers: GB/T 38540-2020 6.3 c.
TEST(a_maker_that_no_anchor_vouches_for_is_undecided)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.certificates[ACTOR_MAKER] = scene.certificates[ACTOR_STRANGER];
    scene.maker = ACTOR_STRANGER;
    scene_seal(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_SIGNING), "seal.maker_chain");
    CHECK_FAILS_WITH(seal_verify(scene.seal, &scene.policy, SCENE_SIGNING, NULL, &err),
                     ERROR_UNAVAILABLE, "seal.maker_chain");
}

TEST(a_forged_maker_certificate_takes_the_chain_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.certificates[ACTOR_MAKER] = scene_forge(&scene, ACTOR_MAKER);
    scene_seal(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_SIGNING), "seal.maker_chain");
    CHECK_FAILS_WITH(seal_verify(scene.seal, &scene.policy, SCENE_SIGNING, NULL, &err),
                     ERROR_UNTRUSTED, "seal.maker_chain");
}

TEST(a_maker_certificate_outside_its_validity_takes_the_validity_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.certificates[ACTOR_MAKER] =
        scene_issue(&scene, ACTOR_MAKER, PROFILE_SEAL_MAKER, SCENE_START, SCENE_SIGNING - TIME_DAY);
    scene_seal(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_SIGNING), "seal.maker_validity");
    CHECK_FAILS_WITH(seal_verify(scene.seal, &scene.policy, SCENE_SIGNING, NULL, &err),
                     ERROR_UNTRUSTED, "seal.maker_validity");
}

TEST(a_revoked_maker_certificate_takes_the_revocation_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.revocations[scene.revocation_count++] = (Revocation){
        scene.certificates[ACTOR_MAKER].serial, SCENE_SIGNING - TIME_DAY, REASON_KEY_COMPROMISE};
    scene_seal(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_SIGNING), "seal.maker_revocation");
}

TEST(an_unknown_revocation_state_is_undecided)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.without_crl = true;
    scene_seal(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_SIGNING), "seal.maker_revocation");
    CHECK_FAILS_WITH(seal_verify(scene.seal, &scene.policy, SCENE_SIGNING, NULL, &err),
                     ERROR_UNAVAILABLE, "seal.maker_revocation");
}

TEST(a_maker_certificate_that_may_not_sign_takes_the_key_usage_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.certificates[ACTOR_MAKER] =
        scene_issue(&scene, ACTOR_MAKER, PROFILE_ISSUING_CA, SCENE_START, SCENE_END);
    scene_seal(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_SIGNING), "seal.maker_key_usage");
}

// Covers: GB/T 38540-2020 6.3 d.
TEST(a_moment_outside_the_period_takes_the_period_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.plan.valid_from = SCENE_START + 10 * TIME_DAY;
    scene.plan.valid_until = SCENE_START + 20 * TIME_DAY;
    scene_seal(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_START + 10 * TIME_DAY), "");
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_START + 20 * TIME_DAY), "");
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_START + 10 * TIME_DAY - TIME_SECOND), "seal.period");
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_START + 20 * TIME_DAY + TIME_SECOND), "seal.period");
}

// Covers: GB/T 38540-2020 7.2 a; D19.
TEST(a_good_seal_may_be_used_with_a_listed_certificate)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_trust(&scene);
    scene_seal(&scene);
    CHECK_TEXT(scene_judge_signing(&scene), "");
    scene.plan.list_type = SEAL_LIST_DIGESTS;
    scene_seal(&scene);
    CHECK_TEXT(scene_judge_signing(&scene), "");
    CHECK_OK(
        seal_signing_verify(scene.seal, scene.certificates[ACTOR_SIGNER].der, &scene.policy, &err));
}

TEST(signing_with_a_seal_that_is_not_valid_is_refused_by_the_seals_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.plan.valid_until = SCENE_START + TIME_DAY;
    scene_trust(&scene);
    scene_seal(&scene);
    CHECK_TEXT(scene_judge_signing(&scene), "seal.period");
}

TEST(signing_with_a_bad_certificate_is_refused_by_an_exit_each)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    Certificate *signer = &scene.certificates[ACTOR_SIGNER];
    const Certificate good = *signer;
    scene_trust(&scene);
    scene_seal(&scene);
    signer->der = BYTES_LITERAL("\x30\x00");
    CHECK_TEXT(scene_judge_signing(&scene), "seal_signing.certificate_format");
    *signer = good;
    *signer = scene_forge(&scene, ACTOR_SIGNER);
    CHECK_TEXT(scene_judge_signing(&scene), "seal_signing.chain");
    *signer = scene_issue(&scene, ACTOR_SIGNER, PROFILE_PERSON, SCENE_START, SCENE_SIGNING);
    CHECK_TEXT(scene_judge_signing(&scene), "seal_signing.validity");
    *signer = scene_issue(&scene, ACTOR_SIGNER, PROFILE_ISSUING_CA, SCENE_START, SCENE_END);
    CHECK_TEXT(scene_judge_signing(&scene), "seal_signing.key_usage");
    *signer = good;
    scene.revocations[scene.revocation_count++] =
        (Revocation){good.serial, SCENE_SIGNING, REASON_SUPERSEDED};
    scene_trust(&scene);
    CHECK_TEXT(scene_judge_signing(&scene), "seal_signing.revocation");
}

TEST(signing_with_a_renewed_certificate_asks_for_a_new_seal)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_trust(&scene);
    scene_seal(&scene);
    scene.certificates[ACTOR_SIGNER] =
        scene_issue(&scene, ACTOR_SIGNER, PROFILE_PERSON, SCENE_START, SCENE_END);
    CHECK_TEXT(scene_judge_signing(&scene), "seal_signing.certificate_listed");
    CHECK_FAILS_WITH(
        seal_signing_verify(scene.seal, scene.certificates[ACTOR_SIGNER].der, &scene.policy, &err),
        ERROR_UNTRUSTED, "seal_signing.certificate_listed");
    size_t offset;
    CHECK(bytes_find(bytes_of_text(err.text), BYTES_LITERAL("renewal"), 0, &offset));
}

TEST(a_version_1_seal_is_judged_by_its_own_rule)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.seal = scene_seal_v1(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_SIGNING), "");
}

TEST(a_seal_that_expired_since_is_told_but_holds_at_its_time)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.policy.now = SCENE_END + TIME_DAY;
    scene_seal(&scene);
    scene_trust(&scene);
    Verdict verdict = verdict_new(scene.arena);
    CHECK(seal_check(scene.seal, &scene.policy, SCENE_SIGNING, &verdict));
    const VerdictCheck *last = verdict.first;
    while (last->next != NULL) {
        last = last->next;
    }
    CHECK_TEXT(last->code, "seal.expired_since");
    CHECK_INT(last->outcome, CHECK_INFORMED);
}

// Covers: GM/T 0031-2025 6.3.
TEST(a_version_5_seal_is_judged_with_its_time_stamp)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_trust(&scene);
    scene_seal_v5(&scene, BYTES_EMPTY);
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_SIGNING), "");
    scene_seal_v5(&scene, BYTES_LITERAL("something else"));
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_SIGNING), "seal.stamp");
    scene.plan.created_at = scene.stamped_at + TIME_SECOND;
    scene_seal_v5(&scene, BYTES_EMPTY);
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_SIGNING), "seal.created_before_stamp");
}

TEST(only_version_5_forgives_a_maker_certificate_that_held_at_creation)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.certificates[ACTOR_MAKER] =
        scene_issue(&scene, ACTOR_MAKER, PROFILE_SEAL_MAKER, SCENE_START, SCENE_SIGNING - TIME_DAY);
    scene.policy.revocation = REVOCATION_IF_GIVEN;
    scene_trust(&scene);
    scene_seal_v5(&scene, BYTES_EMPTY);
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_SIGNING), "");
    scene.plan.created_at = SCENE_SIGNING - TIME_HOUR;
    scene_seal_v5(&scene, BYTES_EMPTY);
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_SIGNING), "seal.maker_validity");
    scene.plan.created_at = SCENE_START;
    scene_seal(&scene);
    CHECK_TEXT(scene_judge_seal(&scene, SCENE_SIGNING), "seal.maker_validity");
}
