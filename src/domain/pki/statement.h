// SPDX-License-Identifier: Apache-2.0
//
// Statements: what one institution tells another, signed, so that it can be shown later.
// A statement is canonical JSON:
//     {"payload":base64, "signature":base64 of DER, "signed_at":RFC 3339,
//      "signer":base64 of the DER certificate, "type":"assent.deposit/1"}
// and the SM2 signature is over
//     "assent-statement/1" LF type LF signed_at LF payload
#ifndef ASSENT_DOMAIN_PKI_STATEMENT_H
#define ASSENT_DOMAIN_PKI_STATEMENT_H

#include "domain/pki/path.h"

enum { STATEMENT_MAX_SIZE = 32 * 1024 * 1024, STATEMENT_TYPE_MAX_SIZE = 64 };

// A parsed statement; everything is in the arena it was parsed into.
typedef struct {
    const char *type;  // lower-case letters, digits, ".", "-", "_" and one "/"
    Bytes payload;
    const char *signed_at_text;
    Time signed_at;
    Certificate signer;
    Sm2Signature signature;
} Statement;

typedef struct {
    const char *type;
    Bytes payload;
    Time signed_at;
    Bytes certificate;  // DER of the signer's certificate
} StatementTemplate;

// Sign a statement. Appends the JSON. Fails with ERROR_INPUT "statement.type" or
// "statement.signer" (key and certificate do not fit), and as the signer fails.
bool statement_sign(const StatementTemplate *template, const Signer *signer, Writer *ret,
                    Error *err) MUST_CHECK;
// Append the JSON of a statement that was signed.
void statement_encode(const StatementTemplate *template, const Sm2Signature *signature,
                      Writer *ret);
// Parse a statement. Fails with ERROR_INPUT "statement.malformed" or as json_parse does.
bool statement_parse(Arena *arena, Bytes text, Statement *ret, Error *err) MUST_CHECK;
// Verify type, signature and the signer's certificate. Fails with ERROR_UNTRUSTED
// "statement.type", "statement.signature", or as path_verify does for PURPOSE_SIGNATURE.
bool statement_verify(const Statement *statement, const char *expected_type,
                      const TrustStore *trust, RevocationRule revocation, Time at,
                      Error *err) MUST_CHECK;
// Verify type and signature only, for a caller that judges the signer's certificate by itself.
bool statement_verify_signature(const Statement *statement, const char *expected_type,
                                Error *err) MUST_CHECK;
// statement_verify into a verdict, codes "statement.*" and "path.*".
bool statement_check(const Statement *statement, const char *expected_type, const TrustStore *trust,
                     RevocationRule revocation, Time at, Verdict *verdict);

#endif
