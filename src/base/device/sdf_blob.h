// SPDX-License-Identifier: Apache-2.0
//
// Between the fixed structures of devices and our types. What comes from a device is checked like
// any other outside bytes.
// Source: GM/T 0018-2012 5.4, 5.5, 5.6.
#ifndef ASSENT_BASE_DEVICE_SDF_BLOB_H
#define ASSENT_BASE_DEVICE_SDF_BLOB_H

#include "base/crypto/sm2.h"
#include "base/device/sdf_abi.h"

void sdf_put_public_key(const Sm2PublicKey *key, ECCrefPublicKey *ret);
// Fails with ERROR_UNTRUSTED, code "sdf.public_key": not 256 bits, padding that is not zero, or no
// point on the curve.
bool sdf_get_public_key(const ECCrefPublicKey *blob, Sm2PublicKey *ret, Error *err) MUST_CHECK;

void sdf_put_signature(const Sm2Signature *signature, ECCSignature *ret);
// Fails with ERROR_UNTRUSTED, code "sdf.signature", when the padding is not zero.
bool sdf_get_signature(const ECCSignature *blob, Sm2Signature *ret, Error *err) MUST_CHECK;

// From a DER SM2Cipher. Fails with ERROR_INPUT, "sm2.cipher_malformed", or ERROR_LIMIT,
// "sdf.plaintext_size", when it is longer than a device takes.
bool sdf_cipher_of_der(Bytes der, ECCCipher *ret, Error *err) MUST_CHECK;
// To a DER SM2Cipher, appended to `ret`. Fails with ERROR_UNTRUSTED, code "sdf.ciphertext"
// (padding, length), or ERROR_LIMIT (writer full).
bool sdf_cipher_to_der(const ECCCipher *blob, Writer *ret, Error *err) MUST_CHECK;

#endif
