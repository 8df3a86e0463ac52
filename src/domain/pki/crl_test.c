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

typedef struct {
    const CrlEntry *entries;
    size_t count, next;
} EntrySource;

static bool next_of_entries(void *context, CrlEntry *ret, bool *ret_end, Error *err)
{
    EntrySource *source = context;
    (void)err;
    *ret_end = source->next == source->count;
    if (!*ret_end) {
        *ret = source->entries[source->next++];
    }
    return true;
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

// An indirect delta list with everything that entries may have.
static Bytes rich_sample(const FixturePki *pki)
{
    Error err = {0};
    CLEANUP(writer_free) Writer der = writer_new(CRL_MAX_SIZE);
    CrlEntry entries[] = {
        {{BYTES_LITERAL("\x09"), FIXTURE_NOW - TIME_DAY, REASON_KEY_COMPROMISE},
         FIXTURE_NOW - 2 * TIME_DAY,
         BYTES_EMPTY},
        {{BYTES_LITERAL("\x05"), FIXTURE_NOW - TIME_DAY, REASON_REMOVE_FROM_CRL},
         0,
         pki->root.certificate.subject},
        {{BYTES_LITERAL("\x09"), FIXTURE_NOW - TIME_DAY, REASON_UNSPECIFIED}, 0, BYTES_EMPTY},
    };
    EntrySource context = {entries, COUNT_OF(entries), 0};
    const RevocationSource source = {next_of_entries, &context};
    const IssuingDistributionPoint scope = {.reasons = 0x7e, .is_indirect = true};
    const CrlTemplate template = {.issuer = &pki->ca.certificate,
                                  .this_update = FIXTURE_NOW,
                                  .next_update = FIXTURE_NOW + TIME_DAY,
                                  .number = 300,
                                  .base_number = 299,
                                  .scope = &scope,
                                  .source = &source};
    CHECK_OK(crl_build(&template, &pki->ca.signer, &der, &err));
    return arena_copy(pki->arena, writer_bytes(&der));
}

// Covers: RFC 5280 5.2.4, 5.2.5, 5.3.
TEST(an_indirect_delta_list_is_read_as_it_was_built)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Crl crl;
    CrlEntry entry;
    CHECK_OK(crl_parse(rich_sample(&pki), &crl, &err));
    CHECK_OK(crl_verify(&crl, &pki.ca.certificate, &err));
    CHECK(crl_is_delta(&crl) && crl.scope.is_indirect && crl.has_next_update);
    CHECK_INT(crl.scope.reasons, 0x7e);
    CHECK_BYTES(crl.base_number, test_hex("012b"));
    for (int pass = 0; pass < 2; pass++) {  // entry by entry, and by an index
        CHECK(crl_find_of(&crl, crl.issuer, BYTES_LITERAL("\x09"), &entry));
        CHECK_INT(entry.invalid_since, FIXTURE_NOW - 2 * TIME_DAY);
        CHECK(!crl_find_of(&crl, crl.issuer, BYTES_LITERAL("\x05"), &entry));
        CHECK(crl_find_of(&crl, pki.root.certificate.subject, BYTES_LITERAL("\x05"), &entry));
        CHECK_INT(entry.revocation.reason, REASON_REMOVE_FROM_CRL);
        // The third entry is of the issuer that the second one names.
        CHECK(crl_find_of(&crl, pki.root.certificate.subject, BYTES_LITERAL("\x09"), &entry));
        CHECK_INT(entry.revocation.reason, REASON_UNSPECIFIED);
        CHECK_OK(crl_index_entries(pki.arena, &crl, &err));
        CHECK(!crl.has_duplicates);
    }
    CHECK_INT(mutation_truncations(rich_sample(&pki), parses, NULL), 0);
    CHECK_INT(mutation_bit_flips(rich_sample(&pki), 1, parses_and_verifies, &pki.ca.certificate),
              0);
}

// Entries in no order, of serial numbers of one to three octets.
TEST(a_large_list_finds_each_of_its_entries_by_the_index)
{
    enum { COUNT = 3000 };
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    CrlEntry *entries = arena_alloc(pki.arena, COUNT * sizeof *entries);
    uint8_t(*serials)[3] = arena_alloc(pki.arena, COUNT * sizeof *serials);
    for (size_t i = 0; i < COUNT; i++) {
        size_t value = i * 1783 % COUNT + 1;
        size_t len = value < 0x80 ? 1 : value < 0x8000 ? 2 : 3;
        for (size_t k = 0; k < len; k++) {
            serials[i][k] = (uint8_t)(value >> 8 * (len - 1 - k));
        }
        entries[i] = (CrlEntry){
            {bytes_of(serials[i], len), FIXTURE_NOW - (Time)value * TIME_SECOND, REASON_SUPERSEDED},
            0,
            BYTES_EMPTY};
    }
    EntrySource context = {entries, COUNT, 0};
    const RevocationSource source = {next_of_entries, &context};
    const CrlTemplate template = {.issuer = &pki.ca.certificate,
                                  .this_update = FIXTURE_NOW,
                                  .next_update = FIXTURE_NOW + TIME_DAY,
                                  .number = 1,
                                  .source = &source};
    CLEANUP(writer_free) Writer der = writer_new(CRL_MAX_SIZE);
    CHECK_OK(crl_build(&template, &pki.ca.signer, &der, &err));
    Crl crl;
    Revocation found;
    CHECK_OK(crl_parse(writer_bytes(&der), &crl, &err));
    CHECK_INT(crl.entry_count, COUNT);
    CHECK_OK(crl_index_entries(pki.arena, &crl, &err));
    CHECK(crl.index != NULL && !crl.has_duplicates);
    for (size_t i = 0; i < COUNT; i++) {
        CHECK(crl_find(&crl, entries[i].revocation.serial, &found));
        CHECK_INT(found.revoked_at, entries[i].revocation.revoked_at);
    }
    CHECK(!crl_find(&crl, BYTES_LITERAL("\x00\x80\x00"), &found));
    CHECK(!crl_find(&crl, BYTES_LITERAL("\x00"), &found));
}

// Covers: RFC 5280 5.2.3.
TEST(numbers_of_lists_are_ordered_by_value)
{
    CHECK(crl_number_compare(test_hex("02"), test_hex("03")) < 0);
    CHECK(crl_number_compare(test_hex("0100"), test_hex("7f")) > 0);
    CHECK(crl_number_compare(test_hex("0080"), test_hex("7f")) > 0);
    CHECK(crl_number_compare(test_hex("0080"), test_hex("0100")) < 0);
    CHECK(crl_number_compare(test_hex("05"), test_hex("05")) == 0);
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
    template.next_update = FIXTURE_NOW + TIME_DAY;
    template.base_number = 1;
    CHECK_FAILS_WITH(crl_build(&template, &pki.ca.signer, &der, &err), ERROR_INPUT,
                     "crl_template.delta");
    template.number = 2;
    template.freshest_url = "http://ca.example/delta";
    CHECK_FAILS_WITH(crl_build(&template, &pki.ca.signer, &der, &err), ERROR_INPUT,
                     "crl_template.delta");
    CLEANUP(writer_free) Writer small = writer_new(100);
    template.base_number = 0;
    CHECK_FAILS_WITH(crl_build(&template, &pki.ca.signer, &small, &err), ERROR_LIMIT,
                     "crl_template.size");
}
