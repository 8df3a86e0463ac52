// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/crl.h"

#include <string.h>

#include "base/codec/der.h"
#include "base/test/test.h"
#include "domain/pki/mutation_fixture.h"
#include "domain/pki/pki_fixture.h"

static bool parses(Bytes der, const void *context)
{
    (void)context;
    Crl crl;
    return crl_parse(der, &crl, NULL);
}

static bool parses_and_verifies(Bytes der, const void *issuer)
{
    Crl crl;
    return crl_parse(der, &crl, NULL) && crl_verify(&crl, issuer, NULL);
}

static Bytes sample(const FixturePki *pki)
{
    Error err = {0};
    const Revocation entries[] = {
        {BYTES_LITERAL("\x05"), FIXTURE_NOW - TIME_HOUR, REASON_KEY_COMPROMISE},
        {BYTES_LITERAL("\x06"), FIXTURE_NOW, REASON_CERTIFICATE_HOLD},
        {BYTES_LITERAL("\x00\x81"), FIXTURE_NOW + TIME_HOUR, REASON_UNSPECIFIED},
    };
    Bytes der;
    CHECK_OK(fixture_crl(pki->arena, &pki->ca, 300, entries, COUNT_OF(entries), &der, &err));
    return der;
}

// Covers: RFC 5280 5; C11.
TEST(list_tells_when_and_why_a_certificate_was_revoked)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Crl crl;
    CHECK_OK(crl_parse(sample(&pki), &crl, &err));
    CHECK_OK(crl_verify(&crl, &pki.ca.certificate, &err));
    CHECK_INT(crl.entry_count, 3);
    CHECK_BYTES(crl.number, test_hex("012c"));
    CHECK_BYTES(crl.authority_key_identifier, pki.ca.certificate.subject_key_identifier);
    CHECK_INT(crl.this_update, FIXTURE_NOW - TIME_DAY);
    CHECK_INT(crl.next_update, FIXTURE_NOW + 7 * TIME_DAY);
    Revocation entry;
    CHECK(crl_find(&crl, BYTES_LITERAL("\x05"), &entry));
    CHECK_INT(entry.revoked_at, FIXTURE_NOW - TIME_HOUR);
    CHECK_TEXT(revocation_reason_name(entry.reason), "keyCompromise");
    CHECK(crl_find(&crl, BYTES_LITERAL("\x06"), &entry));
    CHECK_INT(entry.reason, REASON_CERTIFICATE_HOLD);
    CHECK(crl_find(&crl, BYTES_LITERAL("\x00\x81"), &entry));
    CHECK_INT(entry.reason, REASON_UNSPECIFIED);
    CHECK(!crl_find(&crl, BYTES_LITERAL("\x04"), &entry));
    CrlCursor cursor = {0};
    size_t count = 0;
    for (CrlEntry next; crl_next(&crl, &cursor, &next);) {
        count++;
    }
    CHECK_INT(count, 3);
}

TEST(an_empty_list_is_a_list)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Bytes der;
    CHECK_OK(fixture_crl(pki.arena, &pki.ca, 1, NULL, 0, &der, &err));
    Crl crl;
    CHECK_OK(crl_parse(der, &crl, &err));
    CHECK_INT(crl.entry_count, 0);
}

TEST(damaged_lists_are_refused)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Bytes der = sample(&pki);
    CHECK(parses_and_verifies(der, &pki.ca.certificate));
    CHECK_INT(mutation_truncations(der, parses, NULL), 0);
    CHECK_INT(mutation_bit_flips(der, 1, parses_and_verifies, &pki.ca.certificate), 0);
}

TEST(a_list_counts_only_for_its_issuer)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Crl crl;
    CHECK_OK(crl_parse(sample(&pki), &crl, &err));
    CHECK_FAILS_WITH(crl_verify(&crl, &pki.root.certificate, &err), ERROR_UNTRUSTED, "crl.issuer");
    Certificate issuer = pki.ca.certificate;
    issuer.key_usage = USAGE_CERT_SIGN;
    CHECK_FAILS_WITH(crl_verify(&crl, &issuer, &err), ERROR_UNTRUSTED, "crl.key_usage");
    issuer = pki.ca.certificate;
    issuer.public_key = pki.root.certificate.public_key;
    CHECK_FAILS_WITH(crl_verify(&crl, &issuer, &err), ERROR_UNTRUSTED, "crl.signature");
}

// Replace bytes of a list that was issued; the signature no longer matters.
static bool parse_patched(const FixturePki *pki, const char *find_hex, const char *put_hex,
                          Crl *ret, Error *err)
{
    Bytes der = arena_copy(pki->arena, sample(pki));
    Bytes find = test_hex(find_hex);
    size_t at = 0;
    CHECK(bytes_find(der, find, 0, &at));
    memcpy((uint8_t *)(uintptr_t)der.data + at, test_hex(put_hex).data, find.len);
    return crl_parse(der, ret, err);
}

// Covers: RFC 5280 5.2.3, 5.3.1.
TEST(what_changes_the_meaning_of_a_list_is_refused)
{
    static const struct {
        const char *find, *put;
    } rows[] = {
        {"0a0101", "0a0108"},                                   // removeFromCRL in a complete list
        {"0a0101", "0a0107"},                                   // a reason that is not assigned
        {"0a0101", "0a010b"},                                   // and one beyond the last
        {"0603551d14", "0603551d23"},                           // authorityKeyIdentifier twice
        {"0603551d140404020201 2c", "0603551d1404040202812c"},  // a negative number
        {"020101300a", "020100300a"},                           // version 1 written out
        {"020101300a", "020102300a"},                           // version 3
    };
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Crl crl;
        CHECK_FAILS_WITH(parse_patched(&pki, rows[i].find, rows[i].put, &crl, &err), ERROR_INPUT,
                         "crl.malformed");
    }
}

// Covers: RFC 5280 5.2, 5.2.3.
TEST(a_list_without_a_number_is_a_list_and_one_with_an_unknown_critical_extension_is_not_used)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Crl crl;
    // CRLNumber renamed to an extension that nobody knows.
    CHECK_OK(parse_patched(&pki, "0603551d14", "0603551d7f", &crl, &err));
    CHECK_INT(crl.number.len, 0);
    CHECK_INT(crl.unknown_critical.len, 0);
    CHECK_OK(crl_parse(sample(&pki), &crl, &err));
    crl.unknown_critical = OID_INHIBIT_ANY_POLICY;
    CHECK_FAILS_WITH(crl_verify(&crl, &pki.ca.certificate, &err), ERROR_UNTRUSTED,
                     "crl.critical_extension");
}

TEST(contradictory_crl_templates_are_refused)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    CLEANUP(writer_free) Writer der = writer_new(CRL_MAX_SIZE);
    CrlTemplate template = {.issuer = &pki.ca.certificate,
                            .this_update = FIXTURE_NOW,
                            .next_update = FIXTURE_NOW - TIME_SECOND,
                            .number = 1};
    CHECK_FAILS_WITH(crl_build(&template, &pki.ca.signer, &der, &err), ERROR_INPUT,
                     "crl_template.times");
    CHECK_FAILS_WITH(crl_build(&template, &pki.root.signer, &der, &err), ERROR_INPUT,
                     "crl_template.signer");
}
