// SPDX-License-Identifier: Apache-2.0
#include "domain/seal/seal_signature.h"

#include "base/codec/der.h"
#include "base/test/test.h"
#include "domain/seal/scene_test.h"

static Error err;

// Covers: GB/T 38540-2020 7.1, 7.2 b; D19.
TEST(what_is_assembled_is_what_is_parsed)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    SealSignature signature;
    scene_sign(&scene);
    CHECK_OK(seal_signature_parse(scene.signature, &signature, &err));
    Sm3Digest digest = sm3_digest(scene.original);
    CHECK_INT(signature.version, SEAL_V4);
    CHECK_INT(signature.tbs_version, 4);
    CHECK_INT(signature.dialects, 0);
    CHECK_BYTES(signature.tbs, scene.tbs);
    CHECK_BYTES(signature.seal.der, scene.seal);
    CHECK_INT(signature.signed_at, SCENE_SIGNING);
    CHECK_BYTES(signature.data_hash, sm3_bytes(&digest));
    CHECK_BYTES(signature.property, BYTES_LITERAL("/ByteRange"));
    CHECK_BYTES(signature.certificate, scene.certificates[ACTOR_SIGNER].der);
    CHECK_BYTES(signature.time_stamp, scene.token);
    Sm3Digest imprint = seal_signature_imprint(&scene.value);
    Sm3Digest received = sm3_digest(signature.value_der);
    CHECK_BYTES(sm3_bytes(&received), sm3_bytes(&imprint));
    CHECK(seal_signature_value_holds(&signature, sm2_public_key(scene.keys[ACTOR_SIGNER])));
    CHECK(!seal_signature_value_holds(&signature, sm2_public_key(scene.keys[ACTOR_MAKER])));
}

TEST(a_signature_without_stamp_has_four_members)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    SealSignature signature;
    scene.has_stamp = false;
    scene_sign(&scene);
    CHECK_OK(seal_signature_parse(scene.signature, &signature, &err));
    CHECK_INT(signature.time_stamp.len, 0);
}

// Covers: GB/T 38540-2020 7.3 a.
TEST(every_truncation_of_a_signature_is_refused)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    SealSignature signature;
    scene_sign(&scene);
    for (size_t len = 0; len < scene.signature.len; len++) {
        CHECK_FAILS(seal_signature_parse(bytes_slice(scene.signature, 0, len), &signature, &err),
                    ERROR_INPUT);
    }
}

TEST(zero_padding_is_cut_and_anything_else_is_refused)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    CLEANUP(writer_free) Writer padded = writer_new(SEAL_SIGNATURE_MAX_SIZE);
    Bytes trimmed;
    SealSignature signature;
    scene_sign(&scene);
    writer_put(&padded, scene.signature);
    writer_put_repeated(&padded, 0, 1000);
    CHECK_FAILS_WITH(seal_signature_parse(writer_bytes(&padded), &signature, &err), ERROR_INPUT,
                     "seal_signature.format");
    CHECK_OK(seal_signature_trim(writer_bytes(&padded), &trimmed, &err));
    CHECK_BYTES(trimmed, scene.signature);
    writer_put_u8(&padded, 1);
    CHECK_FAILS_WITH(seal_signature_trim(writer_bytes(&padded), &trimmed, &err), ERROR_INPUT,
                     "seal_signature.format");
    CHECK_FAILS(seal_signature_trim(BYTES_EMPTY, &trimmed, &err), ERROR_INPUT);
}

TEST(a_seal_that_cannot_be_read_is_not_signed_with)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    CLEANUP(writer_free) Writer tbs = writer_new(SEAL_SIGNATURE_MAX_SIZE);
    scene_seal(&scene);
    TbsSignPlan plan = {
        bytes_slice(scene.seal, 0, 100), SCENE_SIGNING, {{0}}, BYTES_LITERAL("/ByteRange")};
    CHECK_FAILS_WITH(tbs_sign_build(&plan, &tbs, &err), ERROR_INPUT, "seal.format");
    plan.seal = scene_seal_v1(&scene);
    CHECK_FAILS_WITH(tbs_sign_build(&plan, &tbs, &err), ERROR_INPUT, "seal_signature.plan");
    plan.seal = scene.seal;
    plan.property = BYTES_EMPTY;
    CHECK_FAILS_WITH(tbs_sign_build(&plan, &tbs, &err), ERROR_INPUT, "seal_signature.plan");
    plan.property = BYTES_LITERAL("页");
    CHECK_FAILS_WITH(tbs_sign_build(&plan, &tbs, &err), ERROR_INPUT, "seal_signature.plan");
    CHECK_INT(tbs.len, 0);
}

TEST(parts_that_are_not_der_are_not_assembled)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    CLEANUP(writer_free) Writer der = writer_new(SEAL_SIGNATURE_MAX_SIZE);
    scene_sign(&scene);
    const SealSignatureParts good = {scene.tbs, scene.certificates[ACTOR_SIGNER].der, scene.value,
                                     scene.token};
    SealSignatureParts parts[] = {good, good, good};
    parts[0].tbs = bytes_slice(scene.tbs, 0, 10);
    parts[1].certificate = BYTES_EMPTY;
    parts[2].time_stamp = BYTES_LITERAL("stamp");
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        CHECK_FAILS_WITH(seal_signature_assemble(&parts[i], &der, &err), ERROR_INPUT,
                         "seal_signature.plan");
    }
    CHECK_INT(der.len, 0);
}

TEST(a_signature_that_names_another_version_than_its_seal_says_so)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    SealSignature signature;
    scene_sign(&scene);
    // TBS_Sign ::= SEQUENCE { INTEGER 4, ...
    Writer other = writer_new(SEAL_SIGNATURE_MAX_SIZE);
    size_t offset;
    writer_put(&other, scene.signature);
    CHECK(bytes_find(scene.signature, BYTES_LITERAL("\x02\x01\x04"), 0, &offset));
    writer_patch(&other, offset, BYTES_LITERAL("\x02\x01\x05"));
    CHECK_OK(seal_signature_parse(writer_bytes(&other), &signature, &err));
    CHECK_INT(signature.version, SEAL_V5);
    CHECK_INT(signature.seal.version, SEAL_V4);
    CHECK_INT(signature.dialects, SEAL_DIALECT_VERSION);
    writer_free(&other);
}

// Covers: GM/T 0031-2014 6.2.
TEST(version_1_is_read_with_its_time_as_text_or_as_der)
{
    static const char *const times[] = {"260411000000Z",
                                        "\x17\x0d"
                                        "260411000000Z"};
    CLEANUP(scene_close) Scene scene = scene_open();
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        SealSignature signature;
        Bytes der = scene_sign_v1(&scene, bytes_of_text(times[i]));
        CHECK_OK(seal_signature_parse(der, &signature, &err));
        CHECK_INT(signature.version, SEAL_V1);
        CHECK_INT(signature.signed_at, SCENE_SIGNING);
        CHECK(!signature.time_is_stamp);
        CHECK_BYTES(signature.certificate, scene.certificates[ACTOR_SIGNER].der);
        CHECK(seal_signature_value_holds(&signature, sm2_public_key(scene.keys[ACTOR_SIGNER])));
    }
    SealSignature signature;
    CHECK_FAILS_WITH(
        seal_signature_parse(scene_sign_v1(&scene, BYTES_LITERAL("yesterday")), &signature, &err),
        ERROR_INPUT, "seal_signature.format");
}
