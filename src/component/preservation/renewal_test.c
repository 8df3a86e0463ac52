// SPDX-License-Identifier: Apache-2.0
//
// Time stamps outlive the certificate and the digest of whoever gave them.
#include "component/preservation/renewal.h"

#include <stdlib.h>

#include "base/test/test.h"
#include "component/preservation/preservation_calls.h"
#include "domain/evidence/authority_fixture.h"
#include "domain/evidence/receipt_renewal.h"

#define DAY(number) (FIXTURE_NOW + (number)*TIME_DAY)

// The first authority's certificate ends after 200 days, the second's after 900, the third is of
// other algorithms and lasts for 2000. Stamps are renewed 90 days before they end.
typedef struct {
    Bench bench;
    FixtureIdentity first, second, last;
    FixtureAuthority third;
    TimestampPort port;
    const FixtureIdentity *stamps;  // NULL: the third
    bool is_away;
    unsigned asked;  // for renewals
    Bytes receipts[3], submissions[3];
} Scene;

static void scene_free(Scene *scene)
{
    bench_cleanup(&scene->bench);
    fixture_identity_free(&scene->first);
    fixture_identity_free(&scene->second);
    fixture_identity_free(&scene->last);
    fixture_authority_free(&scene->third);
}

static bool stamp_any(const TimestampPort *port, const TimestampImprint *imprint, Arena *arena,
                      Bytes *ret_token, Error *err)
{
    Scene *scene = (void *)port->peer;
    scene->asked++;
    if (scene->is_away) {
        return error_set(err, ERROR_UNAVAILABLE, "peer.unreachable", NULL, "nobody is there");
    }
    if (scene->stamps == NULL) {
        scene->third.now = scene->bench.c5.now;
        *ret_token = fixture_authority_stamp(&scene->third, arena, imprint);
        return ret_token->len > 0 || error_memory(err);
    }
    const TimestampRequest request = {.imprint = *imprint, .wants_certificate = true};
    const TimestampTemplate template = {.request = &request,
                                        .policy = BYTES_LITERAL("\x2a\x03\x04"),
                                        .serial = BYTES_LITERAL("\x01\x02"),
                                        .time = scene->bench.c5.now,
                                        .tsa = &scene->stamps->certificate};
    CLEANUP(writer_free) Writer token = writer_new(TIMESTAMP_MAX_SIZE);
    if (!timestamp_token_build(&template, &scene->stamps->signer, &token, err)) {
        return false;
    }
    *ret_token = arena_copy(arena, writer_bytes(&token));
    return ret_token->data != NULL || error_memory(err);
}

static bool stamp_first(const TimestampPort *port, const Sm3Digest *imprint, Arena *arena,
                        Bytes *ret_token, Error *err)
{
    Scene *scene = (void *)port->peer;
    const FixtureIdentity *renewing = scene->stamps;
    TimestampImprint any = timestamp_imprint_of_sm3(imprint);
    unsigned asked = scene->asked;
    bool is_away = scene->is_away;
    scene->is_away = false;
    scene->stamps = scene->bench.c5.now < DAY(100) ? &scene->first : &scene->second;
    bool ok = stamp_any(port, &any, arena, ret_token, err);
    scene->stamps = renewing;
    scene->asked = asked;
    scene->is_away = is_away;
    return ok;
}

static void issue(Scene *scene, const char *name, uint8_t serial, Time end, FixtureIdentity *ret)
{
    Error err = {0};
    FixturePki *pki = &scene->bench.c5.pki;
    CertificateTemplate template =
        fixture_template(PROFILE_TIMESTAMP, bytes_of(&serial, 1), &pki->ca);
    template.not_after = end;
    CHECK_OK(fixture_issue(pki->arena, template, name, &pki->ca, ret, &err));
}

static void tick(Scene *scene)
{
    Error err = {0};
    CHECK_OK(preservation_tick(scene->bench.c5.preservation, &err));
}

static void reopen(Scene *scene)
{
    Error err = {0};
    fixture_close(&scene->bench.c5);
    CHECK_OK(fixture_open(&scene->bench.c5, &err));
}

// A C5 with a chain of deposits and three stamped checkpoints.
static void scene_make(Scene *scene, const AlgorithmSunset *sunset)
{
    Error err = {0};
    bench_make(&scene->bench);
    PreservationFixture *c5 = &scene->bench.c5;
    issue(scene, "First TSA", 91, DAY(200), &scene->first);
    issue(scene, "Second TSA", 92, DAY(900), &scene->second);
    CHECK(fixture_authority_make(FIXTURE_NOW, DAY(2000), &scene->third));
    unsigned char *der = NULL;
    int len = i2d_X509(scene->third.certificate, &der);
    CHECK(len > 0);
    trust_store_take_foreign(c5->pki.trust);
    CHECK_OK(trust_store_add_anchors(c5->pki.trust, bytes_of(der, (size_t)len), &err));
    OPENSSL_free(der);
    scene->stamps = &scene->second;
    scene->port =
        (TimestampPort){.stamp = stamp_first, .stamp_any = stamp_any, .peer = (void *)scene};
    c5->config.timestamp = &scene->port;
    c5->config.revocation = REVOCATION_NOT_NEEDED;
    c5->config.sunsets = sunset;
    c5->config.sunset_count = sunset == NULL ? 0 : 1;
    c5->config.check_interval = 10000 * TIME_DAY;
    reopen(scene);
    for (int i = 0; i < 3; i++) {
        Peer *peer = i == 1 ? c5->c2 : c5->c1;
        scene->submissions[i] = submission_of(&scene->bench, DEPOSIT_M6 + (unsigned)i, 0,
                                              i == 0 ? NULL : &scene->submissions[i - 1], "{}");
        CHECK_OK(deposit(&scene->bench, peer, scene->submissions[i], &scene->receipts[i], &err));
        c5->now += 2 * TIME_SECOND;
        tick(scene);
    }
}

static Receipt receipt_at(Scene *scene, unsigned index)
{
    Error err = {0};
    Bytes text;
    Receipt receipt;
    char target[64];
    snprintf(target, sizeof target, "/v1/receipts/%u", index);
    CHECK_OK(
        call(&scene->bench, scene->bench.c5.stranger, "GET", target, BYTES_EMPTY, &text, &err));
    CHECK_OK(receipt_parse(scene->bench.arena, text, &receipt, &err));
    return receipt;
}

// How a receipt's renewals are judged, and when its stamp is from then.
static CheckOutcome judge(Scene *scene, const Receipt *receipt, const AlgorithmSunset *sunset,
                          Time *ret_since)
{
    Verdict verdict = verdict_new(scene->bench.arena);
    const EvidenceRecordPolicy policy = {.trust = scene->bench.c5.pki.trust,
                                         .revocation = REVOCATION_NOT_NEEDED,
                                         .at = scene->bench.c5.now,
                                         .sunsets = sunset,
                                         .sunset_count = sunset == NULL ? 0 : 1};
    const VerdictCheck *last = verdict.last;
    (void)receipt_renewal_check(receipt, &policy, ret_since, &verdict);
    CHECK(verdict.last != last);
    return verdict.last->outcome;
}

static bool has_alarm(Scene *scene, const char *code)
{
    CLEANUP(json_cleanup)
    json_t *list = get_json(&scene->bench, scene->bench.c5.operator, "/v1/alarms");
    size_t i;
    json_t *alarm;
    bool found = false;
    json_array_foreach(json_object_get(list, "alarms"), i, alarm)
    {
        found = found || (strcmp(json_string_value(json_object_get(alarm, "code")), code) == 0 &&
                          json_object_get(alarm, "cleared_at") == NULL);
    }
    return found;
}

static void run_sql(Scene *scene, const char *sql)
{
    Error err = {0};
    char command[1000];
    if (system("command -v sqlite3 >/dev/null") != 0) {
        test_skip("sqlite3 is not installed");
    }
    fixture_close(&scene->bench.c5);
    snprintf(command, sizeof command, "sqlite3 '%s/preservation.db' \"%s\"", test_directory(), sql);
    CHECK_INT(system(command), 0);
    CHECK_OK(fixture_open(&scene->bench.c5, &err));
}

static unsigned renewals_in_log(Scene *scene)
{
    Error err = {0};
    unsigned count = 0;
    Bytes note;
    Checkpoint head;
    CHECK_OK(call(&scene->bench, scene->bench.c5.operator, "GET", "/v1/checkpoint", BYTES_EMPTY,
                  &note, &err));
    CHECK_OK(checkpoint_parse(scene->bench.arena, note, &head, &err));
    for (unsigned i = 0; i < head.head.size; i++) {
        EvidenceEntry entry;
        CHECK_OK(entry_parse(scene->bench.arena, receipt_at(scene, i).entry, &entry, &err));
        count += entry.kind == ENTRY_RENEWAL;
    }
    return count;
}

// Covers: E20; RFC 4998 5.2.
TEST(stamps_are_renewed_before_their_authority_ends_and_receipts_have_the_whole_chain)
{
    CLEANUP(scene_free) Scene scene = {0};
    Time since;
    scene_make(&scene, NULL);
    Receipt fresh = receipt_at(&scene, 1);
    CHECK(fresh.stamp.len > 0);
    CHECK_INT(fresh.renewal.len, 0);
    scene.bench.c5.now = DAY(109);
    tick(&scene);
    CHECK_INT(scene.asked, 0);
    scene.bench.c5.now = DAY(111);
    tick(&scene);
    CHECK_INT(scene.asked, 1);
    CHECK_INT(renewals_in_log(&scene), 1);
    for (unsigned i = 1; i < 4; i++) {
        Receipt renewed = receipt_at(&scene, i);
        Receipt old = receipt_at(&scene, i);
        CHECK_BYTES(renewed.stamp, old.stamp);
        scene.bench.c5.now = DAY(300);
        CHECK_INT(judge(&scene, &renewed, NULL, &since), CHECK_PASSED);
        CHECK(since > 0 && since < DAY(1));
        scene.bench.c5.now = DAY(901);
        CHECK_INT(judge(&scene, &renewed, NULL, &since), CHECK_INFORMED);
        scene.bench.c5.now = DAY(111);
    }
}

TEST(what_was_renewed_is_not_renewed_again_and_a_restart_goes_on)
{
    CLEANUP(scene_free) Scene scene = {0};
    Time since;
    scene_make(&scene, NULL);
    scene.bench.c5.now = DAY(111);
    tick(&scene);
    scene.bench.c5.now += TIME_HOUR;
    tick(&scene);
    reopen(&scene);
    scene.bench.c5.now += TIME_HOUR;
    tick(&scene);
    CHECK_INT(scene.asked, 1);
    // A crash after the renewal was kept: before its entry was noted, and before it was logged.
    run_sql(&scene,
            "UPDATE stamp SET authority = NULL; DELETE FROM stamp_authority;"
            " UPDATE renewal SET log_index = NULL");
    tick(&scene);
    CHECK_INT(renewals_in_log(&scene), 1);
    run_sql(&scene, "UPDATE renewal SET log_index = NULL, size_before = size_before + 100");
    tick(&scene);
    tick(&scene);
    CHECK_INT(renewals_in_log(&scene), 2);
    CHECK_INT(scene.asked, 1);
    // And once more when the second authority comes to its end.
    issue(&scene, "Last TSA", 93, DAY(2500), &scene.last);
    scene.stamps = &scene.last;
    scene.bench.c5.now = DAY(820);
    tick(&scene);
    CHECK_INT(scene.asked, 2);
    Receipt twice = receipt_at(&scene, 1);
    scene.bench.c5.now = DAY(1500);
    CHECK_INT(judge(&scene, &twice, NULL, &since), CHECK_PASSED);
}

TEST(an_authority_that_is_away_delays_and_is_an_alarm_after_a_day)
{
    CLEANUP(scene_free) Scene scene = {0};
    Error err = {0};
    scene_make(&scene, NULL);
    scene.is_away = true;
    scene.bench.c5.now = DAY(110) + TIME_HOUR;
    CHECK_FAILS(preservation_renew(scene.bench.c5.preservation, &err), ERROR_UNAVAILABLE);
    CHECK(!has_alarm(&scene, "stamp.renewal_overdue"));
    // Not each second.
    scene.bench.c5.now += TIME_MINUTE;
    CHECK_OK(preservation_renew(scene.bench.c5.preservation, &err));
    CHECK_INT(scene.asked, 1);
    scene.bench.c5.now = DAY(112);
    CHECK_FAILS(preservation_renew(scene.bench.c5.preservation, &err), ERROR_UNAVAILABLE);
    CHECK(has_alarm(&scene, "stamp.renewal_overdue"));
    CHECK_INT(receipt_at(&scene, 1).renewal.len, 0);
    scene.is_away = false;
    scene.bench.c5.now += TIME_HOUR;
    CHECK_OK(preservation_renew(scene.bench.c5.preservation, &err));
    CHECK(receipt_at(&scene, 1).renewal.len > 0);
    CHECK_OK(preservation_renew(scene.bench.c5.preservation, &err));
    CHECK(!has_alarm(&scene, "stamp.renewal_overdue"));
}

TEST(a_stamp_that_would_end_as_early_is_not_kept)
{
    CLEANUP(scene_free) Scene scene = {0};
    Error err = {0};
    scene_make(&scene, NULL);
    scene.stamps = &scene.first;
    scene.bench.c5.now = DAY(115);
    CHECK_FAILS_WITH(preservation_renew(scene.bench.c5.preservation, &err), ERROR_UNTRUSTED,
                     "renewal.useless");
    CHECK(has_alarm(&scene, "stamp.renewal_overdue"));
    CHECK_INT(receipt_at(&scene, 1).renewal.len, 0);
}

TEST(what_ended_before_it_was_renewed_is_told_and_left_as_it_is)
{
    CLEANUP(scene_free) Scene scene = {0};
    Error err = {0};
    scene_make(&scene, NULL);
    scene.bench.c5.now = DAY(201);
    CHECK_OK(preservation_renew(scene.bench.c5.preservation, &err));
    CHECK(has_alarm(&scene, "stamp.lapsed"));
    CHECK_INT(scene.asked, 0);
    CHECK_INT(receipt_at(&scene, 1).renewal.len, 0);
}

// Covers: RFC 4998 5.2; RFC 4998 5.3.
TEST(before_a_digest_ends_the_checkpoint_itself_is_stamped_again_in_another_one)
{
    static const AlgorithmSunset sunset = {"1.2.156.10197.1.401", DAY(150)};
    CLEANUP(scene_free) Scene scene = {0};
    Error err = {0};
    EvidenceRecord record;
    Time since;
    scene_make(&scene, &sunset);
    scene.bench.c5.now = DAY(61);
    // The second is of SM3 as well: of no use.
    CHECK_FAILS_WITH(preservation_renew(scene.bench.c5.preservation, &err), ERROR_UNTRUSTED,
                     "renewal.useless");
    scene.stamps = NULL;
    scene.bench.c5.now += TIME_HOUR;
    CHECK_OK(preservation_renew(scene.bench.c5.preservation, &err));
    Receipt renewed = receipt_at(&scene, 2);
    CHECK_OK(evidence_record_parse(scene.bench.arena, renewed.renewal, &record, &err));
    CHECK_INT(record.stamp_count, 2);
    CHECK(record.stamps[1].begins_chain);
    CHECK_INT(record.stamps[1].algorithm, IMPRINT_SHA256);
    scene.bench.c5.now = DAY(1000);
    CHECK_INT(judge(&scene, &renewed, &sunset, &since), CHECK_PASSED);
    CHECK(since < DAY(1));
}

TEST(renewals_of_another_receipt_or_changed_ones_are_never_accepted)
{
    CLEANUP(scene_free) Scene scene = {0};
    Error err = {0};
    Time since;
    scene_make(&scene, NULL);
    scene.bench.c5.now = DAY(111);
    tick(&scene);
    Receipt one = receipt_at(&scene, 1), other = receipt_at(&scene, 3);
    Receipt swapped = one;
    swapped.renewal = other.renewal;
    CHECK_INT(judge(&scene, &swapped, NULL, &since), CHECK_FAILED);
    swapped.stamp = other.stamp;
    CHECK_INT(judge(&scene, &swapped, NULL, &since), CHECK_FAILED);
    uint8_t *changed = arena_alloc(scene.bench.arena, one.renewal.len);
    memcpy(changed, one.renewal.data, one.renewal.len);
    for (size_t i = 0; i < one.renewal.len; i += 37) {
        changed[i] ^= 4;
        Receipt flipped = one;
        flipped.renewal = bytes_of(changed, one.renewal.len);
        CHECK(judge(&scene, &flipped, NULL, &since) != CHECK_PASSED);
        changed[i] ^= 4;
    }
    // What somebody changed in the database is not handed out.
    run_sql(&scene, "UPDATE renewal SET leaves = zeroblob(length(leaves))");
    CHECK_INT(receipt_at(&scene, 1).renewal.len, 0);
    CHECK(receipt_at(&scene, 1).stamp.len > 0);
    CHECK(has_alarm(&scene, "stamp.damaged"));
    CHECK_OK(preservation_renew(scene.bench.c5.preservation, &err));
}
