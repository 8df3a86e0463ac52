// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/certificate_template.h"

#include <string.h>

#include "base/codec/der.h"
#include "base/test/test.h"
#include "domain/pki/pki_fixture.h"

// Covers: GM/T 0015-2012 annexes A and C; C02.
TEST(issued_certificate_says_what_the_template_says)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    CertificateTemplate template =
        fixture_template(PROFILE_PERSON, BYTES_LITERAL("\x80\x01"), &pki.ca);
    const CertificateExtension extra = {test_hex("2a0304"), false, test_hex("0c0161")};
    template.policy = test_hex("2a811c");
    template.cps_url = "http://ca.example/cps";
    template.crl_url = "http://ca.example/ca.crl";
    template.ocsp_url = "http://ca.example/ocsp";
    template.ca_issuers_url = "http://ca.example/ca.cer";
    template.dns_name = "terminal.example";
    template.extra = &extra;
    template.extra_count = 1;
    CLEANUP(fixture_identity_free) FixtureIdentity identity = {0};
    CHECK_OK(fixture_issue(pki.arena, template, "李四", &pki.ca, &identity, &err));
    const Certificate *issued = &identity.certificate;
    CHECK_BYTES(issued->serial, test_hex("008001"));
    CHECK_BYTES(issued->issuer, pki.ca.certificate.subject);
    CHECK_TEXT(name_common_name(pki.arena, issued->subject), "李四");
    CHECK_INT(issued->not_before, template.not_before);
    CHECK_INT(issued->not_after, template.not_after);
    CHECK(sm2_public_key_equal(&issued->public_key, identity.signer.public_key));
    CHECK_OK(certificate_verify_signature(issued, &pki.ca.certificate, &err));
    CHECK(issued->key_usage_is_critical);
    CHECK_INT(issued->key_usage, USAGE_DIGITAL_SIGNATURE | USAGE_NON_REPUDIATION);
    CHECK(!issued->is_ca);
    CHECK_BYTES(issued->authority_key_identifier, pki.ca.certificate.subject_key_identifier);
    CHECK(certificate_has_policy(issued, template.policy));
    Bytes found;
    CHECK(certificate_find_policy(issued, &found) && bytes_equal(found, template.policy));
    CHECK(certificate_find_crl_url(issued, &found) && bytes_equal_text(found, template.crl_url));
    CHECK(certificate_find_access_url(issued, OID_ACCESS_OCSP, &found));
    CHECK(bytes_equal_text(found, template.ocsp_url));
    CHECK(certificate_find_access_url(issued, OID_ACCESS_CA_ISSUERS, &found));
    CHECK(bytes_equal_text(found, template.ca_issuers_url));
    CHECK(certificate_find_dns_name(issued, &found));
    CHECK(bytes_equal_text(found, template.dns_name));
    CertificateExtension extension;
    CHECK(certificate_find_extension(issued, extra.oid, &extension));
    CHECK_BYTES(extension.value, extra.value);
    CHECK_TEXT(certificate_serial_text(pki.arena, issued), "008001");
}

// Covers: GM/T 0015-2012 annex C; RFC 3161 2.3.
TEST(profiles_decide_what_a_key_is_for)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    CHECK(pki.root.certificate.is_ca && pki.root.certificate.path_len == -1);
    CHECK_INT(pki.root.certificate.authority_key_identifier.len, 0);
    CHECK(certificate_is_self_issued(&pki.root.certificate));
    CHECK(pki.ca.certificate.is_ca && pki.ca.certificate.path_len == 0);
    CHECK_INT(pki.ca.certificate.key_usage, USAGE_CERT_SIGN | USAGE_CRL_SIGN);
    CHECK(pki.timestamp.certificate.extended_key_usage_is_critical);
    CHECK(
        certificate_has_sole_extended_key_usage(&pki.timestamp.certificate, OID_USE_TIMESTAMPING));
    CHECK(!certificate_is_for_encryption(&pki.person.certificate));
    CLEANUP(fixture_identity_free) FixtureIdentity ocsp = {0};
    CertificateTemplate template = fixture_template(PROFILE_OCSP, test_hex("09"), &pki.ca);
    CHECK_OK(fixture_issue(pki.arena, template, "OCSP", &pki.ca, &ocsp, &err));
    CHECK(certificate_has_sole_extended_key_usage(&ocsp.certificate, OID_USE_OCSP_SIGNING));
    CertificateExtension no_check;
    CHECK(certificate_find_extension(&ocsp.certificate, OID_OCSP_NO_CHECK, &no_check));
}

TEST(contradictory_templates_are_refused)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    static const uint8_t twenty_one[21] = {1};
    static const uint8_t twenty[20] = {0x80};
    const CertificateExtension twice[] = {{OID_KEY_USAGE, true, test_hex("03020780")}};
    CertificateTemplate good = fixture_template(PROFILE_PERSON, test_hex("11"), &pki.ca);
    good.subject = pki.person.certificate.subject;
    good.public_key = pki.person.signer.public_key;
    struct {
        const char *code;
        CertificateTemplate template;
        const Signer *signer;
    } rows[11];
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        rows[i].template = good;
        rows[i].signer = &pki.ca.signer;
    }
    rows[0].code = rows[1].code = rows[2].code = "certificate_template.serial";
    rows[0].template.serial = BYTES_LITERAL("\0\0");
    rows[1].template.serial = BYTES_OF_ARRAY(twenty_one);
    rows[2].template.serial = BYTES_OF_ARRAY(twenty);
    rows[3].code = rows[4].code = rows[5].code = "certificate_template.validity";
    rows[3].template.not_after = good.not_before - TIME_SECOND;
    rows[4].template.not_after = pki.ca.certificate.not_after + TIME_SECOND;
    rows[5].template.not_before = pki.ca.certificate.not_before - TIME_SECOND;
    rows[6].code = "certificate_template.subject";
    rows[6].template.subject = BYTES_LITERAL("\x30");
    rows[7].code = "certificate_template.signer";
    rows[7].signer = &pki.root.signer;
    rows[8].code = "certificate_template.issuer";
    rows[8].template.issuer = &pki.person.certificate;
    rows[8].signer = &pki.person.signer;
    rows[9].code = "certificate_template.extension";
    rows[9].template.extra = twice;
    rows[9].template.extra_count = 1;
    rows[10].code = "certificate_template.address";
    rows[10].template.crl_url = "http://例子";
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
        CHECK_FAILS_WITH(certificate_issue(&rows[i].template, rows[i].signer, &der, &err),
                         ERROR_INPUT, rows[i].code);
        CHECK_INT(der.len, 0);
    }
}

TEST(generated_serial_numbers_are_positive_and_full)
{
    Error err = {0};
    for (int i = 0; i < 100; i++) {
        uint8_t serial[16];
        CHECK_OK(certificate_serial_generate(random_system(), serial, &err));
        CHECK(serial[0] >= 0x40 && serial[0] < 0x80);
    }
}
