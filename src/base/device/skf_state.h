// SPDX-License-Identifier: Apache-2.0
//
// What the files of a token share. For base/device only.
#ifndef ASSENT_BASE_DEVICE_SKF_STATE_H
#define ASSENT_BASE_DEVICE_SKF_STATE_H

#include <pthread.h>

#include "base/device/skf_library.h"
#include "base/device/skf_token.h"

struct SkfToken {
    SkfLibrary library;
    pthread_mutex_t mutex;                   // of the handles and of every call on them
    void *device, *application, *container;  // NULL: closed
    char label[33], serial[33];
    Sm2PublicKey public_key;  // of the signer
};

// Close the handles, which ends the login; the caller holds the mutex or is alone.
void skf_token_disconnect(SkfToken *token);

#endif
