// SPDX-License-Identifier: Apache-2.0
//
// C3's answers to OCSP requests: anyone asks, a key of its own signs that the issuing CA certified
// for nothing else. What was signed is kept and given again while it is true and fresh.
// Source: RFC 6960; RFC 5019; RFC 9654.
#ifndef ASSENT_COMPONENT_CERTIFICATION_OCSP_RESPONDER_H
#define ASSENT_COMPONENT_CERTIFICATION_OCSP_RESPONDER_H

#include "base/net/service.h"
#include "base/store/store.h"
#include "domain/pki/ocsp_response.h"

typedef struct OcspResponder OcspResponder;

// Borrowed until ocsp_responder_free.
typedef struct {
    const Signer *signer;
    Bytes certificate;          // DER, of the signer's key, with OCSPSigning, by the issuer
    const Certificate *issuer;  // for whose certificates is answered
    Time lifetime;              // thisUpdate to nextUpdate
    bool ignores_nonces;        // every answer may then be one that was signed before
    size_t cache_size;          // answers that are kept [16384]
    Store *store;               // with the certificates
    Clock clock;
} OcspResponderConfig;

// Fails with ERROR_INPUT "certification.ocsp" when the certificate does not delegate answering to
// this signer.
bool ocsp_responder_new(const OcspResponderConfig *config, OcspResponder **ret,
                        Error *err) MUST_CHECK;
void ocsp_responder_free(OcspResponder *responder);

typedef struct {
    Bytes der;                      // in the arena
    Time this_update, next_update;  // 0: not to be kept by anybody
} OcspReply;

// Answer a request of any bytes: malformedRequest, unauthorized when it asks about other issuers'
// certificates only, else a signed response, in which a certificate that does not exist is unknown.
// Fails as the store and the signer do; that is answered with ocsp_responder_trouble.
bool ocsp_responder_answer(OcspResponder *responder, Bytes request, Arena *arena, OcspReply *ret,
                           Error *err) MUST_CHECK;
// tryLater for what passes, else internalError.
ServiceBody ocsp_responder_trouble(const Error *err);

// The routes: POST with a request, GET with its base64 as the rest of the path (parameter
// "request"), and what a request that is too large is answered with.
RouteHandler certification_handle_ocsp_post;
RouteHandler certification_handle_ocsp_get;
ServiceBody certification_too_large(void *component, const Route *route);

#endif
