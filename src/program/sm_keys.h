// SPDX-License-Identifier: Apache-2.0
//
// SM2 keys and signatures as the command line names them, in every form that is in use.
#ifndef ASSENT_PROGRAM_SM_KEYS_H
#define ASSENT_PROGRAM_SM_KEYS_H

#include "base/crypto/sm2.h"
#include "program/sm_arguments.h"

// The password of key files: ASSENT_KEY_PASSWORD, or empty.
Bytes sm_key_password(void);
// Load the private key that an option names: PEM or DER of PKCS#8 (also encrypted; the password is
// in ASSENT_KEY_PASSWORD) or of SEC 1, or 32 bytes, raw or in hexadecimal. Fails as sm_value_read
// does, with ERROR_FORBIDDEN "key.password", or with ERROR_INPUT. The caller frees the key.
bool sm_private_key_load(SmArguments *arguments, SmOption option, Sm2PrivateKey **ret,
                         Error *err) MUST_CHECK;
// Load a public key: PEM or DER of SubjectPublicKeyInfo or of a certificate, or a point of 65, 64
// or 33 bytes, raw or in hexadecimal. Fails with ERROR_INPUT.
bool sm_public_key_load(SmArguments *arguments, SmOption option, Sm2PublicKey *ret,
                        Error *err) MUST_CHECK;
// The same from what has been read: text (PEM or hexadecimal digits) or bytes.
bool sm_public_key_parse(Arena *arena, Bytes content, Sm2PublicKey *ret, Error *err) MUST_CHECK;

typedef enum {
    SM_FORM_ANY,  // DER or, of 64 bytes that are not DER, r || s
    SM_FORM_DER,
    SM_FORM_RAW,
} SmSignatureForm;

// Fails with ERROR_INPUT.
bool sm_signature_parse(Bytes encoded, SmSignatureForm form, Sm2Signature *ret,
                        Error *err) MUST_CHECK;

// The ID of an option as text or its other as hexadecimal; the default ID without either.
bool sm_id(SmArguments *arguments, SmOption text, SmOption hex, Bytes *ret, Error *err) MUST_CHECK;

#endif
