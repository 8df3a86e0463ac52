// SPDX-License-Identifier: Apache-2.0
//
// Signer: the one interface through which private keys are used, whatever holds the key: memory
// (below), memory with requests signed together (signer_batch.h), a device (base/device). Every
// call refuses in the error state of the cryptography (crypto_state.h) with ERROR_INTERNAL, code
// "crypto.error_state". Key agreement is in signer_agreement.h.
#ifndef ASSENT_BASE_CRYPTO_SIGNER_H
#define ASSENT_BASE_CRYPTO_SIGNER_H

#include "base/crypto/sm2.h"

// Something that signs, and where it can decrypts, with one SM2 key. Thread-safe. Plain data that
// borrows its state; borrowed by whoever signs. Call it through the functions below.
typedef struct Signer Signer;
typedef struct SignerAgreement SignerAgreement;
struct Signer {
    // Sign e = SM3(Z || message). Fails with ERROR_UNAVAILABLE (device, too busy) or
    // ERROR_INTERNAL.
    bool (*sign_digest)(const Signer *signer, const Sm3Digest *e, Sm2Signature *ret, Error *err);
    const Sm2PublicKey *public_key;
    void *state;
    // As sm2_decrypt. NULL: the key is not for decryption.
    bool (*decrypt)(const Signer *signer, Bytes der, Writer *ret, Error *err);
    // Wipe the key, once nobody uses it any more. NULL: the key is not this signer's to wipe.
    void (*zeroise)(const Signer *signer);
    const SignerAgreement *agreement;  // NULL: the key is not for key agreement
    // Where a key in memory draws what its nonces are made of.
    Random random;
    // Sign many digests for one caller, all or none. NULL: one after the other.
    bool (*sign_many)(const Signer *signer, const Sm3Digest *e, size_t count, Sm2Signature *ret,
                      Error *err);
};

// Sign a digest e that was computed by sm2_message_digest.
bool signer_sign_digest(const Signer *signer, const Sm3Digest *e, Sm2Signature *ret,
                        Error *err) MUST_CHECK;
// Sign `count` digests, each by itself, side by side where key and CPU allow it: for one caller who
// has many. On failure `ret` holds nothing of use.
bool signer_sign_digests(const Signer *signer, const Sm3Digest *e, size_t count, Sm2Signature *ret,
                         Error *err) MUST_CHECK;
// Sign a message with the default ID.
bool signer_sign(const Signer *signer, Bytes message, Sm2Signature *ret, Error *err) MUST_CHECK;
// Sign a message with another ID of at most 8191 bytes, else ERROR_INPUT.
bool signer_sign_id(const Signer *signer, Bytes id, Bytes message, Sm2Signature *ret,
                    Error *err) MUST_CHECK;
// Sign a message and encode the signature as DER into `ret`; its length goes to ret_len.
bool signer_sign_der(const Signer *signer, Bytes message, uint8_t ret[SM2_SIGNATURE_DER_MAX],
                     size_t *ret_len, Error *err) MUST_CHECK;

// Decrypt a DER SM2Cipher and append the plaintext. Fails as sm2_decrypt does, as a device does
// (ERROR_UNAVAILABLE), or with ERROR_FORBIDDEN, code "signer.not_for_decryption".
bool signer_decrypt(const Signer *signer, Bytes der, Writer *ret, Error *err) MUST_CHECK;

// Wipe the key: calls in flight are finished first, and every later call through this signer, a
// copy of it or another signer of the same key fails with ERROR_FORBIDDEN, code
// "signer.zeroised". A device's key stays in the device, but its password and the right to use it
// are given up. May be called from any thread, and again. Does nothing where signer->zeroise
// is NULL. Source: GB/T 37092-2018 7.9.
void signer_zeroise(const Signer *signer);

// A signer over a private key in memory, for signing and decryption. Borrows the key, which
// only signer_zeroise changes; free nothing.
Signer signer_of_key(const Sm2PrivateKey *key);
// The same with another source of randomness than the system's (a device's). When it fails, signing
// fails as it does, and nothing takes its place.
Signer signer_of_key_with(const Sm2PrivateKey *key, Random random);

#endif
