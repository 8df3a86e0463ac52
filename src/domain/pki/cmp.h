// SPDX-License-Identifier: Apache-2.0
//
// Messages of the Certificate Management Protocol: the envelope. What is in it is in cmp_body.h,
// how it is protected in cmp_protection.h.
#ifndef ASSENT_DOMAIN_PKI_CMP_H
#define ASSENT_DOMAIN_PKI_CMP_H

#include "base/core/time.h"
#include "domain/pki/certificate.h"

enum {
    CMP_MAX_SIZE = 128 * 1024,
    CMP_IDENTIFIER_MAX_SIZE = 64,  // of transactionID, nonces and key identifiers
    CMP_EXTRA_CERTIFICATES_MAX = 16,
};

// The choices of PKIBody that are known here. Source: RFC 4210 5.1.2; RFC 9480 2.
typedef enum {
    CMP_IR = 0,
    CMP_IP = 1,
    CMP_CR = 2,
    CMP_CP = 3,
    CMP_P10CR = 4,
    CMP_KUR = 7,
    CMP_KUP = 8,
    CMP_RR = 11,
    CMP_RP = 12,
    CMP_PKI_CONF = 19,
    CMP_NESTED = 20,
    CMP_GENM = 21,
    CMP_GENP = 22,
    CMP_ERROR = 23,
    CMP_CERT_CONF = 24,
    CMP_POLL_REQ = 25,
    CMP_POLL_REP = 26,
} CmpBodyType;
enum { CMP_LAST_BODY_TYPE = CMP_POLL_REP };

// PKIHeader. What is absent is empty. Views borrow what was parsed, or what is to be encoded.
typedef struct {
    int version;      // pvno: 2 (RFC 4210) or 3 (RFC 9480)
    Bytes sender;     // whole GeneralName
    Bytes recipient;  // whole GeneralName
    bool has_time;
    Time time;
    Bytes protection_algorithm;  // whole AlgorithmIdentifier
    Bytes sender_key;            // senderKID
    Bytes recipient_key;
    Bytes transaction_id;
    Bytes sender_nonce;
    Bytes recipient_nonce;
    bool implicit_confirm;
} CmpHeader;

typedef struct {
    Bytes der;
    Bytes header_der;  // whole element; with body_der this is what is protected
    CmpHeader header;
    CmpBodyType type;
    Bytes body_der;            // whole [n] element
    Bytes body;                // the one element in it, whole
    Bytes protection;          // octets of the BIT STRING, or empty
    Bytes extra_certificates;  // content of SEQUENCE OF Certificate, or empty
} CmpMessage;

// Parse one message that fills `der`, which *ret borrows. The body's own structure is for
// cmp_body.h to read. Fails with ERROR_INPUT "cmp.malformed", or "cmp.version" when pvno is
// neither 2 nor 3. Source: RFC 4210 5.1; RFC 9480 2.
bool cmp_message_parse(Bytes der, CmpMessage *ret, Error *err) MUST_CHECK;
// Append ProtectedPart: SEQUENCE { header, body } as received. Source: RFC 4210 5.1.3.
void cmp_put_protected_part(Bytes header_der, Bytes body_der, Writer *ret);
// Write PKIHeader.
void cmp_header_encode(const CmpHeader *header, Writer *ret);
// Take the next certificate of a content of SEQUENCE OF Certificate, whole; false after the last.
bool cmp_next_certificate(Reader *certificates, Bytes *ret);

// Append a GeneralName directoryName around a whole Name.
void cmp_put_directory_name(Bytes name, Writer *ret);
// The Name in a whole GeneralName; false when it is of another kind.
bool cmp_directory_name(Bytes general_name, Bytes *ret);

// --- status -----------------------------------------------------------------------------------

// PKIStatus. Source: RFC 4210 5.2.3.
typedef enum {
    CMP_ACCEPTED = 0,
    CMP_GRANTED_WITH_MODS = 1,
    CMP_REJECTION = 2,
    CMP_WAITING = 3,
    CMP_REVOCATION_WARNING = 4,
    CMP_REVOCATION_NOTIFICATION = 5,
    CMP_KEY_UPDATE_WARNING = 6,
} CmpStatusValue;

// Bits of PKIFailureInfo. Source: RFC 4210 5.2.3, appendix F.
typedef enum {
    CMP_BAD_ALG = 0,
    CMP_BAD_MESSAGE_CHECK = 1,
    CMP_BAD_REQUEST = 2,
    CMP_BAD_TIME = 3,
    CMP_BAD_CERT_ID = 4,
    CMP_BAD_DATA_FORMAT = 5,
    CMP_WRONG_AUTHORITY = 6,
    CMP_INCORRECT_DATA = 7,
    CMP_BAD_POP = 9,
    CMP_CERT_REVOKED = 10,
    CMP_CERT_CONFIRMED = 11,
    CMP_BAD_RECIPIENT_NONCE = 13,
    CMP_BAD_SENDER_NONCE = 18,
    CMP_BAD_CERT_TEMPLATE = 19,
    CMP_SIGNER_NOT_TRUSTED = 20,
    CMP_TRANSACTION_ID_IN_USE = 21,
    CMP_UNSUPPORTED_VERSION = 22,
    CMP_NOT_AUTHORIZED = 23,
    CMP_SYSTEM_UNAVAIL = 24,
    CMP_SYSTEM_FAILURE = 25,
    CMP_DUPLICATE_CERT_REQ = 26,
} CmpFailure;

// PKIStatusInfo.
typedef struct {
    CmpStatusValue status;
    uint32_t failures;  // mask of 1 << CmpFailure
    Bytes text;         // UTF-8, the first of statusString, or empty
} CmpStatus;

// Take a PKIStatusInfo; sets reader->failed.
void cmp_status_read(Reader *reader, CmpStatus *ret);
void cmp_status_encode(const CmpStatus *status, Writer *ret);

#endif
