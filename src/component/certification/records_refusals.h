// SPDX-License-Identifier: Apache-2.0
//
// What somebody who is known asked of C3, and was refused.
#ifndef ASSENT_COMPONENT_CERTIFICATION_RECORDS_REFUSALS_H
#define ASSENT_COMPONENT_CERTIFICATION_RECORDS_REFUSALS_H

#include "base/codec/json.h"
#include "base/core/time.h"
#include "base/store/store.h"

enum { REFUSALS_LISTED = 200 };

// The newest first, at most REFUSALS_LISTED, with an id below `before` (0: all): [{"id", "at",
// "operation", "caller", "serial", "request_id", "requester", "code"}]. The caller owns the result.
bool certification_record_list_refusals(Store *store, int64_t before, json_t **ret,
                                        Error *err) MUST_CHECK;

#endif
