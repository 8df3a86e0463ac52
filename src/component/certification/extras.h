// SPDX-License-Identifier: Apache-2.0
//
// The private extensions of a person's certificate. Both certificates of a pair have the same.
#ifndef ASSENT_COMPONENT_CERTIFICATION_EXTRAS_H
#define ASSENT_COMPONENT_CERTIFICATION_EXTRAS_H

#include "base/core/bytes.h"
#include "component/port/certification.h"
#include "domain/pki/certificate_template.h"

enum { EXTRAS_MAX = 3 };

typedef struct {
    CertificateExtension list[EXTRAS_MAX];
    size_t count;
    Writer values[EXTRAS_MAX];
} Extras;

// What a request has put into the certificate; number: normalised, "" when it is not in it. The
// caller releases them.
Extras extras_new(const CertificationRequest *request, const char *number) MUST_CHECK;
void extras_free(Extras *extras);

#endif
