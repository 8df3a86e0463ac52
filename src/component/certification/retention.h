// SPDX-License-Identifier: Apache-2.0
//
// Retention: how long the records of a certificate stay, and what goes when their time is over: the
// signed requests and the record of the issue, which are about a person. Serial number, state,
// times and keyed digests stay, so that lists and answers about old signatures stay right, and
// neither subject nor key is ever given to another person.
#ifndef ASSENT_COMPONENT_CERTIFICATION_RETENTION_H
#define ASSENT_COMPONENT_CERTIFICATION_RETENTION_H

#include "base/net/service.h"
#include "base/store/store.h"

// At least five years after the certificate has expired. Source: Electronic Signature Law 24.
#define RETENTION_AFTER_EXPIRY (5 * 366 * TIME_DAY)

// Fails with ERROR_FORBIDDEN "retention.too_early" unless records of certificates that expired
// before `expired_before` may go at `now`.
bool retention_check(Time expired_before, Time now, Error *err) MUST_CHECK;

// Within a session: erase the records of certificates that expired before that time. Fails as
// retention_check does, and then nothing is erased.
bool retention_record_erase(StoreSession *session, Time expired_before, Time now,
                            int64_t *ret_count, Error *err) MUST_CHECK;

// What may be erased now.
typedef struct {
    Time until;        // what expired before may be erased
    int64_t erasable;  // certificates whose records may be erased
    int64_t kept;      // certificates whose records have to stay
    int64_t erased;    // certificates whose records are gone
} RetentionReport;

bool retention_report(Store *store, Time now, RetentionReport *ret, Error *err) MUST_CHECK;

// GET /v1/retention
RouteHandler certification_handle_retention;

#endif
