// SPDX-License-Identifier: Apache-2.0
//
// What is in the bodies of CMP messages. Readers take a parsed message of the right type and fail
// with ERROR_INPUT "cmp.malformed"; bodies that hold several requests or answers at once are
// "cmp.not_one": here a message is about one certificate. Views borrow the message.
#ifndef ASSENT_DOMAIN_PKI_CMP_BODY_H
#define ASSENT_DOMAIN_PKI_CMP_BODY_H

#include "domain/pki/cmp.h"
#include "domain/pki/crmf.h"

// CertReqMessages (ir, cr, kur) of one request. Fails also as crmf_request_parse does.
bool cmp_request_parse(const CmpMessage *message, CrmfRequest *ret, Error *err) MUST_CHECK;
// CertReqMessages around one CertReqMsg.
void cmp_request_encode(Bytes request, Writer *ret);

// certReqId in the answer to a p10cr, which has none. Source: RFC 9480 2.3.
enum { CMP_NO_REQUEST_ID = -1 };

// CertRepMessage (ip, cp, kup) of one CertResponse.
typedef struct {
    int64_t request_id;
    CmpStatus status;
    Bytes certificate;      // DER, or empty
    Bytes ca_certificates;  // caPubs: content of SEQUENCE OF Certificate, or empty
} CmpResponse;
bool cmp_response_parse(const CmpMessage *message, CmpResponse *ret, Error *err) MUST_CHECK;
void cmp_response_encode(const CmpResponse *response, Writer *ret);

// CertConfirmContent of one CertStatus. An empty list, which rejects everything (RFC 4210 5.3.18),
// has is_empty.
typedef struct {
    bool is_empty;
    int64_t request_id;
    Bytes hash;            // of the certificate
    Bytes hash_algorithm;  // OID, or empty: as the certificate's signature has it
    CmpStatus status;
} CmpConfirmation;
bool cmp_confirmation_parse(const CmpMessage *message, CmpConfirmation *ret, Error *err) MUST_CHECK;
void cmp_confirmation_encode(const CmpConfirmation *confirmation, Writer *ret);
// True if the confirmation is of this certificate: the hash, made with SM3 or the SHA-256 or SHA-1
// that it names, agrees. Source: RFC 4210 5.3.18; RFC 9480 2.10.
bool cmp_confirmation_is_of(const CmpConfirmation *confirmation, Bytes certificate);

// RevReqContent (rr) of one RevDetails.
typedef struct {
    Bytes issuer;  // whole Name
    Bytes serial;  // INTEGER content octets
    int reason;    // RFC 5280 5.3.1; 0 when none is given
} CmpRevocation;
bool cmp_revocation_parse(const CmpMessage *message, CmpRevocation *ret, Error *err) MUST_CHECK;
void cmp_revocation_encode(const CmpRevocation *revocation, Writer *ret);
// RevRepContent (rp) of one status.
bool cmp_revocation_status_parse(const CmpMessage *message, CmpStatus *ret, Error *err) MUST_CHECK;
void cmp_revocation_status_encode(const CmpStatus *status, Writer *ret);

// ErrorMsgContent (error).
bool cmp_error_parse(const CmpMessage *message, CmpStatus *ret, Error *err) MUST_CHECK;
void cmp_error_encode(const CmpStatus *status, Writer *ret);

// GenMsgContent (genm): whether the CA's certificates are asked for among other things.
bool cmp_general_parse(const CmpMessage *message, bool *ret_wants_certificates,
                       Error *err) MUST_CHECK;
// GenRepContent (genp): the certificates (one after the other), or nothing at all.
void cmp_general_encode(bool has_certificates, Bytes certificates, Writer *ret);

#endif
