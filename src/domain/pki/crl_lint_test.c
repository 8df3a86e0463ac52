// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/crl_lint.h"

#include <string.h>

#include "base/test/test.h"
#include "domain/pki/list_scene_test.h"
#include "domain/pki/pki_fixture.h"

static size_t broken_rules(const Crl *crl, const Certificate *issuer, const char *wanted)
{
    const CrlLintRule *broken[CRL_LINT_MAX_FINDINGS];
    size_t count = crl_lint(crl, issuer, broken);
    for (size_t i = 0; i < count; i++) {
        if (wanted != NULL && strcmp(broken[i]->code, wanted) == 0) {
            return count;
        }
    }
    return wanted == NULL ? count : 0;
}

// Covers: GM/T 0015-2012 annex C.
TEST(lists_that_we_build_break_no_rule)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const Revocation entries[] = {
        {BYTES_LITERAL("\x05"), FIXTURE_NOW - 2 * TIME_DAY, REASON_KEY_COMPROMISE},
        {BYTES_LITERAL("\x06"), FIXTURE_NOW - 2 * TIME_DAY, REASON_UNSPECIFIED}};
    CLEANUP(writer_free) Writer url = writer_new(64);
    general_names_put_url("http://ca.example/v1/crl/1", &url);
    const IssuingDistributionPoint scope = {.name = {.full = writer_bytes(&url)},
                                            .reasons = REASONS_ALL};
    const CrlTemplate templates[] = {
        {.number = 1},
        {.number = 2, .scope = &scope, .freshest_url = "http://ca.example/v1/crl/delta"},
        {.number = 3, .scope = &scope, .base_number = 2}};
    for (size_t i = 0; i < COUNT_OF(templates); i++) {
        CLEANUP(writer_free) Writer der = writer_new(CRL_MAX_SIZE);
        CrlTemplate template = templates[i];
        Crl crl;
        template.issuer = &pki.ca.certificate;
        template.this_update = FIXTURE_NOW;
        template.next_update = FIXTURE_NOW + TIME_DAY;
        template.entries = entries;
        template.entry_count = i == 0 ? 0 : COUNT_OF(entries);
        CHECK_OK(crl_build(&template, &pki.ca.signer, &der, &err));
        CHECK_OK(crl_parse(writer_bytes(&der), &crl, &err));
        CHECK_OK(crl_lint_check(&crl, &pki.ca.certificate, &err));
        CHECK_INT(broken_rules(&crl, &pki.ca.certificate, NULL), 0);
        CHECK_INT(broken_rules(&crl, &pki.root.certificate, "lint.crl_issuer"), 2);
    }
}

#define SCOPE(body) "[ext]\nissuingDistributionPoint=" body "[scope]\n"

typedef struct {
    const char *code;
    SceneList list;
} FaultyList;

static const FaultyList faulty[] = {
    {"lint.crl_version", {.is_version_1 = true}},
    {"lint.crl_next_update", {.number = 1, .begin = -24, .has_no_end = true}},
    {"lint.crl_number", {.number = 0}},
    {"lint.crl_critical_extension",
     {.number = 1, .extensions = "[ext]\n1.2.3.4=critical,DER:0500\n"}},
    {"lint.crl_serial", {.number = 1, .entries = "-5"}},
    {"lint.crl_serial", {.number = 1, .entries = "0"}},
    {"lint.crl_serial", {.number = 1, .entries = "010203040506070809000102030405060708090001"}},
    {"lint.crl_twice", {.number = 1, .entries = "05 05=superseded"}},
    {"lint.crl_twice", {.number = 1, .entries = "05 06 05"}},
    {"lint.crl_entry_time", {.number = 1, .entries = "05+2"}},
    {"lint.crl_reason", {.number = 1, .entries = "05=unspecified"}},
    {"lint.crl_scope_critical", {.number = 1, .extensions = SCOPE("@scope\n") "onlyuser=TRUE\n"}},
    {"lint.crl_scope_empty",
     {.number = 1, .extensions = SCOPE("critical,@scope\n") "onlyuser=FALSE\n"}},
    {"lint.crl_scope_kinds",
     {.number = 1, .extensions = SCOPE("critical,@scope\n") "onlyuser=TRUE\nonlyCA=TRUE\n"}},
    {"lint.crl_delta_critical", {.number = 3, .extensions = "[ext]\n2.5.29.27=DER:020102\n"}},
    {"lint.crl_delta_base", {.number = 2, .extensions = "[ext]\n2.5.29.27=critical,DER:020102\n"}},
    {"lint.crl_delta_freshest",
     {.number = 3,
      .extensions = "[ext]\n2.5.29.27=critical,DER:020102\nfreshestCRL=URI:http://ca.example/d\n"}},
    {"lint.crl_freshest",
     {.number = 3, .extensions = "[ext]\nfreshestCRL=critical,URI:http://ca.example/d\n"}},
    {"lint.crl_freshest",
     {.number = 3,
      .extensions = "[ext]\nfreshestCRL=point\n[point]\nfullname=URI:http://ca.example/d\n"
                    "reasons=keyCompromise\n"}},
    {"lint.crl_indirect",
     {.number = 1, .extensions = SCOPE("critical,@scope\n") "indirectCRL=TRUE\n"}},
    {"lint.crl_hold", {.number = 1, .entries = "05=certificateHold"}},
};

static Crl load(Arena *arena, X509_CRL *list)
{
    Error err = {0};
    unsigned char *der = NULL;
    Crl crl;
    int len = i2d_X509_CRL(list, &der);
    CHECK_OK(crl_load(arena, bytes_of(der, (size_t)len), &crl, &err));
    CHECK_OK(crl_index_entries(arena, &crl, &err));
    OPENSSL_free(der);
    X509_CRL_free(list);
    return crl;
}

// Covers: RFC 5280 5.1.2, 5.2, 5.3.
TEST(each_fault_of_a_list_is_found_by_its_rule)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(scene_subject_free) SceneSubject issuer = {.name = "CA"};
    scene_certify(&issuer, NULL, "1", "[ext]\nsubjectKeyIdentifier=hash\n");
    for (size_t i = 0; i < COUNT_OF(faulty); i++) {
        Error err = {0};
        SceneList list = faulty[i].list;
        list.issuer = &issuer;
        Crl crl = load(arena, scene_list(&list));
        if (broken_rules(&crl, NULL, faulty[i].code) == 0) {
            test_fail(__FILE__, __LINE__, "row %zu: %s is not found", i, faulty[i].code);
        }
        bool is_advice = strcmp(faulty[i].code, "lint.crl_indirect") == 0 ||
                         strcmp(faulty[i].code, "lint.crl_hold") == 0;
        CHECK(crl_lint_check(&crl, NULL, &err) == is_advice);
    }
}

TEST(every_rule_has_a_code_of_its_own_and_a_clause)
{
    size_t count;
    const CrlLintRule *rules = crl_lint_rules(&count);
    CHECK(count > 20);
    for (size_t i = 0; i < count; i++) {
        CHECK(strncmp(rules[i].code, "lint.crl_", 9) == 0 && rules[i].clause[0] != '\0');
        for (size_t k = 0; k < i; k++) {
            CHECK(strcmp(rules[i].code, rules[k].code) != 0);
        }
    }
}
