// SPDX-License-Identifier: Apache-2.0
//
// What the sealing service keeps. The only place with SQL.
#ifndef ASSENT_COMPONENT_SEALING_RECORDS_H
#define ASSENT_COMPONENT_SEALING_RECORDS_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/time.h"
#include "base/sm3/sm3.h"
#include "base/store/store.h"

enum { SEALING_SCHEMA_VERSION = 2 };

// One seal that was made.
typedef struct {
    const char *id;           // esID
    const char *institution;  // who ordered it
    const char *request_id;   // of the order, the institution's own
    const char *kind;         // "person" or "organization"
    Sm3Digest digest;         // of the seal
    Bytes seal;               // sealed under the field key
    Time created_at;
} SealRecord;

// Find the seal made for an order, or by its id (texts and bytes in the arena).
bool sealing_records_find_order(Store *store, const char *institution, const char *request_id,
                                Arena *arena, bool *ret_found, SealRecord *ret,
                                Error *err) MUST_CHECK;
bool sealing_records_find_id(Store *store, const char *id, Arena *arena, bool *ret_found,
                             SealRecord *ret, Error *err) MUST_CHECK;
// Keep a seal, durably. Fails with ERROR_CONFLICT "store.duplicate" when somebody was faster with
// the same order.
bool sealing_records_keep(Store *store, const SealRecord *record, Error *err) MUST_CHECK;

#endif
