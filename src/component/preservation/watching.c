// SPDX-License-Identifier: Apache-2.0
//
// The watch of alarms.h.
#include <string.h>

#include "base/core/log.h"
#include "component/preservation/alarms.h"
#include "component/preservation/records_alarms.h"
#include "domain/evidence/entry.h"

// How long chains may stand still is judged so often.
static const Time CHAINS_INTERVAL = 10 * TIME_SECOND;
enum { LACKING_MAX = 100 };

typedef struct {
    Preservation *preservation;
    Arena *arena;
    uint64_t index;
    bool found;
    DepositRecord record;
    int64_t tombstone;
    bool is_raised;  // whoever opened it did
    bool is_linked;  // M6 and M7 of the authorization are there
} Watched;

static bool read_watched(StoreSession *session, void *context, Error *err)
{
    Watched *watched = context;
    watched->is_linked = true;
    if (!deposit_record_find_index(session, watched->index, watched->arena, &watched->found,
                                   &watched->record, err) ||
        !deposit_record_tombstone(session, watched->index, &watched->tombstone, err)) {
        return false;
    }
    if (!watched->found || watched->record.stage != DEPOSIT_M8) {
        return true;
    }
    for (DepositStage stage = DEPOSIT_M6; stage < DEPOSIT_M8; stage++) {
        bool found;
        DepositRecord before;
        const DepositPlace place = {watched->record.authorization, stage, 0};
        if (!deposit_record_find(session, &place, watched->arena, &found, &before, err)) {
            return false;
        }
        watched->is_linked = watched->is_linked && found;
    }
    return true;
}

static bool is_buried(const Watched *watched)
{
    Bytes logged;
    EvidenceEntry entry;
    return watched->tombstone >= 0 &&
           evidence_log_entry(watched->preservation->log, (uint64_t)watched->tombstone,
                              watched->arena, &logged, NULL) &&
           entry_parse(watched->arena, logged, &entry, NULL) && entry.kind == ENTRY_ERASURE &&
           entry.subject == watched->index;
}

// What is wrong with a deposit, as a code of audit.h; *ret NULL: nothing.
static bool judge(Watched *watched, Bytes logged, const char **ret, Error *err)
{
    OpenedDeposit opened;
    Error why = {0};
    *ret = NULL;
    if (!watched->found) {
        *ret = "audit.deposit_missing";
    } else if (!bytes_equal(watched->record.entry, logged)) {
        *ret = "audit.deposit_changed";
    } else if (watched->record.wrapped_key.len == 0) {
        *ret = is_buried(watched) ? NULL : "audit.payload_missing";
    } else if (watched->tombstone >= 0) {
        *ret = "audit.payload_back";
    } else if (!preservation_open_deposit(watched->preservation, &watched->record, watched->arena,
                                          &opened, &why)) {
        if (why.kind == ERROR_INTERNAL || why.kind == ERROR_UNAVAILABLE) {
            *err = why;
            return false;
        }
        watched->is_raised = strcmp(why.code, "preservation.damaged") == 0;
        *ret = "audit.deposit_changed";
    }
    return true;
}

// What was open when the round began; a list that is full may lack some.
typedef struct {
    Alarm *alarms;
    size_t count;
} OpenAlarms;

// Clear an alarm of what is right again; the store is asked only where there may be one.
static bool settle(Watched *watched, const OpenAlarms *open, const char *code, Error *err)
{
    const AlarmCase what = {code, (int64_t)watched->index, NULL, ""};
    bool may_be_open = open->count == ALARM_LISTED_MAX;
    for (size_t i = 0; i < open->count && !may_be_open; i++) {
        const Alarm *alarm = &open->alarms[i];
        may_be_open = alarm->cleared == 0 && alarm->what.subject == what.subject &&
                      strcmp(alarm->what.code, code) == 0;
    }
    if (!may_be_open) {
        return true;
    }
    watched->preservation->has_settled = true;
    return alarm_clear(watched->preservation->alarms, &what, err);
}

static bool watch_deposit(Watched *watched, Bytes logged, const OpenAlarms *open, Error *err)
{
    Preservation *preservation = watched->preservation;
    const char *wrong;
    if (!store_read(preservation->store, read_watched, watched, err) ||
        !judge(watched, logged, &wrong, err)) {
        return false;
    }
    if (wrong != NULL && watched->is_raised) {
        return true;
    }
    if (wrong != NULL) {
        preservation_raise_alarm(preservation, "evidence.damaged", (int64_t)watched->index,
                                 watched->found ? watched->record.authorization : "", wrong);
        return true;
    }
    if (!watched->is_linked) {
        preservation_raise_alarm(preservation, "evidence.missing_identity", (int64_t)watched->index,
                                 watched->record.authorization, "");
        return settle(watched, open, "evidence.damaged", err);
    }
    return settle(watched, open, "evidence.damaged", err) &&
           settle(watched, open, "evidence.missing_identity", err);
}

// The entry in the tree of the signed checkpoint, then what the database has of it.
static bool watch_entry(Watched *watched, const MerkleHead *head, const OpenAlarms *open,
                        Error *err)
{
    EvidenceLog *log = watched->preservation->log;
    Bytes logged;
    MerkleProof proof;
    EvidenceEntry entry;
    Error why = {0};
    if (evidence_log_entry(log, watched->index, watched->arena, &logged, &why) &&
        evidence_log_prove_inclusion(log, watched->index, head->size, &proof, &why)) {
        Sm3Digest leaf = merkle_leaf_hash(logged);
        if (merkle_inclusion_verify(&leaf, watched->index, head->size, &proof, &head->root, &why) &&
            entry_parse(watched->arena, logged, &entry, &why)) {
            return settle(watched, open, "log.damaged", err) &&
                   (entry.kind != ENTRY_DEPOSIT || watch_deposit(watched, logged, open, err));
        }
    }
    if (why.kind == ERROR_INTERNAL || why.kind == ERROR_UNAVAILABLE) {
        *err = why;
        return false;
    }
    preservation_raise_alarm(watched->preservation, "log.damaged", (int64_t)watched->index, "",
                             why.code);
    return true;
}

// --- pace -------------------------------------------------------------------------------------

static bool load_place(StoreSession *session, void *context, Error *err)
{
    return watch_record_load(session, context, err);
}

static bool keep_place(StoreSession *session, void *context, Error *err)
{
    return watch_record_keep(session, context, err);
}

// A round that is not through in its time promises what it does not keep.
static bool watch_pace(Preservation *preservation, const WatchRecord *place, Time now, Error *err)
{
    static const AlarmCase behind = {"watch.behind", 0, "", ""};
    if (now - place->began > preservation->config.watch_interval) {
        if (preservation->behind != place->began) {
            alarm_raise(preservation->alarms, &behind);
            preservation->behind = place->began;
        }
        return true;
    }
    return place->next < place->until || alarm_clear(preservation->alarms, &behind, err);
}

// The entries of this round; the place is kept after them, so that a crash only repeats some.
static bool watch_round(Preservation *preservation, WatchRecord *place, Arena *arena, Error *err)
{
    Bytes note;
    MerkleHead head;
    OpenAlarms open;
    Time now = clock_now(preservation->config.clock);
    if (!evidence_log_checkpoint(preservation->log, arena, &note, &head, err)) {
        return false;
    }
    if (place->next >= place->until) {
        if (place->passes > 0 && now >= place->began &&
            now - place->began < preservation->config.watch_interval) {
            return true;
        }
        // What comes in meanwhile is for the next pass: one that ran after the log's end might
        // never begin anew.
        *place = (WatchRecord){.until = head.size, .began = now, .passes = place->passes};
    }
    if (!alarm_list(preservation->alarms, true, arena, &open.alarms, &open.count, err)) {
        return false;
    }
    CLEANUP(arena_cleanup) Arena *scratch = arena_new(ARENA_DEFAULT_LIMIT);
    if (scratch == NULL) {
        return error_memory(err);
    }
    for (unsigned i = 0; i < preservation->config.watch_per_second && place->next < place->until;
         i++) {
        arena_reset(scratch);
        Watched watched = {.preservation = preservation, .arena = scratch, .index = place->next};
        if (!watch_entry(&watched, &head, &open, err)) {
            return error_context(err, "watching log entry %llu", (unsigned long long)place->next);
        }
        place->next++;
        atomic_fetch_add(&preservation->watched, 1);
    }
    if (place->next >= place->until) {
        place->passes++;
        atomic_store(&preservation->watch_finished, now);
    }
    return store_write(preservation->store, keep_place, place, err) &&
           watch_pace(preservation, place, now, err);
}

// --- evidence that does not come --------------------------------------------------------------

static const struct {
    const char *code;
    DepositStage stage;  // where the chain stands still
} lacking[] = {
    {"evidence.missing_certificate", DEPOSIT_M6},
    {"evidence.missing_signing", DEPOSIT_M7},
};

typedef struct {
    size_t kind;
    Time before, now;
    Arena *arena;
    const char *found;
    int64_t cleared;
} Lacking;

static bool read_lacking(StoreSession *session, void *context, Error *err)
{
    Lacking *read = context;
    return authorization_record_next_lacking(session, lacking[read->kind].code,
                                             lacking[read->kind].stage, read->before, read->arena,
                                             &read->found, err);
}

static bool clear_arrived(StoreSession *session, void *context, Error *err)
{
    Lacking *write = context;
    return alarm_record_clear_arrived(session, lacking[write->kind].code,
                                      lacking[write->kind].stage, write->now, &write->cleared, err);
}

static bool watch_chains(Preservation *preservation, Arena *arena, Error *err)
{
    Time now = clock_now(preservation->config.clock);
    if (now >= preservation->chains_watched &&
        now - preservation->chains_watched < CHAINS_INTERVAL) {
        return true;
    }
    preservation->chains_watched = now;
    for (size_t kind = 0; kind < COUNT_OF(lacking); kind++) {
        Lacking read = {.kind = kind,
                        .now = now,
                        .before = now - preservation->config.missing_after,
                        .arena = arena};
        if (!store_write(preservation->store, clear_arrived, &read, err)) {
            return false;
        }
        for (int i = 0; i < LACKING_MAX; i++) {
            if (!store_read(preservation->store, read_lacking, &read, err)) {
                return false;
            }
            if (read.found == NULL) {
                break;
            }
            preservation_raise_alarm(preservation, lacking[kind].code, 0, read.found, "");
        }
    }
    return true;
}

bool preservation_watch(Preservation *preservation, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    WatchRecord place;
    if (arena == NULL) {
        return error_memory(err);
    }
    return store_read(preservation->store, load_place, &place, err) &&
           watch_round(preservation, &place, arena, err) &&
           watch_chains(preservation, arena, err) && vitals_tick(&preservation->vitals, err) &&
           preservation_log_alarms(preservation, err);
}

void preservation_put_watch_metrics(Preservation *preservation, Writer *ret)
{
    writer_format(
        ret,
        "# HELP assent_watch_entries_total Entries of the log hashed again.\n"
        "# TYPE assent_watch_entries_total counter\n"
        "assent_watch_entries_total %llu\n"
        "# HELP assent_watch_finished_seconds When the last pass of this run ended; 0: none.\n"
        "# TYPE assent_watch_finished_seconds gauge\n"
        "assent_watch_finished_seconds %lld\n",
        (unsigned long long)atomic_load(&preservation->watched),
        (long long)(atomic_load(&preservation->watch_finished) / TIME_SECOND));
}
