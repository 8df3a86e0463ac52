// SPDX-License-Identifier: Apache-2.0
//
// C2, the registration system of JR/T 0299-2024: checks that a person was identified and told,
// has the certificate issued by C3, hands it back, and has that recorded with C5 (M7).
#ifndef ASSENT_COMPONENT_REGISTRATION_REGISTRATION_H
#define ASSENT_COMPONENT_REGISTRATION_REGISTRATION_H

#include "base/core/time.h"
#include "base/net/service.h"
#include "base/secret/random.h"
#include "base/secret/secret.h"
#include "component/port/certification.h"
#include "component/port/institution.h"
#include "component/port/preservation.h"
#include "component/port/registration.h"
#include "domain/pki/trust.h"

typedef struct Registration Registration;

// The last act of a key that was used in memory: a statement signed by the person's certificate,
// payload {"destroyed_at":time,"signatures":number,"signed_digest":hex SM3}.
// Source: JR/T 0299-2024 6.6 c.
#define KEY_DESTRUCTION_TYPE "assent.key-destruction/1"

// Everything is borrowed until registration_stop.
typedef struct {
    Institution institution;  // signs requests to C3 and submissions to C5
    const TrustStore *trust;  // anchors of the certificates that C3 issues
    const Bytes *applicants;  // DER: with which the business systems (C1) sign
    size_t applicant_count;
    const Bytes *certifiers;  // DER: with which the certification system (C3) signs
    size_t certifier_count;
    CertificationPort certification;
    PreservationPort preservation;
    // DER of the evidence log's certificate: what C3 issues has to be logged there. Empty: it need
    // not be.
    Bytes log_certificate;
    const char *store_path;
    const Secret *field_key;  // 16 bytes, seals what is stored
    Random random;
} RegistrationConfig;

// Open the store. Fails with ERROR_INPUT "registration.config" or as the store does. The config is
// copied. Time comes from the institution's clock.
bool registration_start(const RegistrationConfig *config, Registration **ret,
                        Error *err) MUST_CHECK;
// Close the store and release. NULL is harmless. No request may be running.
void registration_stop(Registration *registration);
// What has to happen though nobody asks: what was refused to strangers is written down. Called once
// a second by one thread.
bool registration_tick(Registration *registration, Error *err) MUST_CHECK;
// The routes, to be served or called locally. Lives as long as the registration system.
const Service *registration_service(const Registration *registration);
// OpenAPI description, JSON.
Bytes registration_openapi(void);

#endif
