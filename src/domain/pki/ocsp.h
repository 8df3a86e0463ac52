// SPDX-License-Identifier: Apache-2.0
//
// OCSP: which certificate is asked about, and requests. Responses are in ocsp_response.h.
#ifndef ASSENT_DOMAIN_PKI_OCSP_H
#define ASSENT_DOMAIN_PKI_OCSP_H

#include "domain/pki/certificate.h"

#define OCSP_REQUEST_MEDIA_TYPE "application/ocsp-request"
#define OCSP_RESPONSE_MEDIA_TYPE "application/ocsp-response"

enum { OCSP_REQUEST_MAX_SIZE = 16 * 1024, OCSP_NONCE_MAX_SIZE = 128, OCSP_HASH_MAX_SIZE = 64 };

// What the issuer's name and key in a CertID are hashed with.
typedef enum {
    OCSP_HASH_SM3,
    OCSP_HASH_SHA1,
    OCSP_HASH_SHA256,
    OCSP_HASH_SHA384,
    OCSP_HASH_SHA512,
    OCSP_HASH_UNKNOWN,  // parses well, and names no issuer that is known here
} OcspHash;

// CertID; views borrow the DER.
// Source: RFC 6960 4.1.1.
typedef struct {
    Bytes der;  // the whole element: an answer repeats it as it came
    OcspHash hash;
    Bytes issuer_name_hash;
    Bytes issuer_key_hash;
    Bytes serial;  // INTEGER content octets
} OcspCertificateId;

// An issuer under one hash.
typedef struct {
    OcspHash hash;
    size_t size;
    uint8_t name[OCSP_HASH_MAX_SIZE];
    uint8_t key[OCSP_HASH_MAX_SIZE];
} OcspIssuer;

// Hash an issuer's name and public key. Fails with ERROR_INTERNAL (OCSP_HASH_UNKNOWN included).
bool ocsp_issuer_hash(const Certificate *issuer, OcspHash hash, OcspIssuer *ret,
                      Error *err) MUST_CHECK;
// The octets of a certificate's public key, of whatever kind: what a CertID and a responder's name
// are hashed over.
Bytes ocsp_key_bits(const Certificate *certificate);
// Append the CertID of a certificate by its issuer and the content octets of its serial number.
void ocsp_certificate_id_put(const OcspIssuer *issuer, Bytes serial, Writer *ret);
// Take one CertID; sets reader->failed.
OcspCertificateId ocsp_certificate_id_read(Reader *reader);
// True if the CertID names this issuer.
bool ocsp_certificate_id_is_by(const OcspCertificateId *id, const OcspIssuer *issuer);
// True if the CertID names this certificate of this issuer. Its own name for the issuer is what is
// hashed. Source: RFC 6960 4.1.1.
bool ocsp_certificate_id_names(const OcspCertificateId *id, const Certificate *certificate,
                               const Certificate *issuer);

// A parsed request; views borrow the DER.
typedef struct {
    Bytes der;
    Bytes list;  // content of requestList
    size_t count;
    Bytes nonce;     // octets, or empty: none was sent
    bool is_signed;  // the signature is well-formed, and proves nothing that is needed here
} OcspRequest;

// Parse a request that fills `der`, every CertID included: at least one. An explicit version 1 is
// accepted. A critical extension that is not known is refused, and a nonce that is empty, over
// OCSP_NONCE_MAX_SIZE or no OCTET STRING.
// Fails with ERROR_INPUT "ocsp.request", which malformedRequest answers.
// Source: RFC 6960 4.1, 4.4; RFC 9654 2.1.
bool ocsp_request_parse(Bytes der, OcspRequest *ret, Error *err) MUST_CHECK;
// The CertIDs one after the other: start with *position = 0; false at the end.
bool ocsp_request_next(const OcspRequest *request, size_t *position, OcspCertificateId *ret);
// Append a request for CertIDs, each whole as ocsp_certificate_id_put writes it.
//
// nonce  1 to OCSP_NONCE_MAX_SIZE octets (32 are asked for), or empty: none.
void ocsp_request_encode(const Bytes *ids, size_t count, Bytes nonce, Writer *ret);

#endif
