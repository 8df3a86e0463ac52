// SPDX-License-Identifier: Apache-2.0
//
// The contents of what is deposited travel beside the signed statement, which names them by digest:
// so the statement can be shown to somebody who must not see them, and still proves each of them.
#ifndef ASSENT_COMPONENT_BUSINESS_DEPOSIT_CONTENTS_H
#define ASSENT_COMPONENT_BUSINESS_DEPOSIT_CONTENTS_H

#include "component/business/deposits.h"

#define PRESENTATION_JSON "presentation_json"

// Keep the commitments to the person's fields (domain/privacy/person_field.h), to be deposited.
bool deposit_keep_fields(Work *work, Error *err) MUST_CHECK;
// Keep how the letter was shown, as it goes into deposit and case file: {"nonce", "presented_at",
// "dwell_minimum_ms"}. What the rule asked for then must not be what is configured later.
bool deposit_keep_presentation(Work *work, Error *err) MUST_CHECK;
// Take the contents out of the items, which keep size and digest.
void deposit_drop_contents(Deposit *deposit);
// The submission of a stored statement: it with the contents of its items, from what is kept under
// their names. Fails with ERROR_INTERNAL "deposit.stored" when one is kept otherwise by now.
bool deposit_gather(Work *work, Bytes statement, Submission *ret, Error *err) MUST_CHECK;

#endif
