// SPDX-License-Identifier: Apache-2.0
//
// What the files of the software device share.
#ifndef ASSENT_BASE_SOFTSDF_SOFTSDF_STATE_H
#define ASSENT_BASE_SOFTSDF_SOFTSDF_STATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/crypto/sm2.h"
#include "base/softsdf/softsdf.h"

enum { SOFTSDF_RIGHTS_MAX = 16, SOFTSDF_INDEX_MAX = 9999, SOFTSDF_DATA_MAX = 1 << 20 };

typedef struct {
    uint32_t mark;
    atomic_uint sessions;
} SoftDevice;

// The right to use the private keys of one index.
typedef struct {
    unsigned index;
    Sm2PrivateKey *sign;        // NULL: there is none
    Sm2PrivateKey *encryption;  // NULL: there is none
} SoftRight;

typedef struct {
    uint32_t mark;
    SoftDevice *device;
    unsigned epoch;  // FAULT_EPOCH when it was opened
    SoftRight rights[SOFTSDF_RIGHTS_MAX];
    size_t right_count;
    Sm3 hash;
    bool is_hashing;
} SoftSession;

// SDR_OK when the handle is a session's and works.
int softsdf_check_session(const void *handle);
// The right to an index, or NULL.
SoftRight *softsdf_find_right(SoftSession *session, unsigned index);
// Wipe what a right holds.
void softsdf_drop_right(SoftRight *right);
// Read the public key "sign" or "enc" of an index.
int softsdf_load_public_key(const char *use, unsigned index, Sm2PublicKey *ret);

#endif
