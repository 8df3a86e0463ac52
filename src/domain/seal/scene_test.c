// SPDX-License-Identifier: Apache-2.0
#include "domain/seal/scene_test.h"

#include <string.h>

#include "base/codec/der.h"
#include "base/test/test.h"
#include "domain/pki/crl_template.h"
#include "domain/pki/oid.h"

static Error err;

static Bytes keep(Scene *scene, Writer *writer)
{
    CHECK(!writer->failed);
    Bytes copy = arena_copy(scene->arena, writer_bytes(writer));
    CHECK(copy.data != NULL);
    writer_free(writer);
    return copy;
}

Certificate scene_issue(Scene *scene, Actor actor, CertificateProfile profile, Time from,
                        Time until)
{
    static const char *const names[ACTOR_COUNT] = {"Test Root", "Test Seal Maker", "Test Signer",
                                                   "Test TSA", "Test Stranger"};
    static uint8_t serial[2] = {1, 0};
    bool is_self_signed = actor == ACTOR_ROOT || actor == ACTOR_STRANGER;
    const NameAttribute attributes[] = {{OID_COUNTRY, "CN"}, {OID_COMMON_NAME, names[actor]}};
    Bytes subject;
    Certificate certificate;
    Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    Signer signer = signer_of_key(scene->keys[is_self_signed ? actor : ACTOR_ROOT]);
    serial[1]++;
    CHECK_OK(name_build(scene->arena, attributes, COUNT_OF(attributes), &subject, &err));
    CertificateTemplate template = {
        .profile = profile,
        .serial = BYTES_OF_ARRAY(serial),
        .subject = subject,
        .issuer = is_self_signed ? NULL : &scene->certificates[ACTOR_ROOT],
        .public_key = sm2_public_key(scene->keys[actor]),
        .not_before = from,
        .not_after = until,
    };
    CHECK_OK(certificate_issue(&template, &signer, &der, &err));
    CHECK_OK(certificate_parse(keep(scene, &der), &certificate, &err));
    return certificate;
}

Certificate scene_forge(Scene *scene, Actor actor)
{
    Certificate forged;
    Bytes real = scene->certificates[actor].der;
    uint8_t last = real.data[real.len - 1] ^ 1;
    Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    writer_put(&der, real);
    writer_patch(&der, real.len - 1, bytes_of(&last, 1));
    CHECK_OK(certificate_parse(keep(scene, &der), &forged, &err));
    return forged;
}

Sm2Signature scene_sign_bytes(const Scene *scene, Actor actor, Bytes message)
{
    Sm2Signature value;
    Signer signer = signer_of_key(scene->keys[actor]);
    CHECK_OK(signer_sign(&signer, message, &value, &err));
    return value;
}

void scene_seal(Scene *scene)
{
    Writer der = writer_new(SEAL_MAX_SIZE);
    Signer maker = signer_of_key(scene->keys[scene->maker]);
    CHECK_OK(seal_build(&scene->plan, scene->certificates[ACTOR_MAKER].der, &maker, &der, &err));
    scene->seal = keep(scene, &der);
}

Bytes scene_stamp(Scene *scene, const Sm3Digest *imprint)
{
    static const uint8_t serial[] = {1};
    TimestampRequest request = timestamp_request_over(imprint, true);
    TimestampTemplate template = {
        .request = &request,
        .policy = BYTES_LITERAL("\x2a\x03\x04"),
        .serial = BYTES_OF_ARRAY(serial),
        .time = scene->stamped_at,
        .tsa = &scene->certificates[ACTOR_TSA],
    };
    Writer der = writer_new(TIMESTAMP_MAX_SIZE);
    Signer signer = signer_of_key(scene->keys[scene->stamper]);
    CHECK_OK(timestamp_token_build(&template, &signer, &der, &err));
    return keep(scene, &der);
}

void scene_assemble(Scene *scene)
{
    SealSignatureParts parts = {scene->tbs, scene->certificates[ACTOR_SIGNER].der, scene->value,
                                scene->token};
    Writer der = writer_new(SEAL_SIGNATURE_MAX_SIZE);
    CHECK_OK(seal_signature_assemble(&parts, &der, &err));
    scene->signature = keep(scene, &der);
}

void scene_sign(Scene *scene)
{
    if (scene->seal.len == 0) {
        scene_seal(scene);
    }
    TbsSignPlan plan = {scene->seal, scene->signed_at, sm3_digest(scene->original),
                        BYTES_LITERAL("/ByteRange")};
    Writer tbs = writer_new(SEAL_SIGNATURE_MAX_SIZE);
    CHECK_OK(tbs_sign_build(&plan, &tbs, &err));
    scene->tbs = keep(scene, &tbs);
    scene->value = scene_sign_bytes(scene, scene->signer, scene->tbs);
    if (scene->has_stamp) {
        Sm3Digest imprint = seal_signature_imprint(&scene->value);
        scene->token = scene_stamp(scene, &imprint);
    }
    scene_assemble(scene);
}

static void put_signature(Writer *der, Scene *scene, Actor actor, Bytes message)
{
    uint8_t value[SM2_SIGNATURE_DER_MAX];
    Sm2Signature signature = scene_sign_bytes(scene, actor, message);
    size_t len = sm2_signature_encode(&signature, value);
    der_put_bit_string(der, bytes_of(value, len));
}

static void put_info_v1(Writer *der, Scene *scene)
{
    size_t info = der_begin(der, DER_SEQUENCE);
    size_t header = der_begin(der, DER_SEQUENCE);
    der_put_text(der, DER_IA5_STRING, "ES");
    der_put_u64(der, 1);
    der_put_text(der, DER_IA5_STRING, "vendor");
    der_end(der, header);
    der_put(der, DER_IA5_STRING, scene->plan.id);
    size_t property = der_begin(der, DER_SEQUENCE);
    der_put_u64(der, scene->plan.type);
    der_put(der, DER_UTF8_STRING, scene->plan.name);
    size_t list = der_begin(der, DER_SEQUENCE);
    der_put(der, DER_OCTET_STRING, scene->listed[0]);
    der_end(der, list);
    der_put_time(der, scene->plan.created_at);
    der_put_time(der, scene->plan.valid_from);
    der_put_time(der, scene->plan.valid_until);
    der_end(der, property);
    size_t picture = der_begin(der, DER_SEQUENCE);
    der_put(der, DER_IA5_STRING, scene->plan.picture_type);
    der_put(der, DER_OCTET_STRING, scene->plan.picture);
    der_put_u64(der, 20);
    der_put_u64(der, 20);
    der_end(der, picture);
    der_end(der, info);
}

Bytes scene_seal_v1(Scene *scene)
{
    // What is signed is a SEQUENCE that is not in the seal itself.
    Writer covered = writer_new(SEAL_MAX_SIZE), der = writer_new(SEAL_MAX_SIZE);
    size_t mark = der_begin(&covered, DER_SEQUENCE);
    put_info_v1(&covered, scene);
    der_put(&covered, DER_OCTET_STRING, scene->certificates[ACTOR_MAKER].der);
    der_put_oid(&covered, OID_SM2_WITH_SM3);
    der_end(&covered, mark);
    mark = der_begin(&der, DER_SEQUENCE);
    put_info_v1(&der, scene);
    size_t sign_info = der_begin(&der, DER_SEQUENCE);
    der_put(&der, DER_OCTET_STRING, scene->certificates[ACTOR_MAKER].der);
    der_put_oid(&der, OID_SM2_WITH_SM3);
    put_signature(&der, scene, ACTOR_MAKER, writer_bytes(&covered));
    der_end(&der, sign_info);
    der_end(&der, mark);
    writer_free(&covered);
    return keep(scene, &der);
}

Bytes scene_sign_v1(Scene *scene, Bytes time_info)
{
    Sm3Digest digest = sm3_digest(scene->original);
    Writer tbs = writer_new(SEAL_MAX_SIZE), der = writer_new(SEAL_SIGNATURE_MAX_SIZE);
    size_t mark = der_begin(&tbs, DER_SEQUENCE);
    der_put_u64(&tbs, 1);
    writer_put(&tbs, scene_seal_v1(scene));
    der_put_bit_string(&tbs, time_info);
    der_put_bit_string(&tbs, sm3_bytes(&digest));
    der_put_text(&tbs, DER_IA5_STRING, "/ByteRange");
    der_put(&tbs, DER_OCTET_STRING, scene->certificates[ACTOR_SIGNER].der);
    der_put_oid(&tbs, OID_SM2_WITH_SM3);
    der_end(&tbs, mark);
    mark = der_begin(&der, DER_SEQUENCE);
    writer_put(&der, writer_bytes(&tbs));
    put_signature(&der, scene, ACTOR_SIGNER, writer_bytes(&tbs));
    der_end(&der, mark);
    writer_free(&tbs);
    return keep(scene, &der);
}

void scene_seal_v5(Scene *scene, Bytes stamped_message)
{
    Seal seal;
    size_t offset;
    uint8_t value[SM2_SIGNATURE_DER_MAX];
    Writer info = writer_new(SEAL_MAX_SIZE), der = writer_new(SEAL_MAX_SIZE);
    scene_seal(scene);
    CHECK_OK(seal_parse(scene->seal, &seal, &err));
    writer_put(&info, seal.info);
    CHECK(bytes_find(seal.info, BYTES_LITERAL("ES\x02\x01\x04"), 0, &offset));
    writer_patch(&info, offset, BYTES_LITERAL("ES\x02\x01\x05"));
    Sm2Signature signature = scene_sign_bytes(scene, scene->maker, writer_bytes(&info));
    size_t value_len = sm2_signature_encode(&signature, value);
    bool has_message = stamped_message.len > 0;
    Sm3Digest imprint = sm3_digest(has_message ? stamped_message : bytes_of(value, value_len));
    size_t mark = der_begin(&der, DER_SEQUENCE);
    writer_put(&der, writer_bytes(&info));
    der_put(&der, DER_OCTET_STRING, scene->certificates[ACTOR_MAKER].der);
    der_put_oid(&der, OID_SM2_WITH_SM3);
    der_put_bit_string(&der, bytes_of(value, value_len));
    size_t tag = der_begin(&der, DER_CONTEXT_CONSTRUCTED(0));
    der_put_bit_string(&der, scene_stamp(scene, &imprint));
    der_end(&der, tag);
    der_end(&der, mark);
    writer_free(&info);
    scene->seal = keep(scene, &der);
}

void scene_trust(Scene *scene)
{
    TrustStore *trust = trust_store_new(scene->arena);
    CHECK(trust != NULL);
    CHECK_OK(trust_store_add_anchors(trust, scene->certificates[ACTOR_ROOT].der, &err));
    if (!scene->without_crl) {
        CrlTemplate template = {
            .issuer = &scene->certificates[ACTOR_ROOT],
            .this_update = scene->list_at,
            .next_update = scene->list_at + TIME_DAY,
            .number = 1,
            .entries = scene->revocations,
            .entry_count = scene->revocation_count,
        };
        Signer root = signer_of_key(scene->keys[ACTOR_ROOT]);
        Writer crl = writer_new(CRL_MAX_SIZE);
        CHECK_OK(crl_build(&template, &root, &crl, &err));
        CHECK_OK(trust_store_add_crls(trust, keep(scene, &crl), &err));
    }
    scene->policy.trust = trust;
}

static const char *reason_of(const Verdict *verdict, bool passed)
{
    const VerdictCheck *reason = verdict_reason(verdict);
    CHECK(passed == (reason == NULL));
    if (reason == NULL) {
        return "";
    }
    // An exit that fails ends the judgement: nothing may follow it.
    CHECK(reason->outcome != CHECK_FAILED || reason->next == NULL);
    return reason->code;
}

static bool judge_signature(Scene *scene, Verdict *verdict, SealSignatureFindings *ret)
{
    SealOriginal original = {&scene->original, 1, NULL};
    return seal_signature_check(scene->signature, &original, &scene->policy, verdict, ret);
}

const char *scene_judge(Scene *scene, SealSignatureFindings *ret)
{
    Verdict verdict = verdict_new(scene->arena);
    bool passed = judge_signature(scene, &verdict, ret);
    return reason_of(&verdict, passed);
}

const char *scene_judge_seal(Scene *scene, Time at)
{
    Verdict verdict = verdict_new(scene->arena);
    bool passed = seal_check(scene->seal, &scene->policy, at, &verdict);
    return reason_of(&verdict, passed);
}

const char *scene_judge_signing(Scene *scene)
{
    Verdict verdict = verdict_new(scene->arena);
    bool passed = seal_signing_check(scene->seal, scene->certificates[ACTOR_SIGNER].der,
                                     &scene->policy, &verdict);
    return reason_of(&verdict, passed);
}

bool scene_signature_has(Scene *scene, const char *code, CheckOutcome outcome)
{
    Verdict verdict = verdict_new(scene->arena);
    (void)judge_signature(scene, &verdict, NULL);
    for (const VerdictCheck *check = verdict.first; check != NULL; check = check->next) {
        if (strcmp(check->code, code) == 0 && check->outcome == outcome) {
            return true;
        }
    }
    return false;
}

Scene scene_open(void)
{
    static const CertificateProfile profiles[ACTOR_COUNT] = {
        PROFILE_ROOT_CA, PROFILE_SEAL_MAKER, PROFILE_PERSON, PROFILE_TIMESTAMP, PROFILE_PERSON};
    Scene scene = {.arena = arena_new(ARENA_DEFAULT_LIMIT),
                   .maker = ACTOR_MAKER,
                   .signer = ACTOR_SIGNER,
                   .stamper = ACTOR_TSA,
                   .has_stamp = true,
                   .list_at = SCENE_SIGNING + 30 * TIME_MINUTE,
                   .signed_at = SCENE_SIGNING,
                   .stamped_at = SCENE_SIGNING + 2 * TIME_SECOND,
                   .original = BYTES_LITERAL("the protected original")};
    CHECK(scene.arena != NULL);
    for (int i = 0; i < ACTOR_COUNT; i++) {
        uint8_t scalar[SM2_SCALAR_SIZE];
        memset(scalar, 0x11 * (i + 1), sizeof(scalar));
        CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(scalar), &scene.keys[i], &err));
        scene.certificates[i] = scene_issue(&scene, (Actor)i, profiles[i], SCENE_START, SCENE_END);
    }
    scene.listed = arena_alloc(scene.arena, sizeof(*scene.listed));
    CHECK(scene.listed != NULL);
    scene.listed[0] = scene.certificates[ACTOR_SIGNER].der;
    scene.plan = (SealPlan){
        .vendor_id = BYTES_LITERAL("assent"),
        .id = BYTES_LITERAL("11000000000001"),
        .type = SEAL_TYPE_PERSON,
        .name = BYTES_LITERAL("张三"),
        .list_type = SEAL_LIST_CERTIFICATES,
        .certificates = scene.listed,
        .certificate_count = 1,
        .created_at = SCENE_START,
        .valid_from = SCENE_START,
        .valid_until = SCENE_END,
        .picture_type = BYTES_LITERAL("PNG"),
        .picture = BYTES_LITERAL("picture"),
        .width_mm = 20,
        .height_mm = 20,
    };
    scene.policy =
        (SealPolicy){.revocation = REVOCATION_REQUIRED, .now = SCENE_SIGNING + TIME_HOUR};
    return scene;
}

void scene_close(Scene *scene)
{
    for (size_t i = 0; i < ACTOR_COUNT; i++) {
        sm2_private_key_free(scene->keys[i]);
    }
    arena_free(scene->arena);
}
