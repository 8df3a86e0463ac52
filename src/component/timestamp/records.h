// SPDX-License-Identifier: Apache-2.0
//
// What the TSA keeps. The only place with SQL. Each runs inside a store_read or store_write.
#ifndef ASSENT_COMPONENT_TIMESTAMP_RECORDS_H
#define ASSENT_COMPONENT_TIMESTAMP_RECORDS_H

#include <stdint.h>

#include "base/core/time.h"
#include "base/store/store.h"

enum { TIMESTAMP_SCHEMA_VERSION = 1 };

// A reservation: size and now are given, first is the answer.
typedef struct {
    int64_t size;
    Time now;
    int64_t first;
} SerialBlock;

// StoreFunction over a SerialBlock: move the row past a block. Fails with ERROR_LIMIT
// "timestamp_authority.serials" when no numbers are left.
bool timestamp_records_reserve(StoreSession *session, void *block, Error *err);
// StoreFunction over a Time: the latest time at which serial numbers were reserved, 0 if never.
bool timestamp_records_latest_time(StoreSession *session, void *ret_time, Error *err);

#endif
