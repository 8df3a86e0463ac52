// SPDX-License-Identifier: Apache-2.0
//
// Outbox: what happens to an authorization in force (uses, withdrawal, issued reports) is preserved
// with C5 too, a little later, so that an evidence system that is down delays the evidence and
// nothing else.
#ifndef ASSENT_COMPONENT_BUSINESS_OUTBOX_H
#define ASSENT_COMPONENT_BUSINESS_OUTBOX_H

#include "component/business/work.h"

#define OUTBOX_WITHDRAWAL "withdrawal"
// Subject of a use, in the arena; NULL when out of memory.
const char *outbox_use_subject(Arena *arena, const char *query_id);

// Deposit what waits, as far as C5 can be reached. A row that fails waits behind the others, and
// *ret_failed says that there was one.
// Source: JR/T 0299-2024 8.3 d.
bool outbox_deposit(Business *business, bool *ret_failed, Error *err) MUST_CHECK;

#endif
