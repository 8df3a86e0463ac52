// SPDX-License-Identifier: Apache-2.0
//
// A token (USB key) through its vendor's library (GM/T 0016, "SKF"): one container of it, in which
// the signing key is made and stays, into which the encryption key comes in its envelope, and which
// carries both certificates. For a terminal: calls wait for the token, one at a time.
#ifndef ASSENT_BASE_DEVICE_SKF_TOKEN_H
#define ASSENT_BASE_DEVICE_SKF_TOKEN_H

#include "base/core/arena.h"
#include "base/crypto/signer.h"
#include "base/device/skf_blob.h"

typedef struct SkfToken SkfToken;

typedef struct {
    const char *library;      // path of the vendor's library
    const char *device;       // its name; NULL: the one that is plugged in
    const char *application;  // NULL: the first
    const char *container;    // made when it is not there
    const Secret *pin;        // of the user, 6 to 16 characters; not kept
} SkfConfig;

// Load the library, connect the token, verify the PIN and open the container. A PIN is tried once:
// after a wrong one the token counts down, and repeating it locks the token. Fails as
// skf_library_open, with ERROR_NOT_FOUND "skf.no_device", "skf.no_application", ERROR_INPUT
// "skf.config" (several tokens and none named, a name or PIN out of range), ERROR_FORBIDDEN
// "skf.pin" (the text says how many tries are left), "skf.pin_locked", or ERROR_UNAVAILABLE.
bool skf_token_open(const SkfConfig *config, SkfToken **ret, Error *err) MUST_CHECK;
// Disconnect, which ends the login. NULL is harmless.
void skf_token_close(SkfToken *token);

// Label and serial number as the token says them, printable ASCII; for records of where a key is.
// Live as long as the token.
const char *skf_token_label(const SkfToken *token);
const char *skf_token_serial(const SkfToken *token);

// Which of the container's two pairs.
typedef enum { SKF_SIGN_KEY, SKF_ENCRYPTION_KEY } SkfKeyUse;

// True if the container holds keys.
bool skf_token_has_key(SkfToken *token, bool *ret, Error *err) MUST_CHECK;
// Make a signing pair in the token, in place of the one that may be there.
bool skf_token_generate(SkfToken *token, Error *err) MUST_CHECK;
// Fails with ERROR_NOT_FOUND "skf.no_key" or ERROR_UNTRUSTED "skf.public_key".
bool skf_token_public_key(SkfToken *token, SkfKeyUse use, Sm2PublicKey *ret, Error *err) MUST_CHECK;
// The signing key as a signer, after it signed once and its public key verified that. Lives as long
// as the token. Its signer_zeroise gives the login up. Every signature is verified: one that does
// not hold puts the process into the error state (crypto_state.h).
bool skf_token_signer(SkfToken *token, Signer *ret, Error *err) MUST_CHECK;

// Bring the encryption pair into the token, which opens the envelope itself with its signing key,
// and check that it then has the announced public key. Fails with ERROR_UNTRUSTED "skf.envelope".
bool skf_token_import_pair(SkfToken *token, const SkfEnvelope *envelope, Error *err) MUST_CHECK;

// Certificates, DER. Fails with ERROR_NOT_FOUND "skf.no_certificate", ERROR_LIMIT
// "skf.certificate".
bool skf_token_import_certificate(SkfToken *token, SkfKeyUse use, Bytes der, Error *err) MUST_CHECK;
bool skf_token_export_certificate(SkfToken *token, SkfKeyUse use, Arena *arena, Bytes *ret,
                                  Error *err) MUST_CHECK;

#endif
