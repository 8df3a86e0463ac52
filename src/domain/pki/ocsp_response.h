// SPDX-License-Identifier: Apache-2.0
//
// OCSP responses: parsing, building, and who may sign them.
#ifndef ASSENT_DOMAIN_PKI_OCSP_RESPONSE_H
#define ASSENT_DOMAIN_PKI_OCSP_RESPONSE_H

#include "domain/pki/crl.h"
#include "domain/pki/ocsp.h"
#include "domain/pki/trust.h"

enum { OCSP_RESPONSE_MAX_SIZE = 256 * 1024 };

// Source: RFC 6960 4.2.1.
typedef enum {
    OCSP_SUCCESSFUL = 0,
    OCSP_MALFORMED_REQUEST = 1,
    OCSP_INTERNAL_ERROR = 2,
    OCSP_TRY_LATER = 3,
    OCSP_SIGNATURE_REQUIRED = 5,
    OCSP_UNAUTHORIZED = 6,
} OcspResponseStatus;

typedef enum { OCSP_GOOD, OCSP_REVOKED, OCSP_UNKNOWN } OcspCertificateStatus;

const char *ocsp_response_status_name(OcspResponseStatus status);        // "tryLater"
const char *ocsp_certificate_status_name(OcspCertificateStatus status);  // "revoked"

// What a response says about one certificate.
typedef struct {
    OcspCertificateId id;  // built from id.der alone
    OcspCertificateStatus status;
    Time revoked_at;          // when revoked, a suspension included
    RevocationReason reason;  // REASON_UNSPECIFIED: none is given
    Time this_update;
    Time next_update;     // 0: newer information is there at any time
    Time archive_cutoff;  // 0: not stated; expired certificates are answered back to then
    Bytes unknown_critical;
} OcspAnswer;

// A parsed response; views borrow the DER. Only `status` is set when it is not successful.
typedef struct {
    Bytes der;
    OcspResponseStatus status;
    Bytes tbs;             // ResponseData: what is signed
    Bytes responder_name;  // whole Name, or empty
    Bytes responder_key;   // SHA-1 of the responder's public key, or empty
    Time produced_at;
    Bytes answers;  // content of responses
    size_t answer_count;
    Bytes nonce;             // octets, or empty
    bool revokes_unissued;   // id-pkix-ocsp-extended-revoke
    Bytes certificates;      // content of certs
    Bytes unknown_critical;  // OID of the first critical extension: such a response is not used
    ObjectSignature signature;
    bool takes_foreign;  // of the certificates that came along
} OcspResponse;

// Parse a response that fills `der`, every answer included; an error response parses well.
// Fails with ERROR_INPUT "ocsp.malformed", "ocsp.algorithm", ERROR_LIMIT "ocsp.too_large".
// Source: RFC 6960 4.2.
bool ocsp_response_parse(Bytes der, OcspResponse *ret, Error *err) MUST_CHECK;
// The same for responses that are only judged, however they are signed.
bool ocsp_response_parse_any(Bytes der, OcspResponse *ret, Error *err) MUST_CHECK;
// ocsp_response_parse_any of DER, or of the first OCSP RESPONSE block of PEM, copied into the
// arena.
bool ocsp_response_load_any(Arena *arena, Bytes der_or_pem, OcspResponse *ret,
                            Error *err) MUST_CHECK;
// The answers one after the other: start with *position = 0; false at the end.
bool ocsp_response_next(const OcspResponse *response, size_t *position, OcspAnswer *ret);

// Verify who signed a successful response: the issuer that it speaks for, or who was delegated by
// a certificate that this very issuer signed, with the extended key usage OCSPSigning, valid when
// the response was produced. Whether that certificate was revoked is the caller's to ask, unless
// it has id-pkix-ocsp-nocheck.
//
// others         where a responder's certificate may be found that did not come along; or NULL.
// ret_responder  the certificate under which it was signed; borrows the response or its lender.
//
// Fails with ERROR_UNTRUSTED "ocsp.status", "ocsp.critical_extension", "ocsp.responder" (nobody who
// may answer), "ocsp.signature".
// Source: RFC 6960 3.2, 4.2.2.2.
bool ocsp_response_verify(const OcspResponse *response, const Certificate *issuer,
                          const TrustStore *others, Certificate *ret_responder,
                          Error *err) MUST_CHECK;
// The same with no more than *signatures verifications, which are counted down.
bool ocsp_response_verify_within(const OcspResponse *response, const Certificate *issuer,
                                 const TrustStore *others, size_t *signatures,
                                 Certificate *ret_responder, Error *err) MUST_CHECK;
// Check that a response answers all that a request asks, with its nonce if that has one. Fails with
// ERROR_UNTRUSTED "ocsp.nonce", "ocsp.certificate".
bool ocsp_response_match(const OcspResponse *response, const OcspRequest *request,
                         Error *err) MUST_CHECK;
// True if an answer speaks for this moment: thisUpdate <= at <= nextUpdate, or without nextUpdate
// no more than OCSP_AGE_MAX after thisUpdate. Source: RFC 6960 3.2 (5), (6).
bool ocsp_answer_is_current(const OcspAnswer *answer, Time at);
#define OCSP_AGE_MAX TIME_DAY
typedef struct {
    const Certificate *responder;  // the signer's: the issuer itself, or its delegate
    bool omits_certificate;        // the issuer's own certificate is with everybody
    Time produced_at;
    const OcspAnswer *answers;
    size_t answer_count;
    Bytes nonce;  // octets, or empty
} OcspResponseTemplate;

// Build and sign a response; the responder is named by its key. Appends the DER. Fails with
// ERROR_INPUT "ocsp_template.*" when the signer is not the responder, times are reversed or there
// is no answer, and as the signer fails.
// Source: RFC 6960 4.2.1, 4.2.2.
bool ocsp_response_build(const OcspResponseTemplate *template, const Signer *responder, Writer *ret,
                         Error *err) MUST_CHECK;
// Append a response without an answer.
void ocsp_error_encode(OcspResponseStatus status, Writer *ret);

#endif
