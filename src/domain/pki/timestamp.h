// SPDX-License-Identifier: Apache-2.0
//
// Time stamps (RFC 3161) with SM2 signatures.
#ifndef ASSENT_DOMAIN_PKI_TIMESTAMP_H
#define ASSENT_DOMAIN_PKI_TIMESTAMP_H

#include "domain/pki/path.h"
#include "domain/pki/signed_data.h"
#include "domain/pki/timestamp_imprint.h"

enum { TIMESTAMP_MAX_SIZE = 64 * 1024, TIMESTAMP_NONCE_MAX_SIZE = 128 };

#define TIMESTAMP_QUERY_MEDIA_TYPE "application/timestamp-query"
#define TIMESTAMP_REPLY_MEDIA_TYPE "application/timestamp-reply"

// Source: RFC 3161 2.4.2.
typedef enum {
    TIMESTAMP_GRANTED = 0,
    TIMESTAMP_GRANTED_WITH_MODS = 1,
    TIMESTAMP_REJECTION = 2,
    TIMESTAMP_WAITING = 3,
    TIMESTAMP_REVOCATION_WARNING = 4,
    TIMESTAMP_REVOCATION_NOTIFICATION = 5,
} TimestampStatus;

// PKIFailureInfo, as bit numbers.
typedef enum {
    TIMESTAMP_BAD_ALGORITHM = 0,
    TIMESTAMP_BAD_REQUEST = 2,
    TIMESTAMP_BAD_DATA_FORMAT = 5,
    TIMESTAMP_TIME_NOT_AVAILABLE = 14,
    TIMESTAMP_UNACCEPTED_POLICY = 15,
    TIMESTAMP_UNACCEPTED_EXTENSION = 16,
    TIMESTAMP_ADD_INFO_NOT_AVAILABLE = 17,
    TIMESTAMP_SYSTEM_FAILURE = 25,
} TimestampFailure;

typedef struct {
    TimestampImprint imprint;
    Bytes policy;  // OID, or empty
    Bytes nonce;   // big-endian number: any random bytes, or the INTEGER as parsed; or empty
    bool wants_certificate;
} TimestampRequest;

// A request over an SM3 digest, without policy and nonce.
TimestampRequest timestamp_request_over(const Sm3Digest *imprint, bool wants_certificate);
// Append a request; give a nonce of 8 to 16 random bytes.
void timestamp_request_encode(const TimestampRequest *request, Writer *ret);
// Parse a request that fills `der`. Fails with ERROR_INPUT; timestamp_failure_of tells which
// PKIFailureInfo answers it. Source: RFC 3161 2.4.1.
bool timestamp_request_parse(Bytes der, TimestampRequest *ret, Error *err) MUST_CHECK;
TimestampFailure timestamp_failure_of(const Error *err);

typedef struct {
    const TimestampRequest *request;
    Bytes policy;  // OID under which the TSA stamps
    Bytes serial;  // unsigned big-endian, unique for the TSA, 1 to 20 bytes
    Time time;
    uint32_t accuracy_ms;  // 0: not stated
    const Certificate *tsa;
} TimestampTemplate;

// Build and sign a token; refuses a request for another policy with "timestamp.policy".
// The TSA certificate is included when the request wants it. Source: RFC 3161 2.4.2.
bool timestamp_token_build(const TimestampTemplate *template, const Signer *tsa, Writer *ret,
                           Error *err) MUST_CHECK;
// Append a response that grants `token`, or that refuses and says why, also in words.
void timestamp_response_encode(Bytes token, Writer *ret);
void timestamp_rejection_encode(TimestampFailure failure, Writer *ret);

typedef struct {
    TimestampStatus status;
    uint32_t failures;  // mask of 1 << TimestampFailure
    Bytes token;        // whole ContentInfo when granted, else empty
} TimestampResponse;

// Parse a response that fills `der`; a rejection parses well. Fails with ERROR_INPUT.
bool timestamp_response_parse(Bytes der, TimestampResponse *ret, Error *err) MUST_CHECK;

// A parsed token; views borrow the DER.
typedef struct {
    Bytes der;
    SignedData signed_data;
    int version;  // 1 or 2
    Bytes policy;
    TimestampImprint imprint;
    Bytes serial;
    Time time;            // genTime
    int64_t accuracy_us;  // 0: not stated
    Bytes nonce;          // INTEGER content octets, or empty
} TimestampToken;

// Parse a token, or the token in a granted response, that fills `der`: outer content type of CMS
// or GM/T 0010, inner id-ct-TSTInfo or GM data, TSTInfo version 1 or 2.
// Fails with ERROR_INPUT "timestamp.malformed", "timestamp.algorithm", ERROR_LIMIT
// "timestamp.too_long".
bool timestamp_token_parse(Bytes der, TimestampToken *ret, Error *err) MUST_CHECK;

// The same for a token that is only judged: of any algorithm, in the dialects of signed_data.h. Its
// imprint may be of an algorithm that is not computed here, as SHA-1: then what it is over stays
// undecided, whatever is handed in as an imprint.
bool timestamp_token_read(Bytes der, TimestampToken *ret, Error *err) MUST_CHECK;

// Judge a token and add every check to the verdict, codes "timestamp.*": imprint, signature,
// certificate (signingCertificateV2 names the signer), and "path.*" for the TSA's certificate at
// the stamped time. `imprint` is the SM3 of what should have been stamped; NULL when that is not at
// hand: then it is not judged. `tsa_certificate` serves when the token holds none; may be NULL.
// Returns true when no check failed and none is unknown.
bool timestamp_token_check(const TimestampToken *token, const Sm3Digest *imprint,
                           const TrustStore *trust, RevocationRule revocation,
                           const Certificate *tsa_certificate, Verdict *verdict);
// The same for a token that was read, over an imprint of any algorithm; see timestamp_imprint_make.
bool timestamp_token_check_any(const TimestampToken *token, const TimestampImprint *imprint,
                               const TrustStore *trust, RevocationRule revocation,
                               Verdict *verdict);
// Verify the signer's certificate alone, at a moment other than the stamped one: whether the token
// can still be relied on then. Fails as path_verify does, or with ERROR_UNAVAILABLE
// "timestamp.certificate" when it is not at hand.
bool timestamp_authority_verify(const TimestampToken *token, const TrustStore *trust,
                                RevocationRule revocation, Time at, Error *err) MUST_CHECK;
// The same in short as timestamp_token_check. Fails with ERROR_UNTRUSTED, or ERROR_UNAVAILABLE when
// undecided.
bool timestamp_token_verify(const TimestampToken *token, const Sm3Digest *imprint,
                            const TrustStore *trust, RevocationRule revocation,
                            const Certificate *tsa_certificate, Error *err) MUST_CHECK;
// Check that a token answers this request: imprint, nonce, policy when one was asked for. Fails
// with ERROR_UNTRUSTED "timestamp.imprint", "timestamp.nonce", "timestamp.policy".
bool timestamp_token_match(const TimestampToken *token, const TimestampRequest *request,
                           Error *err) MUST_CHECK;

#endif
