// SPDX-License-Identifier: Apache-2.0
//
// SM2EnvelopedKey: a private key on its way to its owner, under a key for SM4 that is encrypted to
// another key of the owner. How the encryption key of a pair of certificates is delivered.
#ifndef ASSENT_DOMAIN_PKI_ENVELOPED_KEY_H
#define ASSENT_DOMAIN_PKI_ENVELOPED_KEY_H

#include "base/crypto/signer.h"

enum { ENVELOPED_KEY_MAX_SIZE = 1024 };

// A parsed envelope; views borrow the DER.
typedef struct {
    Bytes wrapped_key;        // SM2Cipher, whole element: the key for SM4
    Sm2PublicKey public_key;  // of the private key inside, as the sender says
    Bytes encrypted_scalar;   // 32, 48 or 64 bytes
} EnvelopedKey;

// Parse one envelope that fills `der`. Beyond what enveloped_key_seal writes it takes what the
// field writes: SM4 (1.2.156.10197.1.104) in place of SM4-ECB, absent parameters; a private key
// with padding behind it (48 bytes) or 32 zero bytes before it, encrypted or not (64 bytes, as
// devices have it). Fails with ERROR_INPUT "enveloped_key.malformed" or "enveloped_key.algorithm".
// Source: GM/T 0009-2012 7.4; GB/T 35276-2017 7.4.
bool enveloped_key_parse(Bytes der, EnvelopedKey *ret, Error *err) MUST_CHECK;
// The same for the content of the SEQUENCE, which stands alone behind an implicit tag.
bool enveloped_key_parse_content(Bytes content, EnvelopedKey *ret, Error *err) MUST_CHECK;

// Open an envelope with the recipient's key. The private key is given out only when it is the one
// of envelope->public_key; the caller frees it. Fails with ERROR_UNTRUSTED
// "enveloped_key.decryption" (not for this key, altered) or "enveloped_key.pair" (another key is
// inside), or as the recipient's device does.
bool enveloped_key_open(const EnvelopedKey *envelope, const Signer *recipient, Sm2PrivateKey **ret,
                        Error *err) MUST_CHECK;

// Append an envelope of `key` for a recipient: SM4-ECB with NULL parameters, 32 bytes without
// padding. Fails with ERROR_INTERNAL or ERROR_LIMIT (writer full).
bool enveloped_key_seal(const Sm2PrivateKey *key, const Sm2PublicKey *recipient, Random random,
                        Writer *ret, Error *err) MUST_CHECK;

#endif
