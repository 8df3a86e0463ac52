// SPDX-License-Identifier: Apache-2.0
//
// What somebody who is known asked of C2, and was refused.
#ifndef ASSENT_COMPONENT_REGISTRATION_RECORDS_REFUSALS_H
#define ASSENT_COMPONENT_REGISTRATION_RECORDS_REFUSALS_H

#include "base/codec/json.h"
#include "base/core/time.h"
#include "base/store/store.h"

enum { REFUSALS_LISTED = 200 };

// The newest first, at most REFUSALS_LISTED, with an id below `before` (0: all), of one institution
// (NULL: of all): [{"id", "at", "institution", "authorization_id", "request_id", "code"}]. The
// caller owns the result.
bool registration_record_browse_refusals(Store *store, const char *institution, int64_t before,
                                         json_t **ret, Error *err) MUST_CHECK;

#endif
