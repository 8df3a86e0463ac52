// SPDX-License-Identifier: Apache-2.0
//
// Store: one embedded SQLite database (write-ahead log, synchronous=FULL, STRICT tables, foreign
// keys). Any number of threads read, each on a connection of its own and on one snapshot. All
// writes go through one writer thread, which commits whatever is waiting as one group, so that
// many callers share one fsync. SQL text belongs in a component's records.c; see sql.h.
//
// If the database file is lost, everything is lost; if only its "-wal" file is lost, the newest
// commits are: both belong to a backup (or call store_checkpoint before copying).
#ifndef ASSENT_BASE_STORE_STORE_H
#define ASSENT_BASE_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/core/attributes.h"
#include "base/core/error.h"

typedef struct Store Store;
// One connection within a store_read or store_write; dead when the function returns.
typedef struct StoreSession StoreSession;

// What runs in a transaction. Returning false undoes what it wrote; its error goes to the caller.
// It may run statements only: no network, no waiting, and no store_write.
typedef bool StoreFunction(StoreSession *session, void *context, Error *err);

typedef struct {
    const char *path;    // of the database file; created with mode 0600 when absent
    const char *schema;  // SQL that makes the tables of this version; all of them STRICT
    int schema_version;  // 1 or more; a file of a newer version is refused
    // SQL that makes version i + 2 of version i + 1, for i from 0 to schema_version - 2; NULL, or
    // NULL at a place: files of that age are refused. All of it happens in one transaction, at
    // opening; references between tables have to hold at its end only.
    const char *const *migrations;
} StoreOptions;

// Open or create a store and start its writer thread. The options are borrowed for the call.
// Fails with ERROR_CONFLICT "store.schema_newer" / "store.schema_older" (made by another version,
// and there is no way from it to this one) or "store.foreign" (not made by a store) or
// "store.locked" (open elsewhere), ERROR_UNAVAILABLE "store.busy", ERROR_INTERNAL "store.open",
// "store.schema", "store.io", "store.corrupt", "store.full".
bool store_open(const StoreOptions *options, Store **ret, Error *err) MUST_CHECK;
// Finish the writes that wait, empty the write-ahead log into the file and release everything.
// No other call may be running or follow. NULL is harmless.
void store_close(Store *store);
// For CLEANUP(store_cleanup).
void store_cleanup(Store **store);

// Run `function` on the calling thread over one snapshot of what is committed. It cannot write.
// Fails as the function does, or as sql.h says.
bool store_read(Store *store, StoreFunction *function, void *context, Error *err) MUST_CHECK;

// Run `function` on the writer thread in a shared transaction and return when that is durable.
// true: what the function wrote is on disk. false: nothing of it is there, with one exception:
// after ERROR_INTERNAL "store.io" it may appear after a crash, so repeat it only by idempotency.
// A function that fails undoes only its own writes; a failing commit fails the whole group.
// The context is used by the writer thread until the return. Constraints are checked
// immediately; a DEFERRED one would fail the group of others and does not belong in a schema.
bool store_write(Store *store, StoreFunction *function, void *context, Error *err) MUST_CHECK;

// Move the write-ahead log into the database file and empty it. Afterwards what was deleted is
// gone from both files (deleted content is overwritten). Fails with ERROR_UNAVAILABLE
// "store.busy" while a reader still needs the log.
bool store_checkpoint(Store *store, Error *err) MUST_CHECK;

// A number that is another one as soon as a store_write that changed something has returned: what
// was read while it stayed the same is still true. Cheap, for any thread.
uint64_t store_generation(const Store *store);

// For metrics.
typedef struct {
    uint64_t writes;   // functions run since the store was opened
    uint64_t groups;   // transactions, and so at most this many fsyncs, that they shared
    uint64_t waiting;  // writes that wait for the next group now
} StoreCounters;

StoreCounters store_counters(Store *store);

#endif
