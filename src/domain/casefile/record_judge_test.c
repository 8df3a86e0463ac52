// SPDX-License-Identifier: Apache-2.0
//
// A receipt of a log whose key and digests belong to the past.
#include "base/test/test.h"
#include "domain/casefile/verification.h"
#include "domain/evidence/authority_fixture.h"
#include "domain/evidence/entry.h"
#include "domain/evidence/receipt.h"
#include "domain/pki/pki_fixture.h"

#define DAY(number) (FIXTURE_NOW + (number)*TIME_DAY)

// The key of the log ends after 100 days, and another one signs the log that follows. SM2 and SM3
// are weak after 150 days. An authority of other algorithms lasts for 2000.
typedef struct {
    FixturePki pki;
    FixtureIdentity old_log, new_log;
    FixtureAuthority authority;
    Bytes receipt, record;
} Scene;

static const AlgorithmSunset sunsets[] = {{"1.2.156.10197.1.301", DAY(150)},
                                          {"1.2.156.10197.1.401", DAY(150)}};

static void scene_free(Scene *scene)
{
    fixture_identity_free(&scene->old_log);
    fixture_identity_free(&scene->new_log);
    fixture_authority_free(&scene->authority);
    fixture_pki_free(&scene->pki);
}

static void issue_log(Scene *scene, const char *name, uint8_t serial, Time end,
                      FixtureIdentity *ret)
{
    Error err = {0};
    CertificateTemplate template =
        fixture_template(PROFILE_COMPONENT, bytes_of(&serial, 1), &scene->pki.ca);
    template.not_after = end;
    CHECK_OK(fixture_issue(scene->pki.arena, template, name, &scene->pki.ca, ret, &err));
    CHECK_OK(trust_store_add_certificates(scene->pki.trust, ret->certificate.der, &err));
}

static void make_receipt(Scene *scene)
{
    Error err = {0};
    NoteKey key;
    EvidenceEntry entry = {.kind = ENTRY_DEPOSIT, .received = FIXTURE_NOW, .part_count = 1};
    CLEANUP(writer_free) Writer text = writer_new(4096);
    CLEANUP(writer_free) Writer note = writer_new(8192);
    CLEANUP(writer_free) Writer receipt = writer_new(65536);
    CHECK_OK(entry_encode(&entry, &text, &err));
    Receipt made = {.entry = writer_bytes(&text)};
    MerkleHead head = {1, merkle_leaf_hash(made.entry)};
    CHECK_OK(note_key_new("log.example/1", NOTE_SM2, &scene->old_log.certificate.public_key, &key,
                          &err));
    CHECK_OK(checkpoint_sign(&head, &key, &scene->old_log.signer, &note, &err));
    made.checkpoint.note.whole = writer_bytes(&note);
    CHECK_OK(receipt_encode(&made, &receipt, &err));
    scene->receipt = arena_copy(scene->pki.arena, writer_bytes(&receipt));
}

// Begin the record of the receipt, or go on with it.
static void stamp(Scene *scene, ImprintAlgorithm algorithm, Time time)
{
    Error err = {0};
    EvidenceRecord record;
    TimestampImprint imprint;
    bool is_first = scene->record.len == 0;
    CHECK_OK(is_first || evidence_record_parse(scene->pki.arena, scene->record, &record, &err));
    const EvidenceRecord *before = is_first ? NULL : &record;
    CHECK_OK(evidence_record_next(before, scene->receipt, algorithm, &imprint, &err));
    scene->authority.now = time;
    Bytes token = fixture_authority_stamp(&scene->authority, scene->pki.arena, &imprint);
    CLEANUP(writer_free) Writer der = writer_new(EVIDENCE_RECORD_MAX_BYTES);
    CHECK_OK(evidence_record_append(before, scene->receipt, token, &der, &err));
    scene->record = arena_copy(scene->pki.arena, writer_bytes(&der));
}

static void scene_make(Scene *scene)
{
    Error err = {0};
    CHECK_OK(fixture_pki_make(&scene->pki, &err));
    issue_log(scene, "log.example/1", 31, DAY(100), &scene->old_log);
    issue_log(scene, "log.example/2", 32, DAY(1000), &scene->new_log);
    make_receipt(scene);
    CHECK(fixture_authority_make(FIXTURE_NOW, DAY(2000), &scene->authority));
    unsigned char *der = NULL;
    int len = i2d_X509(scene->authority.certificate, &der);
    CHECK(len > 0);
    trust_store_take_foreign(scene->pki.trust);
    CHECK_OK(trust_store_add_anchors(scene->pki.trust, bytes_of(der, (size_t)len), &err));
    OPENSSL_free(der);
}

static CheckOutcome judge(Scene *scene, Bytes record, Time at, size_t sunset_count)
{
    Verdict verdict = verdict_new(scene->pki.arena);
    const VerificationPolicy policy = {.trust = scene->pki.trust,
                                       .at = at,
                                       .institutions = REVOCATION_NOT_NEEDED,
                                       .evidence_record = record,
                                       .sunsets = sunsets,
                                       .sunset_count = sunset_count};
    (void)file_verify(scene->receipt, &policy, &verdict, NULL);
    return verdict_outcome(&verdict);
}

// Covers: RFC 4998 5.3; E19; E20; K22.
TEST(an_old_receipt_holds_after_a_change_of_log_key_and_of_digest)
{
    CLEANUP(scene_free) Scene scene = {0};
    scene_make(&scene);
    stamp(&scene, IMPRINT_SHA256, DAY(50));
    stamp(&scene, IMPRINT_SHA256, DAY(140));
    stamp(&scene, IMPRINT_SHA256, DAY(1900));
    CHECK_INT(judge(&scene, scene.record, DAY(1950), COUNT_OF(sunsets)), CHECK_PASSED);
    CHECK_INT(judge(&scene, scene.record, DAY(2001), COUNT_OF(sunsets)), CHECK_FAILED);
}

TEST(an_old_receipt_without_a_record_does_not_hold_after_the_change)
{
    CLEANUP(scene_free) Scene scene = {0};
    scene_make(&scene);
    CHECK_INT(judge(&scene, BYTES_EMPTY, DAY(99), COUNT_OF(sunsets)), CHECK_PASSED);
    CHECK_INT(judge(&scene, BYTES_EMPTY, DAY(101), 0), CHECK_FAILED);
    CHECK_INT(judge(&scene, BYTES_EMPTY, DAY(99), 0), CHECK_PASSED);
}

TEST(a_record_that_began_after_the_algorithms_were_weak_does_not_help)
{
    CLEANUP(scene_free) Scene scene = {0};
    scene_make(&scene);
    stamp(&scene, IMPRINT_SHA256, DAY(160));
    CHECK(judge(&scene, scene.record, DAY(170), COUNT_OF(sunsets)) != CHECK_PASSED);
}

// A receipt whose stamp an SM2 authority gave at FIXTURE_NOW and renewed after 10 days.
static Bytes renewed_receipt(Scene *scene, bool has_renewal)
{
    static const Time times[] = {FIXTURE_NOW, DAY(10)};
    Error err = {0};
    Receipt receipt;
    EvidenceRecord record;
    CHECK_OK(receipt_parse(scene->pki.arena, scene->receipt, &receipt, &err));
    Bytes text = receipt.checkpoint.note.text;
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        TimestampRequest request = {.wants_certificate = true};
        const EvidenceRecord *before = i == 0 ? NULL : &record;
        CHECK_OK(evidence_record_next(before, text, IMPRINT_SM3, &request.imprint, &err));
        const TimestampTemplate template = {.request = &request,
                                            .policy = BYTES_LITERAL("\x2a\x03\x04"),
                                            .serial = BYTES_LITERAL("\x01\x02"),
                                            .time = times[i],
                                            .tsa = &scene->pki.timestamp.certificate};
        CLEANUP(writer_free) Writer token = writer_new(TIMESTAMP_MAX_SIZE);
        CLEANUP(writer_free) Writer der = writer_new(EVIDENCE_RECORD_MAX_BYTES);
        CHECK_OK(timestamp_token_build(&template, &scene->pki.timestamp.signer, &token, &err));
        CHECK_OK(evidence_record_append(before, text, writer_bytes(&token), &der, &err));
        Bytes copy = arena_copy(scene->pki.arena, writer_bytes(&der));
        CHECK_OK(evidence_record_parse(scene->pki.arena, copy, &record, &err));
    }
    receipt.stamp = record.stamps[0].token.der;
    receipt.renewal = has_renewal ? record.der : BYTES_EMPTY;
    CLEANUP(writer_free) Writer encoded = writer_new(RECEIPT_MAX_BYTES);
    CHECK_OK(receipt_encode(&receipt, &encoded, &err));
    return arena_copy(scene->pki.arena, writer_bytes(&encoded));
}

// Covers: E20.
TEST(the_renewals_in_a_receipt_outlive_what_its_stamp_depends_on_but_not_sm3_itself)
{
    static const AlgorithmSunset other[] = {{"1.2.840.10045.4.3.2", DAY(20)}};
    CLEANUP(scene_free) Scene scene = {0};
    scene_make(&scene);
    Bytes bare = renewed_receipt(&scene, false), renewed = renewed_receipt(&scene, true);
    const struct {
        Bytes receipt;
        const AlgorithmSunset *sunset;
        CheckOutcome wanted;
    } rows[] = {{bare, NULL, CHECK_PASSED},        {renewed, NULL, CHECK_PASSED},
                {bare, other, CHECK_UNKNOWN},      {renewed, other, CHECK_PASSED},
                {renewed, sunsets, CHECK_UNKNOWN}, {renewed, &sunsets[1], CHECK_UNKNOWN}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Verdict verdict = verdict_new(scene.pki.arena);
        const VerificationPolicy policy = {.trust = scene.pki.trust,
                                           .at = DAY(200),
                                           .institutions = REVOCATION_NOT_NEEDED,
                                           .sunsets = rows[i].sunset,
                                           .sunset_count = rows[i].sunset == NULL ? 0 : 1};
        (void)file_verify(rows[i].receipt, &policy, &verdict, NULL);
        CHECK_INT(verdict_outcome(&verdict), rows[i].wanted);
    }
}
