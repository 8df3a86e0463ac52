// SPDX-License-Identifier: Apache-2.0
#include "domain/holder/holder.h"

#include <string.h>

#include "base/test/test.h"
#include "domain/document/document_sample.h"
#include "domain/pki/certificate_template.h"
#include "domain/pki/csr.h"
#include "domain/pki/oid.h"
#include "domain/pki/statement.h"
#include "domain/seal/seal_signature.h"

// A person with a key and a self-signed certificate, which is all that a terminal looks at; a
// letter that was shown, and what is to be signed over it.
typedef struct {
    Sample sample;
    Sm2PrivateKey *key;
    Signer signer;
    Certificate certificate;
    Bytes shown, appended, to_be_signed;
    Sm3Digest code_digest;
} Scene;

static const char name[] = "张三";
static Error err;

static Bytes keep(Scene *scene, Writer *writer)
{
    CHECK(!writer->failed);
    Bytes copy = arena_copy(scene->sample.arena, writer_bytes(writer));
    writer_free(writer);
    return copy;
}

static Certificate issue(Scene *scene, const char *common_name, CertificateProfile profile)
{
    static const uint8_t serial[] = {1, 2};
    const NameAttribute attributes[] = {{OID_COUNTRY, "CN"}, {OID_COMMON_NAME, common_name}};
    Bytes subject;
    Certificate certificate;
    Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    CHECK_OK(name_build(scene->sample.arena, attributes, COUNT_OF(attributes), &subject, &err));
    CertificateTemplate template = {.profile = profile,
                                    .serial = BYTES_OF_ARRAY(serial),
                                    .subject = subject,
                                    .public_key = scene->signer.public_key,
                                    .not_before = 1795500000 * TIME_SECOND,
                                    .not_after = 1895500000 * TIME_SECOND};
    CHECK_OK(certificate_issue(&template, &scene->signer, &der, &err));
    CHECK_OK(certificate_parse(keep(scene, &der), &certificate, &err));
    return certificate;
}

static Bytes make_seal(Scene *scene)
{
    Writer der = writer_new(SEAL_MAX_SIZE);
    SealPlan plan = {.vendor_id = BYTES_LITERAL("assent"),
                     .id = BYTES_LITERAL("test-1"),
                     .type = SEAL_TYPE_PERSON,
                     .name = BYTES_LITERAL("test"),
                     .list_type = SEAL_LIST_CERTIFICATES,
                     .certificates = &scene->certificate.der,
                     .certificate_count = 1,
                     .created_at = 1795550000 * TIME_SECOND,
                     .valid_from = 1795550000 * TIME_SECOND,
                     .valid_until = 1895000000 * TIME_SECOND,
                     .picture_type = BYTES_LITERAL("PNG"),
                     .picture = scene->sample.picture,
                     .width_mm = 20,
                     .height_mm = 20};
    CHECK_OK(seal_build(&plan, scene->certificate.der, &scene->signer, &der, &err));
    return keep(scene, &der);
}

static void prepare(Scene *scene)
{
    PdfPrepared prepared;
    PdfSealing sealing = sample_sealing(&scene->sample, "person", 0);
    Writer tbs = writer_new(HOLDER_TBS_MAX_SIZE);
    scene->shown = sample_pdf(&scene->sample);
    CHECK_OK(pdf_signature_prepare(scene->sample.arena, scene->shown, &sealing, &prepared, &err));
    scene->appended = bytes_from(prepared.pdf, scene->shown.len);
    TbsSignPlan plan = {make_seal(scene), 1795600000 * TIME_SECOND, prepared.digest,
                        BYTES_LITERAL("/ByteRange")};
    CHECK_OK(tbs_sign_build(&plan, &tbs, &err));
    scene->to_be_signed = keep(scene, &tbs);
    scene->code_digest = sm3_digest(scene->to_be_signed);
}

static Scene scene_new(void)
{
    Scene scene = {.sample = sample_open()};
    CHECK_OK(sm2_key_generate(random_system(), &scene.key, &err));
    scene.signer = signer_of_key(scene.key);
    scene.certificate = issue(&scene, name, PROFILE_ROOT_CA);
    return scene;
}

static void scene_free(Scene *scene)
{
    sm2_private_key_free(scene->key);
    sample_close(&scene->sample);
}

static HolderSigning signing_of(const Scene *scene)
{
    return (HolderSigning){.shown = scene->shown,
                           .appended = scene->appended,
                           .to_be_signed = scene->to_be_signed,
                           .certificate = scene->certificate.der,
                           .code_digest = &scene->code_digest};
}

TEST(a_request_is_in_the_persons_own_name_and_proves_possession)
{
    Scene scene = scene_new();
    Csr csr;
    CLEANUP(writer_free) Writer der = writer_new(CSR_MAX_SIZE);
    CHECK_OK(holder_request_build(scene.sample.arena, name, &scene.signer, &der, &err));
    CHECK_OK(csr_parse(writer_bytes(&der), &csr, &err));
    CHECK_OK(csr_verify_possession(&csr, &err));
    CHECK_TEXT(name_common_name(scene.sample.arena, csr.subject), name);
    scene_free(&scene);
}

TEST(a_certificate_for_another_key_or_name_is_refused)
{
    Scene scene = scene_new();
    Sm2PrivateKey *other = NULL;
    Arena *arena = scene.sample.arena;
    CHECK_OK(sm2_key_generate(random_system(), &other, &err));
    CHECK_OK(holder_certificate_check(arena, scene.certificate.der, scene.signer.public_key, name,
                                      &err));
    CHECK_FAILS_WITH(
        holder_certificate_check(arena, scene.certificate.der, sm2_public_key(other), name, &err),
        ERROR_UNTRUSTED, "terminal.other_certificate");
    CHECK_FAILS_WITH(holder_certificate_check(arena, scene.certificate.der, scene.signer.public_key,
                                              "李四", &err),
                     ERROR_UNTRUSTED, "terminal.other_certificate");
    sm2_private_key_free(other);
    scene_free(&scene);
}

TEST(what_was_shown_may_be_signed)
{
    Scene scene = scene_new();
    prepare(&scene);
    HolderSigning signing = signing_of(&scene);
    CHECK_OK(holder_signing_check(scene.sample.arena, &signing, &err));
    scene_free(&scene);
}

// Whoever exchanges the letter after it was shown, or what is to be signed, or the digest that the
// code is bound to, gets no signature.
TEST(nothing_but_what_was_shown_is_signed)
{
    Scene scene = scene_new();
    prepare(&scene);
    uint8_t *other = arena_alloc(scene.sample.arena, scene.shown.len);
    CHECK(other != NULL);
    memcpy(other, scene.shown.data, scene.shown.len);
    other[scene.shown.len / 2] ^= 1;
    HolderSigning signing = signing_of(&scene);
    signing.shown = bytes_of(other, scene.shown.len);
    CHECK(!holder_signing_check(scene.sample.arena, &signing, &err));

    signing = signing_of(&scene);
    Sm3Digest digest = scene.code_digest;
    digest.bytes[0] ^= 1;
    signing.code_digest = &digest;
    CHECK_FAILS_WITH(holder_signing_check(scene.sample.arena, &signing, &err), ERROR_UNTRUSTED,
                     "terminal.other_document");

    TbsSignPlan plan = {make_seal(&scene), 1795600000 * TIME_SECOND,
                        sm3_digest(BYTES_LITERAL("another document")), BYTES_LITERAL("/ByteRange")};
    Writer tbs = writer_new(HOLDER_TBS_MAX_SIZE);
    CHECK_OK(tbs_sign_build(&plan, &tbs, &err));
    signing = signing_of(&scene);
    signing.to_be_signed = keep(&scene, &tbs);
    digest = sm3_digest(signing.to_be_signed);
    signing.code_digest = &digest;
    CHECK_FAILS_WITH(holder_signing_check(scene.sample.arena, &signing, &err), ERROR_UNTRUSTED,
                     "terminal.other_document");
    scene_free(&scene);
}

TEST(the_key_states_its_own_end)
{
    Scene scene = scene_new();
    Statement statement;
    Sm3Digest digest = sm3_digest(BYTES_LITERAL("signed"));
    CLEANUP(writer_free) Writer text = writer_new(HOLDER_TBS_MAX_SIZE);
    CHECK_OK(holder_destruction_sign(scene.sample.arena, scene.certificate.der, &digest,
                                     1795600000 * TIME_SECOND, &scene.signer, &text, &err));
    CHECK_OK(statement_parse(scene.sample.arena, writer_bytes(&text), &statement, &err));
    CHECK_OK(statement_verify_signature(&statement, HOLDER_DESTRUCTION_TYPE, &err));
    scene_free(&scene);
}
