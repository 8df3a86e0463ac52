// SPDX-License-Identifier: Apache-2.0
//
// The sealing service, C1's associated system of JR/T 0299-2024 4 d: makes electronic seals
// (GB/T 38540-2020) for the certificates of persons, and organisation seals for those who issue
// reports. It is a seal maker with a key of its own, with which it never signs a document; and it
// keeps persons' keys, each of which signs once what its person granted (kept_key.h).
#ifndef ASSENT_COMPONENT_SEALING_SEALING_H
#define ASSENT_COMPONENT_SEALING_SEALING_H

#include "base/core/time.h"
#include "base/crypto/signer.h"
#include "base/net/service.h"
#include "base/secret/random.h"
#include "base/secret/secret.h"
#include "domain/pki/path.h"

typedef struct Sealing Sealing;

enum { SEALING_MAX_CHAIN = 4 };

// Everything is borrowed until sealing_stop.
typedef struct {
    const Signer *maker;
    Bytes certificate;               // DER, of the maker's key
    Bytes chain[SEALING_MAX_CHAIN];  // DER certificates above it, for those who ask
    size_t chain_count;
    const char *vendor_id;    // SES_Header.Vid, ASCII
    const TrustStore *trust;  // anchors for the certificates that seals are made for
    RevocationRule revocation;
    const char *store_path;
    const Secret *field_key;  // 16 bytes, seals what is stored
    Random random;
    Clock clock;
    Time max_validity;  // longest period of a seal [5 years]
    // Decrypts the persons' keys that are kept here, and does nothing else: a key in a device, or
    // one in memory. NULL: none are kept.
    const Signer *storage_key;
} SealingConfig;

// Open the store. Fails with ERROR_INPUT "sealing.config" (the certificate is malformed, of
// another key, or may not sign) or as the store does. The config is copied.
bool sealing_start(const SealingConfig *config, Sealing **ret, Error *err) MUST_CHECK;
// Close the store and release. NULL is harmless. No request may be running.
void sealing_stop(Sealing *sealing);
// The routes, to be served or called locally. Lives as long as the sealing service.
const Service *sealing_service(const Sealing *sealing);
// OpenAPI description, JSON.
Bytes sealing_openapi(void);

#endif
