// SPDX-License-Identifier: Apache-2.0
//
// What pkits_crl_test.c and list_oracle_test.c do not ask: moments in the past, rules other than
// "required", and lists that somebody made to be in the way.
#include "domain/pki/revocation.h"

#include <string.h>

#include "base/test/test.h"
#include "domain/pki/list_scene_test.h"
#include "domain/pki/pki_fixture.h"

#define USUAL "[ext]\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
#define ISSUES "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
#define SCOPE(body) "[ext]\nissuingDistributionPoint=critical,@scope\n[scope]\n" body "\n"
#define KEY_REASONS "onlysomereasons=keyCompromise,CACompromise"
#define OTHER_REASONS                                                     \
    "onlysomereasons=affiliationChanged,superseded,cessationOfOperation," \
    "certificateHold,privilegeWithdrawn,AACompromise"
#define DELTA(base) "[ext]\n2.5.29.27=critical,DER:0201" base "\n"

enum { MOST_LISTS = 3 };

typedef struct {
    const char *what;
    RevocationRule rule;
    int hours;  // the moment, from now
    CheckOutcome outcome;
    struct {
        const char *extensions, *entries;
        int number, begin, end;
        bool has_no_end, has_no_number;
    } lists[MOST_LISTS];
} Row;

// 0305...5a: invalidityDate 2026-11-24T03:00:00Z, five hours after it the key was revoked.
static const Row rows[] = {
    {"a list in force counts an entry whatever its date",
     REVOCATION_REQUIRED,
     0,
     CHECK_FAILED,
     {{.entries = "64+20", .number = 1, .begin = -24, .end = 24}}},
    {"a later list tells that it was revoked only after the moment",
     REVOCATION_REQUIRED,
     0,
     CHECK_INFORMED,
     {{.number = 1, .begin = -24, .end = 24},
      {.entries = "64+2", .number = 2, .begin = 3, .end = 24}}},
    {"two later lists for some reasons each prove that it was not revoked",
     REVOCATION_REQUIRED,
     0,
     CHECK_PASSED,
     {{SCOPE(KEY_REASONS), .number = 1, .begin = 2, .end = 24},
      {SCOPE(OTHER_REASONS), .number = 2, .begin = 3, .end = 24}}},
    {"one of them does not",
     REVOCATION_REQUIRED,
     0,
     CHECK_UNKNOWN,
     {{SCOPE(KEY_REASONS), .number = 1, .begin = 2, .end = 24}}},
    {"later revoked, and for other reasons not decided",
     REVOCATION_REQUIRED,
     0,
     CHECK_UNKNOWN,
     {{SCOPE(KEY_REASONS), "64+4=keyCompromise", .number = 1, .begin = 5, .end = 24}}},
    {"a later delta list with an expired base is a later list",
     REVOCATION_REQUIRED,
     0,
     CHECK_PASSED,
     {{.number = 1, .begin = -24, .end = -2}, {DELTA("01"), .number = 2, .begin = 2, .end = 24}}},
    {"a later delta list without a base proves nobody good",
     REVOCATION_REQUIRED,
     0,
     CHECK_UNKNOWN,
     {{DELTA("01"), .number = 2, .begin = 2, .end = 24}}},
    {"but that it had been revoked",
     REVOCATION_REQUIRED,
     0,
     CHECK_FAILED,
     {{DELTA("01"), "64=keyCompromise", .number = 2, .begin = 2, .end = 24}}},
    {"a suspension lifted by a delta list was one before",
     REVOCATION_REQUIRED,
     -3,
     CHECK_FAILED,
     {{.entries = "64=certificateHold", .number = 1, .begin = -24, .end = 24},
      {DELTA("01"), "64=removeFromCRL", .number = 2, .begin = -2, .end = 24}}},
    {"and none after",
     REVOCATION_REQUIRED,
     0,
     CHECK_PASSED,
     {{.entries = "64=certificateHold", .number = 1, .begin = -24, .end = 24},
      {DELTA("01"), "64=removeFromCRL", .number = 2, .begin = -2, .end = 24}}},
    {"a newer list of the same part lifts a suspension",
     REVOCATION_REQUIRED,
     0,
     CHECK_PASSED,
     {{.entries = "64=certificateHold", .number = 1, .begin = -24, .end = 24},
      {.number = 2, .begin = -2, .end = 24}}},
    {"of two lists of one moment that of the higher number counts",
     REVOCATION_REQUIRED,
     0,
     CHECK_PASSED,
     {{.entries = "64=certificateHold", .number = 1, .begin = -24, .end = 24},
      {.number = 2, .begin = -24, .end = 24}}},
    {"a revocation in an expired list stands",
     REVOCATION_REQUIRED,
     0,
     CHECK_FAILED,
     {{.entries = "64=keyCompromise", .number = 1, .begin = -48, .end = -24}}},
    {"a suspension in an expired list may have been lifted",
     REVOCATION_REQUIRED,
     0,
     CHECK_UNKNOWN,
     {{.entries = "64=certificateHold", .number = 1, .begin = -48, .end = -24}}},
    {"a newer list that expired is not forgotten",
     REVOCATION_REQUIRED,
     0,
     CHECK_FAILED,
     {{.number = 1, .begin = -48, .end = 24},
      {.entries = "64=keyCompromise", .number = 2, .begin = -24, .end = -12}}},
    {"a list without an end proves what was before it",
     REVOCATION_REQUIRED,
     -3,
     CHECK_PASSED,
     {{.number = 1, .begin = -2, .has_no_end = true}}},
    {"a list without an end revokes",
     REVOCATION_REQUIRED,
     0,
     CHECK_FAILED,
     {{.entries = "64", .number = 1, .begin = -2, .has_no_end = true}}},
    {"an entry that is there twice spoils the list",
     REVOCATION_REQUIRED,
     0,
     CHECK_UNKNOWN,
     {{.entries = "65 66 65", .number = 1, .begin = -24, .end = 24}}},
    {"without lists nothing is missing where none are required",
     REVOCATION_WHERE_LISTED,
     0,
     CHECK_INFORMED,
     {{.number = 0}}},
    {"a list that is about others leaves it open",
     REVOCATION_WHERE_LISTED,
     0,
     CHECK_UNKNOWN,
     {{SCOPE("onlyCA=TRUE"), .number = 1, .begin = -24, .end = 24}}},
    {"which is noted where lists are taken as they come",
     REVOCATION_IF_GIVEN,
     0,
     CHECK_INFORMED,
     {{SCOPE("onlyCA=TRUE"), .number = 1, .begin = -24, .end = 24}}},
    {"named by a list that is not understood it is never good",
     REVOCATION_IF_GIVEN,
     0,
     CHECK_UNKNOWN,
     {{.entries = "64!", .number = 1, .begin = -24, .end = 24}}},
    {"not named by it is as without it",
     REVOCATION_IF_GIVEN,
     0,
     CHECK_INFORMED,
     {{.entries = "65!", .number = 1, .begin = -24, .end = 24}}},
    {"a list without number is taken by whoever does not hold to the profile",
     REVOCATION_REQUIRED,
     0,
     CHECK_PASSED,
     {{.number = 1, .has_no_number = true, .begin = -24, .end = 24}}},
};

// Under what a certificate that is judged alone is asked besides.
static const struct {
    Row row;
    bool holds_to_profile, is_at_present;
} strict_rows[] = {
    {{"without a number it proves nobody good",
      REVOCATION_REQUIRED,
      0,
      CHECK_UNKNOWN,
      {{.number = 1, .has_no_number = true, .begin = -24, .end = 24}}},
     true,
     false},
    {{"but revokes",
      REVOCATION_REQUIRED,
      0,
      CHECK_FAILED,
      {{.entries = "64", .number = 1, .has_no_number = true, .begin = -24, .end = 24}}},
     true,
     false},
    {{"a later list tells nothing of the present",
      REVOCATION_REQUIRED,
      0,
      CHECK_UNKNOWN,
      {{.number = 1, .begin = 2, .end = 24}}},
     false,
     true},
    {{"also when it names the certificate",
      REVOCATION_REQUIRED,
      0,
      CHECK_UNKNOWN,
      {{.entries = "64+1", .number = 1, .begin = 2, .end = 24}}},
     false,
     true},
};

typedef struct {
    SceneSubject root, person;
} Pair;

static void pair_make(Pair *pair)
{
    pair->root.name = "Root";
    pair->person.name = "Person";
    scene_certify(&pair->root, NULL, "1", USUAL ISSUES);
    scene_certify(&pair->person, &pair->root, "64", USUAL "keyUsage=critical,digitalSignature\n");
}

static void pair_free(Pair *pair)
{
    scene_subject_free(&pair->root);
    scene_subject_free(&pair->person);
}

// *set says who is judged, and how.
static void check_row(const Pair *pair, const Row *row, SceneSet *set)
{
    for (size_t k = 0; k < MOST_LISTS && row->lists[k].number > 0; k++) {
        const SceneList list = {.issuer = &pair->root,
                                .number = row->lists[k].has_no_number ? 0 : row->lists[k].number,
                                .begin = row->lists[k].begin,
                                .end = row->lists[k].end,
                                .has_no_end = row->lists[k].has_no_end,
                                .extensions = row->lists[k].extensions,
                                .entries = row->lists[k].entries};
        set->lists[set->list_count++] = scene_list(&list);
    }
    CheckOutcome outcome = scene_revocation(set, row->rule, row->hours);
    if (outcome != row->outcome) {
        scene_print(set);
        test_fail(__FILE__, __LINE__, "%s: %s", row->what, check_outcome_name(outcome));
    }
    for (size_t k = 0; k < set->list_count; k++) {
        X509_CRL_free(set->lists[k]);
    }
}

// Covers: RFC 5280 5.2.3, 5.2.4, 6.3; C11.
TEST(lists_decide_for_the_moment_in_question)
{
    CLEANUP(pair_free) Pair pair = {0};
    pair_make(&pair);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        SceneSet set = {.anchor = pair.root.certificate, .certificate = pair.person.certificate};
        check_row(&pair, &rows[i], &set);
    }
}

// Covers: RFC 5280 5.1.2.4, 5.2.3.
TEST(a_certificate_that_is_judged_alone_asks_more_of_lists)
{
    CLEANUP(pair_free) Pair pair = {0};
    pair_make(&pair);
    for (size_t i = 0; i < COUNT_OF(strict_rows); i++) {
        SceneSet set = {.anchor = pair.root.certificate,
                        .certificate = pair.person.certificate,
                        .holds_to_profile = strict_rows[i].holds_to_profile,
                        .is_at_present = strict_rows[i].is_at_present};
        check_row(&pair, &strict_rows[i].row, &set);
    }
}

// A source of one entry.
static bool give_once(void *context, CrlEntry *ret, bool *ret_end, Error *err)
{
    const CrlEntry **entry = context;
    (void)err;
    *ret_end = *entry == NULL;
    if (*entry != NULL) {
        *ret = **entry;
        *entry = NULL;
    }
    return true;
}

// Covers: RFC 5280 5.3.2.
TEST(a_key_is_invalid_from_its_date_of_invalidity_on)
{
    static const struct {
        Time invalid_since;
        bool is_accepted;
    } dates[] = {{FIXTURE_NOW - TIME_HOUR, false}, {FIXTURE_NOW + TIME_HOUR, true}, {0, true}};
    for (size_t i = 0; i < COUNT_OF(dates); i++) {
        Error err = {0};
        CLEANUP(fixture_pki_free) FixturePki pki = {0};
        CHECK_OK(fixture_pki_make(&pki, &err));
        CLEANUP(writer_free) Writer der = writer_new(CRL_MAX_SIZE);
        const CrlEntry entry = {
            {pki.person.certificate.serial, FIXTURE_NOW + TIME_DAY, REASON_KEY_COMPROMISE},
            .invalid_since = dates[i].invalid_since};
        const CrlEntry *next = &entry;
        const RevocationSource source = {give_once, &next};
        const CrlTemplate template = {.issuer = &pki.ca.certificate,
                                      .this_update = FIXTURE_NOW + 2 * TIME_DAY,
                                      .next_update = FIXTURE_NOW + 3 * TIME_DAY,
                                      .number = 5,
                                      .source = &source};
        CHECK_OK(crl_build(&template, &pki.ca.signer, &der, &err));
        CHECK_OK(trust_store_add_crls(pki.trust, writer_bytes(&der), &err));
        const PathPolicy policy = {.trust = pki.trust, .at = FIXTURE_NOW};
        CHECK(path_verify(&policy, &pki.person.certificate, &err) == dates[i].is_accepted);
        const Crl *deciding = path_find_evidence(&policy, &pki.person.certificate).list;
        CHECK(deciding != NULL && bytes_equal(deciding->der, writer_bytes(&der)));
    }
}

// Lists of the issuer's name that somebody else signed, in front of the issuer's.
TEST(a_flood_of_forged_lists_costs_no_more_than_some_signatures)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    TrustStore *store = trust_store_new(pki.arena);
    CHECK_OK(trust_store_add_anchors(store, pki.ca.certificate.der, &err));
    CHECK_OK(trust_store_add_certificates(store, pki.ca.certificate.der, &err));
    FixtureIdentity forger = pki.person;
    forger.certificate.subject = pki.ca.certificate.subject;
    forger.certificate.subject_key_identifier = pki.ca.certificate.subject_key_identifier;
    for (size_t i = 0; i < TRUST_MAX_CRLS - 1; i++) {
        Bytes der;
        CHECK_OK(fixture_crl(pki.arena, &forger, i + 1, NULL, 0, &der, &err));
        CHECK_OK(trust_store_add_crls(store, der, &err));
    }
    const PathPolicy policy = {.trust = store, .at = FIXTURE_NOW};
    CHECK_FAILS_WITH(path_verify(&policy, &pki.person.certificate, &err), ERROR_UNAVAILABLE,
                     "path.revocation");
    CHECK(path_find_evidence(&policy, &pki.person.certificate).list == NULL);
}
