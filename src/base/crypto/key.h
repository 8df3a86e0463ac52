// SPDX-License-Identifier: Apache-2.0
//
// Signer: the one interface through which private-key signatures are made, whatever holds the
// key (memory, a device, a batch). And key files.
#ifndef ASSENT_BASE_CRYPTO_KEY_H
#define ASSENT_BASE_CRYPTO_KEY_H

#include "base/crypto/sm2.h"

// Something that signs with one SM2 key. Thread-safe. Borrowed by whoever signs.
typedef struct Signer Signer;
struct Signer {
    // Sign e = SM3(Z || message). Fails with ERROR_UNAVAILABLE (device) or ERROR_INTERNAL.
    bool (*sign_digest)(const Signer *signer, const Sm3Digest *e, Sm2Signature *ret, Error *err);
    const Sm2PublicKey *public_key;
    void *state;
};

// Sign a message with the default ID. Fails as sign_digest does.
bool signer_sign(const Signer *signer, Bytes message, Sm2Signature *ret, Error *err) MUST_CHECK;
// Sign a message and encode the signature as DER into `ret`; its length goes to ret_len.
bool signer_sign_der(const Signer *signer, Bytes message, uint8_t ret[SM2_SIGNATURE_DER_MAX],
                     size_t *ret_len, Error *err) MUST_CHECK;

// A signer over a private key in memory. Borrows the key; free nothing.
Signer signer_of_key(const Sm2PrivateKey *key);

// Write a private key as a PKCS#8 PEM block, encrypted under `password` with PBES2
// (PBKDF2-HMAC-SM3, SM4-CBC) or unencrypted when password is empty. Appends to `ret`.
// openssl reads it. The SEC1 public key is included.
bool key_pem_encode(const Sm2PrivateKey *key, Bytes password, Random random, Writer *ret,
                    Error *err) MUST_CHECK;
// Read what key_pem_encode or `openssl genpkey -algorithm SM2` writes. Fails with ERROR_INPUT
// (malformed) or ERROR_FORBIDDEN (wrong password).
bool key_pem_parse(Bytes pem, Bytes password, Sm2PrivateKey **ret, Error *err) MUST_CHECK;

#endif
