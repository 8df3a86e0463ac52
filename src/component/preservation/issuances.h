// SPDX-License-Identifier: Apache-2.0
//
// Issuances on their way into the log, and from the log into the store.
#ifndef ASSENT_COMPONENT_PRESERVATION_ISSUANCES_H
#define ASSENT_COMPONENT_PRESERVATION_ISSUANCES_H

#include <pthread.h>

#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/net/service.h"
#include "base/sm3/sm3.h"

typedef struct Preservation Preservation;
typedef struct IssuanceReport IssuanceReport;

// Part of Preservation.
typedef struct {
    IssuanceReport *reports;   // being taken in; under the mutex of Preservation
    pthread_mutex_t scanning;  // guards what follows
    // From which size of the log there may be issuances that the store does not have, because a
    // report was logged and then failed; UINT64_MAX: there are none.
    uint64_t unscanned;
} IssuanceIntake;

RouteHandler preservation_handle_issuances, preservation_handle_issuance_search;

// What a repetition of the issuance has to have, too.
Sm3Digest preservation_issuance_digest(const Sm3Digest *commitment, Bytes sealed);

// At opening: make rows of what is in the log and not in the store; log what a program before left.
bool preservation_finish_issuances(Preservation *preservation, Error *err) MUST_CHECK;
// A report was logged from this size of the log on and could not be stored. Called while its labels
// are still taken.
void preservation_lose_issuances(Preservation *preservation, uint64_t size_before);
// Make rows of what was lost so. Nothing new is logged before that.
bool preservation_recover_issuances(Preservation *preservation, Error *err) MUST_CHECK;

#endif
