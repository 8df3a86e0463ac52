// SPDX-License-Identifier: Apache-2.0
//
// SM2 on sm2p256v1: keys, signature, encryption (GB/T 32918-2016, GM/T 0009-2012).
// The default ID is 1234567812345678 everywhere (GM/T 0009-2012 10).
#ifndef ASSENT_BASE_CRYPTO_SM2_H
#define ASSENT_BASE_CRYPTO_SM2_H

#include <stdbool.h>
#include <stdint.h>

#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/secret/random.h"
#include "base/secret/secret.h"
#include "base/sm3/sm3.h"

enum {
    SM2_SCALAR_SIZE = 32,
    SM2_POINT_SIZE = 65,          // 04 || X || Y
    SM2_SIGNATURE_DER_MAX = 72,   // SEQUENCE { INTEGER r, INTEGER s }
    SM2_PLAINTEXT_MAX = 1 << 20,  // what one sm2_encrypt takes
};

#define SM2_DEFAULT_ID BYTES_LITERAL("1234567812345678")

// A public key: a point on the curve, checked when made. Plain data, may be copied and compared.
typedef struct {
    uint8_t point[SM2_POINT_SIZE];
} Sm2PublicKey;

// r || s, each 32 bytes big-endian.
typedef struct {
    uint8_t r[SM2_SCALAR_SIZE];
    uint8_t s[SM2_SCALAR_SIZE];
} Sm2Signature;

// A private key with what is computed once per key: public key, (1+d)^-1 and Z for the default
// ID. Locked in memory, wiped by sm2_private_key_free. Safe to use from several threads.
typedef struct Sm2PrivateKey Sm2PrivateKey;

// Generate a key pair, pairwise-checked before it is returned.
bool sm2_key_generate(Random random, Sm2PrivateKey **ret, Error *err) MUST_CHECK;
// Take a private scalar d, 1 <= d < n-1. Fails with ERROR_INPUT.
bool sm2_private_key_new(Bytes d, Sm2PrivateKey **ret, Error *err) MUST_CHECK;
void sm2_private_key_free(Sm2PrivateKey *key);
void sm2_private_key_cleanup(Sm2PrivateKey **key);
// The scalar, for storing the key encrypted. The caller frees the secret.
bool sm2_private_key_scalar(const Sm2PrivateKey *key, Secret **ret, Error *err) MUST_CHECK;
const Sm2PublicKey *sm2_public_key(const Sm2PrivateKey *key);

// Take an encoded point: 65 bytes 04||X||Y. Fails with ERROR_INPUT when coordinates are not
// below p or the point is not on the curve (or is not uncompressed).
bool sm2_public_key_new(Bytes point, Sm2PublicKey *ret, Error *err) MUST_CHECK;
bool sm2_public_key_equal(const Sm2PublicKey *a, const Sm2PublicKey *b);
Bytes sm2_public_key_bytes(const Sm2PublicKey *key);

// Z = SM3(ENTL || ID || a || b || G || P). `id` at most 8191 bytes, else ERROR_INPUT.
// Source: GB/T 32918.2 5.5.
bool sm2_z(const Sm2PublicKey *key, Bytes id, Sm3Digest *ret, Error *err) MUST_CHECK;
// Append what Z is the SM3 of; of an ID that is too long, `failed` is set.
void sm2_z_text(const Sm2PublicKey *key, Bytes id, Writer *ret);
// e = SM3(Z || message).
bool sm2_message_digest(const Sm2PublicKey *key, Bytes id, Bytes message, Sm3Digest *ret,
                        Error *err) MUST_CHECK;

// Sign a message with the default ID. The nonce is fresh, hedged with key and message.
// Source: GB/T 32918.2 6.1.
bool sm2_sign(const Sm2PrivateKey *key, Random random, Bytes message, Sm2Signature *ret,
              Error *err) MUST_CHECK;
// Sign a digest e that was computed by sm2_message_digest.
bool sm2_sign_digest(const Sm2PrivateKey *key, Random random, const Sm3Digest *e, Sm2Signature *ret,
                     Error *err) MUST_CHECK;
// True if the signature holds over a message with the default ID. Source: GB/T 32918.2 7.1.
bool sm2_verify(const Sm2PublicKey *key, Bytes message, const Sm2Signature *signature);
bool sm2_verify_digest(const Sm2PublicKey *key, const Sm3Digest *e, const Sm2Signature *signature);

// Keys whose signatures keep coming are verified with tables of 148 KB each, several times
// faster; the answer is the same. Keep at most `limit` tables (0 to SM2_KEY_TABLES_MAX, which is
// also the default), those of the most recently seen keys.
enum { SM2_KEY_TABLES_MAX = 32 };
void sm2_key_tables_limit(size_t limit);

// DER SEQUENCE { INTEGER r, INTEGER s }; returns the length written to `ret`.
size_t sm2_signature_encode(const Sm2Signature *signature, uint8_t ret[SM2_SIGNATURE_DER_MAX]);
// Strict DER: minimal integers, nothing trailing, 1 <= r,s < n. Fails with ERROR_INPUT.
bool sm2_signature_parse(Bytes der, Sm2Signature *ret, Error *err) MUST_CHECK;

// Encrypt 1 to SM2_PLAINTEXT_MAX bytes to DER SM2Cipher { x, y, hash, ciphertext } (C1C3C2).
// Appends to `ret`. Fails with ERROR_INPUT on a wrong size, ERROR_LIMIT when the writer is full.
// Source: GB/T 32918.4 6.1, GM/T 0009-2012 7.2.
bool sm2_encrypt(const Sm2PublicKey *key, Random random, Bytes plaintext, Writer *ret,
                 Error *err) MUST_CHECK;
// Decrypt an SM2Cipher. Fails with ERROR_INPUT when it is malformed, ERROR_UNTRUSTED when C1 is not
// a point or C3 does not match; nothing is appended then. Source: GB/T 32918.4 7.1.
bool sm2_decrypt(const Sm2PrivateKey *key, Bytes der, Writer *ret, Error *err) MUST_CHECK;

#endif
