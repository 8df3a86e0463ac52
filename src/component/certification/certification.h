// SPDX-License-Identifier: Apache-2.0
//
// C3, the certification system of JR/T 0299-2024: issues certificates of persons to registered
// registration authorities and to nobody else, changes their status and publishes the list.
#ifndef ASSENT_COMPONENT_CERTIFICATION_CERTIFICATION_H
#define ASSENT_COMPONENT_CERTIFICATION_CERTIFICATION_H

#include "base/core/time.h"
#include "base/crypto/signer.h"
#include "base/net/service.h"
#include "base/secret/random.h"
#include "base/secret/secret.h"
#include "component/port/certification.h"
#include "component/port/institution.h"
#include "component/port/key_management.h"
#include "component/port/report_issuer.h"
#include "component/port/transparency.h"

typedef struct Certification Certification;

// The permit under which the institution certifies; nothing is issued outside of it.
// Source: JR/T 0299-2024 6.1; Electronic Signature Law 17, 18.
typedef struct {
    const char *number;
    const char *holder;
    Time valid_from, valid_until;
} CertificationLicence;

// A registration authority: who was authorised by contract to check identities and apply.
// Source: JR/T 0299-2024 6.3.
typedef struct {
    Bytes certificate;         // DER, signs its requests
    const char *name;          // becomes the OU of the certificates, at most 64 bytes
    const char *agreement;     // number of the contract on delegation
    const char *requirements;  // version of the agreed technical requirements
} Registrar;

// Who answers OCSP requests about what the CA issued.
typedef struct {
    const Signer *signer;  // NULL: nobody does
    Bytes certificate;     // DER, of the signer's key, by the CA, for OCSPSigning alone
    const char *uri;       // where POST /v1/ocsp is published; NULL: left out of certificates
    Time lifetime;         // thisUpdate to nextUpdate [1 h]
    bool ignores_nonces;   // every answer may then be one that was signed before
} CertificationOcsp;

// Everything is borrowed until certification_stop.
typedef struct {
    Institution institution;               // signs what C3 states; another key than the CA's
    const Signer *ca;                      // key of the issuing CA
    Bytes chain[CERTIFICATION_MAX_CHAIN];  // DER: the issuing CA first, without the root
    size_t chain_count;
    const char *organization;  // O of the certificates; NULL: none
    CertificationLicence licence;
    const Registrar *registrars;
    size_t registrar_count;
    Bytes profiles;              // JSON; empty: the built-in data/profiles.json
    Bytes cps;                   // text of the practice statement; empty: the built-in one
    const char *cps_uri;         // where the practice statement is published
    const char *crl_uri;         // where GET /v1/crl is published; NULL: left out
    const char *ca_issuers_uri;  // where GET /v1/ca/certificate is published; NULL: left out
    Time crl_lifetime;           // thisUpdate to nextUpdate [24 h]
    Time delta_lifetime;         // the same of delta lists; 0: there are none
    Time partition_window;       // certificates issued in one share a list; 0: all share one
    CertificationOcsp ocsp;
    ReportIssuer *reports;  // issues report B; NULL: none is issued
    // Where every issue is logged before it is handed out, and the certificate (DER) of that log's
    // key; NULL: nowhere.
    const TransparencyPort *transparency;
    Bytes log_certificate;
    const char *store_path;
    const Secret *field_key;  // 16 bytes, seals what is stored
    const Secret *index_key;  // 32 bytes, for the digests by which subjects are found
    Random random;
    // Issues encryption keys for pairs of certificates; zero: nobody does, and no pairs are issued.
    KeyManagementPort key_management;
    Bytes key_manager;  // DER, signs what it states
} CertificationConfig;

// Open the store, load profiles and partners. Fails with ERROR_INPUT "certification.config" (CA
// certificate and key do not fit, or may not issue and sign lists; an argument is missing),
// "certification.ocsp" (nor the responder's), or as the store does. The config is copied.
bool certification_start(const CertificationConfig *config, Certification **ret,
                         Error *err) MUST_CHECK;
// Close the store and release. NULL is harmless. No request may be running.
void certification_stop(Certification *certification);
// What has to happen though nobody asks: suspensions that lasted too long become revocations.
// Called from time to time by one thread.
bool certification_tick(Certification *certification, Error *err) MUST_CHECK;
// The routes, to be served or called locally. Lives as long as the certification system.
const Service *certification_service(const Certification *certification);
// OpenAPI description, JSON.
Bytes certification_openapi(void);

#endif
