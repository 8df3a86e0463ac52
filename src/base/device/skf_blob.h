// SPDX-License-Identifier: Apache-2.0
//
// Between the fixed structures of tokens and our types. What comes from a token is checked like any
// other outside bytes.
// Source: GM/T 0016-2012 6.4.
#ifndef ASSENT_BASE_DEVICE_SKF_BLOB_H
#define ASSENT_BASE_DEVICE_SKF_BLOB_H

#include "base/crypto/sm2.h"
#include "base/device/skf_abi.h"

void skf_put_public_key(const Sm2PublicKey *key, ECCPUBLICKEYBLOB *ret);
// Fails with ERROR_UNTRUSTED, code "skf.public_key": not 256 bits, padding that is not zero, or no
// point on the curve.
bool skf_get_public_key(const ECCPUBLICKEYBLOB *blob, Sm2PublicKey *ret, Error *err) MUST_CHECK;

void skf_put_signature(const Sm2Signature *signature, ECCSIGNATUREBLOB *ret);
// Fails with ERROR_UNTRUSTED, code "skf.signature", when the padding is not zero.
bool skf_get_signature(const ECCSIGNATUREBLOB *blob, Sm2Signature *ret, Error *err) MUST_CHECK;

// A private key under way into a token: what SM2EnvelopedKey holds.
typedef struct {
    Bytes wrapped_key;        // DER SM2Cipher of the key for SM4
    Sm2PublicKey public_key;  // of the private key inside
    Bytes encrypted_scalar;   // SM4-ECB: 32 bytes, or 64 of which the token takes the last 32
} SkfEnvelope;

// Fails with ERROR_INPUT "skf.envelope" (sizes) or "sm2.cipher_malformed". A scalar of 64 bytes is
// passed on as it is.
bool skf_put_envelope(const SkfEnvelope *envelope, ENVELOPEDKEYBLOB *ret, Error *err) MUST_CHECK;
// The reverse; views borrow the blob, and the DER is written to `der`. Fails with ERROR_UNTRUSTED
// "skf.envelope" (version, algorithm, sizes, padding) or "skf.public_key".
bool skf_get_envelope(const ENVELOPEDKEYBLOB *blob, Writer *der, SkfEnvelope *ret,
                      Error *err) MUST_CHECK;

#endif
