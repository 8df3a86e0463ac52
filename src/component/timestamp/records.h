// SPDX-License-Identifier: Apache-2.0
//
// What the TSA keeps. The only place with SQL. Each runs inside a store_read or store_write.
#ifndef ASSENT_COMPONENT_TIMESTAMP_RECORDS_H
#define ASSENT_COMPONENT_TIMESTAMP_RECORDS_H

#include <stdint.h>

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/time.h"
#include "base/store/store.h"

enum { TIMESTAMP_SCHEMA_VERSION = 3 };

// A reservation: size and now are given, first is the answer.
typedef struct {
    int64_t size;
    Time now;
    Time forget_before;  // drop what the archive holds from before this; 0: nothing
    int64_t first;
} SerialBlock;

// StoreFunction over a SerialBlock: move the row past a block. Fails with ERROR_LIMIT
// "timestamp_authority.serials" when no numbers are left.
bool timestamp_records_reserve(StoreSession *session, void *block, Error *err);
// StoreFunction over a Time: the latest time at which serial numbers were reserved, 0 if never.
bool timestamp_records_latest_time(StoreSession *session, void *ret_time, Error *err);

// One stamp of the archive. Source: JR/T 0118-2015 6.4.6.
typedef struct {
    Bytes serial;
    Time received_at, stored_at;
    Bytes token;
    Arena *arena;  // for the token that is found
} StampRow;

// StoreFunction over a StampRow: keep it.
bool timestamp_records_keep(StoreSession *session, void *row, Error *err);
// StoreFunction over a StampRow: find it by its serial number. Fails with ERROR_NOT_FOUND
// "timestamp_authority.unknown_stamp".
bool timestamp_records_find(StoreSession *session, void *row, Error *err);

#endif
