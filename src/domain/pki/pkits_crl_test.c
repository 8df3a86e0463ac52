// SPDX-License-Identifier: Apache-2.0
//
// Revocation lists in the cases of the Public Key Interoperability Test Suite (NIST, PKITS 1.0.1),
// made anew with SM2 keys and numbered as it numbers them; what each is about stands in its
// document. OpenSSL judges every case too. Cases with a letter are ours.
#include <string.h>

#include "base/test/test.h"
#include "domain/pki/list_scene_test.h"

typedef enum {
    ROOT,
    CA,
    OTHER_CA,
    SEPARATE_CA,     // issues certificates only
    SEPARATE_LISTS,  // the same name, issues lists only
    ROLLED_LISTS,    // self-issued by CA: its key for lists
    ROLLED_POINT,    // the same, with a list of its own about it
    INDIRECT,        // issues lists for others
    CIRCULAR,        // the same, and its own list tells about itself
    SUBJECT_COUNT,
    FORGER = SUBJECT_COUNT,  // CA's name, OTHER_CA's key
    MISNAMED,                // CA's key, another name
} Who;

enum { MOST_LISTS = 4 };

typedef struct {
    Who issuer;
    const char *extensions;
    const char *entries;
    int number;      // 0: 1
    int begin, end;  // as in SceneList
    bool has_no_end;
    bool is_version_1;
} CaseList;

typedef struct {
    const char *number;
    bool accepted;
    const char *difference;  // why OpenSSL is wrong; NULL: it agrees
    Who issuer;
    const char *serial;      // NULL: 64
    const char *extensions;  // of the certificate; NULL: none but the usual
    const char *root_entries;
    CaseList lists[MOST_LISTS];
    bool is_ca;
} Case;

#define CA_NAME "[caName]\nC=CN\nCN=CA\n"
#define INDIRECT_NAME "[indirectName]\nC=CN\nCN=Indirect\n"
#define CIRCULAR_NAME "[circularName]\nC=CN\nCN=Circular\n"
// Names of distribution points, full and relative to CA's or to the indirect issuer's name.
#define NAME_A "[nameA]\nC=CN\nCN=CA\nOU=A\n"
#define NAME_B "[nameB]\nC=CN\nCN=CA\nOU=B\n"
#define NAME_I "[nameI]\nC=CN\nCN=Indirect\nOU=A\n"
#define RELATIVE_A "[relativeA]\nOU=A\n"
#define RELATIVE_B "[relativeB]\nOU=B\n"

#define POINT(body) "crlDistributionPoints=point\n[point]\n" body "\n"
#define POINT_FULL_A POINT("fullname=dirName:nameA") NAME_A
#define POINT_FULL_B POINT("fullname=dirName:nameB") NAME_B
#define POINT_RELATIVE_A POINT("relativename=relativeA") RELATIVE_A
#define POINT_URI(uri) POINT("fullname=URI:" uri)
#define POINT_ISSUER(body) POINT(body "\nCRLissuer=dirName:indirectName") INDIRECT_NAME
#define TWO_POINTS                                                             \
    "crlDistributionPoints=pointA,pointB\n"                                    \
    "[pointA]\nfullname=dirName:nameA\nreasons=keyCompromise,CACompromise\n"   \
    "[pointB]\nfullname=dirName:nameB\nreasons=affiliationChanged,superseded," \
    "cessationOfOperation,certificateHold,privilegeWithdrawn,AACompromise\n" NAME_A NAME_B

#define SCOPE(body) "[ext]\nissuingDistributionPoint=critical,@scope\n[scope]\n" body "\n"
#define SCOPE_FULL_A SCOPE("fullname=dirName:nameA") NAME_A
#define SCOPE_FULL_B SCOPE("fullname=dirName:nameB") NAME_B
#define SCOPE_RELATIVE_A SCOPE("relativename=relativeA") RELATIVE_A
#define SCOPE_RELATIVE_B SCOPE("relativename=relativeB") RELATIVE_B
#define SCOPE_INDIRECT SCOPE("indirectCRL=TRUE")
#define KEY_REASONS "onlysomereasons=keyCompromise,CACompromise"
#define OTHER_REASONS                                                     \
    "onlysomereasons=affiliationChanged,superseded,cessationOfOperation," \
    "certificateHold,privilegeWithdrawn,AACompromise"

#define UNKNOWN_CRITICAL "[ext]\n2.16.840.1.101.2.1.12.2=critical,DER:0500\n"
#define FRESHEST "[ext]\nfreshestCRL=fresh\n[fresh]\nfullname=URI:http://ca.example/delta\n"
#define DELTA(base) "[ext]\n2.5.29.27=critical,DER:0201" base "\n"

enum { YEAR_1999 = -27 * 8766, YEAR_2050 = 24 * 8766 };

static const Case certificate_cases[] = {
    {"4.4.1", .issuer = CA},
    {"4.4.2", .issuer = CA, .root_entries = "2=keyCompromise", .lists = {{CA}}},
    {"4.4.3", .issuer = CA, .lists = {{CA, .entries = "64=keyCompromise"}}},
    {"4.4.4", .issuer = CA, .lists = {{FORGER}}},
    {"4.4.5", .issuer = CA, .lists = {{MISNAMED}}},
    {"4.4.6", .issuer = CA, .lists = {{ROOT}}},
    {"4.4.7", true, .issuer = CA, .lists = {{OTHER_CA}, {CA}}},
    {"4.4.7a", true, "a list that does not hold does not spoil one that does (6.3.3)", .issuer = CA,
     .lists = {{FORGER, .begin = -2, .end = 24}, {CA}}},
    {"4.4.7b", true, .issuer = CA, .lists = {{CA, .entries = "65", .is_version_1 = true}}},
    {"4.4.7c", .issuer = CA, .lists = {{CA, .entries = "64", .is_version_1 = true}}},
    {"4.4.8", .issuer = CA, .lists = {{CA, .entries = "64=keyCompromise!"}}},
    {"4.4.8a", .issuer = CA, .lists = {{CA, .entries = "65!"}}},
    {"4.4.9", .issuer = CA, .lists = {{CA, UNKNOWN_CRITICAL, "64=keyCompromise"}}},
    {"4.4.10", .issuer = CA, .lists = {{CA, UNKNOWN_CRITICAL}}},
    {"4.4.11", .issuer = CA, .lists = {{CA, .begin = -72, .end = -48}}},
    {"4.4.12", .issuer = CA, .lists = {{CA, .begin = YEAR_1999 - 24, .end = YEAR_1999}}},
    {"4.4.13", true, .issuer = CA, .lists = {{CA, .begin = -24, .end = YEAR_2050}}},
    {"4.4.13a", false, "a list without an end says nothing about later (5.1.2.5)", .issuer = CA,
     .lists = {{CA, .begin = -24, .has_no_end = true}}},
    {"4.4.14", true, .issuer = CA, .serial = "FF", .lists = {{CA, .entries = "-1=keyCompromise"}}},
    {"4.4.15", .issuer = CA, .serial = "-1", .lists = {{CA, .entries = "-1=keyCompromise"}}},
    {"4.4.16", true, .issuer = CA, .serial = "7F0102030405060708090A0B0C0D0E0F10111212",
     .lists = {{CA, .entries = "7F0102030405060708090A0B0C0D0E0F10111213=keyCompromise"}}},
    {"4.4.17", true, .issuer = CA, .serial = "7F0102030405060708090A0B0C0D0E0F101112",
     .lists = {{CA, .entries = "7F0102030405060708090A0B0C0D0E0F10111213=keyCompromise"}}},
    {"4.4.18", .issuer = CA, .serial = "7F0102030405060708090A0B0C0D0E0F10111213",
     .lists = {{CA, .entries = "7F0102030405060708090A0B0C0D0E0F10111213=keyCompromise"}}},
    {"4.4.19", true, .issuer = SEPARATE_CA, .lists = {{SEPARATE_LISTS}}},
    {"4.4.19a", .issuer = SEPARATE_CA, .lists = {{SEPARATE_CA}}},  // without cRLSign
    {"4.4.20", .issuer = SEPARATE_CA, .lists = {{SEPARATE_LISTS, .entries = "64=keyCompromise"}}},
    {"4.4.21", .issuer = SEPARATE_CA, .root_entries = "5=keyCompromise",
     .lists = {{SEPARATE_LISTS}}},
    // The CA's key for lists has a certificate of the CA itself; another list tells about that.
    {"4.5.6", true, .issuer = CA,
     .lists = {{ROLLED_POINT}, {CA, SCOPE_FULL_A, .begin = -20, .end = 24}}},
    {"4.5.7", .issuer = CA,
     .lists = {{ROLLED_POINT, .entries = "64=keyCompromise"},
               {CA, SCOPE_FULL_A, .begin = -20, .end = 24}}},
    {"4.5.8", .issuer = CA,
     .lists = {{ROLLED_POINT}, {CA, SCOPE_FULL_A, "7=keyCompromise", .begin = -20, .end = 24}}},
    // Nobody but the key itself tells whether it was revoked.
    {"4.5.8a", .issuer = CA, .lists = {{ROLLED_LISTS}}},
};

static const Case point_cases[] = {
    {"4.14.1", true, .issuer = CA, .extensions = POINT_FULL_A, .lists = {{CA, SCOPE_FULL_A}}},
    {"4.14.2", .issuer = CA, .extensions = POINT_FULL_A,
     .lists = {{CA, SCOPE_FULL_A, "64=keyCompromise"}}},
    {"4.14.3", .issuer = CA, .extensions = POINT_FULL_B, .lists = {{CA, SCOPE_FULL_A}}},
    {"4.14.4", true, .issuer = CA, .extensions = POINT_RELATIVE_A, .lists = {{CA, SCOPE_FULL_A}}},
    {"4.14.5", true, .issuer = CA, .extensions = POINT_RELATIVE_A,
     .lists = {{CA, SCOPE_RELATIVE_A}}},
    {"4.14.6", .issuer = CA, .extensions = POINT_RELATIVE_A,
     .lists = {{CA, SCOPE_RELATIVE_A, "64=keyCompromise"}}},
    {"4.14.7", true, .issuer = CA, .extensions = POINT_FULL_A, .lists = {{CA, SCOPE_RELATIVE_A}}},
    {"4.14.8", .issuer = CA, .extensions = POINT_FULL_A, .lists = {{CA, SCOPE_RELATIVE_B}}},
    {"4.14.9", .issuer = CA, .extensions = POINT_RELATIVE_A, .lists = {{CA, SCOPE_FULL_B}}},
    {"4.14.9a", .issuer = CA, .lists = {{CA, SCOPE_FULL_A}}},  // a certificate without a point
    {"4.14.9b", true, .issuer = CA, .extensions = POINT_URI("http://ca.example/1"),
     .lists = {{CA, SCOPE("fullname=URI:http://ca.example/1")}}},
    {"4.14.9c", .issuer = CA, .extensions = POINT_URI("http://ca.example/%31"),
     .lists = {{CA, SCOPE("fullname=URI:http://ca.example/1")}}},
    {"4.14.10", true, .issuer = CA, .extensions = POINT_FULL_A, .lists = {{CA}}},
    {"4.14.11", .issuer = CA, .is_ca = true, .lists = {{CA, SCOPE("onlyuser=TRUE")}}},
    {"4.14.11a", true, .issuer = CA, .lists = {{CA, SCOPE("onlyuser=TRUE")}}},
    {"4.14.12", .issuer = CA, .lists = {{CA, SCOPE("onlyCA=TRUE")}}},
    {"4.14.13", true, .issuer = CA, .is_ca = true, .lists = {{CA, SCOPE("onlyCA=TRUE")}}},
    {"4.14.14", .issuer = CA, .lists = {{CA, SCOPE("onlyAA=TRUE")}}},
    {"4.14.15", .issuer = CA,
     .lists = {{CA, SCOPE(KEY_REASONS), "64=keyCompromise"},
               {CA, SCOPE(OTHER_REASONS), .begin = -20, .end = 24}}},
    {"4.14.16", .issuer = CA,
     .lists = {{CA, SCOPE(KEY_REASONS)},
               {CA, SCOPE(OTHER_REASONS), "64=certificateHold", .begin = -20, .end = 24}}},
    {"4.14.17", .issuer = CA,
     .lists = {{CA, SCOPE("onlysomereasons=affiliationChanged,superseded")},
               {CA, SCOPE("onlysomereasons=cessationOfOperation,certificateHold"), .begin = -20,
                .end = 24}}},
    {"4.14.18", true, .issuer = CA, .extensions = POINT_FULL_A,
     .lists = {{CA, SCOPE("fullname=dirName:nameA\n" KEY_REASONS) NAME_A},
               {CA, SCOPE("fullname=dirName:nameA\n" OTHER_REASONS) NAME_A, .begin = -20,
                .end = 24}}},
    {"4.14.19", true, .issuer = CA, .extensions = TWO_POINTS,
     .lists = {{CA, SCOPE("fullname=dirName:nameA\n" KEY_REASONS) NAME_A},
               {CA, SCOPE("fullname=dirName:nameB\n" OTHER_REASONS) NAME_B, .begin = -20,
                .end = 24}}},
    {"4.14.19a", .issuer = CA, .extensions = TWO_POINTS,
     .lists = {{CA, SCOPE("fullname=dirName:nameA\n" KEY_REASONS) NAME_A}}},
    {"4.14.20", .issuer = CA, .extensions = TWO_POINTS,
     .lists = {{CA, SCOPE("fullname=dirName:nameA\n" KEY_REASONS) NAME_A, "64=keyCompromise"},
               {CA, SCOPE("fullname=dirName:nameB\n" OTHER_REASONS) NAME_B, .begin = -20,
                .end = 24}}},
    {"4.14.21", .issuer = CA, .extensions = TWO_POINTS,
     .lists = {{CA, SCOPE("fullname=dirName:nameA\n" KEY_REASONS) NAME_A},
               {CA, SCOPE("fullname=dirName:nameB\n" OTHER_REASONS) NAME_B, "64=affiliationChanged",
                .begin = -20, .end = 24}}},
};

static const Case indirect_cases[] = {
    {"4.14.22", true, .issuer = CA, .lists = {{CA, SCOPE_INDIRECT, "65 64@Other_CA"}}},
    {"4.14.23", .issuer = CA, .lists = {{CA, SCOPE_INDIRECT, "64=keyCompromise 64@Other_CA"}}},
    {"4.14.24", true, .issuer = CA, .extensions = POINT_ISSUER("fullname=dirName:nameI") NAME_I,
     .lists = {{INDIRECT, SCOPE("fullname=dirName:nameI\nindirectCRL=TRUE") NAME_I}}},
    {"4.14.25", true, .issuer = CA, .extensions = POINT_ISSUER("fullname=dirName:nameI") NAME_I,
     .lists = {{INDIRECT, SCOPE("fullname=dirName:nameI\nindirectCRL=TRUE") NAME_I,
                "64 64@Other_CA"}}},
    {"4.14.26", .issuer = CA, .lists = {{INDIRECT, SCOPE_INDIRECT}}},  // nobody names it
    {"4.14.27", .issuer = CA, .extensions = POINT_ISSUER("fullname=dirName:nameI") NAME_I,
     .lists = {{INDIRECT, SCOPE("fullname=dirName:nameI") NAME_I}}},  // not indirect
    {"4.14.28", true, .issuer = CA, .extensions = POINT_ISSUER("fullname=dirName:nameI") NAME_I,
     .lists = {{INDIRECT, SCOPE("relativename=relativeA\nindirectCRL=TRUE") RELATIVE_A}}},
    {"4.14.29", true, .issuer = CA, .extensions = POINT_ISSUER("relativename=relativeA") RELATIVE_A,
     .lists = {{INDIRECT, SCOPE("fullname=dirName:nameI\nindirectCRL=TRUE") NAME_I}}},
    {"4.14.30", true, "a list may tell about its own issuer where that one's issuer says so",
     .issuer = CA,
     .extensions =
         POINT("fullname=dirName:circularName\nCRLissuer=dirName:circularName") CIRCULAR_NAME,
     .lists = {{CIRCULAR, SCOPE("fullname=dirName:circularName\nindirectCRL=TRUE") CIRCULAR_NAME}}},
    {"4.14.30a", .issuer = CA,
     .extensions =
         POINT("fullname=dirName:circularName\nCRLissuer=dirName:circularName") CIRCULAR_NAME,
     .lists = {{CIRCULAR, SCOPE("fullname=dirName:circularName\nindirectCRL=TRUE") CIRCULAR_NAME,
                "9@CA"}}},
    {"4.14.31", .issuer = CA, .extensions = POINT_ISSUER("fullname=dirName:nameI") NAME_I,
     .lists = {{INDIRECT, SCOPE("fullname=dirName:nameI\nindirectCRL=TRUE") NAME_I,
                "64=keyCompromise@CA"}}},
    {"4.14.32", .issuer = CA, .extensions = POINT_ISSUER("fullname=dirName:nameI") NAME_I,
     .lists = {{INDIRECT, SCOPE("fullname=dirName:nameI\nindirectCRL=TRUE") NAME_I,
                "64@Other_CA 64@CA 66"}}},
    {"4.14.33", true, .issuer = CA, .extensions = POINT_ISSUER("fullname=dirName:nameI") NAME_I,
     .lists = {{INDIRECT, SCOPE("fullname=dirName:nameI\nindirectCRL=TRUE") NAME_I,
                "66@CA 64@Other_CA 65"}}},
    {"4.14.34", .issuer = CA, .extensions = POINT_ISSUER("fullname=dirName:nameI") NAME_I,
     .lists = {{INDIRECT, SCOPE("fullname=dirName:nameI\nindirectCRL=TRUE") NAME_I,
                "66@CA 64"}}},  // the issuer of the entry before
    {"4.14.35", .issuer = CA, .extensions = POINT_ISSUER("fullname=dirName:nameI") NAME_I,
     .lists = {{INDIRECT, SCOPE("fullname=dirName:nameA\nindirectCRL=TRUE") NAME_A}}},
    // The institution that issues the list was revoked itself.
    {"4.14.35a", .issuer = CA, .root_entries = "8=keyCompromise",
     .extensions = POINT_ISSUER("fullname=dirName:nameI") NAME_I,
     .lists = {{INDIRECT, SCOPE("fullname=dirName:nameI\nindirectCRL=TRUE") NAME_I}}},
};

static const Case delta_cases[] = {
    {"4.15.1", .issuer = CA, .lists = {{CA, DELTA("01"), .number = 2}}},
    {"4.15.2", true, .issuer = CA,
     .lists = {{CA, FRESHEST, .number = 2}, {CA, DELTA("02"), .number = 3}}},
    {"4.15.3", .issuer = CA, .lists = {{CA, FRESHEST, "64", 2}, {CA, DELTA("02"), .number = 3}}},
    {"4.15.4", .issuer = CA,
     .lists = {{CA, FRESHEST, .number = 2}, {CA, DELTA("02"), "64=keyCompromise", 3}}},
    {"4.15.5", true, .issuer = CA,
     .lists = {{CA, FRESHEST, "64=certificateHold", 2}, {CA, DELTA("02"), "64=removeFromCRL", 3}}},
    {"4.15.6", .issuer = CA,
     .lists = {{CA, FRESHEST, "64=certificateHold", 2}, {CA, DELTA("02"), "64=keyCompromise", 3}}},
    {"4.15.7", true, .issuer = CA,
     .lists = {{CA, FRESHEST, .number = 2}, {CA, DELTA("02"), "64=removeFromCRL", 3}}},
    {"4.15.8", true, .issuer = CA,
     .lists = {{CA, FRESHEST, .number = 5}, {CA, DELTA("03"), "65", 6}}},
    {"4.15.9", .issuer = CA,
     .lists = {{CA, FRESHEST, .number = 5}, {CA, DELTA("03"), "64=keyCompromise", 6}}},
    {"4.15.10", .issuer = CA,
     .lists = {{CA, FRESHEST, .number = 4, .begin = -48, .end = -25},
               {CA, DELTA("05"), .number = 6}}},
    // The base alone is out of force, with its delta it is not.
    {"4.15.10a", true, .issuer = CA,
     .lists = {{CA, FRESHEST, .number = 5, .begin = -48, .end = -25},
               {CA, DELTA("05"), .number = 6}}},
    {"4.15.10b", .issuer = CA,
     .lists = {{CA, FRESHEST, .number = 5, .begin = -48, .end = -25},
               {CA, DELTA("05"), .number = 6, .begin = -47, .end = -26}}},
    // A delta list about another part does not belong to it.
    {"4.15.10c", .issuer = CA,
     .lists = {{CA, FRESHEST, .number = 5, .begin = -48, .end = -25},
               {CA,
                DELTA("05") "issuingDistributionPoint=critical,@scope\n[scope]\nonlyuser=TRUE\n",
                .number = 6}}},
    {"4.15.10d", false,
     "an entry stands by itself: only absence needs the base that the delta list is about",
     .issuer = CA,
     .lists = {{CA, FRESHEST, .number = 2}, {CA, DELTA("05"), "64=keyCompromise", 6}}},
    // A delta list that is older than the complete list has nothing to add.
    {"4.15.10e", true, .issuer = CA,
     .lists = {{CA, FRESHEST, .number = 7, .begin = -2, .end = 24},
               {CA, DELTA("05"), "64=certificateHold", 6}}},
};

// --- the world --------------------------------------------------------------------------------

#define USUAL "[ext]\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
#define ISSUES_ALL \
    USUAL "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
#define ISSUES_CERTIFICATES \
    USUAL "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n"
#define ISSUES_LISTS USUAL "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,cRLSign\n"

typedef struct {
    SceneSubject subjects[SUBJECT_COUNT];
} PkitsWorld;

static void world_make(PkitsWorld *world)
{
    static const struct {
        const char *name, *serial, *extensions;
        Who issuer;
    } rows[SUBJECT_COUNT] = {
        [ROOT] = {"Root", "1", ISSUES_ALL, ROOT},
        [CA] = {"CA", "2", ISSUES_ALL, ROOT},
        [OTHER_CA] = {"Other_CA", "3", ISSUES_ALL, ROOT},
        [SEPARATE_CA] = {"Separate CA", "4", ISSUES_CERTIFICATES, ROOT},
        [SEPARATE_LISTS] = {"Separate CA", "5", ISSUES_LISTS, ROOT},
        [ROLLED_LISTS] = {"CA", "6", ISSUES_LISTS, CA},
        [ROLLED_POINT] = {"CA", "7", ISSUES_LISTS POINT_FULL_A, CA},
        [INDIRECT] = {"Indirect", "8", ISSUES_LISTS, ROOT},
        [CIRCULAR] = {"Circular", "9",
                      ISSUES_LISTS POINT(
                          "fullname=dirName:circularName\nCRLissuer=dirName:circularName")
                          CIRCULAR_NAME,
                      CA},
    };
    for (size_t i = 0; i < SUBJECT_COUNT; i++) {
        SceneSubject *subject = &world->subjects[i];
        subject->name = rows[i].name;
        scene_certify(subject, i == ROOT ? NULL : &world->subjects[rows[i].issuer], rows[i].serial,
                      rows[i].extensions);
    }
}

static void world_free(PkitsWorld *world)
{
    for (size_t i = 0; i < SUBJECT_COUNT; i++) {
        scene_subject_free(&world->subjects[i]);
    }
}

static SceneSubject issuer_of(const PkitsWorld *world, Who who)
{
    if (who == FORGER) {
        return (SceneSubject){"CA", world->subjects[OTHER_CA].key, world->subjects[CA].certificate};
    }
    if (who == MISNAMED) {
        return (SceneSubject){"Nobody", world->subjects[CA].key, world->subjects[CA].certificate};
    }
    return world->subjects[who];
}

static void add_lists(const PkitsWorld *world, const Case *row, SceneSet *set)
{
    const SceneList root = {
        .issuer = &world->subjects[ROOT], .number = 1, .entries = row->root_entries};
    set->lists[set->list_count++] = scene_list(&root);
    for (size_t i = 0; i < MOST_LISTS; i++) {
        const CaseList *from = &row->lists[i];
        // A list of the root's own stands for a second one of it; where none is given, none is.
        if (from->issuer == ROOT && i > 0) {
            break;
        }
        SceneSubject issuer = issuer_of(world, from->issuer);
        const SceneList list = {.issuer = &issuer,
                                .number = from->number == 0 ? 1 : from->number,
                                .begin = from->begin,
                                .end = from->end,
                                .has_no_end = from->has_no_end,
                                .is_version_1 = from->is_version_1,
                                .extensions = from->extensions,
                                .entries = from->entries};
        set->lists[set->list_count++] = scene_list(&list);
    }
}

static void judge(const Case *row, const SceneSet *set)
{
    Error err = {0};
    const char *reason;
    bool ours = scene_we_accept(set, &err), openssl = scene_openssl_accepts(set, &reason);
    bool expected = row->difference == NULL ? row->accepted : !row->accepted;
    if (ours != row->accepted || openssl != expected) {
        scene_print(set);
        test_fail(__FILE__, __LINE__, "%s: expected %d; we say %d %s; OpenSSL says %d %s",
                  row->number, row->accepted, ours, ours ? "" : err.text, openssl, reason);
    }
}

static void check_cases(const Case *cases, size_t count)
{
    CLEANUP(world_free) PkitsWorld world = {0};
    world_make(&world);
    for (size_t i = 0; i < count; i++) {
        const Case *row = &cases[i];
        char extensions[2048];
        snprintf(extensions, sizeof extensions, "%s%s%s", USUAL,
                 row->is_ca ? "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n"
                            : "keyUsage=critical,digitalSignature\n",
                 row->extensions == NULL ? "" : row->extensions);
        SceneSubject subject = {.name = "Person"};
        scene_certify(&subject, &world.subjects[row->issuer],
                      row->serial == NULL ? "64" : row->serial, extensions);
        SceneSet set = {.anchor = world.subjects[ROOT].certificate,
                        .certificate = subject.certificate};
        for (size_t k = ROOT + 1; k < SUBJECT_COUNT; k++) {
            set.others[set.other_count++] = world.subjects[k].certificate;
        }
        add_lists(&world, row, &set);
        judge(row, &set);
        for (size_t k = 0; k < set.list_count; k++) {
            X509_CRL_free(set.lists[k]);
        }
        scene_subject_free(&subject);
    }
}

// Covers: RFC 5280 5.1, 5.3, 6.3.3 (f)-(g).
TEST(lists_are_judged_as_pkits_4_4_asks)
{
    check_cases(certificate_cases, COUNT_OF(certificate_cases));
}

// Covers: RFC 5280 4.2.1.13, 5.2.5, 6.3.3 (b), (d), (e).
TEST(distribution_points_are_judged_as_pkits_4_14_asks)
{
    check_cases(point_cases, COUNT_OF(point_cases));
}

// Covers: RFC 5280 5.3.3, 6.3.3 (b)(1).
TEST(indirect_lists_are_judged_as_pkits_4_14_asks)
{
    check_cases(indirect_cases, COUNT_OF(indirect_cases));
}

// Covers: RFC 5280 5.2.4, 5.2.6, 6.3.3 (c), (h)-(k).
TEST(delta_lists_are_judged_as_pkits_4_15_asks)
{
    check_cases(delta_cases, COUNT_OF(delta_cases));
}
