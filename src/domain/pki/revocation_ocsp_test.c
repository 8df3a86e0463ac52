// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/test/test.h"
#include "domain/pki/ocsp_fixture.h"
#include "domain/pki/path.h"

static Error err;

typedef struct {
    FixturePki pki;
    FixtureIdentity responder;
    TrustStore *store;  // anchor: root; material: ca; the root's list
} World;

static void world_free(World *world)
{
    fixture_identity_free(&world->responder);
    fixture_pki_free(&world->pki);
}

static void store_make(World *world)
{
    Bytes list;
    world->store = trust_store_new(world->pki.arena);
    CHECK_OK(fixture_crl(world->pki.arena, &world->pki.root, 1, NULL, 0, &list, &err));
    CHECK_OK(trust_store_add_anchors(world->store, world->pki.root.certificate.der, &err));
    CHECK_OK(trust_store_add_certificates(world->store, world->pki.ca.certificate.der, &err));
    CHECK_OK(trust_store_add_crls(world->store, list, &err));
}

static void world_make(World *world)
{
    CHECK_OK(fixture_pki_make(&world->pki, &err));
    CHECK_OK(fixture_responder(&world->pki, &world->pki.ca, &world->responder, &err));
    store_make(world);
}

static void add_by(World *world, const FixtureIdentity *responder, const OcspAnswer *answer)
{
    Bytes der;
    CHECK_OK(fixture_ocsp_response(world->pki.arena, responder, answer, 1, &der, &err));
    CHECK_OK(trust_store_add_ocsp(world->store, der, &err));
}

static CheckOutcome judge_with(const World *world, const Certificate *certificate,
                               RevocationRule rule)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Verdict verdict = verdict_new(arena);
    const PathPolicy policy = {
        .trust = world->store, .at = FIXTURE_NOW, .purpose = PURPOSE_SIGNATURE, .revocation = rule};
    (void)path_check(&policy, certificate, &verdict);
    for (const VerdictCheck *check = verdict.first; check != NULL; check = check->next) {
        if (strcmp(check->code, "path.revocation") == 0) {
            return check->outcome;
        }
    }
    test_fail(__FILE__, __LINE__, "no check of revocation");
}

static CheckOutcome judge(const World *world)
{
    return judge_with(world, &world->pki.person.certificate, REVOCATION_REQUIRED);
}

enum { NO_ENTRY = 1000, NONE = 1001 };

// One answer, in hours from the moment in question.
typedef struct {
    int this_update, next_update;  // NONE: no answer, no nextUpdate
    int revoked;                   // NO_ENTRY: good
    RevocationReason reason;
} Row;

static void add_row(World *world, const Row *row)
{
    if (row->this_update == NONE) {
        return;
    }
    OcspAnswer answer = fixture_ocsp_answer(&world->pki, world->pki.person.certificate.serial);
    answer.this_update = FIXTURE_NOW + row->this_update * TIME_HOUR;
    answer.next_update = row->next_update == NONE ? 0 : FIXTURE_NOW + row->next_update * TIME_HOUR;
    if (row->revoked != NO_ENTRY) {
        answer.status = OCSP_REVOKED;
        answer.revoked_at = FIXTURE_NOW + row->revoked * TIME_HOUR;
        answer.reason = row->reason;
    }
    add_by(world, &world->responder, &answer);
}

// Covers: RFC 6960 3.2; C12.
TEST(the_freshest_answer_in_force_decides_and_later_ones_report)
{
    static const struct {
        Row answers[2];
        CheckOutcome outcome;
    } rows[] = {
        // in force: good, revoked, suspended, to be revoked
        {{{-1, 24, NO_ENTRY, 0}, {.this_update = NONE}}, CHECK_PASSED},
        {{{-1, 24, -2, REASON_KEY_COMPROMISE}, {.this_update = NONE}}, CHECK_FAILED},
        {{{-1, 24, -2, REASON_UNSPECIFIED}, {.this_update = NONE}}, CHECK_FAILED},
        {{{-1, 24, -2, REASON_CERTIFICATE_HOLD}, {.this_update = NONE}}, CHECK_FAILED},
        {{{-1, 24, 2, REASON_CERTIFICATE_HOLD}, {.this_update = NONE}}, CHECK_FAILED},
        // stale: nothing, unless it was revoked for good
        {{{-9, -1, NO_ENTRY, 0}, {.this_update = NONE}}, CHECK_UNKNOWN},
        {{{-9, -1, -10, REASON_CERTIFICATE_HOLD}, {.this_update = NONE}}, CHECK_UNKNOWN},
        {{{-9, -1, -10, REASON_SUPERSEDED}, {.this_update = NONE}}, CHECK_FAILED},
        // without nextUpdate: a day
        {{{-23, NONE, NO_ENTRY, 0}, {.this_update = NONE}}, CHECK_PASSED},
        {{{-25, NONE, NO_ENTRY, 0}, {.this_update = NONE}}, CHECK_UNKNOWN},
        // suspended and resumed before; and the other way round
        {{{-3, 24, -4, REASON_CERTIFICATE_HOLD}, {-1, 24, NO_ENTRY, 0}}, CHECK_PASSED},
        {{{-1, 24, NO_ENTRY, 0}, {-3, 24, -4, REASON_CERTIFICATE_HOLD}}, CHECK_PASSED},
        {{{-3, 24, NO_ENTRY, 0}, {-1, 24, -2, REASON_CERTIFICATE_HOLD}}, CHECK_FAILED},
        // nobody is resumed after a revocation, whatever a newer answer says
        {{{-3, 24, -4, REASON_KEY_COMPROMISE}, {-1, 24, NO_ENTRY, 0}}, CHECK_FAILED},
        // later answers: signed before the suspension, after it, and when there was none
        {{{2, 24, 1, REASON_CERTIFICATE_HOLD}, {.this_update = NONE}}, CHECK_INFORMED},
        {{{2, 24, -1, REASON_CERTIFICATE_HOLD}, {.this_update = NONE}}, CHECK_FAILED},
        {{{2, 24, NO_ENTRY, 0}, {.this_update = NONE}}, CHECK_PASSED},
        {{{-2, 24, NO_ENTRY, 0}, {2, 24, -1, REASON_KEY_COMPROMISE}}, CHECK_FAILED},
        {{{-2, 24, NO_ENTRY, 0}, {2, 24, 1, REASON_KEY_COMPROMISE}}, CHECK_INFORMED},
        // on hold at that moment, although it was resumed later
        {{{-1, 24, -2, REASON_CERTIFICATE_HOLD}, {2, 24, NO_ENTRY, 0}}, CHECK_FAILED},
    };
    CLEANUP(world_free) World world = {0};
    world_make(&world);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t first = 0; first < 2; first++) {  // their order does not matter
            store_make(&world);
            add_row(&world, &rows[i].answers[first]);
            add_row(&world, &rows[i].answers[1 - first]);
            CheckOutcome outcome = judge(&world);
            if (outcome != rows[i].outcome) {
                test_fail(__FILE__, __LINE__, "row %zu: %s", i, check_outcome_name(outcome));
            }
        }
    }
}

// Covers: C12.
TEST(lists_and_answers_are_weighed_together)
{
    static const struct {
        Row answer;
        int list_hours;  // thisUpdate of a list that is in force
        int list_entry;
        RevocationReason list_reason;
        CheckOutcome outcome;
    } rows[] = {
        {{-1, 24, NO_ENTRY, 0}, -24, -25, REASON_CERTIFICATE_HOLD, CHECK_PASSED},
        {{-26, 24, NO_ENTRY, 0}, -24, -25, REASON_CERTIFICATE_HOLD, CHECK_FAILED},
        {{-1, 24, -2, REASON_CERTIFICATE_HOLD}, -24, NO_ENTRY, 0, CHECK_FAILED},
        {{-26, 24, -27, REASON_CERTIFICATE_HOLD}, -24, NO_ENTRY, 0, CHECK_PASSED},
        {{-1, 24, NO_ENTRY, 0}, -24, -25, REASON_KEY_COMPROMISE, CHECK_FAILED},
        {{-26, 24, -27, REASON_KEY_COMPROMISE}, -24, NO_ENTRY, 0, CHECK_FAILED},
    };
    CLEANUP(world_free) World world = {0};
    world_make(&world);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        store_make(&world);
        const Revocation entry = {world.pki.person.certificate.serial,
                                  FIXTURE_NOW + rows[i].list_entry * TIME_HOUR,
                                  rows[i].list_reason};
        const CrlTemplate template = {.issuer = &world.pki.ca.certificate,
                                      .this_update = FIXTURE_NOW + rows[i].list_hours * TIME_HOUR,
                                      .next_update = FIXTURE_NOW + 7 * TIME_DAY,
                                      .number = 4,
                                      .entries = &entry,
                                      .entry_count = rows[i].list_entry == NO_ENTRY ? 0 : 1};
        CLEANUP(writer_free) Writer list = writer_new(CRL_MAX_SIZE);
        CHECK_OK(crl_build(&template, &world.pki.ca.signer, &list, &err));
        CHECK_OK(trust_store_add_crls(world.store, writer_bytes(&list), &err));
        add_row(&world, &rows[i].answer);
        CheckOutcome outcome = judge(&world);
        if (outcome != rows[i].outcome) {
            test_fail(__FILE__, __LINE__, "row %zu: %s", i, check_outcome_name(outcome));
        }
    }
}

TEST(an_answer_that_is_no_evidence_leaves_the_status_open)
{
    CLEANUP(world_free) World world = {0};
    world_make(&world);
    OcspAnswer unknown = fixture_ocsp_answer(&world.pki, world.pki.person.certificate.serial);
    OcspAnswer of_another = fixture_ocsp_answer(&world.pki, world.pki.component.certificate.serial);
    OcspAnswer good = fixture_ocsp_answer(&world.pki, world.pki.person.certificate.serial);
    unknown.status = OCSP_UNKNOWN;
    add_by(&world, &world.responder, &unknown);
    add_by(&world, &world.responder, &of_another);
    add_by(&world, &world.pki.root, &good);       // may not answer for the CA
    add_by(&world, &world.pki.component, &good);  // nobody delegated it
    CHECK_OK(trust_store_add_ocsp(world.store, test_hex("30030a0106"), &err));
    CHECK_INT(judge(&world), CHECK_UNKNOWN);
    add_by(&world, &world.pki.ca, &good);
    CHECK_INT(judge(&world), CHECK_PASSED);
}

// A responder's certificate without id-pkix-ocsp-nocheck, that says where its status is found or
// does not.
static void issue_checked_responder(World *world, bool has_url, FixtureIdentity *ret)
{
    const CertificateExtension usage = {
        OID_EXTENDED_KEY_USAGE, false,
        BYTES_LITERAL("\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x09")};
    CertificateTemplate template =
        fixture_template(PROFILE_PERSON, BYTES_LITERAL("\x21"), &world->pki.ca);
    template.extra = &usage;
    template.extra_count = 1;
    template.crl_url = has_url ? "http://ca.example/crl" : NULL;
    CHECK_OK(fixture_issue(world->pki.arena, template, "Checked OCSP", &world->pki.ca, ret, &err));
}

// Covers: RFC 6960 4.2.2.2.1.
TEST(a_revoked_responder_is_not_believed)
{
    CLEANUP(world_free) World world = {0};
    world_make(&world);
    OcspAnswer good = fixture_ocsp_answer(&world.pki, world.pki.person.certificate.serial);
    for (int has_url = 0; has_url < 2; has_url++) {
        CLEANUP(fixture_identity_free) FixtureIdentity responder = {0};
        issue_checked_responder(&world, has_url, &responder);
        store_make(&world);
        add_by(&world, &responder, &good);
        // No list: it counts where the CA did not say that its responder has to be checked.
        CHECK_INT(judge(&world), has_url ? CHECK_UNKNOWN : CHECK_PASSED);
        CHECK_INT(judge_with(&world, &world.pki.person.certificate, REVOCATION_IF_GIVEN),
                  CHECK_PASSED);
        // A list on which the responder stands. It speaks for the person as well, so the person's
        // certificate is looked for at a time for which only the answer speaks.
        const Revocation entry = {responder.certificate.serial, FIXTURE_NOW - TIME_DAY,
                                  REASON_KEY_COMPROMISE};
        Bytes list;
        CHECK_OK(fixture_crl(world.pki.arena, &world.pki.ca, 7, &entry, 1, &list, &err));
        CHECK_OK(trust_store_add_crls(world.store, list, &err));
        OcspAnswer suspended = good;
        suspended.status = OCSP_REVOKED;
        suspended.revoked_at = FIXTURE_NOW - TIME_HOUR;
        suspended.reason = REASON_CERTIFICATE_HOLD;
        add_by(&world, &responder, &suspended);
        CHECK_INT(judge(&world), CHECK_PASSED);
        add_by(&world, &world.responder, &suspended);
        CHECK_INT(judge(&world), CHECK_FAILED);
    }
}

// Covers: RFC 6960 4.4.4.
TEST(an_answer_after_the_end_proves_absence_back_to_its_archive_cutoff_only)
{
    CLEANUP(world_free) World world = {0};
    world_make(&world);
    OcspAnswer late = fixture_ocsp_answer(&world.pki, world.pki.person.certificate.serial);
    late.this_update = world.pki.person.certificate.not_after - TIME_SECOND;
    late.next_update = 0;
    add_by(&world, &world.pki.ca, &late);
    CHECK_INT(judge(&world), CHECK_PASSED);
    const struct {
        Time cutoff;
        CheckOutcome outcome;
    } rows[] = {{0, CHECK_UNKNOWN},
                {world.pki.person.certificate.not_after + TIME_DAY, CHECK_UNKNOWN},
                {world.pki.person.certificate.not_after - TIME_DAY, CHECK_PASSED}};
    late.this_update = world.pki.person.certificate.not_after + 2 * TIME_DAY;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        store_make(&world);
        late.archive_cutoff = rows[i].cutoff;
        add_by(&world, &world.pki.ca, &late);
        CHECK_INT(judge(&world), rows[i].outcome);
    }
}

TEST(a_store_holds_a_limited_number_of_responses)
{
    CLEANUP(world_free) World world = {0};
    world_make(&world);
    TrustStore *more = trust_store_extend(world.pki.arena, world.store);
    for (size_t i = 0; i < TRUST_MAX_OCSP; i++) {
        CHECK_OK(trust_store_add_ocsp(i < 3 ? world.store : more, test_hex("30030a0103"), &err));
        more = i < 3 ? trust_store_extend(world.pki.arena, world.store) : more;
    }
    CHECK_FAILS_WITH(trust_store_add_ocsp(more, test_hex("30030a0103"), &err), ERROR_LIMIT,
                     "trust.ocsp");
    CHECK_FAILS_WITH(trust_store_add_ocsp(world.store, test_hex("3003"), &err), ERROR_INPUT,
                     "ocsp.malformed");
}
