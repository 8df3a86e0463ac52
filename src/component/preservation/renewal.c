// SPDX-License-Identifier: Apache-2.0
//
// The rounds of renewal.h.
#include "component/preservation/renewal.h"

#include <string.h>

#include "base/core/log.h"
#include "component/preservation/alarms.h"
#include "component/preservation/renewal_state.h"
#include "domain/evidence/entry.h"

static const char clause_renewal[] = "RFC 4998 5.2";
static const Time LOOK_INTERVAL = TIME_MINUTE, RETRY_INTERVAL = 10 * TIME_MINUTE;

// --- one renewal ------------------------------------------------------------------------------

// What one round renews.
typedef struct {
    Preservation *preservation;
    Arena *arena;         // of the round
    StampRecord *stamps;  // those that fit together
    size_t count;
    Time newest;  // of all tokens that are renewed
    RenewalRecord record;
    int64_t authority;  // of the new stamp
    Bytes kind;
} Round;

static bool set_damaged(StoreSession *session, void *context, Error *err)
{
    const StampRecord *stamp = context;
    return stamp_record_set_authority(session, stamp->size, STAMP_AUTHORITY_DAMAGED, err);
}

// The leaf of one stamp; one that does not fit together is left out of this round and of all
// others.
static bool add_leaf(Round *round, StampRecord *stamp, Arena *scratch, Writer *leaves, Error *err)
{
    Error why = {0};
    RenewalChain chain;
    TimestampImprint leaf;
    if (!renewal_chain_load(round->preservation, stamp, scratch, &chain, &why)) {
        if (!renewal_chain_is_damage(&why)) {
            *err = why;
            return false;
        }
        preservation_raise_alarm(round->preservation, "stamp.damaged", (int64_t)stamp->size, "",
                                 why.code);
        return store_write(round->preservation->store, set_damaged, stamp, err);
    }
    if (!evidence_record_next(&chain.record, chain.text, round->record.tree.algorithm, &leaf,
                              err)) {
        return false;
    }
    Time last = chain.record.stamps[chain.record.stamp_count - 1].token.time;
    round->newest = last > round->newest ? last : round->newest;
    writer_put(leaves, timestamp_imprint_bytes(&leaf));
    round->stamps[round->count++] = *stamp;
    return !leaves->failed || error_memory(err);
}

static bool gather(Round *round, int64_t authority, Error *err)
{
    StampRecord *stamps;
    size_t count;
    CLEANUP(arena_cleanup) Arena *scratch = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer leaves = writer_new(RENEWAL_STAMPS_MAX * IMPRINT_MAX_SIZE);
    if (scratch == NULL) {
        return error_memory(err);
    }
    if (!renewal_list_stamps(round->preservation, authority, round->arena, &stamps, &count, err)) {
        return false;
    }
    round->stamps = arena_alloc(round->arena, (count + 1) * sizeof *round->stamps);
    if (round->stamps == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        arena_reset(scratch);
        if (!add_leaf(round, &stamps[i], scratch, &leaves, err)) {
            return error_context(err, "renewing the stamp on checkpoint %llu",
                                 (unsigned long long)stamps[i].size);
        }
    }
    round->record.tree.leaves = arena_copy(round->arena, writer_bytes(&leaves));
    return round->count == 0 || round->record.tree.leaves.data != NULL || error_memory(err);
}

// The digest of the new stamp: the same, or another one where that one ends.
static bool choose_digest(const Preservation *preservation, const TimestampToken *token,
                          ImprintAlgorithm *ret, Error *err)
{
    const EvidenceRecordPolicy policy = renewal_policy(preservation);
    Time until = policy.at + preservation->config.renew_before;
    if (archive_digest_end(token->imprint.algorithm, &policy) > until) {
        *ret = token->imprint.algorithm;
        return true;
    }
    for (int i = 0; i < IMPRINT_ALGORITHM_COUNT; i++) {
        if (archive_digest_end((ImprintAlgorithm)i, &policy) > until) {
            *ret = (ImprintAlgorithm)i;
            return true;
        }
    }
    return error_set(err, ERROR_UNAVAILABLE, "renewal.digest", clause_renewal,
                     "every digest that is known here is about to end");
}

static bool ask_authority(const Round *round, const TimestampImprint *root, Bytes *ret, Error *err)
{
    const PreservationConfig *config = &round->preservation->config;
    const TimestampPort *port = config->renewal == NULL ? config->timestamp : config->renewal;
    if (port->stamp_any != NULL) {
        return port->stamp_any(port, root, round->arena, ret, err);
    }
    Sm3Digest imprint;
    if (root->algorithm != IMPRINT_SM3) {
        return error_set(err, ERROR_UNAVAILABLE, "renewal.digest", clause_renewal,
                         "the time-stamp authority is asked for SM3 only");
    }
    memcpy(imprint.bytes, root->octets, SM3_SIZE);
    return port->stamp(port, &imprint, round->arena, ret, err);
}

// A stamp over all leaves that is worth keeping: it holds, and for longer than what it renews.
static bool obtain(Round *round, Error *err)
{
    TimestampImprint root;
    TimestampToken token;
    Preservation *preservation = round->preservation;
    Verdict verdict = verdict_new(round->arena);
    if (!archive_tree_root(&round->record.tree, &root, err) ||
        !ask_authority(round, &root, &round->record.token, err) ||
        !timestamp_token_read(round->record.token, &token, err)) {
        return error_context(err, "renewing time stamps");
    }
    if (!timestamp_token_check_any(&token, &root, preservation->config.trust,
                                   preservation->config.revocation, &verdict)) {
        const VerdictCheck *reason = verdict_reason(&verdict);
        return error_set(err, ERROR_UNTRUSTED, reason == NULL ? "renewal.stamp" : reason->code,
                         clause_renewal, "the new time stamp does not hold: %s",
                         reason == NULL ? "" : reason->detail);
    }
    if (token.time < round->newest) {
        return error_set(err, ERROR_UNTRUSTED, "renewal.order", clause_renewal,
                         "the new time stamp is older than one that it should renew");
    }
    if (renewal_standing(preservation, &token) != STANDING_GOOD) {
        return error_set(err, ERROR_UNTRUSTED, "renewal.useless", clause_renewal,
                         "the new time stamp would have to be renewed at once: the authority needs "
                         "another certificate, or there has to be another authority");
    }
    Sm3Digest kind = renewal_kind_of(&token);
    round->kind = arena_copy(round->arena, sm3_bytes(&kind));
    round->record.token = token.der;
    return round->kind.data != NULL || error_memory(err);
}

static bool write_renewal(StoreSession *session, void *context, Error *err)
{
    Round *round = context;
    return stamp_authority_take(session, round->kind, round->record.token, &round->authority,
                                err) &&
           renewal_record_insert(session, &round->record, round->stamps, round->count,
                                 round->authority, err);
}

static bool renew_some(Preservation *preservation, int64_t authority, const TimestampToken *token,
                       Arena *arena, Error *err)
{
    Round round = {.preservation = preservation, .arena = arena};
    Bytes note;
    MerkleHead head;
    round.record.at = clock_now(preservation->config.clock);
    if (!choose_digest(preservation, token, &round.record.tree.algorithm, err) ||
        !gather(&round, authority, err)) {
        return false;
    }
    if (round.count == 0) {
        return true;
    }
    if (!obtain(&round, err) ||
        !evidence_log_checkpoint(preservation->log, arena, &note, &head, err)) {
        return false;
    }
    round.record.size_before = head.size;
    if (!store_write(preservation->store, write_renewal, &round, err)) {
        return false;
    }
    atomic_fetch_add(&preservation->renewing.renewed, round.count);
    LOG(LOG_INFO, "stamp.renewed", log_number("count", (int64_t)round.count));
    return true;
}

// --- in the log -------------------------------------------------------------------------------

typedef struct {
    Arena *arena;
    bool found;
    RenewalRecord record;
    uint64_t log_index;
} UnloggedRead;

static bool read_unlogged(StoreSession *session, void *context, Error *err)
{
    UnloggedRead *read = context;
    return renewal_record_next_unlogged(session, read->arena, &read->found, &read->record, err);
}

static bool write_logged(StoreSession *session, void *context, Error *err)
{
    const UnloggedRead *read = context;
    return renewal_record_set_logged(session, read->record.id, read->log_index, err);
}

// Whether the log has the entry already, because a crash came before that was noted.
static bool find_entry(Preservation *preservation, Bytes entry, UnloggedRead *read, bool *ret,
                       Error *err)
{
    Bytes note, logged;
    MerkleHead head;
    CLEANUP(arena_cleanup) Arena *scratch = arena_new(ARENA_DEFAULT_LIMIT);
    *ret = false;
    if (scratch == NULL) {
        return error_memory(err);
    }
    if (!evidence_log_checkpoint(preservation->log, scratch, &note, &head, err)) {
        return false;
    }
    for (uint64_t i = read->record.size_before; i < head.size && !*ret; i++) {
        arena_reset(scratch);
        if (!evidence_log_entry(preservation->log, i, scratch, &logged, err)) {
            return false;
        }
        *ret = bytes_equal(logged, entry);
        read->log_index = i;
    }
    return true;
}

static bool log_renewal(Preservation *preservation, Arena *arena, Error *err)
{
    UnloggedRead read = {.arena = arena};
    CLEANUP(writer_free) Writer text = writer_new(ENTRY_TEXT_MAX);
    size_t count;
    bool is_logged;
    if (!store_read(preservation->store, read_unlogged, &read, err)) {
        return false;
    }
    if (!read.found || evidence_log_is_closed(preservation->log)) {
        return true;
    }
    if (!archive_tree_count(&read.record.tree, &count, err)) {
        return error_context(err, "renewal %lld", (long long)read.record.id);
    }
    const EvidenceEntry entry = {.kind = ENTRY_RENEWAL,
                                 .received = read.record.at,
                                 .part_count = count,
                                 .commitment = sm3_digest(read.record.token)};
    if (!entry_encode(&entry, &text, err) ||
        !find_entry(preservation, writer_bytes(&text), &read, &is_logged, err)) {
        return false;
    }
    Bytes bytes = writer_bytes(&text);
    return (is_logged || evidence_log_append(preservation->log, &bytes, 1, &read.log_index, err)) &&
           store_write(preservation->store, write_logged, &read, err);
}

// --- rounds -----------------------------------------------------------------------------------

typedef struct {
    Arena *arena;
    StampAuthority *authorities;
    size_t count;
} AuthoritiesRead;

static bool read_authorities(StoreSession *session, void *context, Error *err)
{
    AuthoritiesRead *read = context;
    return stamp_authority_list(session, read->arena, &read->authorities, &read->count, err);
}

// The authority whose stamps come next, if any; those of which it is too late are told.
static bool find_due(Preservation *preservation, Arena *arena, const StampAuthority **ret,
                     TimestampToken *ret_token, Standing *ret_standing, Error *err)
{
    AuthoritiesRead read = {.arena = arena};
    *ret = NULL;
    if (!store_read(preservation->store, read_authorities, &read, err)) {
        return false;
    }
    for (size_t i = 0; i < read.count; i++) {
        TimestampToken token;
        Standing standing = STANDING_LAPSED;
        if (timestamp_token_read(read.authorities[i].token, &token, NULL)) {
            standing = renewal_standing(preservation, &token);
        }
        if (standing == STANDING_LAPSED) {
            preservation_raise_alarm(preservation, "stamp.lapsed", read.authorities[i].id, "", "");
        } else if (standing != STANDING_GOOD && (*ret == NULL || standing > *ret_standing)) {
            *ret = &read.authorities[i];
            *ret_token = token;
            *ret_standing = standing;
        }
    }
    return true;
}

static bool run_round(Preservation *preservation, Arena *arena, Error *err)
{
    const AlarmCase overdue = {.code = "stamp.renewal_overdue", .authorization = ""};
    const StampAuthority *due;
    TimestampToken token;
    Standing standing = STANDING_GOOD;
    if (!find_due(preservation, arena, &due, &token, &standing, err)) {
        return false;
    }
    Time now = clock_now(preservation->config.clock);
    if (due == NULL) {
        preservation->renewing.next = now + LOOK_INTERVAL;
        return alarm_clear(preservation->alarms, &overdue, err);
    }
    if (renew_some(preservation, due->id, &token, arena, err)) {
        return true;
    }
    preservation->renewing.next = now + RETRY_INTERVAL;
    if (standing == STANDING_OVERDUE) {
        preservation_raise_alarm(preservation, "stamp.renewal_overdue", 0, "",
                                 err == NULL ? "" : err->code);
    }
    return false;
}

bool preservation_renew(Preservation *preservation, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!renewal_sort_stamps(preservation, arena, err) || !log_renewal(preservation, arena, err)) {
        return false;
    }
    Time now = clock_now(preservation->config.clock), next = preservation->renewing.next;
    if (now < next && next - now <= RETRY_INTERVAL) {
        return true;
    }
    arena_reset(arena);
    return run_round(preservation, arena, err) && log_renewal(preservation, arena, err);
}

void preservation_put_renewal_metrics(Preservation *preservation, Writer *ret)
{
    writer_format(ret,
                  "# HELP assent_stamps_renewed_total Time stamps renewed since the start.\n"
                  "# TYPE assent_stamps_renewed_total counter\n"
                  "assent_stamps_renewed_total %llu\n",
                  (unsigned long long)atomic_load(&preservation->renewing.renewed));
}
