// SPDX-License-Identifier: Apache-2.0
//
// Within the store module: the thread that commits waiting writes in groups.
#ifndef ASSENT_BASE_STORE_WRITER_H
#define ASSENT_BASE_STORE_WRITER_H

#include "base/store/session.h"

typedef struct StoreWriter StoreWriter;

// Start the thread; it owns the session from now on, also when starting fails.
bool store_writer_open(StoreSession *session, StoreWriter **ret, Error *err) MUST_CHECK;
// Finish what waits, end the thread, close the session.
void store_writer_close(StoreWriter *writer);
// See store_write; a NULL function is a checkpoint.
bool store_writer_run(StoreWriter *writer, StoreFunction *function, void *context,
                      Error *err) MUST_CHECK;
StoreCounters store_writer_counters(StoreWriter *writer);
uint64_t store_writer_generation(const StoreWriter *writer);

#endif
