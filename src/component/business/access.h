// SPDX-License-Identifier: Apache-2.0
//
// Access: who was identified in one session, and shows by a code that the phone is still at hand,
// sees for ten minutes all that the institution keeps of the same person, wherever it was made.
#ifndef ASSENT_COMPONENT_BUSINESS_ACCESS_H
#define ASSENT_COMPONENT_BUSINESS_ACCESS_H

#include "component/business/work.h"

// Check that the session of `own` has access to all of the person's now. Fails as access_check
// does.
bool access_require(Work *own, Error *err) MUST_CHECK;
// Everything that the institution keeps of the person, newest first, in the work's arena.
bool access_list(Work *own, SessionRow **ret, size_t *ret_count, Error *err) MUST_CHECK;

// Check that the session of `own` has access to an authorization now. Fails with FORBIDDEN
// "access.not_open" without a confirmed code, and NOT_FOUND "authorization.unknown" alike for what
// is another person's and for what there is not. Source: PIPL 45.
bool access_check(Work *own, const char *authorization_id, Error *err) MUST_CHECK;

#endif
