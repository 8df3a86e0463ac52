// SPDX-License-Identifier: Apache-2.0
//
// Evidence of requests that were refused before anybody was believed to have sent them, and of
// which there may be any number: counted by day, door, caller and code, so that it tells what was
// tried and when without growing with it. A component that keeps one has this table:
//
//     CREATE TABLE refusal_tally (
//         day INTEGER NOT NULL,        -- since 1970 UTC
//         door TEXT NOT NULL,
//         caller TEXT NOT NULL,
//         refusal TEXT NOT NULL,
//         count INTEGER NOT NULL,
//         first_at INTEGER NOT NULL,
//         last_at INTEGER NOT NULL,
//         PRIMARY KEY (day, door, caller, refusal)
//     ) STRICT, WITHOUT ROWID;
#ifndef ASSENT_BASE_STORE_REFUSAL_TALLY_H
#define ASSENT_BASE_STORE_REFUSAL_TALLY_H

#include "base/codec/json.h"
#include "base/core/time.h"
#include "base/store/store.h"

enum { REFUSAL_TALLY_LISTED = 500 };

typedef struct RefusalTally RefusalTally;

// A tally in a store, which is borrowed until refusal_tally_free.
bool refusal_tally_new(Store *store, RefusalTally **ret, Error *err) MUST_CHECK;
// Write what is still in memory, and release. NULL is harmless.
void refusal_tally_free(RefusalTally *tally);

// Count one refusal, in memory: never waits, never fails. Door and code are constants of the
// program, the caller is "" or a name that was proved by a certificate. When more kinds come in at
// once than there is room for, the rest of them count as code "other". Thread-safe.
void refusal_tally_note(RefusalTally *tally, const char *door, const char *caller, const char *code,
                        Time now);
// Write durably what was counted since the last time, and forget days over five years ago. To be
// called every second or so; nothing is lost when it fails. Fails as the store does.
bool refusal_tally_flush(RefusalTally *tally, Error *err) MUST_CHECK;

// The newest days first, at most REFUSAL_TALLY_LISTED, after a flush: [{"day", "door", "caller",
// "code", "count", "first_at", "last_at"}]. The caller owns the result.
bool refusal_tally_list(RefusalTally *tally, json_t **ret, Error *err) MUST_CHECK;

#endif
