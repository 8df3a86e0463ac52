// SPDX-License-Identifier: Apache-2.0
//
// One session with a device, and the operations assent needs of it. Used by one thread, which may
// hang in any of these calls; several sessions share the handle of their device.
#ifndef ASSENT_BASE_DEVICE_SDF_SESSION_H
#define ASSENT_BASE_DEVICE_SDF_SESSION_H

#include <pthread.h>

#include "base/device/sdf_device.h"
#include "base/device/sdf_library.h"
#include "base/secret/secret.h"

enum { SDF_RANDOM_MAX = 1024, SDF_ATTEMPTS = 4 };

// A handle of the device, open as long as a session of it is.
typedef struct {
    void *handle;
    size_t sessions;
    bool is_given_up;  // the next session opens the device anew
} SdfHandle;

// A private key of the device, and what gives the right to use it.
typedef struct {
    SdfKeyUse use;
    unsigned index;
    Secret *password;  // NULL: empty
    bool is_zeroised;
    Sm2PublicKey public_key;
} SdfKey;

// What all sessions share. The mutex is never held during a call into the library but
// SDF_OpenDevice and SDF_CloseDevice.
typedef struct {
    SdfLibrary library;
    pthread_mutex_t mutex;  // of `handle`, which only the threads of the pool take
    SdfHandle *handle;
    pthread_mutex_t key_mutex;  // of passwords; never held during a call
    SdfKey keys[SDF_KEYS_MAX];
    size_t key_count;
} SdfShared;

typedef enum {
    SDF_DESCRIBE,
    SDF_EXPORT,
    SDF_SIGN,
    SDF_DECRYPT,
    SDF_RANDOM,
} SdfOperation;

// One request and its answer. Holds plaintext and randomness: wipe it.
typedef struct {
    SdfOperation operation;
    size_t key;  // in SdfShared
    union {
        struct {
            ECCCipher cipher;
            unsigned plaintext_len;
            uint8_t plaintext[ECCCipher_MAX_LEN];
        } decryption;
        struct {
            uint8_t digest[SM3_SIZE];
            ECCSignature signature;
        } signing;
        struct {
            size_t len;
            uint8_t bytes[SDF_RANDOM_MAX];
        } random;
        ECCrefPublicKey public_key;
        DEVICEINFO description;
    };
    const char *function;  // that failed
    int code;              // SDR_OK, or what it returned
} SdfJob;

typedef struct {
    SdfShared *shared;
    SdfHandle *handle;  // NULL: none open
    void *session;
    bool has_right[SDF_KEYS_MAX];
} SdfSession;

// Do a job, opening what is not open; after an error of the device, open again and repeat, at
// most SDF_ATTEMPTS times in all. The outcome is in the job.
void sdf_session_run(SdfSession *session, SdfJob *job);
// Give up the right to use keys that were zeroised.
void sdf_session_release_keys(SdfSession *session);
void sdf_session_close(SdfSession *session);

#endif
