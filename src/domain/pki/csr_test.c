// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/csr.h"

#include "base/codec/pem.h"
#include "base/test/test.h"
#include "domain/pki/mutation_fixture.h"
#include "domain/pki/pki_fixture.h"

static bool parses(Bytes der, const void *context)
{
    (void)context;
    Csr csr;
    return csr_parse(der, &csr, NULL);
}

static bool parses_and_proves(Bytes der, const void *context)
{
    (void)context;
    Csr csr;
    return csr_parse(der, &csr, NULL) && csr_verify_possession(&csr, NULL);
}

// Covers: RFC 2986 4.
TEST(request_proves_possession_of_its_key)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    CLEANUP(writer_free) Writer der = writer_new(CSR_MAX_SIZE);
    CHECK_OK(csr_build(pki.person.certificate.subject, &pki.person.signer, &der, &err));
    CLEANUP(writer_free) Writer pem = writer_new(CSR_MAX_SIZE);
    pem_encode("CERTIFICATE REQUEST", writer_bytes(&der), &pem);
    Csr csr;
    CHECK_OK(csr_load(pki.arena, writer_bytes(&pem), &csr, &err));
    CHECK_BYTES(csr.subject, pki.person.certificate.subject);
    CHECK(sm2_public_key_equal(&csr.public_key, pki.person.signer.public_key));
    CHECK_OK(csr_verify_possession(&csr, &err));
    csr.public_key = *pki.ca.signer.public_key;
    CHECK_FAILS_WITH(csr_verify_possession(&csr, &err), ERROR_UNTRUSTED, "csr.possession");
}

TEST(damaged_requests_are_refused)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    CLEANUP(writer_free) Writer der = writer_new(CSR_MAX_SIZE);
    CHECK_OK(csr_build(pki.person.certificate.subject, &pki.person.signer, &der, &err));
    CHECK(parses_and_proves(writer_bytes(&der), NULL));
    CHECK_INT(mutation_truncations(writer_bytes(&der), parses, NULL), 0);
    CHECK_INT(mutation_bit_flips(writer_bytes(&der), 1, parses_and_proves, NULL), 0);
    writer_put_u8(&der, 0);
    Csr csr;
    CHECK_FAILS_WITH(csr_parse(writer_bytes(&der), &csr, &err), ERROR_INPUT, "csr.malformed");
}
