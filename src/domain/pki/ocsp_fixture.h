// SPDX-License-Identifier: Apache-2.0
//
// OCSP on the test PKI: a delegated responder, requests and responses. For tests of any module.
#ifndef ASSENT_DOMAIN_PKI_OCSP_FIXTURE_H
#define ASSENT_DOMAIN_PKI_OCSP_FIXTURE_H

#include "domain/pki/ocsp_response.h"
#include "domain/pki/pki_fixture.h"

// Issue a responder's certificate; free it with fixture_identity_free.
static inline bool fixture_responder(FixturePki *pki, const FixtureIdentity *issuer,
                                     FixtureIdentity *ret, Error *err)
{
    CertificateTemplate template = fixture_template(PROFILE_OCSP, BYTES_LITERAL("\x20"), issuer);
    return fixture_issue(pki->arena, template, "Test OCSP", issuer, ret, err);
}

// The CertID of a certificate in the arena.
static inline Bytes fixture_ocsp_id(Arena *arena, const Certificate *issuer, OcspHash hash,
                                    Bytes serial)
{
    OcspIssuer hashed;
    CLEANUP(writer_free) Writer id = writer_new(1024);
    if (!ocsp_issuer_hash(issuer, hash, &hashed, NULL)) {
        return BYTES_EMPTY;
    }
    ocsp_certificate_id_put(&hashed, serial, &id);
    return arena_copy(arena, writer_bytes(&id));
}

// A good answer for a certificate of the CA, an hour old and good for a day.
static inline OcspAnswer fixture_ocsp_answer(const FixturePki *pki, Bytes serial)
{
    return (OcspAnswer){
        .id.der = fixture_ocsp_id(pki->arena, &pki->ca.certificate, OCSP_HASH_SM3, serial),
        .this_update = FIXTURE_NOW - TIME_HOUR,
        .next_update = FIXTURE_NOW + TIME_DAY};
}

// Build a response to answers in the arena.
static inline bool fixture_ocsp_response(Arena *arena, const FixtureIdentity *responder,
                                         const OcspAnswer *answers, size_t count, Bytes *ret,
                                         Error *err)
{
    const OcspResponseTemplate template = {.responder = &responder->certificate,
                                           .produced_at = answers[0].this_update,
                                           .answers = answers,
                                           .answer_count = count};
    CLEANUP(writer_free) Writer der = writer_new(OCSP_RESPONSE_MAX_SIZE);
    if (!ocsp_response_build(&template, &responder->signer, &der, err)) {
        return false;
    }
    *ret = arena_copy(arena, writer_bytes(&der));
    return ret->data != NULL || error_memory(err);
}

#endif
