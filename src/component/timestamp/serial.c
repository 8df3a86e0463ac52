// SPDX-License-Identifier: Apache-2.0
#include "component/timestamp/serial.h"

#include <string.h>

#include "base/core/bytes.h"
#include "component/timestamp/records.h"

bool serial_source_start(SerialSource *source, Store *store, Random random, size_t block_size,
                         Error *err)
{
    *source = (SerialSource){.store = store, .random = random, .block_size = block_size};
    return pthread_mutex_init(&source->lock, NULL) == 0 || error_memory(err);
}

void serial_source_stop(SerialSource *source)
{
    (void)pthread_mutex_destroy(&source->lock);
}

static bool reserve(SerialSource *source, Time now, Error *err)
{
    uint8_t prefix[SERIAL_PREFIX_SIZE];
    SerialBlock block = {.size = (int64_t)source->block_size,
                         .now = now,
                         .forget_before = source->archive_age == 0 ? 0 : now - source->archive_age};
    if (!random_fill(source->random, prefix, sizeof(prefix), err) ||
        !store_write(source->store, timestamp_records_reserve, &block, err)) {
        return error_context(err, "reserving serial numbers");
    }
    // A positive INTEGER of full length.
    prefix[0] = (uint8_t)((prefix[0] & 0x3f) | 0x40);
    memcpy(source->prefix, prefix, sizeof(prefix));
    source->next = block.first;
    source->end = block.first + block.size;
    return true;
}

bool serial_take(SerialSource *source, Time now, uint8_t ret[SERIAL_SIZE], Error *err)
{
    (void)pthread_mutex_lock(&source->lock);
    bool ok = source->next < source->end || reserve(source, now, err);
    if (ok) {
        uint64_t number = (uint64_t)source->next++;
        memcpy(ret, source->prefix, SERIAL_PREFIX_SIZE);
        for (int i = SERIAL_SIZE - 1; i >= SERIAL_PREFIX_SIZE; i--) {
            ret[i] = (uint8_t)number;
            number >>= 8;
        }
    }
    (void)pthread_mutex_unlock(&source->lock);
    return ok;
}
