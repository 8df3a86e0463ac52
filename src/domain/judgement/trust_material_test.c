// SPDX-License-Identifier: Apache-2.0
#include "domain/judgement/trust_material.h"

#include "base/codec/pem.h"
#include "base/test/test.h"
#include "domain/pki/ocsp_fixture.h"
#include "domain/pki/pki_fixture.h"

static Bytes pem_of(Arena *arena, Bytes der)
{
    CLEANUP(writer_free) Writer pem = writer_new(65536);
    pem_encode("CERTIFICATE", der, &pem);
    return arena_copy(arena, writer_bytes(&pem));
}

TEST(only_self_issued_certificates_are_anchors)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    Error err = {0};
    TrustStore *trust = NULL;
    TrustReading reading = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const TrustFile files[] = {
        {"ca.pem", pem_of(pki.arena, pki.ca.certificate.der), TRUST_BY_NAME},
        {"root.pem", pem_of(pki.arena, pki.root.certificate.der), TRUST_BY_NAME},
        {"notes.txt", BYTES_LITERAL("passed over"), TRUST_BY_NAME},
        {"untrusted.pem", pki.person.certificate.der, TRUST_CERTIFICATES},
    };
    CHECK_OK(trust_material_load(pki.arena, files, COUNT_OF(files), &trust, &reading, &err));
    CHECK_INT(trust_store_anchor_count(trust), 1);
    CHECK(trust_store_has_anchor(trust, &pki.root.certificate));
    CHECK(trust_store_certificate(trust, 2) != NULL && trust_store_certificate(trust, 3) == NULL);
    CHECK(!trust_store_has_anchor(trust, &pki.person.certificate));
}

TEST(what_is_wrong_with_a_file_names_it)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    TrustStore *trust = NULL;
    TrustReading reading = {0};
    Error err = {0};
    const TrustFile bad = {.name = "trust/a.crl", .content = BYTES_LITERAL("no list")};
    CHECK(!trust_material_load(arena, &bad, 1, &trust, &reading, &err));
    CHECK_INT(err.kind, ERROR_INPUT);
    CHECK(bytes_start_with(bytes_of_text(err.text), BYTES_LITERAL("trust/a.crl: ")));
}

TEST(too_much_trust_is_refused)
{
    static const uint8_t filler[TRUST_MATERIAL_MAX_SIZE + 1];
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    TrustStore *trust = NULL;
    TrustReading reading = {0};
    Error err = {0};
    const TrustFile large = {.name = "large.pem", .content = BYTES_OF_ARRAY(filler)};
    CHECK(!trust_material_load(arena, &large, 1, &trust, &reading, &err));
    CHECK_INT(err.kind, ERROR_LIMIT);
    CHECK_TEXT(err.code, "file.too_large");
    TrustFile *many = arena_alloc(arena, (TRUST_MATERIAL_MAX_FILES + 1) * sizeof *many);
    for (size_t i = 0; i <= TRUST_MATERIAL_MAX_FILES; i++) {
        many[i].name = "a";
    }
    CHECK(!trust_material_load(arena, many, TRUST_MATERIAL_MAX_FILES + 1, &trust, &reading, &err));
    CHECK_INT(err.kind, ERROR_LIMIT);
    CHECK_TEXT(err.code, "trust.too_large");
}

TEST(a_list_may_be_larger_than_other_files)
{
    enum { ENTRIES = 50000 };
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    Error err = {0};
    TrustStore *trust = NULL;
    TrustReading reading = {0};
    Bytes crl;
    CHECK_OK(fixture_pki_make(&pki, &err));
    Revocation *entries = arena_alloc(pki.arena, ENTRIES * sizeof *entries);
    for (uint32_t i = 0; i < ENTRIES; i++) {
        const uint8_t serial[] = {1, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};
        entries[i] = (Revocation){arena_copy(pki.arena, BYTES_OF_ARRAY(serial)), FIXTURE_NOW,
                                  REASON_UNSPECIFIED};
    }
    CHECK_OK(fixture_crl(pki.arena, &pki.ca, 2, entries, ENTRIES, &crl, &err));
    CHECK(crl.len > TRUST_MATERIAL_MAX_SIZE);
    const TrustFile files[] = {{.name = "trust/large.crl", .content = crl},
                               {.name = "large", .content = crl, .kind = TRUST_LIST}};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        CHECK_OK(trust_material_load(pki.arena, &files[i], 1, &trust, &reading, &err));
        CHECK(trust_store_find_crl(trust, pki.ca.certificate.subject, 0) != NULL);
    }
}

TEST(what_is_given_to_build_chains_is_no_anchor)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    Error err = {0};
    TrustStore *trust = NULL;
    TrustReading reading = {0};
    Bytes crl;
    CHECK_OK(fixture_pki_make(&pki, &err));
    CHECK_OK(fixture_crl(pki.arena, &pki.ca, 2, NULL, 0, &crl, &err));
    const TrustFile files[] = {
        {"root.der", pki.root.certificate.der, TRUST_CERTIFICATES},
        {"list", crl, TRUST_LIST},
    };
    CHECK_OK(trust_material_load(pki.arena, files, COUNT_OF(files), &trust, &reading, &err));
    CHECK_INT(trust_store_anchor_count(trust), 0);
    CHECK(trust_store_certificate(trust, 0) != NULL);
    CHECK(trust_store_find_crl(trust, pki.ca.certificate.subject, 0) != NULL);
}

TEST(ocsp_responses_are_taken_by_their_ending_or_by_name)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    TrustStore *trust;
    TrustReading reading = {0};
    Bytes der;
    CHECK_OK(fixture_pki_make(&pki, &err));
    const OcspAnswer answer = fixture_ocsp_answer(&pki, pki.person.certificate.serial);
    CHECK_OK(fixture_ocsp_response(pki.arena, &pki.ca, &answer, 1, &der, &err));
    const TrustFile files[] = {{"ca.der", pki.ca.certificate.der, TRUST_CERTIFICATES},
                               {"trust/root.pem", pki.root.certificate.der, TRUST_BY_NAME},
                               {"trust/answer.ors", der, TRUST_BY_NAME},
                               {"another", der, TRUST_OCSP}};
    for (size_t left_out = 2; left_out < 4; left_out++) {
        TrustFile chosen[3] = {files[0], files[1], files[5 - left_out]};
        CHECK_OK(trust_material_load(pki.arena, chosen, COUNT_OF(chosen), &trust, &reading, &err));
        const PathPolicy policy = {.trust = trust, .at = FIXTURE_NOW};
        CHECK(path_find_evidence(&policy, &pki.person.certificate).is_answered);
    }
    CHECK(trust_material_is_named("a.ors"));
    const TrustFile bad = {"b.ors", BYTES_LITERAL("no answer"), TRUST_BY_NAME};
    CHECK_FAILS_WITH(trust_material_load(pki.arena, &bad, 1, &trust, &reading, &err), ERROR_INPUT,
                     "ocsp.malformed");
}
