// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/path_material.h"

#include "base/test/test.h"
#include "domain/pki/pki_fixture.h"

TEST(issuers_without_the_root_and_lists_in_force_are_collected_once)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    Error err = {0};
    PathMaterial material = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    path_material_add(&material, pki.trust, &pki.person.certificate, FIXTURE_NOW);
    CHECK_INT(material.certificate_count, 1);
    CHECK_BYTES(material.certificates[0], pki.ca.certificate.der);
    CHECK_INT(material.list_count, 2);
    path_material_add(&material, pki.trust, &pki.seal_maker.certificate, FIXTURE_NOW);
    CHECK_INT(material.certificate_count, 1);
    CHECK_INT(material.list_count, 2);
    // Out of their time, lists tell nothing; a root needs nothing.
    material = (PathMaterial){0};
    path_material_add(&material, pki.trust, &pki.person.certificate, FIXTURE_NOW + 8 * TIME_DAY);
    CHECK_INT(material.certificate_count, 1);
    CHECK_INT(material.list_count, 0);
    material = (PathMaterial){0};
    path_material_add(&material, pki.trust, &pki.root.certificate, FIXTURE_NOW);
    CHECK_INT(material.certificate_count + material.list_count, 0);
}

TEST(authorities_are_those_that_may_stamp)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    Error err = {0};
    PathMaterial material = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    path_material_add_authorities(&material, pki.trust, FIXTURE_NOW);
    CHECK_INT(material.certificate_count, 0);
    CHECK_OK(trust_store_add_certificates(pki.trust, pki.timestamp.certificate.der, &err));
    path_material_add_authorities(&material, pki.trust, FIXTURE_NOW);
    CHECK_INT(material.certificate_count, 1);
    CHECK_BYTES(material.certificates[0], pki.ca.certificate.der);
}

TEST(a_list_too_large_for_a_document_is_left_out)
{
    enum { ENTRIES = 6000 };
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    static uint8_t serials[ENTRIES][3];
    static Revocation entries[ENTRIES];
    Error err = {0};
    Bytes large;
    PathMaterial material = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    for (size_t i = 0; i < ENTRIES; i++) {
        serials[i][0] = 0x40;
        serials[i][1] = (uint8_t)(i >> 8);
        serials[i][2] = (uint8_t)i;
        entries[i] =
            (Revocation){BYTES_OF_ARRAY(serials[i]), FIXTURE_NOW - TIME_DAY, REASON_KEY_COMPROMISE};
    }
    CHECK_OK(fixture_crl(pki.arena, &pki.ca, 2, entries, ENTRIES, &large, &err));
    CHECK(large.len > PATH_MATERIAL_MAX_SIZE);
    CHECK_OK(trust_store_add_crls(pki.trust, large, &err));
    path_material_add(&material, pki.trust, &pki.person.certificate, FIXTURE_NOW);
    CHECK_INT(material.list_count, 2);
    CHECK(material.list_size < 2000);
}
