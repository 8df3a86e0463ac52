// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/evidence_record.h"

#include <string.h>

#include "base/test/test.h"
#include "domain/evidence/authority_fixture.h"
#include "domain/pki/mutation_fixture.h"
#include "domain/pki/pki_fixture.h"

#define OBJECT BYTES_LITERAL("the root of a log, or a file of a case")
#define DAY(number) (FIXTURE_NOW + (number)*TIME_DAY)

// The first authority's certificate ends after 100 days, the second's after 400, the third is of
// other algorithms. SM3 is declared weak after 350 days.
typedef struct {
    FixturePki pki;
    FixtureIdentity first, second;
    FixtureAuthority third;
} Scene;

static void scene_free(Scene *scene)
{
    fixture_identity_free(&scene->first);
    fixture_identity_free(&scene->second);
    fixture_authority_free(&scene->third);
    fixture_pki_free(&scene->pki);
}

static void issue(Scene *scene, const char *name, uint8_t serial, Time end, FixtureIdentity *ret)
{
    Error err = {0};
    CertificateTemplate template =
        fixture_template(PROFILE_TIMESTAMP, bytes_of(&serial, 1), &scene->pki.ca);
    template.not_after = end;
    CHECK_OK(fixture_issue(scene->pki.arena, template, name, &scene->pki.ca, ret, &err));
}

static void scene_make(Scene *scene)
{
    Error err = {0};
    CHECK_OK(fixture_pki_make(&scene->pki, &err));
    issue(scene, "First TSA", 21, DAY(100), &scene->first);
    issue(scene, "Second TSA", 22, DAY(400), &scene->second);
    CHECK(fixture_authority_make(FIXTURE_NOW, DAY(2000), &scene->third));
    unsigned char *der = NULL;
    int len = i2d_X509(scene->third.certificate, &der);
    CHECK(len > 0);
    trust_store_take_foreign(scene->pki.trust);
    CHECK_OK(trust_store_add_anchors(scene->pki.trust, bytes_of(der, (size_t)len), &err));
    OPENSSL_free(der);
}

static Bytes token_by(Scene *scene, const FixtureIdentity *tsa, const TimestampImprint *imprint,
                      Time time)
{
    Error err = {0};
    const TimestampRequest request = {.imprint = *imprint, .wants_certificate = true};
    const TimestampTemplate template = {.request = &request,
                                        .policy = BYTES_LITERAL("\x2a\x03\x04\x05"),
                                        .serial = BYTES_LITERAL("\x01\x02"),
                                        .time = time,
                                        .tsa = &tsa->certificate};
    CLEANUP(writer_free) Writer der = writer_new(TIMESTAMP_MAX_SIZE);
    CHECK_OK(timestamp_token_build(&template, &tsa->signer, &der, &err));
    return arena_copy(scene->pki.arena, writer_bytes(&der));
}

static EvidenceRecord parsed(Scene *scene, Bytes der)
{
    Error err = {0};
    EvidenceRecord record;
    CHECK(evidence_record_is(der));
    CHECK_OK(evidence_record_parse(scene->pki.arena, der, &record, &err));
    return record;
}

// Add a stamp by `tsa` (NULL: the third) and give the longer record.
static EvidenceRecord renewed(Scene *scene, const EvidenceRecord *record,
                              const FixtureIdentity *tsa, ImprintAlgorithm algorithm, Time time)
{
    Error err = {0};
    TimestampImprint imprint;
    CHECK_OK(evidence_record_next(record, OBJECT, algorithm, &imprint, &err));
    scene->third.now = time;
    Bytes token = tsa == NULL ? fixture_authority_stamp(&scene->third, scene->pki.arena, &imprint)
                              : token_by(scene, tsa, &imprint, time);
    CHECK(token.len > 0);
    CLEANUP(writer_free) Writer der = writer_new(EVIDENCE_RECORD_MAX_BYTES);
    CHECK_OK(evidence_record_append(record, OBJECT, token, &der, &err));
    return parsed(scene, arena_copy(scene->pki.arena, writer_bytes(&der)));
}

static const AlgorithmSunset sm3_ends[] = {{"1.2.156.10197.1.401", DAY(350)}};

static CheckOutcome outcome(Scene *scene, const EvidenceRecord *record, Bytes object, Time at,
                            const char **ret_code)
{
    const EvidenceRecordPolicy policy = {.trust = scene->pki.trust,
                                         .revocation = REVOCATION_NOT_NEEDED,
                                         .at = at,
                                         .sunsets = sm3_ends,
                                         .sunset_count = COUNT_OF(sm3_ends)};
    Verdict verdict = verdict_new(scene->pki.arena);
    bool ok = evidence_record_check(record, object, &policy, &verdict);
    CHECK_INT(ok, verdict_outcome(&verdict) == CHECK_PASSED);
    const VerdictCheck *reason = verdict_reason(&verdict);
    *ret_code = reason == NULL ? "" : reason->code;
    return verdict_outcome(&verdict);
}

static void expect(Scene *scene, const EvidenceRecord *record, Time at, CheckOutcome wanted,
                   const char *code)
{
    const char *found = NULL;
    CHECK_INT(outcome(scene, record, OBJECT, at, &found), wanted);
    CHECK_TEXT(found, code);
}

// Covers: RFC 4998 5.2, 5.3; E20.
TEST(a_stamp_renewed_in_time_outlives_its_authority)
{
    CLEANUP(scene_free) Scene scene = {0};
    scene_make(&scene);
    EvidenceRecord one = renewed(&scene, NULL, &scene.first, IMPRINT_SM3, FIXTURE_NOW);
    expect(&scene, &one, DAY(50), CHECK_PASSED, "");
    expect(&scene, &one, DAY(150), CHECK_UNKNOWN, "evidence_record.authority");
    EvidenceRecord two = renewed(&scene, &one, &scene.second, IMPRINT_SM3, DAY(90));
    CHECK_INT(two.stamp_count, 2);
    CHECK(!two.stamps[1].begins_chain);
    expect(&scene, &two, DAY(150), CHECK_PASSED, "");
    CHECK_INT(two.stamps[0].token.time, FIXTURE_NOW);
}

TEST(a_stamp_renewed_too_late_stays_undecided)
{
    CLEANUP(scene_free) Scene scene = {0};
    scene_make(&scene);
    EvidenceRecord one = renewed(&scene, NULL, &scene.first, IMPRINT_SM3, FIXTURE_NOW);
    EvidenceRecord two = renewed(&scene, &one, &scene.second, IMPRINT_SM3, DAY(110));
    expect(&scene, &two, DAY(120), CHECK_UNKNOWN, "evidence_record.authority");
}

// Covers: RFC 4998 5.2, 5.3; E19; K22.
TEST(a_record_with_another_digest_outlives_sm3)
{
    CLEANUP(scene_free) Scene scene = {0};
    scene_make(&scene);
    EvidenceRecord one = renewed(&scene, NULL, &scene.first, IMPRINT_SM3, FIXTURE_NOW);
    EvidenceRecord two = renewed(&scene, &one, &scene.second, IMPRINT_SM3, DAY(90));
    expect(&scene, &two, DAY(349), CHECK_PASSED, "");
    expect(&scene, &two, DAY(351), CHECK_UNKNOWN, "evidence_record.algorithm");
    EvidenceRecord three = renewed(&scene, &two, NULL, IMPRINT_SHA256, DAY(340));
    CHECK(three.stamps[2].begins_chain);
    CHECK_BYTES(three.stamps[2].before, two.chains);
    expect(&scene, &three, DAY(351), CHECK_PASSED, "");
    EvidenceRecord late = renewed(&scene, &two, NULL, IMPRINT_SHA256, DAY(360));
    expect(&scene, &late, DAY(370), CHECK_UNKNOWN, "evidence_record.algorithm");
    // The chain goes on after it, by the same authority.
    EvidenceRecord four = renewed(&scene, &three, NULL, IMPRINT_SHA256, DAY(1500));
    CHECK_INT(four.stamp_count, 4);
    expect(&scene, &four, DAY(1999), CHECK_PASSED, "");
}

// Covers: RFC 4998 5.3.
TEST(a_token_signed_with_the_weak_digest_does_not_save_another_one)
{
    CLEANUP(scene_free) Scene scene = {0};
    scene_make(&scene);
    EvidenceRecord one = renewed(&scene, NULL, &scene.first, IMPRINT_SM3, FIXTURE_NOW);
    EvidenceRecord two = renewed(&scene, &one, &scene.second, IMPRINT_SHA256, DAY(90));
    expect(&scene, &two, DAY(349), CHECK_PASSED, "");
    expect(&scene, &two, DAY(351), CHECK_UNKNOWN, "evidence_record.algorithm");
}

TEST(a_record_about_another_object_fails)
{
    CLEANUP(scene_free) Scene scene = {0};
    scene_make(&scene);
    const char *code = NULL;
    EvidenceRecord one = renewed(&scene, NULL, &scene.first, IMPRINT_SM3, FIXTURE_NOW);
    EvidenceRecord two = renewed(&scene, &one, NULL, IMPRINT_SHA256, DAY(90));
    CHECK_INT(outcome(&scene, &two, BYTES_LITERAL("another"), DAY(95), &code), CHECK_FAILED);
    CHECK_TEXT(code, "evidence_record.object");
}

TEST(a_stamp_of_the_future_fails)
{
    CLEANUP(scene_free) Scene scene = {0};
    scene_make(&scene);
    EvidenceRecord one = renewed(&scene, NULL, &scene.first, IMPRINT_SM3, DAY(10));
    expect(&scene, &one, DAY(9), CHECK_FAILED, "evidence_record.order");
}

TEST(a_token_that_renews_nothing_of_the_record_is_not_appended)
{
    Error err = {0};
    CLEANUP(scene_free) Scene scene = {0};
    scene_make(&scene);
    TimestampImprint imprint;
    CLEANUP(writer_free) Writer der = writer_new(EVIDENCE_RECORD_MAX_BYTES);
    EvidenceRecord one = renewed(&scene, NULL, &scene.first, IMPRINT_SM3, DAY(10));
    CHECK_OK(timestamp_imprint_make(IMPRINT_SM3, OBJECT, &imprint, &err));
    Bytes again = token_by(&scene, &scene.second, &imprint, DAY(20));
    CHECK_FAILS_WITH(evidence_record_append(&one, OBJECT, again, &der, &err), ERROR_UNTRUSTED,
                     "evidence_record.imprint");
    CHECK_OK(evidence_record_next(&one, OBJECT, IMPRINT_SM3, &imprint, &err));
    Bytes old = token_by(&scene, &scene.second, &imprint, DAY(9));
    CHECK_FAILS_WITH(evidence_record_append(&one, OBJECT, old, &der, &err), ERROR_UNTRUSTED,
                     "evidence_record.order");
    CHECK_INT(der.len, 0);
}

// A record of one stamp whose imprint is the root over `lists`, as others make it for many objects.
static Bytes record_with_tree(Scene *scene, Bytes tree, const TimestampImprint *root)
{
    Bytes token = token_by(scene, &scene->first, root, FIXTURE_NOW);
    CLEANUP(writer_free) Writer der = writer_new(EVIDENCE_RECORD_MAX_BYTES);
    size_t whole = der_begin(&der, DER_SEQUENCE);
    der_put_u64(&der, 1);
    size_t algorithms = der_begin(&der, DER_SEQUENCE);
    writer_put(&der, test_hex("300a 06082a811ccf55018311"));
    der_end(&der, algorithms);
    size_t sequence = der_begin(&der, DER_SEQUENCE);
    size_t chain = der_begin(&der, DER_SEQUENCE);
    size_t stamp = der_begin(&der, DER_SEQUENCE);
    writer_put(&der, test_hex("a00a 06082a811ccf55018311"));
    der_put(&der, DER_CONTEXT_CONSTRUCTED(2), tree);
    writer_put(&der, token);
    der_end(&der, stamp);
    der_end(&der, chain);
    der_end(&der, sequence);
    der_end(&der, whole);
    return arena_copy(scene->pki.arena, writer_bytes(&der));
}

static Sm3Digest join(Sm3Digest a, Sm3Digest b)
{
    uint8_t both[2 * SM3_SIZE];
    bool a_first = memcmp(a.bytes, b.bytes, SM3_SIZE) < 0;
    memcpy(both, a_first ? a.bytes : b.bytes, SM3_SIZE);
    memcpy(both + SM3_SIZE, a_first ? b.bytes : a.bytes, SM3_SIZE);
    return sm3_digest(BYTES_OF_ARRAY(both));
}

static void put_list(Writer *writer, const Sm3Digest *first, const Sm3Digest *second)
{
    size_t mark = der_begin(writer, DER_SEQUENCE);
    der_put(writer, DER_OCTET_STRING, bytes_of(first->bytes, SM3_SIZE));
    if (second != NULL) {
        der_put(writer, DER_OCTET_STRING, bytes_of(second->bytes, SM3_SIZE));
    }
    der_end(writer, mark);
}

// Covers: RFC 4998 4.2, 4.3.
TEST(an_object_in_a_tree_of_many_is_found_by_its_reduced_tree)
{
    CLEANUP(scene_free) Scene scene = {0};
    scene_make(&scene);
    Sm3Digest mine = sm3_digest(OBJECT), beside = sm3_digest(BYTES_LITERAL("2abc"));
    Sm3Digest above = sm3_digest(BYTES_LITERAL("3"));
    TimestampImprint root = {0};
    Sm3Digest top = join(join(mine, beside), above);
    root = timestamp_imprint_of_sm3(&top);
    CLEANUP(writer_free) Writer tree = writer_new(4096);
    put_list(&tree, &beside, &mine);
    put_list(&tree, &above, NULL);
    EvidenceRecord record = parsed(&scene, record_with_tree(&scene, writer_bytes(&tree), &root));
    expect(&scene, &record, DAY(1), CHECK_PASSED, "");
    // Another object has no place in the tree, not even where an inner hash stands.
    const char *code = NULL;
    CHECK_INT(outcome(&scene, &record, BYTES_LITERAL("3"), DAY(1), &code), CHECK_FAILED);
    CHECK_TEXT(code, "evidence_record.object");
    // A later stamp goes on from there.
    EvidenceRecord more = renewed(&scene, &record, &scene.second, IMPRINT_SM3, DAY(90));
    expect(&scene, &more, DAY(150), CHECK_PASSED, "");
}

typedef struct {
    Scene *scene;
} Attempt;

static bool passes(Bytes der, const void *context)
{
    Scene *scene = ((const Attempt *)context)->scene;
    Error err = {0};
    const char *code = NULL;
    EvidenceRecord record;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    return evidence_record_parse(arena, der, &record, &err) &&
           outcome(scene, &record, OBJECT, DAY(95), &code) == CHECK_PASSED &&
           record.stamps[0].token.time != FIXTURE_NOW;
}

static bool parses(Bytes der, const void *context)
{
    (void)context;
    Error err = {0};
    EvidenceRecord record;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    return evidence_record_parse(arena, der, &record, &err);
}

TEST(a_damaged_record_is_refused_or_says_the_same)
{
    CLEANUP(scene_free) Scene scene = {0};
    scene_make(&scene);
    EvidenceRecord one = renewed(&scene, NULL, &scene.first, IMPRINT_SM3, FIXTURE_NOW);
    EvidenceRecord two = renewed(&scene, &one, &scene.second, IMPRINT_SM3, DAY(90));
    const Attempt attempt = {.scene = &scene};
    CHECK_INT(mutation_truncations(two.der, parses, NULL), 0);
    CHECK_INT(mutation_bit_flips(two.der, 37, passes, &attempt), 0);
    CHECK(!evidence_record_is(OBJECT));
    CHECK(!evidence_record_is(one.stamps[0].token.der));
}
