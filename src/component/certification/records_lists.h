// SPDX-License-Identifier: Apache-2.0
//
// What C3 keeps of its revocation lists, and what goes into the next one.
#ifndef ASSENT_COMPONENT_CERTIFICATION_RECORDS_LISTS_H
#define ASSENT_COMPONENT_CERTIFICATION_RECORDS_LISTS_H

#include "base/core/arena.h"
#include "base/core/time.h"
#include "base/store/store.h"
#include "domain/pki/crl_template.h"

// What a list is about. A partition has its own number above these.
enum { LIST_COMPLETE = 0, LIST_DELTA = -1 };

// The certificates that were issued in a time share a list.
typedef struct {
    int64_t id;  // from 1 on, part of the list's address
    Time begins_at, ends_at;
} ListPartition;

// Find the partition of a time. *ret_found is false when there is none.
bool list_partition_find(Store *store, Time issued_at, ListPartition *ret, bool *ret_found,
                         Error *err) MUST_CHECK;
// The same, and without one make it: as long as `window`, from a multiple of it on, but not before
// the one before it ends.
bool list_partition_take(Store *store, Time issued_at, Time window, ListPartition *ret,
                         Error *err) MUST_CHECK;
// Fails with ERROR_NOT_FOUND "certification.partition_unknown".
bool list_partition_get(Store *store, int64_t id, ListPartition *ret, Error *err) MUST_CHECK;

// How long a list stays after its end, when there is a newer one of its scope. What it said is told
// for good by the certificates and their changes of status.
#define LIST_KEPT_AFTER_END (30 * TIME_DAY)

// A list that was signed.
typedef struct {
    int64_t scope;      // LIST_COMPLETE, LIST_DELTA or the id of a partition
    int64_t number;     // 0: there is none yet
    int64_t base;       // of a delta list: the number of what it changes
    int64_t change_id;  // the newest change of status that it knows
    int64_t entries;    // -1: not counted when it was made
    Time created_at, expires_at;
} ListRow;

// What is there of one scope, on one snapshot.
typedef struct {
    ListRow newest;
    ListRow base;           // for a delta list: the oldest complete list in force at `now`
    bool has_newer_change;  // one of the scope that the newest list does not know
    int64_t newest_change_id;
} ListState;

bool list_record_state(Store *store, int64_t scope, Time now, ListState *ret,
                       Error *err) MUST_CHECK;
// The DER of a list, in the arena.
bool list_record_load(Store *store, int64_t number, Arena *arena, Bytes *ret,
                      Error *err) MUST_CHECK;

// Makes a list of the entries that the source gives, all of one snapshot. `row` has the number
// after all that are there, base and the change that the snapshot knows; the builder fills in the
// rest.
typedef bool ListBuilder(void *context, const RevocationSource *source, ListRow *row, Error *err);

// Run the builder over what belongs on the next list of a scope, by serial number. For a delta list
// that is what changed since `base`.
bool list_record_build(Store *store, int64_t scope, const ListRow *base, ListBuilder *build,
                       void *context, Error *err) MUST_CHECK;
// Keep a list, and erase some of those whose time is over; *ret_raced when there is another of its
// number.
bool list_record_insert(Store *store, const ListRow *row, Bytes der, bool *ret_raced,
                        Error *err) MUST_CHECK;

#endif
