// SPDX-License-Identifier: Apache-2.0
//
// What a relying party is told about a certificate, found by its primary key.
#ifndef ASSENT_COMPONENT_CERTIFICATION_RECORDS_STANDING_H
#define ASSENT_COMPONENT_CERTIFICATION_RECORDS_STANDING_H

#include "base/core/arena.h"
#include "base/store/store.h"
#include "component/certification/lifecycle.h"

typedef struct {
    bool is_known;           // false: no certificate has this serial number, nothing else is set
    CertificateState state;  // ACTIVE, SUSPENDED or REVOKED
    int reason;              // 0 and 0 while it is ACTIVE
    Time revoked_at;         // since when it is not to be relied on
    Time expires_at;
} CertificateStanding;

bool certificate_standing_equal(const CertificateStanding *a, const CertificateStanding *b);

// Look up one certificate. `serial` is upper-case hexadecimal. Fails as the store does.
bool certificate_record_get_standing(Store *store, const char *serial, Arena *arena,
                                     CertificateStanding *ret, Error *err) MUST_CHECK;

#endif
