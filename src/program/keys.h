// SPDX-License-Identifier: Apache-2.0
//
// Keys and certificates of a deployment as files: <name>.key (PKCS#8 PEM, mode 0600, encrypted
// when ASSENT_KEY_PASSWORD is set) and <name>.pem (certificate).
#ifndef ASSENT_PROGRAM_KEYS_H
#define ASSENT_PROGRAM_KEYS_H

#include "base/core/arena.h"
#include "base/core/time.h"
#include "base/crypto/key.h"
#include "base/crypto/signer.h"
#include "base/crypto/signer_batch.h"
#include "base/device/sdf_device.h"
#include "domain/pki/certificate_template.h"

// A key with its certificate. The signer borrows what holds the key.
typedef struct {
    Sm2PrivateKey *key;  // NULL: in a device
    SignerBatch *batch;  // NULL: requests are signed one by one
    Signer signer;
    Certificate certificate;  // in the arena it was loaded into
} KeyPair;

// Wipe and release. A device's key stays, the right to use it is given up.
void key_pair_free(KeyPair *pair);

// Who gets a certificate.
typedef struct {
    CertificateProfile profile;
    const char *organization;
    const char *common_name;
    const char *crl_url;  // NULL: none
    Time now;
    int days;        // of validity from now on
    Bytes password;  // of the key's file; empty: that of ASSENT_KEY_PASSWORD, if any
} KeyOrder;

// Generate a key, have `issuer` (NULL: itself) certify it, and write both files. The pair is
// handed over when `ret` is not NULL.
bool key_pair_create(Arena *arena, const char *directory, const char *name, const KeyOrder *order,
                     const KeyPair *issuer, KeyPair *ret, Error *err) MUST_CHECK;
// Where a private key is, when it is not simply in its file.
typedef struct {
    bool is_batch;      // sign together what several threads ask for
    SdfDevice *device;  // NULL: in its file. Borrowed as long as the pair.
    SdfKeyConfig key;   // in the device
    Random random;      // of the nonces of a key that is not in a device
} KeySource;

// Load both files, or the certificate of a device's key. Fails with ERROR_NOT_FOUND, ERROR_INPUT,
// ERROR_FORBIDDEN (password), as sdf_key_open does, or with ERROR_INPUT "keys.mismatch" when the
// certificate is not for the key.
bool key_pair_load(Arena *arena, const char *directory, const char *name, const KeySource *source,
                   KeyPair *ret, Error *err) MUST_CHECK;

// Create <name>.secret with `len` random bytes in hexadecimal, mode 0600.
bool secret_file_create(Arena *arena, const char *directory, const char *name, size_t len,
                        Error *err) MUST_CHECK;
bool secret_file_load(Arena *arena, const char *directory, const char *name, Secret **ret,
                      Error *err) MUST_CHECK;

#endif
