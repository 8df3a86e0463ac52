// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/key_request.h"

#include <string.h>

#include "base/crypto/sm2_batch.h"

enum { KEY_REQUEST_GROUP = 64 };

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

static bool holds_with_empty_id(const Csr *csr)
{
    Sm3Digest e;
    return sm2_message_digest(&csr->public_key, BYTES_EMPTY, csr->info, &e, NULL) &&
           sm2_verify_digest(&csr->public_key, &e, &csr->signature.sm2);
}

bool key_request_check_bare(const KeyRequest *request, Error *err)
{
    Bytes extras = request->is_crmf ? request->crmf.template.extensions : request->csr.attributes;
    return extras.len == 0 ||
           error_set(err, ERROR_FORBIDDEN, "key_request.extension", "JR/T 0299-2024 6.4",
                     "the request asks for extensions or attributes, which the profile alone "
                     "decides");
}

// The standard's ID is tried first: nearly all requests are signed with it.
bool key_request_verify_possession(const KeyRequest *request, Error *err)
{
    Error refusal = {0};
    if (request->is_crmf) {
        return crmf_verify_possession(&request->crmf, err);
    }
    if (csr_verify_possession(&request->csr, &refusal) || holds_with_empty_id(&request->csr)) {
        return true;
    }
    *err = refusal;
    return false;
}

// For at most KEY_REQUEST_GROUP requests.
static void verify_group(const KeyRequest *const *requests, size_t count, bool *ret)
{
    Sm3Digest digests[KEY_REQUEST_GROUP];
    Sm2Claim claims[KEY_REQUEST_GROUP];
    Sm2Message messages[KEY_REQUEST_GROUP];
    for (size_t i = 0; i < count; i++) {
        const Csr *csr = &requests[i]->csr;
        // What is no PKCS#10 has an empty signature here, which holds for nothing.
        claims[i] = (Sm2Claim){&requests[i]->public_key, &digests[i], &csr->signature.sm2};
        messages[i] = (Sm2Message){&requests[i]->public_key, csr->info};
    }
    if (sm2_digest_many(messages, count, digests, NULL)) {
        sm2_verify_many(claims, count, ret);
    } else {
        memset(ret, 0, count * sizeof *ret);
    }
}

void key_request_verify_many(const KeyRequest *const *requests, size_t count, bool *ret)
{
    while (count > 0) {
        size_t group = count < KEY_REQUEST_GROUP ? count : KEY_REQUEST_GROUP;
        verify_group(requests, group, ret);
        requests += group;
        ret += group;
        count -= group;
    }
}
