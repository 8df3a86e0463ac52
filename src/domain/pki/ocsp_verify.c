// SPDX-License-Identifier: Apache-2.0
//
// The judging half of ocsp_response.h.
#include "base/codec/der.h"
#include "base/crypto/digest.h"
#include "domain/pki/ocsp_oid.h"
#include "domain/pki/ocsp_response.h"

enum { SIGNATURES_MAX = 8 };

// The search for whoever signed a response.
typedef struct {
    const OcspResponse *response;
    const Certificate *issuer;
    size_t *signatures;    // left to verify: who sends a response chooses how many there are
    bool found_responder;  // somebody who may answer, whose signature it is not
    Certificate *ret;
} ResponderSearch;

static bool is_named(const OcspResponse *response, const Certificate *candidate)
{
    if (response->responder_name.len > 0) {
        return name_matches(response->responder_name, candidate->subject);
    }
    uint8_t identifier[KEY_IDENTIFIER_SIZE];
    return sha1_digest(ocsp_key_bits(candidate), identifier, NULL) &&
           bytes_equal(response->responder_key, BYTES_OF_ARRAY(identifier));
}

// An anyExtendedKeyUsage delegates nothing: RFC 6960 4.2.2.2.
static bool may_be_delegate(const Certificate *candidate, const Certificate *issuer, Time at)
{
    uint16_t signing = USAGE_DIGITAL_SIGNATURE | USAGE_NON_REPUDIATION;
    return name_matches(candidate->issuer, issuer->subject) &&
           certificate_has_extended_key_usage(candidate, OID_USE_OCSP_SIGNING) &&
           (!candidate->has_key_usage || (candidate->key_usage & signing) != 0) &&
           candidate->unknown_critical.len == 0 && certificate_is_valid_at(candidate, at);
}

static bool try_responder(ResponderSearch *search, const Certificate *candidate)
{
    const OcspResponse *response = search->response;
    const Certificate *issuer = search->issuer;
    bool is_issuer = certificate_has_key_of(candidate, issuer) &&
                     name_matches(candidate->subject, issuer->subject);
    size_t needed = is_issuer ? 1 : 2;
    if (*search->signatures < needed || !is_named(response, candidate) ||
        (!is_issuer && !may_be_delegate(candidate, issuer, response->produced_at))) {
        return false;
    }
    *search->signatures -= needed;
    if (!is_issuer && !certificate_verify_signature(candidate, issuer, NULL)) {
        return false;
    }
    search->found_responder = true;
    if (!certificate_verify_signed(candidate, response->tbs, &response->signature, NULL)) {
        return false;
    }
    if (search->ret != NULL) {
        *search->ret = *candidate;
    }
    return true;
}

static bool try_enclosed(ResponderSearch *search)
{
    Reader list = reader_of(search->response->certificates);
    while (list.rest.len > 0) {
        Certificate candidate;
        Bytes der = der_element(&list, DER_SEQUENCE).whole;
        bool parsed = search->response->takes_foreign ? certificate_parse_any(der, &candidate, NULL)
                                                      : certificate_parse(der, &candidate, NULL);
        if (parsed && try_responder(search, &candidate)) {
            return true;
        }
    }
    return false;
}

static bool try_others(ResponderSearch *search, const TrustStore *others)
{
    const Certificate *candidate;
    for (size_t i = 0; (candidate = trust_store_certificate(others, i)) != NULL; i++) {
        if (try_responder(search, candidate)) {
            return true;
        }
    }
    return false;
}

bool ocsp_response_verify(const OcspResponse *response, const Certificate *issuer,
                          const TrustStore *others, Certificate *ret_responder, Error *err)
{
    size_t signatures = SIGNATURES_MAX;
    return ocsp_response_verify_within(response, issuer, others, &signatures, ret_responder, err);
}

bool ocsp_response_verify_within(const OcspResponse *response, const Certificate *issuer,
                                 const TrustStore *others, size_t *signatures,
                                 Certificate *ret_responder, Error *err)
{
    if (response->status != OCSP_SUCCESSFUL) {
        return error_set(err, ERROR_UNTRUSTED, "ocsp.status", "RFC 6960 4.2.1",
                         "the responder gave no answer: %s",
                         ocsp_response_status_name(response->status));
    }
    if (response->unknown_critical.len > 0) {
        char dotted[DER_OID_TEXT_SIZE];
        der_oid_text(response->unknown_critical, dotted);
        return error_set(err, ERROR_UNTRUSTED, "ocsp.critical_extension", "RFC 6960 4.4",
                         "the OCSP response has the unknown critical extension %s", dotted);
    }
    ResponderSearch search = {
        .response = response, .issuer = issuer, .signatures = signatures, .ret = ret_responder};
    if (try_responder(&search, issuer) || try_enclosed(&search) ||
        (others != NULL && try_others(&search, others))) {
        return true;
    }
    if (search.found_responder) {
        return error_set(err, ERROR_UNTRUSTED, "ocsp.signature", "RFC 6960 3.2 (2)",
                         "the signature on the OCSP response does not hold");
    }
    return error_set(err, ERROR_UNTRUSTED, "ocsp.responder", "RFC 6960 4.2.2.2",
                     "the OCSP response is signed by nobody who may answer for the issuer");
}

static bool answers_for(const OcspResponse *response, const OcspCertificateId *id)
{
    size_t position = 0;
    for (OcspAnswer answer; ocsp_response_next(response, &position, &answer);) {
        if (answer.id.hash == id->hash && bytes_equal(answer.id.serial, id->serial) &&
            bytes_equal(answer.id.issuer_name_hash, id->issuer_name_hash) &&
            bytes_equal(answer.id.issuer_key_hash, id->issuer_key_hash)) {
            return true;
        }
    }
    return false;
}

bool ocsp_response_match(const OcspResponse *response, const OcspRequest *request, Error *err)
{
    if (request->nonce.len > 0 && !bytes_equal(request->nonce, response->nonce)) {
        return error_set(err, ERROR_UNTRUSTED, "ocsp.nonce", "RFC 9654 2.1",
                         "the OCSP response answers another request");
    }
    size_t position = 0;
    for (OcspCertificateId id; ocsp_request_next(request, &position, &id);) {
        if (id.hash == OCSP_HASH_UNKNOWN || !answers_for(response, &id)) {
            return error_set(err, ERROR_UNTRUSTED, "ocsp.certificate", "RFC 6960 3.2 (1)",
                             "the OCSP response leaves out a certificate that was asked about");
        }
    }
    return true;
}

bool ocsp_answer_is_current(const OcspAnswer *answer, Time at)
{
    Time until =
        answer->next_update != 0 ? answer->next_update : answer->this_update + OCSP_AGE_MAX;
    return answer->this_update <= at && at <= until;
}
