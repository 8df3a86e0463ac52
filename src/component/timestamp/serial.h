// SPDX-License-Identifier: Apache-2.0
//
// Serial numbers that never repeat: a counter whose blocks are reserved durably before use, after
// a prefix that is drawn anew for each block, so that they stay unique even when the database is
// lost or an old copy of it comes back.
#ifndef ASSENT_COMPONENT_TIMESTAMP_SERIAL_H
#define ASSENT_COMPONENT_TIMESTAMP_SERIAL_H

#include <pthread.h>

#include "base/core/time.h"
#include "base/secret/random.h"
#include "base/store/store.h"

enum { SERIAL_SIZE = 16, SERIAL_PREFIX_SIZE = 8 };

typedef struct {
    Store *store;
    Random random;
    size_t block_size;
    Time archive_age;  // what the archive holds for longer is dropped with each block; 0: nothing
    pthread_mutex_t lock;
    uint8_t prefix[SERIAL_PREFIX_SIZE];
    int64_t next;
    int64_t end;  // first number that is not reserved
} SerialSource;

// Begin with an empty block. The store is borrowed.
bool serial_source_start(SerialSource *source, Store *store, Random random, size_t block_size,
                         Error *err) MUST_CHECK;
void serial_source_stop(SerialSource *source);
// Take one number; reserves a block when none is left, noting `now` as a time that was given
// out. Fails with ERROR_INTERNAL (store, randomness) and ERROR_LIMIT when all are used up.
bool serial_take(SerialSource *source, Time now, uint8_t ret[SERIAL_SIZE], Error *err) MUST_CHECK;

#endif
