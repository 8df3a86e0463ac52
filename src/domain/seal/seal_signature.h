// SPDX-License-Identifier: Apache-2.0
//
// Seal signature (SES_Signature, GB/T 38540-2020 7.1, version 4): the signature of a person or
// organisation over a document, with the seal inside. Made in two steps, because the key may be
// elsewhere: tbs_sign_build gives the bytes to be signed, seal_signature_assemble puts them
// together with the signature exactly as they were signed. seal_verify.h judges the result.
#ifndef ASSENT_DOMAIN_SEAL_SEAL_SIGNATURE_H
#define ASSENT_DOMAIN_SEAL_SEAL_SIGNATURE_H

#include "domain/seal/seal.h"

enum { SEAL_SIGNATURE_MAX_SIZE = SEAL_MAX_SIZE + 256 * 1024, SEAL_PROPERTY_MAX_SIZE = 4096 };

// What the signer states.
typedef struct {
    Bytes seal;           // DER of the whole version 4 seal
    Time signed_at;       // claimed signing time (timeInfo); fractions of seconds are dropped
    Sm3Digest data_hash;  // plain SM3 of the protected original
    Bytes property;       // ASCII; identifies at least the protected range
} TbsSignPlan;

// Build the TBS_Sign; appends its DER to `ret`: these are the bytes to be signed (SM2 with SM3,
// default ID). Fails with ERROR_INPUT, code "seal.format" or "seal_signature.plan".
// Source: GB/T 38540-2020 7.2 b 1 to 3.
bool tbs_sign_build(const TbsSignPlan *plan, Writer *ret, Error *err) MUST_CHECK;

// The parts of a seal signature.
typedef struct {
    Bytes tbs;           // TBS_Sign exactly as signed
    Bytes certificate;   // DER of the signer's certificate
    Sm2Signature value;  // over tbs
    Bytes time_stamp;    // DER of a time stamp token over the value's DER, or empty
} SealSignatureParts;

// Put a seal signature together; appends its DER to `ret`. The parts are copied as they are;
// whether they hold is for seal_signature_verify. Fails with ERROR_INPUT or ERROR_LIMIT.
// Source: GB/T 38540-2020 7.2 b 6.
bool seal_signature_assemble(const SealSignatureParts *parts, Writer *ret, Error *err) MUST_CHECK;

// What a time stamp is asked for: SM3 of the DER SEQUENCE { r, s } of a signature value.
// Source: GB/T 38540-2020 7.2 b 5.
Sm3Digest seal_signature_imprint(const Sm2Signature *value);

// A parsed seal signature: views into the bytes that were parsed, which must outlive it.
typedef struct {
    Bytes der;  // the whole SES_Signature as received
    SealVersion version;
    uint64_t tbs_version;  // as written
    unsigned dialects;     // SealDialect bits outside the seal (seal.dialects has its own)
    Bytes tbs;             // TBS_Sign as received: what is verified
    Seal seal;
    bool time_is_stamp;  // version 1: timeInfo holds a time stamp; signed_at is 0 then
    Bytes time_info;     // version 1: content of timeInfo
    Time signed_at;      // timeInfo
    Bytes data_hash;     // 32 bytes
    Bytes property;
    Bytes extensions;  // content of extDatas, or empty
    bool has_critical_extension;
    Bytes certificate;
    Sm2Signature value;
    Bytes value_der;   // SEQUENCE { r, s } as received: what the stamp covers
    Bytes time_stamp;  // DER of a token (or of a response: see dialects), or empty
} SealSignature;

// Parse one seal signature that fills `der` (cut the padding of a PDF's /Contents first: see
// seal_signature_trim). Fails with ERROR_INPUT or ERROR_LIMIT; code "seal_signature.format" when
// its own shape is wrong, "seal_signature.seal_format" when the embedded seal's is;
// "seal_signature.algorithm" or "seal_signature.seal_algorithm" when one is signed with another
// algorithm than SM2. Source: GB/T 38540-2020 7.1, 7.3 a.
bool seal_signature_parse(Bytes der, SealSignature *ret, Error *err) MUST_CHECK;

// Cut what follows the outermost element, which must be zero bytes only: the form of a PDF's
// /Contents. Fails with ERROR_INPUT, code "seal_signature.format".
bool seal_signature_trim(Bytes padded, Bytes *ret, Error *err) MUST_CHECK;

// True if `signer` signed the received TBS bytes. Source: GB/T 38540-2020 7.3 b.
bool seal_signature_value_holds(const SealSignature *signature, const Sm2PublicKey *signer);

#endif
