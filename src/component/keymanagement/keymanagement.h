// SPDX-License-Identifier: Apache-2.0
//
// The key management (KM) beside the certification system: makes the encryption key pairs of
// persons, gives each out in an envelope that only its person's signing key opens, keeps it for
// recovery, and recovers it when two of its officers want that on a legal ground. Signing keys
// never come here. Source: GM/T 0015-2012 annex C; GM/T 0014-2012.
#ifndef ASSENT_COMPONENT_KEYMANAGEMENT_KEYMANAGEMENT_H
#define ASSENT_COMPONENT_KEYMANAGEMENT_KEYMANAGEMENT_H

#include "base/core/time.h"
#include "base/crypto/signer.h"
#include "base/net/service.h"
#include "base/secret/random.h"
#include "base/secret/secret.h"
#include "component/port/institution.h"
#include "domain/pki/path.h"

typedef struct KeyManagement KeyManagement;

enum { KEYMANAGEMENT_PARTNERS_MAX = 16 };

// Everything is borrowed until keymanagement_stop.
typedef struct {
    Institution institution;    // signs what the KM states
    const Signer *storage_key;  // decrypts the keys that are kept, and does nothing else
    const Secret *field_key;    // 16 bytes
    const Bytes *certifiers;    // DER: who may have pairs issued (C3's certificates)
    size_t certifier_count;
    const Bytes *officers;  // DER: who may ask for a recovery, and confirm another's
    size_t officer_count;
    const Bytes *judicial;  // DER: named recipients by order; encryption certificates
    size_t judicial_count;
    const TrustStore *trust;  // anchors for persons' signing certificates
    RevocationRule revocation;
    const char *store_path;
    Random random;
    size_t pool_size;     // pairs that are made beforehand; 0: none
    Time archive_period;  // after which an archived key is destroyed [5 years]
} KeyManagementConfig;

// Open the store. Fails with ERROR_INPUT "keymanagement.config" (keys that do not fit, fewer than
// two officers where there is any, malformed certificates) or as the store does. The config is
// copied.
bool keymanagement_start(const KeyManagementConfig *config, KeyManagement **ret,
                         Error *err) MUST_CHECK;
// Close the store and release. NULL is harmless. No request may be running.
void keymanagement_stop(KeyManagement *keymanagement);
// What has to happen though nobody asks: fill the pool, destroy what was archived for long enough.
// Called from time to time by one thread.
bool keymanagement_tick(KeyManagement *keymanagement, Error *err) MUST_CHECK;
// The routes, to be served or called locally. Lives as long as the key management.
const Service *keymanagement_service(const KeyManagement *keymanagement);
// OpenAPI description, JSON.
Bytes keymanagement_openapi(void);

#endif
