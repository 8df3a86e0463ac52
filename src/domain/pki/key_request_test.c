// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/key_request.h"

#include "base/test/test.h"
#include "domain/pki/pki_fixture.h"

static Error err;

TEST(both_forms_of_a_request_are_told_apart)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    CLEANUP(writer_free) Writer csr = writer_new(CSR_MAX_SIZE);
    CLEANUP(writer_free) Writer crmf = writer_new(CRMF_MAX_SIZE);
    const Bytes subject = pki.person.certificate.subject;
    const CrmfDraft draft = {.subject = subject, .possession = &pki.person.signer};
    KeyRequest request;
    CHECK_OK(csr_build(subject, &pki.person.signer, &csr, &err));
    CHECK_OK(crmf_request_build(&draft, &crmf, &err));
    const Bytes forms[] = {writer_bytes(&csr), writer_bytes(&crmf)};
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        CHECK_OK(key_request_parse(forms[i], &request, &err));
        CHECK_INT(request.is_crmf, i == 1);
        CHECK_BYTES(request.subject, subject);
        CHECK(sm2_public_key_equal(&request.public_key, pki.person.signer.public_key));
        CHECK_OK(key_request_verify_possession(&request, &err));
        request.csr.signature.sm2.r[0] ^= 1;
        request.crmf.signature.r[0] ^= 1;
        CHECK_FAILS(key_request_verify_possession(&request, &err), ERROR_UNTRUSTED);
    }
    CHECK_FAILS(key_request_parse(BYTES_LITERAL("\x30\x00"), &request, &err), ERROR_INPUT);
    CHECK_FAILS(key_request_parse(BYTES_EMPTY, &request, &err), ERROR_INPUT);
}

// A request signed by who takes the ID for empty, as OpenSSL before 4.0 does.
TEST(a_request_signed_with_an_empty_id_shows_possession)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    CLEANUP(writer_free) Writer der = writer_new(CSR_MAX_SIZE);
    CHECK_OK(csr_build(pki.person.certificate.subject, &pki.person.signer, &der, &err));
    KeyRequest request;
    CHECK_OK(key_request_parse(writer_bytes(&der), &request, &err));
    CHECK_OK(signer_sign_id(&pki.person.signer, BYTES_EMPTY, request.csr.info,
                            &request.csr.signature.sm2, &err));
    CHECK_OK(key_request_verify_possession(&request, &err));
    CHECK_FAILS_WITH(csr_verify_possession(&request.csr, &err), ERROR_UNTRUSTED, "csr.possession");
    CHECK_OK(signer_sign_id(&pki.person.signer, BYTES_LITERAL("another"), request.csr.info,
                            &request.csr.signature.sm2, &err));
    CHECK_FAILS_WITH(key_request_verify_possession(&request, &err), ERROR_UNTRUSTED,
                     "csr.possession");
}

// More than one group of lanes, with one request of each other kind among them.
TEST(many_requests_are_judged_each_on_its_own)
{
    enum { MANY = 70, DAMAGED = 3, EMPTY_ID = 40, CRMF = 69 };
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    CLEANUP(writer_free) Writer csr = writer_new(CSR_MAX_SIZE);
    CLEANUP(writer_free) Writer crmf = writer_new(CRMF_MAX_SIZE);
    const Signer *signer = &pki.person.signer;
    const CrmfDraft draft = {.subject = pki.person.certificate.subject, .possession = signer};
    KeyRequest requests[MANY];
    const KeyRequest *list[MANY];
    bool holds[MANY];
    CHECK_OK(csr_build(pki.person.certificate.subject, signer, &csr, &err));
    CHECK_OK(crmf_request_build(&draft, &crmf, &err));
    for (size_t i = 0; i < MANY; i++) {
        Bytes der = i == CRMF ? writer_bytes(&crmf) : writer_bytes(&csr);
        CHECK_OK(key_request_parse(der, &requests[i], &err));
        list[i] = &requests[i];
    }
    requests[DAMAGED].csr.signature.sm2.s[31] ^= 1;
    CHECK_OK(signer_sign_id(signer, BYTES_EMPTY, requests[EMPTY_ID].csr.info,
                            &requests[EMPTY_ID].csr.signature.sm2, &err));
    key_request_verify_many(list, MANY, holds);
    for (size_t i = 0; i < MANY; i++) {
        CHECK_INT(holds[i], i != DAMAGED && i != EMPTY_ID && i != CRMF);
        CHECK_INT(key_request_verify_possession(&requests[i], &err), i != DAMAGED);
    }
}
