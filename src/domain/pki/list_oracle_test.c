// SPDX-License-Identifier: Apache-2.0
//
// Random sets of revocation lists, judged by OpenSSL and by path.h: complete lists and partitions,
// for users or CAs only, for some reasons, indirect ones, delta lists, in and out of force.
#include <string.h>

#include "base/test/test.h"
#include "domain/pki/list_scene_test.h"
#include "domain/pki/pki_fixture.h"

enum { ROUNDS = 400, EXTENSIONS_SIZE = 2048, ENTRIES_SIZE = 256 };

typedef enum { ROOT, CA, CA_LISTS, INDIRECT, SUBJECTS } Who;

typedef struct {
    SceneSubject subjects[SUBJECTS];
    SceneSubject person;
    uint64_t state;
    int hour;  // of the last list: no two are of the same moment
    int number;
    // A list out of force is drawn alone: beside others OpenSSL looks at one of them only, or
    // forgets that it is out of force when there is a delta list for another.
    bool is_alone;
    bool lonely_delta;     // a delta list that fits no base names the person
    bool listed_by_other;  // a list of another key or issuer names the person
    bool joined_reasons;   // the person's certificate has two points, one at least with reasons
} Oracle;

// A pseudo-random sequence that is the same in every run.
static uint32_t draw(Oracle *oracle, uint32_t below)
{
    oracle->state = oracle->state * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)(oracle->state >> 33) % below;
}

#define USUAL "[ext]\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
#define CA_USAGE "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
#define LISTS_USAGE "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,cRLSign\n"
#define NAMES                      \
    "[nameA]\nC=CN\nCN=CA\nOU=A\n" \
    "[nameB]\nC=CN\nCN=CA\nOU=B\n" \
    "[relative]\nOU=A\n"           \
    "[indirect]\nC=CN\nCN=Indirect\n"

// One place more than is there, so that lists for places that nobody names occur too.
static const char *const places[] = {"fullname=dirName:nameA", "fullname=dirName:nameB",
                                     "fullname=URI:http://ca.example/1", "relativename=relative"};
static const char *const reasons[] = {
    "keyCompromise,CACompromise,AACompromise",
    "affiliationChanged,superseded,cessationOfOperation,certificateHold,privilegeWithdrawn",
    "keyCompromise,CACompromise,affiliationChanged,superseded,cessationOfOperation,"
    "certificateHold,privilegeWithdrawn,AACompromise",
    "certificateHold,superseded"};
static const char *const entry_reasons[] = {"keyCompromise", "superseded", "certificateHold"};

static void put(char *text, const char *more)
{
    CHECK(strlen(text) + strlen(more) < EXTENSIONS_SIZE);
    strcat(text, more);
}

static void put_point(Oracle *oracle, char *text, const char *section)
{
    put(text, section);
    put(text, places[draw(oracle, COUNT_OF(places))]);
    put(text, "\n");
    if (draw(oracle, 3) == 0) {
        oracle->joined_reasons = true;
        put(text, "reasons=");
        put(text, reasons[draw(oracle, COUNT_OF(reasons))]);
        put(text, "\n");
    }
    if (draw(oracle, 4) == 0) {
        put(text, "CRLissuer=dirName:indirect\n");
    }
}

static void draw_person(Oracle *oracle)
{
    char text[EXTENSIONS_SIZE] = USUAL;
    bool is_ca = draw(oracle, 4) == 0;
    put(text, is_ca ? CA_USAGE : "keyUsage=critical,digitalSignature\n");
    uint32_t points = draw(oracle, 3);
    oracle->joined_reasons = false;
    if (points > 0) {
        put(text, points == 1 ? "crlDistributionPoints=one\n" : "crlDistributionPoints=one,two\n");
        put_point(oracle, text, "[one]\n");
        if (points == 2) {
            put_point(oracle, text, "[two]\n");
        }
    }
    oracle->joined_reasons = oracle->joined_reasons && points == 2;
    put(text, NAMES);
    oracle->person = (SceneSubject){.name = "Person"};
    scene_certify(&oracle->person, &oracle->subjects[CA], "64", text);
}

// The scope of a list; *ret_indirect when it is one for others.
static void draw_scope(Oracle *oracle, char *text, bool must_be_indirect, bool *ret_indirect)
{
    *ret_indirect = must_be_indirect || draw(oracle, 6) == 0;
    if (!*ret_indirect && draw(oracle, 3) == 0) {
        return;
    }
    put(text, "issuingDistributionPoint=critical,@scope\n[scope]\nonlyAA=FALSE\n");
    if (draw(oracle, 2) == 0) {
        put(text, places[draw(oracle, COUNT_OF(places))]);
        put(text, "\n");
    }
    uint32_t kind = draw(oracle, 6);
    put(text, kind == 0 ? "onlyuser=TRUE\n" : kind == 1 ? "onlyCA=TRUE\n" : "");
    if (draw(oracle, 3) == 0) {
        put(text, "onlysomereasons=");
        put(text, reasons[draw(oracle, COUNT_OF(reasons))]);
        put(text, "\n");
    }
    put(text, *ret_indirect ? "indirectCRL=TRUE\n" : "");
}

// Entries, the person's among them now and then.
static void draw_entries(Oracle *oracle, char *text, Who issuer, bool is_indirect, bool is_delta)
{
    strcpy(text, draw(oracle, 2) == 0 ? "" : issuer == INDIRECT ? "65@CA " : "65=superseded ");
    if (is_indirect && draw(oracle, 2) == 0) {
        strcat(text, "64=keyCompromise@Nobody ");
    }
    if (draw(oracle, 4) == 0) {
        bool removes = is_delta && draw(oracle, 2) == 0;
        strcat(text, "64=");
        strcat(text, removes ? "removeFromCRL" : entry_reasons[draw(oracle, 3)]);
        strcat(text, is_indirect ? "@CA" : "");
        oracle->listed_by_other = oracle->listed_by_other || issuer != CA;
    }
}

static void add_list(SceneSet *set, const SceneList *list)
{
    CHECK(set->list_count < SCENE_MOST_LISTS);
    set->lists[set->list_count++] = scene_list(list);
}

// A delta list to the list before it, as its issuer would make it, or one that does not fit.
static void draw_delta(Oracle *oracle, const SceneList *base, const char *scope, bool is_indirect,
                       Who issuer, SceneSet *set)
{
    char text[EXTENSIONS_SIZE], entries[ENTRIES_SIZE];
    bool fits = draw(oracle, 4) != 0;
    int base_number = base->number + (fits ? -(int)draw(oracle, 2) : 1);
    snprintf(text, sizeof text, "[ext]\n2.5.29.27=critical,DER:0201%02x\n%s%s",
             (unsigned)base_number, scope, NAMES);
    draw_entries(oracle, entries, issuer, is_indirect, true);
    SceneList delta = *base;
    delta.number = base->number + 2;
    delta.begin = base->begin + 1;
    delta.end = 24;
    delta.extensions = text;
    delta.entries = entries;
    oracle->lonely_delta = oracle->lonely_delta || (!fits && strstr(entries, "64") != NULL);
    add_list(set, &delta);
}

static void draw_list(Oracle *oracle, SceneSet *set)
{
    static const Who issuers[] = {CA, CA, CA, CA, CA_LISTS, INDIRECT};
    char text[EXTENSIONS_SIZE], scope[EXTENSIONS_SIZE] = "", entries[ENTRIES_SIZE];
    Who issuer = issuers[draw(oracle, COUNT_OF(issuers))];
    bool is_indirect, has_delta = draw(oracle, 3) == 0,
                      is_old = draw(oracle, 4) == 0 && oracle->is_alone;
    draw_scope(oracle, scope, issuer == INDIRECT, &is_indirect);
    snprintf(text, sizeof text, "[ext]\n%s%s%s%s", has_delta ? "freshestCRL=fresh\n" : "", scope,
             has_delta ? "[fresh]\nfullname=URI:http://ca.example/delta\n" : "", NAMES);
    draw_entries(oracle, entries, issuer, is_indirect, false);
    oracle->hour += 3;
    oracle->number += 4;
    SceneList list = {.issuer = &oracle->subjects[issuer],
                      .number = oracle->number,
                      .begin = oracle->hour,
                      .end = is_old ? -1 : 24,
                      .extensions = text,
                      .entries = entries};
    // An entry of an old list is a matter of pkits_crl_test.c.
    if (is_old && strstr(entries, "64") != NULL) {
        list.entries = "65";
    }
    add_list(set, &list);
    if (has_delta) {
        draw_delta(oracle, &list, scope, is_indirect, issuer, set);
    }
}

static void draw_set(Oracle *oracle, SceneSet *set)
{
    oracle->hour = -60;
    oracle->number = 2;
    oracle->lonely_delta = oracle->listed_by_other = false;
    draw_person(oracle);
    *set = (SceneSet){
        .anchor = oracle->subjects[ROOT].certificate,
        .certificate = oracle->person.certificate,
        .others = {oracle->subjects[CA].certificate, oracle->subjects[CA_LISTS].certificate,
                   oracle->subjects[INDIRECT].certificate},
        .other_count = 3};
    const SceneList root = {.issuer = &oracle->subjects[ROOT],
                            .number = 1,
                            .entries = draw(oracle, 12) == 0 ? "4=keyCompromise" : ""};
    add_list(set, &root);
    uint32_t count = 1 + draw(oracle, 4);
    oracle->is_alone = count == 1;
    for (uint32_t i = count; i > 0; i--) {
        draw_list(oracle, set);
    }
}

// Covers: RFC 5280 6.3.3.
TEST(random_sets_of_lists_are_judged_as_openssl_does)
{
    static const struct {
        const char *name, *serial, *extensions;
    } rows[SUBJECTS] = {{"Root", "1", USUAL CA_USAGE},
                        {"CA", "2", USUAL CA_USAGE},
                        {"CA", "3", USUAL LISTS_USAGE},
                        {"Indirect", "4", USUAL LISTS_USAGE}};
    Oracle oracle = {.state = 7};
    size_t accepted = 0, different = 0;
    for (size_t i = 0; i < SUBJECTS; i++) {
        oracle.subjects[i].name = rows[i].name;
        scene_certify(&oracle.subjects[i], i == ROOT ? NULL : &oracle.subjects[ROOT],
                      rows[i].serial, rows[i].extensions);
    }
    for (size_t round = 0; round < ROUNDS; round++) {
        SceneSet set;
        Error err = {0};
        const char *reason;
        draw_set(&oracle, &set);
        bool ours = scene_we_accept(&set, &err), openssl = scene_openssl_accepts(&set, &reason);
        // A delta list that fits no base is nothing to OpenSSL. That it may not be put together
        // with another list (RFC 5280 5.2.4) takes nothing from what it says itself: revoked.
        // And it asks the certificate's issuer and key first, whoever else says that it was
        // revoked; to us what any of them says counts (RFC 5280 6.3.3 names no order).
        bool is_stricter = openssl && !ours && (oracle.lonely_delta || oracle.listed_by_other);
        // A list that may be at either of two points covers the reasons of both (RFC 5280 6.3.3
        // goes through all of them); OpenSSL stops at the first.
        bool is_wider = ours && !openssl && oracle.joined_reasons;
        if (ours != openssl && !is_stricter && !is_wider) {
            scene_print(&set);
            test_fail(__FILE__, __LINE__, "round %zu: OpenSSL says %d %s, we say %d %s", round,
                      openssl, reason, ours, ours ? "" : err.text);
        }
        if (!ours) {
            CHECK_TEXT(err.code, "path.revocation");
        }
        accepted += ours;
        different += is_stricter || is_wider;
        for (size_t i = 0; i < set.list_count; i++) {
            X509_CRL_free(set.lists[i]);
        }
        scene_subject_free(&oracle.person);
    }
    CHECK(accepted >= ROUNDS / 8 && ROUNDS - accepted >= ROUNDS / 8 && different <= ROUNDS / 10);
    for (size_t i = 0; i < SUBJECTS; i++) {
        scene_subject_free(&oracle.subjects[i]);
    }
}

// A list of ours about one certificate.
typedef struct {
    const char *point;  // its issuingDistributionPoint; NULL: none
    bool lists;         // the certificate
    RevocationReason reason;
    uint64_t number, base;
} OwnList;

static X509_CRL *build_own(const FixturePki *pki, const Certificate *certificate,
                           const OwnList *list)
{
    Error err = {0};
    CLEANUP(writer_free) Writer der = writer_new(CRL_MAX_SIZE);
    CLEANUP(writer_free) Writer name = writer_new(256);
    general_names_put_url(list->point == NULL ? "" : list->point, &name);
    const IssuingDistributionPoint scope = {.name = {.full = writer_bytes(&name)},
                                            .reasons = REASONS_ALL};
    const Revocation entry = {certificate->serial, FIXTURE_NOW - TIME_DAY, list->reason};
    const CrlTemplate template = {
        .issuer = &pki->ca.certificate,
        .this_update = FIXTURE_NOW - (10 - (Time)list->number) * TIME_MINUTE,
        .next_update = FIXTURE_NOW + TIME_DAY,
        .number = list->number,
        .base_number = list->base,
        .freshest_url = list->base == 0 ? "http://ca.example/delta" : NULL,
        .scope = list->point == NULL ? NULL : &scope,
        .entries = &entry,
        .entry_count = list->lists ? 1 : 0,
        .is_linted = true};
    CHECK_OK(crl_build(&template, &pki->ca.signer, &der, &err));
    return scene_list_of(writer_bytes(&der));
}

#define POINT "http://ca.example/v1/crl/1"

// Covers: GM/T 0015-2012 annex C; RFC 5280 5.2.
TEST(lists_that_we_build_mean_to_openssl_what_they_mean_to_us)
{
    static const struct {
        bool is_good;
        OwnList lists[2];
    } rows[] = {
        {true, {{.number = 1}}},
        {false, {{.number = 1, .lists = true, .reason = REASON_KEY_COMPROMISE}}},
        {true, {{.number = 1, .point = POINT}}},
        {false, {{.number = 1, .point = POINT, .lists = true}}},
        {false, {{.number = 1, .point = "http://ca.example/v1/crl/2"}}},
        {true, {{.number = 1}, {.number = 2, .base = 1}}},
        {false, {{.number = 1}, {.number = 2, .base = 1, .lists = true}}},
        {true,
         {{.number = 1, .lists = true, .reason = REASON_CERTIFICATE_HOLD},
          {.number = 2, .base = 1, .lists = true, .reason = REASON_REMOVE_FROM_CRL}}},
        {false, {{.number = 2, .base = 1}}},
    };
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CLEANUP(fixture_identity_free) FixtureIdentity person = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    CertificateTemplate template = fixture_template(PROFILE_PERSON, test_hex("41"), &pki.ca);
    template.crl_url = POINT;
    CHECK_OK(fixture_issue(pki.arena, template, "赵六", &pki.ca, &person, &err));
    Bytes root_list;
    CHECK_OK(fixture_crl(pki.arena, &pki.root, 1, NULL, 0, &root_list, &err));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        SceneSet set = {.anchor = scene_certificate_of(pki.root.certificate.der),
                        .certificate = scene_certificate_of(person.certificate.der),
                        .others = {scene_certificate_of(pki.ca.certificate.der)},
                        .other_count = 1,
                        .lists = {scene_list_of(root_list)},
                        .list_count = 1};
        for (size_t k = 0; k < 2 && rows[i].lists[k].number > 0; k++) {
            set.lists[set.list_count++] = build_own(&pki, &person.certificate, &rows[i].lists[k]);
        }
        const char *reason;
        bool ours = scene_we_accept(&set, &err), openssl = scene_openssl_accepts(&set, &reason);
        if (ours != rows[i].is_good || openssl != rows[i].is_good) {
            test_fail(__FILE__, __LINE__, "row %zu: we say %d, OpenSSL says %d %s", i, ours,
                      openssl, reason);
        }
        for (size_t k = 0; k < set.list_count; k++) {
            X509_CRL_free(set.lists[k]);
        }
        X509_free(set.anchor);
        X509_free(set.certificate);
        X509_free(set.others[0]);
    }
}
