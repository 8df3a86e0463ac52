// SPDX-License-Identifier: Apache-2.0
//
// At opening: bring into the log, or find in it, whatever was accepted when the process ended.
#include <stdlib.h>
#include <string.h>

#include "component/preservation/preservation_state.h"

// An entry of the log by its digest.
typedef struct {
    Sm3Digest digest;
    uint64_t index;
} LoggedEntry;

typedef struct {
    LoggedEntry *entries;  // sorted
    size_t count;
} LoggedEntries;

static void logged_entries_cleanup(LoggedEntries *logged)
{
    free(logged->entries);
}

static int compare_entries(const void *a, const void *b)
{
    return memcmp(a, b, SM3_SIZE);
}

// Digest the entries of the log from `from` on: once for all that is pending.
static bool read_entries(Preservation *preservation, uint64_t from, LoggedEntries *ret, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes note;
    MerkleHead head;
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!evidence_log_checkpoint(preservation->log, arena, &note, &head, err)) {
        return false;
    }
    size_t room = head.size > from ? (size_t)(head.size - from) : 0;
    ret->entries = calloc(room + 1, sizeof *ret->entries);
    if (ret->entries == NULL) {
        return error_memory(err);
    }
    for (uint64_t i = from; i < head.size; i++) {
        Bytes entry;
        arena_reset(arena);
        if (!evidence_log_entry(preservation->log, i, arena, &entry, err)) {
            return false;
        }
        ret->entries[ret->count++] = (LoggedEntry){sm3_digest(entry), i};
    }
    qsort(ret->entries, ret->count, sizeof *ret->entries, compare_entries);
    return true;
}

typedef struct {
    int64_t after;
    Arena *arena;
    bool found;
    DepositRecord record;
    bool has_pending;
    uint64_t from;  // where the earliest pending may be in the log
} PendingRead;

static bool read_pending(StoreSession *session, void *context, Error *err)
{
    PendingRead *read = context;
    return deposit_record_next_pending(session, read->after, read->arena, &read->found,
                                       &read->record, err);
}

static bool read_first(StoreSession *session, void *context, Error *err)
{
    PendingRead *read = context;
    return deposit_record_first_pending(session, &read->has_pending, &read->from, err);
}

static bool note_logged(StoreSession *session, void *context, Error *err)
{
    const DepositRecord *record = context;
    return checkpoint_record_insert(session, &record->checkpoint, err) &&
           deposit_record_set_logged(session, record, err);
}

static bool finish(Preservation *preservation, const LoggedEntries *logged, DepositRecord *record,
                   Arena *arena, Error *err)
{
    MerkleHead head;
    LoggedEntry wanted = {.digest = sm3_digest(record->entry)};
    const LoggedEntry *found =
        bsearch(&wanted, logged->entries, logged->count, sizeof wanted, compare_entries);
    if (found != NULL) {
        record->log_index = found->index;
    } else if (!evidence_log_append(preservation->log, &record->entry, 1, &record->log_index,
                                    err)) {
        return false;
    }
    if (!evidence_log_checkpoint(preservation->log, arena, &record->checkpoint.note, &head, err)) {
        return false;
    }
    record->checkpoint.size = head.size;
    return store_write(preservation->store, note_logged, record, err);
}

bool preservation_finish_deposits(Preservation *preservation, Error *err)
{
    CLEANUP(logged_entries_cleanup) LoggedEntries logged = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    PendingRead read = {.found = true, .arena = arena};
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!store_read(preservation->store, read_first, &read, err) ||
        (read.has_pending && !read_entries(preservation, read.from, &logged, err))) {
        return false;
    }
    while (read.has_pending && read.found) {
        arena_reset(arena);
        if (!store_read(preservation->store, read_pending, &read, err)) {
            return false;
        }
        if (read.found && !finish(preservation, &logged, &read.record, arena, err)) {
            return error_context(err, "finishing an interrupted deposit");
        }
        read.after = read.record.id;
    }
    return true;
}
