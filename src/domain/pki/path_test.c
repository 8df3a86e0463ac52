// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/path.h"

#include <pthread.h>
#include <string.h>

#include "base/test/test.h"
#include "domain/pki/mutation_fixture.h"
#include "domain/pki/pki_fixture.h"

static PathPolicy policy_of(const FixturePki *pki, CertificatePurpose purpose)
{
    return (PathPolicy){.trust = pki->trust,
                        .at = FIXTURE_NOW,
                        .purpose = purpose,
                        .revocation = REVOCATION_REQUIRED};
}

// The outcome of one code in the verdict, and that path_check and path_verify agree.
static CheckOutcome outcome_of(const PathPolicy *policy, const Certificate *certificate,
                               const char *code)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Verdict verdict = verdict_new(arena);
    bool passed = path_check(policy, certificate, &verdict);
    Error err = {0};
    CHECK(path_verify(policy, certificate, &err) == passed);
    CHECK((verdict_outcome(&verdict) == CHECK_PASSED) == passed);
    if (!passed) {
        CHECK_TEXT(err.code, verdict_reason(&verdict)->code);
        CHECK_INT(err.kind,
                  verdict_outcome(&verdict) == CHECK_FAILED ? ERROR_UNTRUSTED : ERROR_UNAVAILABLE);
    }
    for (const VerdictCheck *check = verdict.first; check != NULL; check = check->next) {
        if (strcmp(check->code, code) == 0) {
            return check->outcome;
        }
    }
    test_fail(__FILE__, __LINE__, "no check %s", code);
}

// Covers: RFC 5280 6.
TEST(a_good_chain_is_valid_for_its_purpose_only)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const struct {
        const Certificate *certificate;
        CertificatePurpose fits;
    } rows[] = {
        {&pki.person.certificate, PURPOSE_SIGNATURE},
        {&pki.component.certificate, PURPOSE_SIGNATURE},
        {&pki.seal_maker.certificate, PURPOSE_SIGNATURE},
        {&pki.timestamp.certificate, PURPOSE_TIMESTAMP},
        {&pki.ca.certificate, PURPOSE_CA},
        {&pki.root.certificate, PURPOSE_CA},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (int purpose = PURPOSE_SIGNATURE; purpose <= PURPOSE_CA; purpose++) {
            PathPolicy policy = policy_of(&pki, (CertificatePurpose)purpose);
            bool fits = (int)rows[i].fits == purpose;
            CHECK(path_verify(&policy, rows[i].certificate, &err) == fits);
        }
    }
}

TEST(without_an_anchor_the_answer_is_unknown)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    TrustStore *empty = trust_store_new(pki.arena);
    PathPolicy policy = policy_of(&pki, PURPOSE_SIGNATURE);
    policy.trust = empty;
    CHECK_INT(outcome_of(&policy, &pki.person.certificate, "path.anchor"), CHECK_UNKNOWN);
    CHECK_OK(trust_store_add_certificates(empty, pki.ca.certificate.der, &err));
    CHECK_OK(trust_store_add_certificates(empty, pki.root.certificate.der, &err));
    CHECK_INT(outcome_of(&policy, &pki.person.certificate, "path.anchor"), CHECK_UNKNOWN);
    // What came with a message does not become an anchor, but makes a chain to one.
    TrustStore *base = trust_store_new(pki.arena);
    CHECK_OK(trust_store_add_anchors(base, pki.root.certificate.der, &err));
    TrustStore *extended = trust_store_extend(pki.arena, base);
    CHECK_OK(trust_store_add_certificates(extended, pki.ca.certificate.der, &err));
    policy.revocation = REVOCATION_NOT_NEEDED;
    policy.trust = base;
    CHECK_INT(outcome_of(&policy, &pki.person.certificate, "path.anchor"), CHECK_UNKNOWN);
    policy.trust = extended;
    CHECK_OK(path_verify(&policy, &pki.person.certificate, &err));
}

TEST(a_pinned_certificate_is_its_own_anchor)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    TrustStore *pinned = trust_store_new(pki.arena);
    CHECK_OK(trust_store_add_anchors(pinned, pki.component.certificate.der, &err));
    PathPolicy policy = policy_of(&pki, PURPOSE_SIGNATURE);
    policy.trust = pinned;
    CHECK_OK(path_verify(&policy, &pki.component.certificate, &err));
    policy.purpose = PURPOSE_TIMESTAMP;
    CHECK_FAILS_WITH(path_verify(&policy, &pki.component.certificate, &err), ERROR_UNTRUSTED,
                     "path.extended_key_usage");
}

TEST(a_forged_signature_fails)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    // Another CA of the same name and key identifier, but another key.
    FixtureIdentity impostor = {0};
    CHECK_OK(sm2_private_key_new(test_hex("0102030405060708091011121314151617181920"
                                          "212223242526272829303132"),
                                 &impostor.key, &err));
    impostor.signer = signer_of_key(impostor.key);
    impostor.certificate = pki.ca.certificate;
    impostor.certificate.public_key = *impostor.signer.public_key;
    CLEANUP(fixture_identity_free) FixtureIdentity victim = {0};
    CertificateTemplate template = fixture_template(PROFILE_PERSON, test_hex("77"), &impostor);
    CHECK_OK(fixture_issue(pki.arena, template, "王五", &impostor, &victim, &err));
    PathPolicy policy = policy_of(&pki, PURPOSE_SIGNATURE);
    CHECK_INT(outcome_of(&policy, &victim.certificate, "path.signature"), CHECK_FAILED);
    fixture_identity_free(&impostor);
}

TEST(validity_is_judged_at_the_moment_in_question)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    PathPolicy policy = policy_of(&pki, PURPOSE_SIGNATURE);
    policy.revocation = REVOCATION_NOT_NEEDED;
    policy.at = pki.person.certificate.not_after + TIME_DAY;
    CHECK_INT(outcome_of(&policy, &pki.person.certificate, "path.validity"), CHECK_FAILED);
    policy.at = pki.person.certificate.not_before - TIME_DAY;
    CHECK_INT(outcome_of(&policy, &pki.person.certificate, "path.validity"), CHECK_FAILED);
}

// Covers: RFC 5280 6.1.4 (k)-(n).
TEST(only_a_ca_within_its_path_length_issues)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    // The issuing CA may not have a CA below it (pathLen 0).
    CLEANUP(fixture_identity_free) FixtureIdentity sub_ca = {0};
    CertificateTemplate template = fixture_template(PROFILE_ISSUING_CA, test_hex("21"), &pki.ca);
    CHECK_OK(fixture_issue(pki.arena, template, "Sub CA", &pki.ca, &sub_ca, &err));
    CLEANUP(fixture_identity_free) FixtureIdentity leaf = {0};
    template = fixture_template(PROFILE_PERSON, test_hex("22"), &sub_ca);
    CHECK_OK(fixture_issue(pki.arena, template, "赵六", &sub_ca, &leaf, &err));
    CHECK_OK(trust_store_add_certificates(pki.trust, sub_ca.certificate.der, &err));
    PathPolicy policy = policy_of(&pki, PURPOSE_SIGNATURE);
    policy.revocation = REVOCATION_NOT_NEEDED;
    CHECK_INT(outcome_of(&policy, &leaf.certificate, "path.basic_constraints"), CHECK_FAILED);
    // A person does not issue: pretend in memory that it might, as an attacker would.
    FixtureIdentity person = pki.person;
    person.certificate.is_ca = true;
    person.certificate.key_usage |= USAGE_CERT_SIGN;
    CLEANUP(fixture_identity_free) FixtureIdentity below = {0};
    template = fixture_template(PROFILE_PERSON, test_hex("23"), &person);
    CHECK_OK(fixture_issue(pki.arena, template, "孙七", &person, &below, &err));
    CHECK_OK(trust_store_add_certificates(pki.trust, pki.person.certificate.der, &err));
    CHECK_INT(outcome_of(&policy, &below.certificate, "path.basic_constraints"), CHECK_FAILED);
    CHECK_INT(outcome_of(&policy, &below.certificate, "path.key_usage"), CHECK_FAILED);
}

// Covers: RFC 5280 6.1.5 (f).
TEST(an_unknown_critical_extension_fails)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const CertificateExtension extra = {test_hex("2a0304"), true, test_hex("0500")};
    CertificateTemplate template = fixture_template(PROFILE_PERSON, test_hex("31"), &pki.ca);
    template.extra = &extra;
    template.extra_count = 1;
    CLEANUP(fixture_identity_free) FixtureIdentity odd = {0};
    CHECK_OK(fixture_issue(pki.arena, template, "周八", &pki.ca, &odd, &err));
    PathPolicy policy = policy_of(&pki, PURPOSE_SIGNATURE);
    CHECK_INT(outcome_of(&policy, &odd.certificate, "path.critical_extension"), CHECK_FAILED);
}

// Build a list with the person's certificate on it, valid over [from, to] days around now.
static void add_list(const FixturePki *pki, TrustStore *store, int from_days, int to_days,
                     const Revocation *entry)
{
    Error err = {0};
    const CrlTemplate template = {.issuer = &pki->ca.certificate,
                                  .this_update = FIXTURE_NOW + from_days * TIME_DAY,
                                  .next_update = FIXTURE_NOW + to_days * TIME_DAY,
                                  .number = 9,
                                  .entries = entry,
                                  .entry_count = entry == NULL ? 0 : 1};
    CLEANUP(writer_free) Writer der = writer_new(CRL_MAX_SIZE);
    CHECK_OK(crl_build(&template, &pki->ca.signer, &der, &err));
    CHECK_OK(trust_store_add_crls(store, writer_bytes(&der), &err));
}

// Covers: RFC 5280 6.3; C11.
TEST(revocation_counts_from_the_moment_it_took_effect)
{
    enum { NO_ENTRY = 1000 };
    static const struct {
        int list_days[2][2];  // thisUpdate, nextUpdate of up to two lists; 0,0: none
        int revoked_days[2];  // entry of each list
        RevocationReason reason;
        CheckOutcome outcome;
    } rows[] = {
        // no list; a stale list; a list from before, in force, without the certificate
        {{{0, 0}}, {NO_ENTRY, NO_ENTRY}, 0, CHECK_UNKNOWN},
        {{{-9, -2}}, {NO_ENTRY, NO_ENTRY}, 0, CHECK_UNKNOWN},
        {{{-1, 7}}, {NO_ENTRY, NO_ENTRY}, 0, CHECK_PASSED},
        // revoked before; revoked later, seen by a later list
        {{{-1, 7}}, {-2, NO_ENTRY}, REASON_KEY_COMPROMISE, CHECK_FAILED},
        {{{-1, 7}, {2, 9}}, {NO_ENTRY, 1}, REASON_KEY_COMPROMISE, CHECK_INFORMED},
        // revoked before, but only a later list knows it
        {{{-1, 7}, {2, 9}}, {NO_ENTRY, -1}, REASON_KEY_COMPROMISE, CHECK_FAILED},
        {{{2, 9}}, {-1, NO_ENTRY}, REASON_KEY_COMPROMISE, CHECK_FAILED},
        // a later list alone proves that there was no revocation
        {{{2, 9}}, {NO_ENTRY, NO_ENTRY}, 0, CHECK_PASSED},
        // suspended; suspended and resumed before the moment
        {{{-1, 7}}, {-2, NO_ENTRY}, REASON_CERTIFICATE_HOLD, CHECK_FAILED},
        {{{-3, 4}, {-1, 7}}, {-4, NO_ENTRY}, REASON_CERTIFICATE_HOLD, CHECK_PASSED},
        // a list that begins after the certificate ended proves nothing
        {{{3001, 3009}}, {NO_ENTRY, NO_ENTRY}, 0, CHECK_UNKNOWN},
    };
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Bytes root_list;
    CHECK_OK(fixture_crl(pki.arena, &pki.root, 1, NULL, 0, &root_list, &err));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        TrustStore *store = trust_store_new(pki.arena);
        CHECK_OK(trust_store_add_anchors(store, pki.root.certificate.der, &err));
        CHECK_OK(trust_store_add_certificates(store, pki.ca.certificate.der, &err));
        CHECK_OK(trust_store_add_crls(store, root_list, &err));
        for (size_t list = 0; list < 2; list++) {
            const int *days = rows[i].list_days[list];
            Revocation entry = {pki.person.certificate.serial,
                                FIXTURE_NOW + rows[i].revoked_days[list] * TIME_DAY,
                                rows[i].reason};
            if (days[0] != 0) {
                add_list(&pki, store, days[0], days[1],
                         rows[i].revoked_days[list] == NO_ENTRY ? NULL : &entry);
            }
        }
        PathPolicy policy = policy_of(&pki, PURPOSE_SIGNATURE);
        policy.trust = store;
        for (int pass = 0; pass < 2; pass++) {  // the second time from what is remembered
            CheckOutcome outcome = outcome_of(&policy, &pki.person.certificate, "path.revocation");
            if (outcome != rows[i].outcome) {
                test_fail(__FILE__, __LINE__, "row %zu: %s", i, check_outcome_name(outcome));
            }
        }
        policy.revocation = REVOCATION_IF_GIVEN;
        CheckOutcome lenient = outcome_of(&policy, &pki.person.certificate, "path.revocation");
        CHECK_INT(lenient, rows[i].outcome == CHECK_UNKNOWN ? CHECK_INFORMED : rows[i].outcome);
    }
}

static void *verify_often(void *context)
{
    const FixturePki *pki = context;
    PathPolicy policy = policy_of(pki, PURPOSE_SIGNATURE);
    for (int i = 0; i < 50; i++) {
        if (!path_verify(&policy, &pki->person.certificate, NULL)) {
            return context;
        }
    }
    return NULL;
}

TEST(a_store_is_read_by_many_threads)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    pthread_t threads[4];
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        CHECK(pthread_create(&threads[i], NULL, verify_often, &pki) == 0);
    }
    bool failed = false;
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        failed = failed || result != NULL;
    }
    CHECK(!failed);
}

TEST(a_forged_list_is_not_believed)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Bytes der;
    CHECK_OK(fixture_crl(pki.arena, &pki.ca, 2, NULL, 0, &der, &err));
    der = arena_copy(pki.arena, der);
    ((uint8_t *)(uintptr_t)der.data)[der.len - 1] ^= 1;
    TrustStore *store = trust_store_new(pki.arena);
    CHECK_OK(trust_store_add_anchors(store, pki.ca.certificate.der, &err));
    CHECK_OK(trust_store_add_crls(store, der, &err));
    PathPolicy policy = policy_of(&pki, PURPOSE_SIGNATURE);
    policy.trust = store;
    CHECK_INT(outcome_of(&policy, &pki.person.certificate, "path.revocation"), CHECK_UNKNOWN);
}

TEST(a_flood_of_issuers_is_not_searched_to_the_end)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    TrustStore *store = trust_store_new(pki.arena);
    Certificate leaf = pki.person.certificate;
    leaf.authority_key_identifier = BYTES_EMPTY;
    // Many certificates of the issuer's name with keys that did not sign.
    for (int i = 0; i < 100; i++) {
        uint8_t serial[2] = {1, (uint8_t)i};
        CertificateTemplate template =
            fixture_template(PROFILE_ROOT_CA, BYTES_OF_ARRAY(serial), NULL);
        CLEANUP(fixture_identity_free) FixtureIdentity impostor = {0};
        uint8_t scalar[32] = {1, (uint8_t)i};
        CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(scalar), &impostor.key, &err));
        CHECK_OK(fixture_issue(pki.arena, template, "Test CA", NULL, &impostor, &err));
        CHECK_OK(trust_store_add_certificates(store, impostor.certificate.der, &err));
    }
    PathPolicy policy = policy_of(&pki, PURPOSE_SIGNATURE);
    policy.trust = store;
    CHECK_FAILS(path_verify(&policy, &leaf, &err), ERROR_UNTRUSTED);
}

TEST(stores_have_limits)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    TrustStore *store = trust_store_new(pki.arena);
    for (int i = 0; i < TRUST_MAX_CERTIFICATES; i++) {
        CHECK_OK(trust_store_add_certificates(store, pki.ca.certificate.der, &err));
    }
    CHECK_FAILS(trust_store_add_anchors(store, pki.ca.certificate.der, &err), ERROR_LIMIT);
    CHECK_INT(trust_store_anchor_count(store), 0);
    CHECK_FAILS(trust_store_add_anchors(pki.trust, BYTES_LITERAL("nonsense"), &err), ERROR_INPUT);
    CHECK_FAILS(trust_store_add_anchors(
                    pki.trust, BYTES_LITERAL("-----BEGIN X-----\nAA==\n-----END X-----\n"), &err),
                ERROR_INPUT);
    CHECK(trust_store_has_anchor(pki.trust, &pki.root.certificate));
    CHECK(!trust_store_has_anchor(pki.trust, &pki.ca.certificate));
    CHECK(trust_store_find_subject(pki.trust, pki.ca.certificate.subject, BYTES_EMPTY, 0) != NULL);
    CHECK(trust_store_find_subject(pki.trust, pki.ca.certificate.subject, BYTES_EMPTY, 1) == NULL);
    CHECK(trust_store_find_crl(pki.trust, pki.ca.certificate.subject, 0) != NULL);
}

// A person below a CA with one more extension, and what comes of it under a code.
static CheckOutcome outcome_below(Bytes oid, const char *value, const char *code)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CLEANUP(fixture_identity_free) FixtureIdentity ca = {0}, person = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const CertificateExtension extension = {oid, true, test_hex(value)};
    CertificateTemplate template = fixture_template(PROFILE_ISSUING_CA, test_hex("31"), &pki.root);
    template.extra = &extension;
    template.extra_count = 1;
    CHECK_OK(fixture_issue(pki.arena, template, "Constrained CA", &pki.root, &ca, &err));
    CHECK_OK(trust_store_add_certificates(pki.trust, ca.certificate.der, &err));
    template = fixture_template(PROFILE_PERSON, test_hex("32"), &ca);
    CHECK_OK(fixture_issue(pki.arena, template, "赵六", &ca, &person, &err));
    PathPolicy policy = policy_of(&pki, PURPOSE_SIGNATURE);
    policy.revocation = REVOCATION_NOT_NEEDED;
    return outcome_of(&policy, &person.certificate, code);
}

// Covers: RFC 5280 4.2.1.10.
TEST(subjects_are_held_to_directory_names)
{
    const char *const code = "path.name_constraints";
    // permitted C=CN, O=Assent Test in other letters
    CHECK_INT(outcome_below(OID_NAME_CONSTRAINTS,
                            "302d a02b 3029 a427 3025 310b 3009 0603 550406 1302 434e"
                            "3116 3014 0603 55040a 0c0d 617373656e7420205445535420",
                            code),
              CHECK_PASSED);
    // permitted C=US
    CHECK_INT(outcome_below(OID_NAME_CONSTRAINTS,
                            "3015 a013 3011 a40f 300d 310b 3009 0603 550406 1302 5553", code),
              CHECK_FAILED);
    // excluded C=CN
    CHECK_INT(outcome_below(OID_NAME_CONSTRAINTS,
                            "3015 a113 3011 a40f 300d 310b 3009 0603 550406 1302 434e", code),
              CHECK_FAILED);
    // permitted C=CN, from one RDN below on: a minimum that nobody may use
    CHECK_INT(
        outcome_below(OID_NAME_CONSTRAINTS,
                      "3018 a016 3014 a40f 300d 310b 3009 0603 550406 1302 434e 800101", code),
        CHECK_FAILED);
    // excluded registeredID 1.2.3, a kind that no name here is of
    CHECK_INT(outcome_below(OID_NAME_CONSTRAINTS, "3008 a106 3004 8802 2a03", code), CHECK_PASSED);
}

// Covers: RFC 5280 4.2.1.11, 6.1.5 (a)-(b).
TEST(a_policy_that_a_ca_requires_is_looked_for)
{
    CHECK_INT(outcome_below(OID_POLICY_CONSTRAINTS, "3003 800100", "path.policy"), CHECK_FAILED);
    CHECK_INT(outcome_below(OID_POLICY_CONSTRAINTS, "3003 800105", "path.policy"), CHECK_PASSED);
    CHECK_INT(outcome_below(OID_INHIBIT_ANY_POLICY, "020100", "path.policy"), CHECK_PASSED);
}

TEST(malformed_constraints_are_no_certificate)
{
    const struct {
        Bytes oid;
        const char *value;
    } rows[] = {
        {OID_NAME_CONSTRAINTS, "3000"},
        {OID_NAME_CONSTRAINTS, "3002 a000"},
        {OID_POLICY_CONSTRAINTS, "3000"},
        {OID_POLICY_CONSTRAINTS, "3003 8001ff"},
        {OID_POLICY_CONSTRAINTS, "3003 820100"},
        {OID_INHIBIT_ANY_POLICY, "0201ff"},
        {OID_POLICY_MAPPINGS, "3000"},
        {OID_POLICY_MAPPINGS, "300c 300a 0604 551d2000 0602 2a03"},
    };
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(fixture_identity_free) FixtureIdentity ca = {0};
        const CertificateExtension extension = {rows[i].oid, true, test_hex(rows[i].value)};
        CertificateTemplate template =
            fixture_template(PROFILE_ISSUING_CA, test_hex("33"), &pki.root);
        template.extra = &extension;
        template.extra_count = 1;
        CHECK_FAILS_WITH(fixture_issue(pki.arena, template, "Odd CA", &pki.root, &ca, &err),
                         ERROR_INPUT, "certificate_template.extension");
    }
}
