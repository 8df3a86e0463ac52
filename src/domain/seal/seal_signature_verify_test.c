// SPDX-License-Identifier: Apache-2.0
#include "domain/seal/seal_signature_verify.h"

#include <string.h>

#include "base/codec/der.h"
#include "base/test/test.h"
#include "domain/pki/oid.h"
#include "domain/seal/scene_test.h"

static Error err;

// Covers: GB/T 38540-2020 7.3; D20.
TEST(a_good_signature_passes_every_check)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    SealSignatureFindings found;
    scene_sign(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge(&scene, &found), "");
    CHECK(found.is_stamped);
    CHECK_INT(found.signing_time, scene.stamped_at);
    CHECK_BYTES(found.signer.der, scene.certificates[ACTOR_SIGNER].der);
    SealOriginal original = {&scene.original, 1, NULL};
    CHECK_OK(seal_signature_verify(scene.signature, &original, &scene.policy, &found, &err));
}

TEST(the_original_may_come_in_parts_or_as_its_digest)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_sign(&scene);
    scene_trust(&scene);
    Bytes parts[] = {bytes_slice(scene.original, 0, 5), bytes_from(scene.original, 5)};
    SealOriginal in_parts = {parts, 2, NULL};
    CHECK_OK(seal_signature_verify(scene.signature, &in_parts, &scene.policy, NULL, &err));
    Sm3Digest digest = sm3_digest(scene.original);
    SealOriginal by_digest = {NULL, 0, &digest};
    CHECK_OK(seal_signature_verify(scene.signature, &by_digest, &scene.policy, NULL, &err));
    SealOriginal missing = {NULL, 0, NULL};
    CHECK_FAILS_WITH(seal_signature_verify(scene.signature, &missing, &scene.policy, NULL, &err),
                     ERROR_UNAVAILABLE, "seal_signature.data_hash");
}

// Covers: GB/T 38540-2020 7.3 a.
TEST(a_signature_that_cannot_be_read_takes_the_format_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_sign(&scene);
    scene_trust(&scene);
    SealOriginal original = {&scene.original, 1, NULL};
    scene.signature = bytes_slice(scene.signature, 0, scene.signature.len - 1);
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.format");
    CHECK_FAILS_WITH(seal_signature_verify(scene.signature, &original, &scene.policy, NULL, &err),
                     ERROR_INPUT, "seal_signature.format");
    scene.certificates[ACTOR_SIGNER].der = BYTES_LITERAL("\x30\x00");
    scene_assemble(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.format");
}

TEST(an_embedded_seal_that_cannot_be_read_takes_an_exit_of_its_own)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    size_t offset;
    scene_sign(&scene);
    scene_trust(&scene);
    Writer other = writer_new(SEAL_SIGNATURE_MAX_SIZE);
    writer_put(&other, scene.signature);
    CHECK(bytes_find(scene.signature,
                     BYTES_LITERAL("\x16\x02"
                                   "ES"),
                     0, &offset));
    writer_patch(&other, offset,
                 BYTES_LITERAL("\x16\x02"
                               "EX"));
    scene.signature = writer_bytes(&other);
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.seal_format");
    writer_free(&other);
}

// Covers: GB/T 38540-2020 7.3 b.
TEST(a_signature_by_another_key_takes_the_value_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.signer = ACTOR_STRANGER;
    scene_sign(&scene);
    scene_trust(&scene);
    SealOriginal original = {&scene.original, 1, NULL};
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.value");
    CHECK_FAILS_WITH(seal_signature_verify(scene.signature, &original, &scene.policy, NULL, &err),
                     ERROR_UNTRUSTED, "seal_signature.value");
}

// Covers: GB/T 38540-2020 7.3 c.
TEST(a_certificate_that_the_seal_does_not_list_takes_the_listing_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_trust(&scene);
    scene.listed[0] = scene.certificates[ACTOR_STRANGER].der;
    scene_sign(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.certificate_listed");
    scene.plan.list_type = SEAL_LIST_DIGESTS;
    scene.seal = BYTES_EMPTY;
    scene_sign(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.certificate_listed");
    scene.listed[0] = scene.certificates[ACTOR_SIGNER].der;
    scene.seal = BYTES_EMPTY;
    scene_sign(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "");
}

// Covers: GB/T 38540-2020 7.3 d.
TEST(a_seal_that_is_not_valid_takes_the_seals_own_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_trust(&scene);
    scene.maker = ACTOR_STRANGER;
    scene_sign(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "seal.value");
    scene.maker = ACTOR_MAKER;
    scene.plan.valid_until = scene.signed_at;
    scene.seal = BYTES_EMPTY;
    scene_sign(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "seal.period");
}

TEST(a_claimed_time_outside_the_seals_period_takes_the_seal_period_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.plan.valid_from = scene.signed_at + TIME_SECOND;
    scene_sign(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.seal_period");
}

// Covers: GB/T 38540-2020 7.3 e.
TEST(a_signer_that_no_anchor_vouches_for_is_undecided)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    SealOriginal original = {&scene.original, 1, NULL};
    scene.certificates[ACTOR_SIGNER] = scene.certificates[ACTOR_STRANGER];
    scene.listed[0] = scene.certificates[ACTOR_STRANGER].der;
    scene.signer = ACTOR_STRANGER;
    scene_sign(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.chain");
    CHECK_FAILS_WITH(seal_signature_verify(scene.signature, &original, &scene.policy, NULL, &err),
                     ERROR_UNAVAILABLE, "seal_signature.chain");
}

TEST(a_forged_signer_certificate_takes_the_chain_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    SealOriginal original = {&scene.original, 1, NULL};
    scene.certificates[ACTOR_SIGNER] = scene_forge(&scene, ACTOR_SIGNER);
    scene.listed[0] = scene.certificates[ACTOR_SIGNER].der;
    scene_sign(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.chain");
    CHECK_FAILS_WITH(seal_signature_verify(scene.signature, &original, &scene.policy, NULL, &err),
                     ERROR_UNTRUSTED, "seal_signature.chain");
}

static void use_signer_certificate(Scene *scene, CertificateProfile profile, Time from, Time until)
{
    scene->certificates[ACTOR_SIGNER] = scene_issue(scene, ACTOR_SIGNER, profile, from, until);
    scene->listed[0] = scene->certificates[ACTOR_SIGNER].der;
}

TEST(a_certificate_that_may_not_sign_takes_the_key_usage_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    use_signer_certificate(&scene, PROFILE_ISSUING_CA, SCENE_START, SCENE_END);
    scene_sign(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.key_usage");
}

// Covers: GB/T 38540-2020 7.3 f.
TEST(a_certificate_outside_its_validity_takes_the_validity_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_trust(&scene);
    use_signer_certificate(&scene, PROFILE_PERSON, SCENE_START, SCENE_SIGNING - TIME_SECOND);
    scene_sign(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.certificate_validity");
}

TEST(a_certificate_revoked_before_the_signing_time_takes_the_revocation_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_sign(&scene);
    scene.revocations[scene.revocation_count++] =
        (Revocation){scene.certificates[ACTOR_SIGNER].serial, SCENE_SIGNING - TIME_SECOND,
                     REASON_KEY_COMPROMISE};
    scene_trust(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.revocation");
}

// Covers: C12.
TEST(a_certificate_revoked_after_the_signing_time_leaves_the_signature_valid)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_sign(&scene);
    scene.revocations[scene.revocation_count++] =
        (Revocation){scene.certificates[ACTOR_SIGNER].serial, SCENE_SIGNING + TIME_MINUTE,
                     REASON_CERTIFICATE_HOLD};
    scene_trust(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "");
    CHECK(scene_signature_has(&scene, "seal_signature.revocation", CHECK_INFORMED));
}

TEST(what_has_expired_since_is_told_and_does_not_matter)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.policy.now = SCENE_END + TIME_DAY;
    scene_sign(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "");
    CHECK(scene_signature_has(&scene, "seal_signature.expired_since", CHECK_INFORMED));
    CHECK(scene_signature_has(&scene, "seal.expired_since", CHECK_INFORMED));
}

// Covers: GB/T 38540-2020 7.3 g; D21.
// A clock may be five minutes late.
TEST(a_signature_of_a_time_to_come_is_undecided)
{
    for (int late = 0; late < 2; late++) {
        CLEANUP(scene_close) Scene scene = scene_open();
        scene_sign(&scene);
        scene_trust(&scene);
        scene.policy.now = scene.stamped_at - SEAL_MAX_TIME_DEVIATION - late;
        CHECK_TEXT(scene_judge(&scene, NULL), late ? "seal_signature.moment" : "");
        CHECK(scene_signature_has(&scene, "seal_signature.moment", CHECK_UNKNOWN) == (late == 1));
    }
}

TEST(an_original_that_was_changed_takes_the_data_hash_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_sign(&scene);
    scene_trust(&scene);
    scene.original = BYTES_LITERAL("the protected Original");
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.data_hash");
}

TEST(a_data_hash_over_z_is_refused_unless_asked_for_and_then_told)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    Sm3Digest plain = sm3_digest(scene.original);
    Sm3Digest with_z;
    size_t offset;
    scene.has_stamp = false;
    scene.policy.time_stamp_is_optional = true;
    scene_sign(&scene);
    scene_trust(&scene);
    CHECK_OK(sm2_message_digest(sm2_public_key(scene.keys[ACTOR_SIGNER]), SM2_DEFAULT_ID,
                                scene.original, &with_z, &err));
    Writer tbs = writer_new(SEAL_SIGNATURE_MAX_SIZE);
    writer_put(&tbs, scene.tbs);
    CHECK(bytes_find(scene.tbs, sm3_bytes(&plain), 0, &offset));
    writer_patch(&tbs, offset, sm3_bytes(&with_z));
    scene.tbs = writer_bytes(&tbs);
    scene.value = scene_sign_bytes(&scene, ACTOR_SIGNER, scene.tbs);
    scene_assemble(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.data_hash");
    scene.policy.accept_digests_with_z = true;
    CHECK_TEXT(scene_judge(&scene, NULL), "");
    CHECK(scene_signature_has(&scene, "seal_signature.data_hash", CHECK_INFORMED));
    writer_free(&tbs);
}

// Covers: GB/T 38540-2020 7.3 h.
TEST(a_time_stamp_that_cannot_be_read_takes_the_stamp_format_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    SealSignatureFindings found;
    scene_sign(&scene);
    scene_trust(&scene);
    scene.token = BYTES_LITERAL("\x30\x02\x05\x00");
    scene_assemble(&scene);
    CHECK_TEXT(scene_judge(&scene, &found), "seal_signature.stamp_format");
    CHECK_INT(found.signing_time, scene.signed_at);
}

TEST(a_time_stamp_signed_by_another_key_takes_the_stamp_value_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    size_t offset;
    SealSignatureFindings found;
    scene_sign(&scene);
    scene_trust(&scene);
    Writer token = writer_new(TIMESTAMP_MAX_SIZE);
    TimestampToken parsed;
    CHECK_OK(timestamp_token_parse(scene.token, &parsed, &err));
    Sm2Signature foreign = scene_sign_bytes(&scene, ACTOR_STRANGER, BYTES_LITERAL("other"));
    writer_put(&token, scene.token);
    CHECK(bytes_find(scene.token, bytes_of(parsed.signed_data.signature.r, SM2_SCALAR_SIZE), 0,
                     &offset));
    // The first octet stays, so that the INTEGER stays well-formed.
    writer_patch(&token, offset + 1, bytes_of(foreign.r + 1, SM2_SCALAR_SIZE - 1));
    scene.token = writer_bytes(&token);
    scene_assemble(&scene);
    CHECK_TEXT(scene_judge(&scene, &found), "seal_signature.stamp_value");
    CHECK_INT(found.signing_time, scene.signed_at);
    writer_free(&token);
}

TEST(a_time_stamp_by_a_certificate_for_something_else_takes_the_stamp_certificate_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.certificates[ACTOR_TSA] =
        scene_issue(&scene, ACTOR_TSA, PROFILE_PERSON, SCENE_START, SCENE_END);
    scene_sign(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.stamp_certificate");
}

TEST(a_revoked_tsa_takes_the_stamp_certificate_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_sign(&scene);
    scene.revocations[scene.revocation_count++] = (Revocation){
        scene.certificates[ACTOR_TSA].serial, SCENE_SIGNING - TIME_DAY, REASON_KEY_COMPROMISE};
    scene_trust(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.stamp_certificate");
}

TEST(a_time_stamp_over_something_else_takes_the_stamp_imprint_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    Sm3Digest other = sm3_digest(BYTES_LITERAL("something else"));
    scene_sign(&scene);
    scene_trust(&scene);
    scene.token = scene_stamp(&scene, &other);
    scene_assemble(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.stamp_imprint");
}

TEST(a_claimed_time_later_than_the_stamp_takes_the_time_order_exit)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.stamped_at = scene.signed_at - TIME_SECOND;
    scene_sign(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.time_order");
}

TEST(a_missing_time_stamp_is_refused_unless_it_is_optional)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.has_stamp = false;
    scene_sign(&scene);
    scene_trust(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.stamp_present");
    scene.policy.time_stamp_is_optional = true;
    CHECK_TEXT(scene_judge(&scene, NULL), "");
}

// Covers: D23, K04.
TEST(more_than_300_seconds_between_claim_and_stamp_are_refused)
{
    static const struct {
        int seconds;
        const char *code;
    } rows[] = {{0, ""}, {299, ""}, {300, ""}, {301, "seal_signature.time_deviation"}};
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_trust(&scene);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        scene.stamped_at = scene.signed_at + rows[i].seconds * TIME_SECOND;
        scene_sign(&scene);
        CHECK_TEXT(scene_judge(&scene, NULL), rows[i].code);
    }
    CHECK_OK(seal_time_deviation_check(SCENE_SIGNING, SCENE_SIGNING - 300 * TIME_SECOND, &err));
    CHECK_FAILS_WITH(
        seal_time_deviation_check(SCENE_SIGNING, SCENE_SIGNING - 300 * TIME_SECOND - 1, &err),
        ERROR_UNTRUSTED, "seal_signature.time_deviation");
    CHECK_FAILS(seal_time_deviation_check(SCENE_SIGNING, SCENE_SIGNING + 301 * TIME_SECOND, &err),
                ERROR_UNTRUSTED);
}

TEST(a_whole_response_in_place_of_a_token_is_accepted_and_told)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    CLEANUP(writer_free) Writer response = writer_new(TIMESTAMP_MAX_SIZE);
    scene_sign(&scene);
    scene_trust(&scene);
    timestamp_response_encode(scene.token, &response);
    scene.token = writer_bytes(&response);
    scene_assemble(&scene);
    CHECK_TEXT(scene_judge(&scene, NULL), "");
    CHECK(scene_signature_has(&scene, "seal_signature.dialect_stamp_response", CHECK_INFORMED));
}

// Sign again a TBS_Sign that has these bytes (hexadecimal) at its end.
static void extend_tbs(Scene *scene, const char *hex)
{
    Reader reader = reader_of(scene->tbs);
    DerElement element = der_element(&reader, DER_SEQUENCE);
    Writer tbs = writer_new(SEAL_SIGNATURE_MAX_SIZE);
    size_t mark = der_begin(&tbs, DER_SEQUENCE);
    writer_put(&tbs, element.content);
    writer_put(&tbs, test_hex(hex));
    der_end(&tbs, mark);
    scene->tbs = arena_copy(scene->arena, writer_bytes(&tbs));
    writer_free(&tbs);
    scene->value = scene_sign_bytes(scene, ACTOR_SIGNER, scene->tbs);
    Sm3Digest imprint = seal_signature_imprint(&scene->value);
    scene->token = scene_stamp(scene, &imprint);
    scene_assemble(scene);
}

TEST(extension_data_of_the_signature_are_accepted_and_deviations_told)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_sign(&scene);
    scene_trust(&scene);
    Bytes plain = scene.tbs;
    extend_tbs(&scene, "a00b3009300706022a0304017a");
    CHECK_TEXT(scene_judge(&scene, NULL), "");
    scene.tbs = plain;
    extend_tbs(&scene, "3009300706022a0304017a");
    CHECK_TEXT(scene_judge(&scene, NULL), "");
    CHECK(
        scene_signature_has(&scene, "seal_signature.dialect_extensions_untagged", CHECK_INFORMED));
    scene.tbs = plain;
    extend_tbs(&scene, "a00e300c300a06022a0301010004017a");
    CHECK_TEXT(scene_judge(&scene, NULL), "");
    CHECK(scene_signature_has(&scene, "seal_signature.dialect_explicit_false", CHECK_INFORMED));
    scene.tbs = plain;
    extend_tbs(&scene, "a00e300c300a06022a030101ff04017a");
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.critical_extension");
}

TEST(a_time_stamp_without_its_tag_is_accepted_and_told)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    Bytes token;
    scene_sign(&scene);
    scene_trust(&scene);
    token = scene.token;
    scene.token = BYTES_EMPTY;
    scene_assemble(&scene);
    Reader reader = reader_of(scene.signature);
    DerElement element = der_element(&reader, DER_SEQUENCE);
    Writer der = writer_new(SEAL_SIGNATURE_MAX_SIZE);
    size_t mark = der_begin(&der, DER_SEQUENCE);
    writer_put(&der, element.content);
    der_put_bit_string(&der, token);
    der_end(&der, mark);
    scene.signature = writer_bytes(&der);
    CHECK_TEXT(scene_judge(&scene, NULL), "");
    CHECK(scene_signature_has(&scene, "seal_signature.dialect_stamp_untagged", CHECK_INFORMED));
    writer_free(&der);
}

TEST(a_version_1_signature_is_judged_by_its_own_rule)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene.policy.time_stamp_is_optional = true;
    scene_trust(&scene);
    scene.signature = scene_sign_v1(&scene, BYTES_LITERAL("260411000000Z"));
    CHECK_TEXT(scene_judge(&scene, NULL), "");
    Sm3Digest imprint = sm3_digest(scene.original);
    scene.signature = scene_sign_v1(&scene, scene_stamp(&scene, &imprint));
    CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.time_v1_stamp");
}

// Covers: D21.
TEST(a_bit_flip_in_a_signature_is_refused_or_harmless)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    SealOriginal original = {&scene.original, 1, NULL};
    scene_sign(&scene);
    scene_trust(&scene);
    uint8_t *copy = arena_alloc(scene.arena, scene.signature.len);
    CHECK(copy != NULL);
    memcpy(copy, scene.signature.data, scene.signature.len);
    size_t harmless = 0;
    for (size_t i = 0; i < scene.signature.len; i++) {
        SealSignatureFindings found;
        copy[i] ^= (uint8_t)(1 << (i % 8));
        if (seal_signature_verify(bytes_of(copy, scene.signature.len), &original, &scene.policy,
                                  &found, NULL)) {
            harmless++;
            CHECK_BYTES(found.signature.tbs, scene.tbs);
            CHECK_BYTES(found.signature.certificate, scene.certificates[ACTOR_SIGNER].der);
            CHECK_INT(found.signing_time, scene.stamped_at);
        }
        copy[i] ^= (uint8_t)(1 << (i % 8));
    }
    // Spelling variants inside the stamp's unsigned frame only.
    CHECK(harmless < 20);
}
