// SPDX-License-Identifier: Apache-2.0
//
// The raw forms in which SM2 keys, signatures and ciphertexts circulate besides DER: what devices
// (GM/T 0018), smart cards and published vectors use. Conversions only: nothing is computed but
// the square root of a compressed point.
#ifndef ASSENT_BASE_CRYPTO_SM2_FORM_H
#define ASSENT_BASE_CRYPTO_SM2_FORM_H

#include "base/crypto/sm2.h"

enum {
    SM2_SIGNATURE_RAW_SIZE = 64,   // r || s
    SM2_COMPRESSED_SIZE = 33,      // 02 or 03 || X
    SM2_CIPHER_RAW_OVERHEAD = 97,  // C1 with its 04, and C3
};

// Take a public key in any encoding: 65 bytes 04 || X || Y, 64 bytes X || Y, or 33 bytes 02 or 03
// || X. Fails with ERROR_INPUT, code "sm2.public_key", for other lengths and for what is not on
// the curve; hybrid (06, 07) and infinite (00) points are refused. Source: GB/T
// 32918.1-2016 4.2.10.
bool sm2_public_key_decode(Bytes encoded, Sm2PublicKey *ret, Error *err) MUST_CHECK;
void sm2_public_key_compress(const Sm2PublicKey *key, uint8_t ret[SM2_COMPRESSED_SIZE]);

// Take r || s. Fails with ERROR_INPUT as sm2_signature_parse does: "sm2.signature_malformed" when
// it is not 64 bytes, "sm2.signature_range" unless 1 <= r, s < n.
bool sm2_signature_parse_raw(Bytes raw, Sm2Signature *ret, Error *err) MUST_CHECK;
void sm2_signature_encode_raw(const Sm2Signature *signature, uint8_t ret[SM2_SIGNATURE_RAW_SIZE]);

// How a signature value of others is written.
typedef enum {
    SM2_SIGNATURE_DER,
    SM2_SIGNATURE_RAW,    // r || s
    SM2_SIGNATURE_LOOSE,  // SEQUENCE of two INTEGERs with a sign octet too few or too many
} Sm2SignatureForm;

// Take a signature value of any of these forms and say which. 64 bytes are r || s wherever these
// are numbers of a signature. Fails with ERROR_INPUT as sm2_signature_parse does.
bool sm2_signature_decode(Bytes encoded, Sm2Signature *ret, Sm2SignatureForm *ret_form,
                          Error *err) MUST_CHECK;

// C1 is the point, C3 the hash, C2 the masked plaintext. C1C2C3 is the order of before 2012.
typedef enum {
    SM2_C1C3C2,
    SM2_C1C2C3,
} Sm2CipherOrder;

// Append the DER SM2Cipher of a raw ciphertext. Its C1 is 04 || X || Y, or X || Y when only that is
// a point on the curve. Fails with ERROR_INPUT "sm2.cipher_malformed" when it is too short or too
// long, ERROR_UNTRUSTED "sm2.cipher_point" when C1 is no point, ERROR_LIMIT when the writer is
// full.
bool sm2_cipher_from_raw(Bytes raw, Sm2CipherOrder order, Writer *ret, Error *err) MUST_CHECK;
// Append the raw form, with 04, of a DER SM2Cipher. Fails with ERROR_INPUT "sm2.cipher_malformed"
// or ERROR_LIMIT.
bool sm2_cipher_to_raw(Bytes der, Sm2CipherOrder order, Writer *ret, Error *err) MUST_CHECK;

#endif
