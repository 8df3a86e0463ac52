// SPDX-License-Identifier: Apache-2.0
//
// The log is where issuances are; the store's rows are made of it. Here are those made again that
// an interruption between the two has left out.
#include "component/preservation/intake.h"
#include "domain/evidence/entry.h"

enum { SCAN_BATCH = 256 };

// --- rows from the log ------------------------------------------------------------------------

typedef struct {
    Preservation *preservation;
    Arena *arena;
    LoggedIssuance rows[SCAN_BATCH];
    size_t count;
    uint64_t scanned;  // size of the log that was looked through
    bool is_alone;     // nobody takes in issuances meanwhile
} Scan;

static bool take_entry(Scan *scan, uint64_t index, Error *err)
{
    EvidenceEntry entry;
    Bytes text;
    if (!evidence_log_entry(scan->preservation->log, index, scan->arena, &text, err) ||
        !entry_parse(scan->arena, text, &entry, err)) {
        return false;
    }
    if (entry.kind == ENTRY_ISSUANCE) {
        scan->rows[scan->count++] = (LoggedIssuance){
            .label = entry.label,
            .digest = preservation_issuance_digest(&entry.commitment, entry.sealed),
            .size_before = index,
            .log_index = index,
            .received = entry.received};
    }
    scan->scanned = index + 1;
    return true;
}

static bool keep_rows(StoreSession *session, void *context, Error *err)
{
    const Scan *scan = context;
    for (size_t i = 0; i < scan->count; i++) {
        if (!logged_issuance_insert(session, &scan->rows[i], err)) {
            return false;
        }
    }
    // What others logged before the scan began may not be stored yet.
    return !scan->is_alone || logged_issuance_note_scanned(session, scan->scanned, err);
}

// At most SCAN_BATCH entries.
static bool scan_some(Preservation *preservation, uint64_t from, uint64_t end, bool is_alone,
                      Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Scan *scan = arena == NULL ? NULL : arena_alloc(arena, sizeof *scan);
    if (scan == NULL) {
        return error_memory(err);
    }
    *scan = (Scan){.preservation = preservation, .arena = arena, .is_alone = is_alone};
    for (uint64_t i = from; i < end && i - from < SCAN_BATCH; i++) {
        if (!take_entry(scan, i, err)) {
            return false;
        }
    }
    return store_write(preservation->store, keep_rows, scan, err);
}

static bool log_size(Preservation *preservation, uint64_t *ret, Error *err)
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
    *ret = head.size;
    return true;
}

static bool scan_from(Preservation *preservation, uint64_t from, bool is_alone, Error *err)
{
    uint64_t end;
    if (!log_size(preservation, &end, err)) {
        return false;
    }
    for (; from < end; from += SCAN_BATCH) {
        if (!scan_some(preservation, from, end, is_alone, err)) {
            return error_context(err, "looking through the log for issuances");
        }
    }
    return true;
}

void preservation_lose_issuances(Preservation *preservation, uint64_t size_before)
{
    pthread_mutex_lock(&preservation->issuances.scanning);
    if (size_before < preservation->issuances.unscanned) {
        preservation->issuances.unscanned = size_before;
    }
    pthread_mutex_unlock(&preservation->issuances.scanning);
}

bool preservation_recover_issuances(Preservation *preservation, Error *err)
{
    pthread_mutex_lock(&preservation->issuances.scanning);
    bool ok = preservation->issuances.unscanned == UINT64_MAX ||
              scan_from(preservation, preservation->issuances.unscanned, false, err);
    if (ok) {
        preservation->issuances.unscanned = UINT64_MAX;
    }
    pthread_mutex_unlock(&preservation->issuances.scanning);
    return ok;
}

// --- what a program before left ---------------------------------------------------------------

// What was accepted before an interruption may be in the log or not.
static bool finish_row(Preservation *preservation, LoggedIssuance *row, Error *err)
{
    bool found;
    return preservation_find_entry(preservation, row->entry, row->size_before, &found,
                                   &row->log_index, err) &&
           (found || evidence_log_append(preservation->log, &row->entry, 1, &row->log_index, err));
}

typedef struct {
    Arena *arena;
    Sm3Digest after;
    bool found;
    LoggedIssuance row;
} Pending;

static bool read_pending(StoreSession *session, void *context, Error *err)
{
    Pending *pending = context;
    return logged_issuance_next_pending(session, &pending->after, pending->arena, &pending->found,
                                        &pending->row, err);
}

static bool note_finished(StoreSession *session, void *context, Error *err)
{
    const Pending *pending = context;
    return logged_issuance_set_logged(session, &pending->row, err);
}

static bool finish_pending(Preservation *preservation, Error *err)
{
    Pending pending = {.found = true};
    while (pending.found) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        if (arena == NULL) {
            return error_memory(err);
        }
        pending.arena = arena;
        if (!store_read(preservation->store, read_pending, &pending, err)) {
            return false;
        }
        if (pending.found && (!finish_row(preservation, &pending.row, err) ||
                              !store_write(preservation->store, note_finished, &pending, err))) {
            return error_context(err, "finishing an interrupted issuance");
        }
        pending.after = pending.row.label;
    }
    return true;
}

// --- at opening -------------------------------------------------------------------------------

typedef struct {
    bool is_noted;
    uint64_t log_size;
} Scanned;

static bool read_scanned(StoreSession *session, void *context, Error *err)
{
    Scanned *scanned = context;
    return logged_issuance_scanned(session, &scanned->is_noted, &scanned->log_size, err);
}

static bool note_scanned(StoreSession *session, void *context, Error *err)
{
    const Scanned *scanned = context;
    return logged_issuance_note_scanned(session, scanned->log_size, err);
}

bool preservation_finish_issuances(Preservation *preservation, Error *err)
{
    Scanned scanned;
    if (!finish_pending(preservation, err) ||
        !store_read(preservation->store, read_scanned, &scanned, err)) {
        return false;
    }
    if (scanned.is_noted) {
        return scan_from(preservation, scanned.log_size, true, err);
    }
    // A program before stored first and logged then: all that is logged has its row.
    return log_size(preservation, &scanned.log_size, err) &&
           store_write(preservation->store, note_scanned, &scanned, err);
}
