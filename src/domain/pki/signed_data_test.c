// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/signed_data.h"

#include <string.h>

#include "base/codec/der.h"
#include "base/test/test.h"
#include "domain/pki/mutation_fixture.h"
#include "domain/pki/pki_fixture.h"

#define CONTENT BYTES_LITERAL("authorization")

static SignedDataTemplate template_of(const FixturePki *pki, SignedDataDialect dialect,
                                      bool has_attributes)
{
    return (SignedDataTemplate){.dialect = dialect,
                                .content = CONTENT,
                                .has_attributes = has_attributes,
                                .has_signing_time = has_attributes,
                                .signing_time = FIXTURE_NOW,
                                .signer = &pki->person.certificate,
                                .chain = &pki->ca.certificate,
                                .chain_count = 1};
}

static Bytes build(const FixturePki *pki, const SignedDataTemplate *template)
{
    Error err = {0};
    CLEANUP(writer_free) Writer der = writer_new(100000);
    CHECK_OK(signed_data_build(template, &pki->person.signer, &der, &err));
    return arena_copy(pki->arena, writer_bytes(&der));
}

// Covers: GM/T 0010-2012 8; RFC 5652 5.
TEST(signed_data_holds_in_both_dialects_with_and_without_attributes)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    for (int i = 0; i < 8; i++) {
        SignedDataTemplate template =
            template_of(&pki, (i & 1) != 0 ? SIGNED_DATA_CMS : SIGNED_DATA_GM, (i & 2) != 0);
        template.is_detached = (i & 4) != 0;
        Bytes der = build(&pki, &template);
        SignedData parsed;
        CHECK_OK(signed_data_parse(der, &parsed, &err));
        CHECK_INT(parsed.dialect, template.dialect);
        CHECK_BYTES(parsed.content_type,
                    template.dialect == SIGNED_DATA_GM ? OID_GM_DATA : OID_CMS_DATA);
        CHECK(parsed.has_content == !template.is_detached);
        CHECK(parsed.has_signing_time == template.has_attributes);
        CHECK(!parsed.has_signing_time || parsed.signing_time == FIXTURE_NOW);
        Certificate signer;
        CHECK_OK(signed_data_signer_certificate(&parsed, &signer, &err));
        CHECK(certificate_equal(&signer, &pki.person.certificate));
        CHECK_OK(signed_data_verify(&parsed, &signer, template.is_detached ? CONTENT : BYTES_EMPTY,
                                    &err));
        CHECK_FAILS(signed_data_verify(&parsed, &signer, BYTES_LITERAL("another text"), &err),
                    template.is_detached ? ERROR_UNTRUSTED : ERROR_INPUT);
    }
}

TEST(each_way_to_be_wrong_has_its_code)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    SignedDataTemplate template = template_of(&pki, SIGNED_DATA_GM, true);
    SignedData parsed;
    CHECK_OK(signed_data_parse(build(&pki, &template), &parsed, &err));
    const Certificate *signer = &pki.person.certificate;
    CHECK_FAILS_WITH(signed_data_verify(&parsed, &pki.ca.certificate, BYTES_EMPTY, &err),
                     ERROR_UNTRUSTED, "signed_data.signer");
    SignedData wrong = parsed;
    wrong.content = BYTES_LITERAL("Authorization");
    CHECK_FAILS_WITH(signed_data_verify(&wrong, signer, BYTES_EMPTY, &err), ERROR_UNTRUSTED,
                     "signed_data.digest");
    wrong = parsed;
    wrong.content_type = OID_TST_INFO;
    CHECK_FAILS_WITH(signed_data_verify(&wrong, signer, BYTES_EMPTY, &err), ERROR_UNTRUSTED,
                     "signed_data.attributes");
    wrong = parsed;
    wrong.signing_certificate_digest = wrong.message_digest;
    CHECK_FAILS_WITH(signed_data_verify(&wrong, signer, BYTES_EMPTY, &err), ERROR_UNTRUSTED,
                     "signed_data.attributes");
    wrong = parsed;
    wrong.signature.s[31] ^= 1;
    CHECK_FAILS_WITH(signed_data_verify(&wrong, signer, BYTES_EMPTY, &err), ERROR_UNTRUSTED,
                     "signed_data.signature");
    wrong = parsed;
    wrong.certificates = pki.ca.certificate.der;
    Certificate found;
    CHECK_FAILS_WITH(signed_data_signer_certificate(&wrong, &found, &err), ERROR_NOT_FOUND,
                     "signed_data.signer_certificate");
}

static bool parses(Bytes der, const void *context)
{
    (void)context;
    SignedData parsed;
    return signed_data_parse(der, &parsed, NULL);
}

static bool verifies(Bytes der, const void *context)
{
    SignedData parsed;
    return signed_data_parse(der, &parsed, NULL) &&
           signed_data_verify(&parsed, context, BYTES_EMPTY, NULL);
}

TEST(a_flipped_bit_that_is_accepted_is_outside_of_what_is_signed)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    SignedDataTemplate template = template_of(&pki, SIGNED_DATA_CMS, true);
    template.omits_certificates = true;
    Bytes der = build(&pki, &template);
    CHECK(verifies(der, &pki.person.certificate));
    CHECK_INT(mutation_truncations(der, parses, NULL), 0);
    // Unsigned are: the two version numbers (2 and 1 or 3), the algorithm in digestAlgorithms
    // (any OID), and the choice of .501 among the signature algorithms. 8 octets of OID, 4
    // values of version at most.
    size_t accepted = mutation_bit_flips(der, 1, verifies, &pki.person.certificate);
    CHECK(accepted <= 80);
}

TEST(signed_data_of_other_shapes_is_refused)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    SignedDataTemplate template = template_of(&pki, SIGNED_DATA_CMS, true);
    CLEANUP(writer_free) Writer der = writer_new(100000);
    CHECK_FAILS_WITH(signed_data_build(&template, &pki.ca.signer, &der, &err), ERROR_INPUT,
                     "signed_data_template.signer");
    template.has_attributes = false;
    template.content_type = OID_TST_INFO;
    CHECK_FAILS_WITH(signed_data_build(&template, &pki.person.signer, &der, &err), ERROR_INPUT,
                     "signed_data_template.attributes");
    // envelopedData in place of signedData, SHA-256 in place of SM3.
    static const struct {
        const char *find;
        const char *put;
        const char *code;
    } rows[] = {
        {"06092a864886f70d010702", "06092a864886f70d010703", "signed_data.malformed"},
        {"300a06082a811ccf55018311a0", "300a06082a811ccf55018312a0", "signed_data.algorithm"},
        {"300a06082a811ccf55018375", "300a06082a811ccf55018376", "signed_data.algorithm"},
    };
    template = template_of(&pki, SIGNED_DATA_CMS, true);
    template.omits_certificates = true;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Bytes message = build(&pki, &template);
        Bytes find = test_hex(rows[i].find);
        size_t at = 0;
        CHECK(bytes_find(message, find, 0, &at));
        memcpy((uint8_t *)(uintptr_t)message.data + at, test_hex(rows[i].put).data, find.len);
        SignedData parsed;
        CHECK_FAILS_WITH(signed_data_parse(message, &parsed, &err), ERROR_INPUT, rows[i].code);
    }
}

TEST(signed_attributes_are_no_content)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    SignedDataTemplate template = template_of(&pki, SIGNED_DATA_GM, true);
    SignedData parsed;
    CHECK_OK(signed_data_parse(build(&pki, &template), &parsed, &err));
    // The attributes of a good message, offered as the content of one without attributes.
    Bytes set = arena_copy(pki.arena, parsed.signed_attributes);
    *(uint8_t *)(uintptr_t)set.data = DER_SET;
    SignedData forged = parsed;
    forged.signed_attributes = BYTES_EMPTY;
    forged.content = set;
    CHECK_FAILS_WITH(signed_data_verify(&forged, &pki.person.certificate, BYTES_EMPTY, &err),
                     ERROR_UNTRUSTED, "signed_data.attributes");
}

TEST(certificates_of_a_message_help_to_build_its_chain)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    TrustStore *base = trust_store_new(pki.arena);
    CHECK_OK(trust_store_add_anchors(base, pki.root.certificate.der, &err));
    SignedDataTemplate template = template_of(&pki, SIGNED_DATA_GM, true);
    SignedData parsed;
    CHECK_OK(signed_data_parse(build(&pki, &template), &parsed, &err));
    const TrustStore *extended = NULL;
    CHECK_OK(signed_data_trust(&parsed, pki.arena, base, &extended, &err));
    PathPolicy policy = {.trust = extended,
                         .at = FIXTURE_NOW,
                         .purpose = PURPOSE_SIGNATURE,
                         .revocation = REVOCATION_NOT_NEEDED};
    CHECK_OK(path_verify(&policy, &pki.person.certificate, &err));
    CHECK_INT(trust_store_anchor_count(extended), 1);
}
