// SPDX-License-Identifier: Apache-2.0
//
// A cryptographic device behind the interface of GM/T 0018: a signer, a decrypter and a random
// source whose keys never leave it.
//
// Every call into the vendor's library is made by a thread of a small pool, one per session, and
// whoever asks waits for it until a deadline, never longer: a device that is gone, slow or hangs
// gives ERROR_UNAVAILABLE, "sdf.timeout" or "sdf.device". A thread that a hanging call keeps is out
// of the pool until the call returns; when all are kept, calls fail at once at their deadline.
// After an error of the device the session, then the device, is opened again, a bounded number of
// times for one call. Not bounded is only dlopen itself, which runs the library's constructors.
//
// A signature is verified with the public key before it is given out, so a faulty device puts out
// nothing; one that signs wrongly puts the process into the error state ("sdf.signature"), as does
// a device whose random source fails its health test (crypto_state.h). What a device decrypts
// cannot be checked outside of it, but once at opening.
// Source: GM/T 0018-2012 6; GB/T 37092-2018 7.10.
#ifndef ASSENT_BASE_DEVICE_SDF_DEVICE_H
#define ASSENT_BASE_DEVICE_SDF_DEVICE_H

#include "base/crypto/signer.h"

typedef struct SdfDevice SdfDevice;

enum {
    SDF_SESSIONS_MAX = 32,
    SDF_KEYS_MAX = 16,
    SDF_DEFAULT_SESSIONS = 4,
    SDF_DEFAULT_TIMEOUT_MS = 5000,
};

typedef struct {
    const char *library;  // path of the vendor's library
    unsigned sessions;    // 1 to SDF_SESSIONS_MAX; 0: the default
    unsigned timeout_ms;  // for one call with its repetitions; 0: the default
} SdfConfig;

// Load the library, start the pool and make the device say who it is. Fails as sdf_library_open,
// or with ERROR_UNAVAILABLE (no device), ERROR_INTERNAL (threads, memory).
bool sdf_device_open(const SdfConfig *config, SdfDevice **ret, Error *err) MUST_CHECK;
// Close sessions and device. No call may be in flight. Where a thread still hangs in the vendor's
// library after the time-out, it and the library are left to the process's end. In a child after
// fork it leaves the parent's device alone. NULL is harmless.
void sdf_device_close(SdfDevice *device);

// Which of the two pairs under one index: keys for signing and for encryption are separate.
typedef enum { SDF_SIGN_KEY, SDF_ENCRYPTION_KEY } SdfKeyUse;

typedef struct {
    SdfKeyUse use;
    unsigned index;
    Bytes password;  // 0 to 64 bytes, of the right to use the private key; copied and locked
} SdfKeyConfig;

// Open one key: export its public key, and have it sign or decrypt something random once. The
// signer lives as long as the device; its signer_zeroise gives up the right to use the key in every
// session and forgets the password. A key for signing does not decrypt, and the reverse
// ("signer.not_for_decryption", "signer.not_for_signing"). Fails with ERROR_NOT_FOUND "sdf.no_key",
// ERROR_FORBIDDEN "sdf.access" (password), ERROR_INPUT "sdf.symbols" (the library does not
// decrypt), ERROR_UNTRUSTED "sdf.public_key", "sdf.signature", "sdf.plaintext", "sdf.ciphertext",
// ERROR_LIMIT "sdf.keys" (more than SDF_KEYS_MAX), or ERROR_UNAVAILABLE.
bool sdf_key_open(SdfDevice *device, const SdfKeyConfig *config, Signer *ret,
                  Error *err) MUST_CHECK;

// The device's random source, health-tested. As long as the device.
Random sdf_random(SdfDevice *device);

#endif
