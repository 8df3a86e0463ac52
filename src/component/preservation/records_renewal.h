// SPDX-License-Identifier: Apache-2.0
//
// What renews time stamps, in C5's store. Each runs in a store_read or store_write.
#ifndef ASSENT_COMPONENT_PRESERVATION_RECORDS_RENEWAL_H
#define ASSENT_COMPONENT_PRESERVATION_RECORDS_RENEWAL_H

#include "component/preservation/records.h"
#include "domain/evidence/archive_tree.h"

enum {
    RENEWAL_STAMPS_MAX = 512,    // renewed by one time stamp
    STAMP_AUTHORITY_DAMAGED = 0  // of a stamp that is not renewed any more
};

// What some stamps depend on, and one token that does.
typedef struct {
    int64_t id;
    Bytes token;
} StampAuthority;

// A time stamp over the root of a tree.
typedef struct {
    int64_t id;
    ArchiveTree tree;
    Bytes token;
    Time at;
    uint64_t size_before;  // of the log
    size_t position;       // the leaf that is asked about
} RenewalRecord;

// At most RENEWAL_STAMPS_MAX stamps of an authority, by size; -1: of which nobody knows yet.
bool stamp_record_list(StoreSession *session, int64_t authority, Arena *arena, StampRecord **ret,
                       size_t *ret_count, Error *err) MUST_CHECK;
bool stamp_record_set_authority(StoreSession *session, uint64_t size, int64_t authority,
                                Error *err) MUST_CHECK;
// The authority of this kind, inserted with the token when it is new.
bool stamp_authority_take(StoreSession *session, Bytes kind, Bytes token, int64_t *ret_id,
                          Error *err) MUST_CHECK;
// All that stamps depend on at present.
bool stamp_authority_list(StoreSession *session, Arena *arena, StampAuthority **ret,
                          size_t *ret_count, Error *err) MUST_CHECK;

// Keep a renewal of these stamps, the first leaf for the first of them; they depend on `authority`
// from now on.
bool renewal_record_insert(StoreSession *session, const RenewalRecord *record,
                           const StampRecord *stamps, size_t count, int64_t authority,
                           Error *err) MUST_CHECK;
// The renewals of one stamp, oldest first, each with its position.
bool renewal_record_list(StoreSession *session, uint64_t size, Arena *arena, RenewalRecord **ret,
                         size_t *ret_count, Error *err) MUST_CHECK;
// One that is not in the log yet; *ret_found false: none.
bool renewal_record_next_unlogged(StoreSession *session, Arena *arena, bool *ret_found,
                                  RenewalRecord *ret, Error *err) MUST_CHECK;
bool renewal_record_set_logged(StoreSession *session, int64_t id, uint64_t log_index,
                               Error *err) MUST_CHECK;

#endif
