// SPDX-License-Identifier: Apache-2.0
#include "domain/casefile/pdf_material.h"

#include <string.h>

#include "base/test/test.h"
#include "domain/casefile/verification.h"
#include "domain/document/document_sample.h"
#include "domain/pki/ocsp_fixture.h"
#include "domain/pki/timestamp.h"
#include "domain/seal/seal_material.h"
#include "domain/seal/seal_signature.h"

#define LONG_AFTER (FIXTURE_NOW + 100 * 365 * TIME_DAY)

typedef struct {
    FixturePki pki;
    Sample document;
    TrustStore *roots;  // the root alone
    Bytes seal;
} Scene;

static void scene_close(Scene *scene)
{
    fixture_pki_free(&scene->pki);
    if (scene->document.arena != NULL) {
        sample_close(&scene->document);
    }
}

static Bytes keep(Scene *scene, Writer *writer)
{
    CHECK(!writer->failed);
    Bytes copy = arena_copy(scene->pki.arena, writer_bytes(writer));
    writer_free(writer);
    return copy;
}

static void scene_open(Scene *scene)
{
    Error err = {0};
    CHECK_OK(fixture_pki_make(&scene->pki, &err));
    scene->document = sample_open();
    scene->roots = trust_store_new(scene->pki.arena);
    CHECK_OK(trust_store_add_anchors(scene->roots, scene->pki.root.certificate.der, &err));
    SealPlan plan = {.vendor_id = BYTES_LITERAL("TEST"),
                     .id = BYTES_LITERAL("1"),
                     .type = SEAL_TYPE_PERSON,
                     .name = BYTES_LITERAL("张三"),
                     .list_type = SEAL_LIST_CERTIFICATES,
                     .certificates = &scene->pki.person.certificate.der,
                     .certificate_count = 1,
                     .created_at = FIXTURE_NOW,
                     .valid_from = FIXTURE_NOW - TIME_DAY,
                     .valid_until = FIXTURE_NOW + 300 * TIME_DAY,
                     .picture_type = BYTES_LITERAL("PNG"),
                     .picture = scene->document.picture,
                     .width_mm = 20,
                     .height_mm = 20};
    Writer seal = writer_new(SEAL_MAX_SIZE);
    CHECK_OK(seal_build(&plan, scene->pki.seal_maker.certificate.der, &scene->pki.seal_maker.signer,
                        &seal, &err));
    scene->seal = keep(scene, &seal);
}

static Bytes stamp(Scene *scene, const Sm3Digest *imprint)
{
    Error err = {0};
    static const uint8_t serial[] = {7};
    TimestampRequest request = timestamp_request_over(imprint, true);
    TimestampTemplate template = {.request = &request,
                                  .policy = BYTES_LITERAL("\x2a\x03\x04"),
                                  .serial = BYTES_OF_ARRAY(serial),
                                  .time = FIXTURE_NOW + TIME_SECOND,
                                  .tsa = &scene->pki.timestamp.certificate};
    Writer token = writer_new(TIMESTAMP_MAX_SIZE);
    CHECK_OK(timestamp_token_build(&template, &scene->pki.timestamp.signer, &token, &err));
    return keep(scene, &token);
}

// A document sealed by the person at FIXTURE_NOW that carries this.
static Bytes sealed_with(Scene *scene, const PdfSecurityStore *store)
{
    Error err = {0};
    PdfPrepared prepared;
    Bytes sealed;
    PdfSealing sealing = sample_sealing(&scene->document, "person", 0);
    sealing.reserve = 16384;
    sealing.security = store;
    CHECK_OK(pdf_signature_prepare(scene->pki.arena, sample_pdf(&scene->document), &sealing,
                                   &prepared, &err));
    TbsSignPlan plan = {scene->seal, FIXTURE_NOW, prepared.digest, BYTES_LITERAL("field person")};
    Writer tbs = writer_new(SEAL_SIGNATURE_MAX_SIZE), der = writer_new(SEAL_SIGNATURE_MAX_SIZE);
    CHECK_OK(tbs_sign_build(&plan, &tbs, &err));
    SealSignatureParts parts = {.tbs = keep(scene, &tbs),
                                .certificate = scene->pki.person.certificate.der};
    CHECK_OK(signer_sign(&scene->pki.person.signer, parts.tbs, &parts.value, &err));
    Sm3Digest imprint = seal_signature_imprint(&parts.value);
    parts.time_stamp = stamp(scene, &imprint);
    CHECK_OK(seal_signature_assemble(&parts, &der, &err));
    CHECK_OK(pdf_signature_embed(scene->pki.arena, prepared.pdf, &prepared.slot, keep(scene, &der),
                                 &sealed, &err));
    return sealed;
}

static CheckOutcome judge(Scene *scene, Bytes pdf, const TrustStore *trust, Verdict *ret)
{
    VerificationPolicy policy = {
        .trust = trust, .at = LONG_AFTER, .institutions = REVOCATION_IF_GIVEN};
    *ret = verdict_new(scene->pki.arena);
    (void)sealed_pdf_verify(pdf, &policy, ret, NULL);
    return verdict_outcome(ret);
}

static Bytes list_of(Scene *scene, const FixtureIdentity *issuer, uint64_t number, Time begin,
                     const Revocation *entry)
{
    Error err = {0};
    const CrlTemplate template = {.issuer = &issuer->certificate,
                                  .this_update = begin,
                                  .next_update = begin + TIME_DAY,
                                  .number = number,
                                  .entries = entry,
                                  .entry_count = entry == NULL ? 0 : 1};
    Writer der = writer_new(CRL_MAX_SIZE);
    CHECK_OK(crl_build(&template, &issuer->signer, &der, &err));
    return keep(scene, &der);
}

static PdfSecurityStore store_of(const Bytes *certificates, size_t certificate_count,
                                 const Bytes *lists, size_t list_count)
{
    PdfSecurityStore store = {0};
    store.kinds[PDF_SECURITY_CERTIFICATES].items = certificates;
    store.kinds[PDF_SECURITY_CERTIFICATES].count = certificate_count;
    store.kinds[PDF_SECURITY_LISTS].items = lists;
    store.kinds[PDF_SECURITY_LISTS].count = list_count;
    return store;
}

// Covers: ISO 32000-2 12.8.4.3; ETSI EN 319 142-1 5.4.2.
TEST(a_sealed_document_stands_on_the_root_alone_when_everything_has_expired)
{
    CLEANUP(scene_close) Scene scene = {0};
    Error err = {0};
    Verdict verdict;
    PathMaterial material;
    scene_open(&scene);
    CHECK_OK(seal_material_collect(scene.pki.trust, scene.pki.person.certificate.der, scene.seal,
                                   FIXTURE_NOW, &material, &err));
    const PdfSecurityStore store = pdf_security_store_of(&material);
    Bytes pdf = sealed_with(&scene, &store);
    CHECK(!certificate_is_valid_at(&scene.pki.root.certificate, LONG_AFTER));
    CHECK_INT(judge(&scene, pdf, scene.roots, &verdict), CHECK_PASSED);
    // And not without it, nor without the root, nor when a byte of it was changed.
    CHECK_INT(judge(&scene, sealed_with(&scene, NULL), scene.roots, &verdict), CHECK_UNKNOWN);
    CHECK_INT(judge(&scene, pdf, trust_store_new(scene.pki.arena), &verdict), CHECK_UNKNOWN);
    size_t at;
    CHECK(bytes_find(pdf, BYTES_LITERAL("/Type /DSS"), 0, &at));
    Writer changed = writer_new(1 << 24);
    writer_put(&changed, pdf);
    writer_patch(&changed, at, BYTES_LITERAL("/Typ2 /DSS"));
    CHECK_INT(judge(&scene, keep(&scene, &changed), scene.roots, &verdict), CHECK_FAILED);
    CHECK_TEXT(verdict_reason(&verdict)->code, "seal_signature.data_hash");
}

TEST(an_answer_in_the_document_decides_as_a_list_does)
{
    CLEANUP(scene_close) Scene scene = {0};
    Error err = {0};
    Verdict verdict;
    Bytes answer;
    scene_open(&scene);
    const OcspAnswer good = fixture_ocsp_answer(&scene.pki, scene.pki.person.certificate.serial);
    CHECK_OK(fixture_ocsp_response(scene.pki.arena, &scene.pki.ca, &good, 1, &answer, &err));
    PdfSecurityStore store = store_of(&scene.pki.ca.certificate.der, 1, NULL, 0);
    CHECK_INT(judge(&scene, sealed_with(&scene, &store), scene.roots, &verdict), CHECK_UNKNOWN);
    CHECK_TEXT(verdict_reason(&verdict)->code, "verify.revocation");
    store.kinds[PDF_SECURITY_ANSWERS].items = &answer;
    store.kinds[PDF_SECURITY_ANSWERS].count = 1;
    CHECK_INT(judge(&scene, sealed_with(&scene, &store), scene.roots, &verdict), CHECK_PASSED);
}

// Another CA that calls itself as the real one does, and names its key so in its lists.
static FixtureIdentity make_forger(Scene *scene)
{
    Error err = {0};
    FixtureIdentity forger = {0};
    Sm3Digest scalar = sm3_digest(BYTES_LITERAL("forger"));
    scalar.bytes[0] = 0x01;
    CHECK_OK(sm2_private_key_new(sm3_bytes(&scalar), &forger.key, &err));
    CHECK_OK(fixture_issue(scene->pki.arena,
                           fixture_template(PROFILE_ROOT_CA, BYTES_LITERAL("\x09"), NULL),
                           "Test CA", NULL, &forger, &err));
    forger.certificate.subject_key_identifier = scene->pki.ca.certificate.subject_key_identifier;
    return forger;
}

TEST(nothing_in_the_document_is_an_anchor_or_hides_what_the_judge_knows)
{
    enum { FORGED = PDF_SECURITY_MAX_ITEMS - 1 };
    CLEANUP(scene_close) Scene scene = {0};
    Error err = {0};
    Verdict verdict;
    Bytes lists[FORGED + 1];
    scene_open(&scene);
    FixtureIdentity forger = make_forger(&scene);
    // Forged lists are newer than the true ones, half before the signature and half after, and
    // there are more than are ever looked at.
    for (size_t i = 0; i < FORGED; i++) {
        Time begin = FIXTURE_NOW + (i % 2 == 0 ? -TIME_MINUTE : TIME_HOUR);
        lists[i] = list_of(&scene, &forger, 100 + i, begin, NULL);
    }
    lists[FORGED] = list_of(&scene, &scene.pki.ca, 5, FIXTURE_NOW - TIME_HOUR, NULL);
    const Bytes certificates[] = {scene.pki.root.certificate.der, forger.certificate.der,
                                  scene.pki.ca.certificate.der};
    PdfSecurityStore store = store_of(certificates, COUNT_OF(certificates), lists, FORGED + 1);
    Bytes pdf = sealed_with(&scene, &store);
    CHECK_INT(judge(&scene, pdf, scene.roots, &verdict), CHECK_PASSED);
    CHECK_INT(judge(&scene, pdf, trust_store_new(scene.pki.arena), &verdict), CHECK_UNKNOWN);
    // The judge knows that it was revoked before it signed.
    const Revocation entry = {scene.pki.person.certificate.serial, FIXTURE_NOW - TIME_MINUTE,
                              REASON_KEY_COMPROMISE};
    TrustStore *knowing = trust_store_extend(scene.pki.arena, scene.roots);
    Bytes revoking = list_of(&scene, &scene.pki.ca, 6, FIXTURE_NOW + TIME_MINUTE, &entry);
    CHECK_OK(trust_store_add_crls(knowing, revoking, &err));
    CHECK_INT(judge(&scene, pdf, knowing, &verdict), CHECK_FAILED);
    CHECK_TEXT(verdict_reason(&verdict)->code, "seal_signature.revocation");
    // A document with nothing but forged lists is undecided.
    store = store_of(certificates, COUNT_OF(certificates), lists, FORGED);
    CHECK_INT(judge(&scene, sealed_with(&scene, &store), scene.roots, &verdict), CHECK_UNKNOWN);
    // Who carries the proof of its own revocation is not valid.
    store = store_of(certificates, COUNT_OF(certificates), &revoking, 1);
    CHECK_INT(judge(&scene, sealed_with(&scene, &store), scene.roots, &verdict), CHECK_FAILED);
    fixture_identity_free(&forger);
}

TEST(what_cannot_be_read_is_left_out_and_changes_nothing)
{
    CLEANUP(scene_close) Scene scene = {0};
    Verdict verdict;
    scene_open(&scene);
    const Bytes junk[] = {BYTES_LITERAL("junk"), BYTES_LITERAL("\x30\x03\x02\x01\x01"),
                          scene.pki.ca.certificate.der};
    const Bytes lists[] = {BYTES_LITERAL("\x30\x00"), scene.pki.ca.certificate.der,
                           list_of(&scene, &scene.pki.ca, 5, FIXTURE_NOW - TIME_HOUR, NULL)};
    PdfSecurityStore store = store_of(junk, COUNT_OF(junk), lists, COUNT_OF(lists));
    CHECK_INT(judge(&scene, sealed_with(&scene, &store), scene.roots, &verdict), CHECK_PASSED);
    for (const VerdictCheck *check = verdict.first; check != NULL; check = check->next) {
        if (strcmp(check->code, "verify.security_store") == 0) {
            CHECK_INT(check->outcome, CHECK_INFORMED);
            CHECK(strstr(check->detail, "1 of 3 certificates, 1 of 3 lists, 0 of 0") != NULL);
            return;
        }
    }
    test_fail(__FILE__, __LINE__, "nothing is said about the store");
}
