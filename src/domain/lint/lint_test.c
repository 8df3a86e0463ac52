// SPDX-License-Identifier: Apache-2.0
#include "domain/lint/lint.h"

#include <string.h>

#include "base/test/test.h"
#include "domain/pki/certificate_template.h"
#include "domain/pki/crl.h"
#include "domain/pki/csr.h"
#include "domain/pki/mutation_fixture.h"
#include "domain/pki/oid.h"
#include "domain/pki/pki_fixture.h"
#include "domain/pki/timestamp.h"

static bool has_finding(const LintReport *report, const char *code)
{
    for (const LintFinding *each = report->first; each != NULL; each = each->next) {
        if (strcmp(each->code, code) == 0) {
            return true;
        }
    }
    return false;
}

static LintReport lint_of(Arena *arena, Bytes der)
{
    LintReport report;
    lint_object(arena, lint_kind_of(der), der, NULL, &report);
    CHECK(!report.exhausted);
    return report;
}

// The object with one occurrence of some octets (hexadecimal) replaced by others of the same
// length.
static Bytes with(Arena *arena, Bytes der, const char *find, const char *put)
{
    size_t at = 0;
    Bytes wanted = test_hex(find), given = test_hex(put);
    Bytes copy = arena_copy(arena, der);
    CHECK(copy.data != NULL && wanted.len == given.len);
    CHECK(bytes_find(copy, wanted, 0, &at));
    memcpy((uint8_t *)(uintptr_t)copy.data + at, given.data, given.len);
    return copy;
}

static Bytes person_with_policy(const FixturePki *pki)
{
    Error err = {0};
    CertificateTemplate template = {.profile = PROFILE_PERSON,
                                    .serial = BYTES_LITERAL("\x41\x02\x03\x04\x05\x06\x07\x08"),
                                    .subject = pki->person.certificate.subject,
                                    .issuer = &pki->ca.certificate,
                                    .public_key = &pki->person.certificate.public_key,
                                    .not_before = FIXTURE_NOW,
                                    .not_after = FIXTURE_NOW + TIME_DAY,
                                    .policy = BYTES_LITERAL("\x2a\x03\x04"),
                                    .crl_url = "http://ca.example/crl",
                                    .ca_issuers_url = "http://ca.example/ca"};
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    CHECK_OK(certificate_issue(&template, &pki->ca.signer, &der, &err));
    return arena_copy(pki->arena, writer_bytes(&der));
}

TEST(what_is_issued_here_keeps_every_rule)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    LintReport report = lint_of(pki.arena, person_with_policy(&pki));
    CHECK_INT(report.kind, LINT_CERTIFICATE);
    CHECK(report.rule_count > 70);
    CHECK(report.first == NULL);
    CHECK_INT(lint_of(pki.arena, pki.root.certificate.der).counts[LINT_ERROR], 0);
    CHECK_INT(lint_of(pki.arena, pki.ca.certificate.der).counts[LINT_ERROR], 0);
}

// Covers: C30; GM/T 0015-2012 annexes A to C; RFC 5280 4.
TEST(a_certificate_that_breaks_a_rule_is_told_which)
{
    static const struct {
        const char *find, *put, *code;
    } rows[] = {
        {"a003020102", "a003020101", "certificate.version"},
        {"a003020102", "a003020100", "certificate.default_version"},
        {"020841", "0208c1", "certificate.serial_positive"},
        {"0603550406 1302 434e", "0603550406 1302 636e", "name.country"},
        {"0603550406 1302 434e", "0603550406 0c02 434e", "name.string_type"},
        {"0603550406 1302 434e", "0603550406 1302 4340", "name.characters"},
        {"0603551d0e", "0603551d0f", "extension.repeated"},
        {"0603551d0e", "0603551d7e", "extension.subject_key_identifier_missing"},
        {"0603551d23", "0603551d7e", "extension.authority_key_identifier"},
        {"0603551d20", "0603551d7e", "extension.policy"},
        {"0603551d1f", "0603551d7e", "extension.crl_points"},
        {"0603551d0f0101ff", "0603551d0f010100", "extension.explicit_false"},
        {"0603551d0f0101ff", "0603551d0f010100", "extension.key_usage_critical"},
        {"0603551d0f0101ff 0404030206c0", "0603551d0f0101ff 0404030202c4", "extension.cert_sign"},
        {"0603551d0f0101ff 0404030206c0", "0603551d7e0101ff 0404030206c0",
         "extension.unknown_critical"},
        {"0603551d0f0101ff 0404030206c0", "0603551d0f0101ff 0404030205e0", "extension.mixed_use"},
    };
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Bytes sound = person_with_policy(&pki);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        LintReport report = lint_of(pki.arena, with(pki.arena, sound, rows[i].find, rows[i].put));
        if (!has_finding(&report, rows[i].code)) {
            test_fail(__FILE__, __LINE__, "%s was not found", rows[i].code);
        }
    }
}

TEST(the_ca_is_told_the_first_error_without_an_arena)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Bytes sound = person_with_policy(&pki);
    CHECK_OK(lint_check(LINT_CERTIFICATE, sound, NULL, &err));
    Bytes bad = with(pki.arena, sound, "0603551d20", "0603551d7e");
    CHECK_FAILS_WITH(lint_check(LINT_CERTIFICATE, bad, NULL, &err), ERROR_INPUT,
                     "extension.policy");
    CHECK_TEXT(err.clause, "JR/T 0299-2024 6.4 a; GM/T 0015-2012 annex C");
}

TEST(a_self_signature_that_does_not_hold_is_an_error)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Bytes root = arena_copy(pki.arena, pki.root.certificate.der);
    ((uint8_t *)(uintptr_t)root.data)[root.len - 1] ^= 1;
    LintReport report = lint_of(pki.arena, root);
    CHECK(has_finding(&report, "certificate.self_signature") ||
          has_finding(&report, "signature.encoding"));
}

static Bytes list_of(const FixturePki *pki, const IssuingDistributionPoint *scope, uint64_t base)
{
    Error err = {0};
    CLEANUP(writer_free) Writer der = writer_new(CRL_MAX_SIZE);
    const CrlTemplate template = {.issuer = &pki->ca.certificate,
                                  .this_update = FIXTURE_NOW,
                                  .next_update = FIXTURE_NOW + TIME_DAY,
                                  .number = 2,
                                  .base_number = base,
                                  .freshest_url = base == 0 ? "http://ca.example/delta" : NULL,
                                  .scope = scope};
    CHECK_OK(crl_build(&template, &pki->ca.signer, &der, &err));
    return arena_copy(pki->arena, writer_bytes(&der));
}

// Covers: RFC 5280 5.2.4, 5.2.5, 5.2.6.
TEST(the_scope_of_a_list_and_its_delta_lists_are_linted)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const IssuingDistributionPoint none = {.reasons = REASONS_ALL},
                                   users = {.reasons = REASONS_ALL, .only_user_certificates = true},
                                   both = {.reasons = REASONS_ALL,
                                           .only_user_certificates = true,
                                           .only_ca_certificates = true},
                                   indirect = {.reasons = REASONS_ALL, .is_indirect = true};
    const struct {
        Bytes list;
        const char *code;  // NULL: none
    } rows[] = {
        {list_of(&pki, &users, 0), NULL},
        {list_of(&pki, &users, 1), NULL},
        {list_of(&pki, &none, 0), "list.scope"},
        {list_of(&pki, &both, 0), "list.scope_kinds"},
        {list_of(&pki, &indirect, 0), "list.indirect"},
        {with(pki.arena, list_of(&pki, NULL, 1), "0603551d1b0101ff0403020101",
              "0603551d1b0101ff0403020102"),
         "list.delta_base"},
        {with(pki.arena, list_of(&pki, NULL, 0), "301da01ba019", "301da21ba019"),
         "list.freshest_form"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        LintReport report = lint_of(pki.arena, rows[i].list);
        if (rows[i].code == NULL) {
            CHECK(report.first == NULL);
        } else if (!has_finding(&report, rows[i].code)) {
            test_fail(__FILE__, __LINE__, "%s is not found", rows[i].code);
        }
    }
}

// Covers: GM/T 0015-2012 annex C; RFC 5280 5.
TEST(lists_requests_and_stamps_are_told_apart_and_linted)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const Revocation entries[] = {
        {BYTES_LITERAL("\x41"), FIXTURE_NOW - TIME_DAY, REASON_CERTIFICATE_HOLD}};
    Bytes list;
    CHECK_OK(fixture_crl(pki.arena, &pki.ca, 5, entries, 1, &list, &err));
    LintReport report = lint_of(pki.arena, list);
    CHECK_INT(report.kind, LINT_LIST);
    CHECK_INT(report.counts[LINT_ERROR], 0);
    CHECK(has_finding(&report, "list.hold"));
    CHECK(!has_finding(&report, "list.entry_time"));
    report = lint_of(pki.arena, with(pki.arena, list, "0a0106", "0a0107"));
    CHECK(has_finding(&report, "list.reason"));
    report = lint_of(pki.arena, with(pki.arena, list, "0603551d14", "0603551d7e"));
    CHECK(has_finding(&report, "list.number"));
    CLEANUP(writer_free) Writer request = writer_new(CERTIFICATE_MAX_SIZE);
    CHECK_OK(csr_build(pki.person.certificate.subject, &pki.person.signer, &request, &err));
    report = lint_of(pki.arena, writer_bytes(&request));
    CHECK_INT(report.kind, LINT_REQUEST);
    CHECK_INT(report.counts[LINT_ERROR], 0);
    request.data[request.len - 1] ^= 1;
    report = lint_of(pki.arena, writer_bytes(&request));
    CHECK(report.counts[LINT_ERROR] > 0);
    Sm3Digest digest = sm3_digest(BYTES_LITERAL("x"));
    TimestampRequest asked = timestamp_request_over(&digest, true);
    const TimestampTemplate template = {.request = &asked,
                                        .policy = BYTES_LITERAL("\x2a\x03\x04"),
                                        .serial = BYTES_LITERAL("\x01"),
                                        .time = FIXTURE_NOW,
                                        .accuracy_ms = 500,
                                        .tsa = &pki.timestamp.certificate};
    CLEANUP(writer_free) Writer stamp = writer_new(TIMESTAMP_MAX_SIZE);
    CHECK_OK(timestamp_token_build(&template, &pki.timestamp.signer, &stamp, &err));
    report = lint_of(pki.arena, writer_bytes(&stamp));
    CHECK_INT(report.kind, LINT_STAMP);
    CHECK(report.first == NULL);
    CLEANUP(writer_free) Writer refusal = writer_new(TIMESTAMP_MAX_SIZE);
    timestamp_rejection_encode(TIMESTAMP_BAD_ALGORITHM, &refusal);
    report = lint_of(pki.arena, writer_bytes(&refusal));
    CHECK(has_finding(&report, "stamp.refused"));
}

static bool is_read_without_finding(Bytes der, const void *context)
{
    LintReport report;
    lint_object((Arena *)(uintptr_t)context, LINT_CERTIFICATE, der, NULL, &report);
    return report.first == NULL;
}

TEST(every_truncation_is_an_error_and_no_flipped_bit_of_the_frame_goes_unnoticed)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Bytes sound = person_with_policy(&pki);
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CHECK(is_read_without_finding(sound, arena));
    CHECK_INT(mutation_truncations(sound, is_read_without_finding, arena), 0);
    for (size_t kind = 0; kind < LINT_KIND_COUNT; kind++) {
        for (size_t len = 0; len <= sound.len; len += 7) {
            LintReport report;
            lint_object(arena, (LintKind)kind, bytes_slice(sound, 0, len), NULL, &report);
            CHECK(kind == LINT_CERTIFICATE || report.counts[LINT_ERROR] > 0);
        }
    }
}

TEST(every_rule_of_a_report_is_told_in_both_languages)
{
    LintReport report;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    lint_object(arena, lint_kind_of(BYTES_LITERAL("nothing")), BYTES_LITERAL("nothing"), NULL,
                &report);
    CHECK_INT(report.kind, LINT_UNKNOWN);
    CHECK_TEXT(report.first->code, "lint.kind");
    CHECK(strcmp(report.first->english, report.first->chinese) != 0);
    CLEANUP(json_cleanup) json_t *json = lint_to_json(&report);
    CHECK_INT(json_integer_value(json_object_get(json, "errors")), 1);
    CHECK_INT(json_array_size(json_object_get(json, "findings")), 1);
}
