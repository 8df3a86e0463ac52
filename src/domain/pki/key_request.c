// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/key_request.h"

// Both are a SEQUENCE that begins with a SEQUENCE; then PKCS#10 has an algorithm and a signature,
// CRMF a tagged proof or nothing more than a SEQUENCE.
static bool looks_like_crmf(Bytes der)
{
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    der_element(&content, DER_SEQUENCE);
    if (der_peek(&content) == DER_SEQUENCE) {
        der_any(&content);
    }
    return !content.failed && der_peek(&content) != DER_BIT_STRING;
}

static bool take_crmf(Bytes der, KeyRequest *ret, Error *err)
{
    if (!crmf_request_parse(der, &ret->crmf, err)) {
        return false;
    }
    ret->is_crmf = true;
    ret->subject = ret->crmf.template.subject;
    ret->public_key = ret->crmf.template.public_key;
    return ret->crmf.template.has_public_key ||
           error_set(err, ERROR_INPUT, "crmf.key", "RFC 4211 5",
                     "the certificate request names no key");
}

bool key_request_parse(Bytes der, KeyRequest *ret, Error *err)
{
    KeyRequest request = {.der = der};
    if (looks_like_crmf(der)) {
        if (!take_crmf(der, &request, err)) {
            return false;
        }
    } else {
        if (!csr_parse(der, &request.csr, err)) {
            return false;
        }
        request.subject = request.csr.subject;
        request.public_key = request.csr.public_key;
    }
    *ret = request;
    return true;
}

bool key_request_verify_possession(const KeyRequest *request, Error *err)
{
    Sm3Digest e;
    if (request->is_crmf) {
        return crmf_verify_possession(&request->crmf, err);
    }
    return (sm2_message_digest(&request->public_key, BYTES_EMPTY, request->csr.info, &e, NULL) &&
            sm2_verify_digest(&request->public_key, &e, &request->csr.signature.sm2)) ||
           csr_verify_possession(&request->csr, err);
}
