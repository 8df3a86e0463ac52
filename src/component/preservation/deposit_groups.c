// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/acceptance.h"

#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/core/log.h"

// Bounds how long the first of a group waits for the others.
enum { GROUP_MAX = 512 };

// A request's acceptances lie side by side, in the order in which they are to be taken in.
typedef struct Waiting Waiting;
struct Waiting {
    Acceptance *acceptances;
    size_t count;
    sem_t done;
    Waiting *next;
};

// What goes through store and log together.
typedef struct {
    Waiting *first, **end;
    size_t count;
    // Accepted by the store just now, or before a crash; in log order once they are in the log.
    Acceptance *fresh[GROUP_MAX];
    size_t fresh_count;
    Acceptance *leftovers[GROUP_MAX];
    size_t leftover_count;
    CheckpointRecord checkpoint;
    Arena *arena;  // of the checkpoint's note
} Group;

struct DepositGroups {
    Preservation *preservation;
    pthread_t thread;
    pthread_mutex_t mutex;  // guards what follows
    pthread_cond_t arrived;
    Waiting *first, **end;
    bool is_closing;
    Group
        groups[2];  // of the thread: one is accepted and logged while the other waits for its note
};

// What one transaction does.
typedef struct {
    const Group *noted;  // the group before
    Group *accepted;
    uint64_t size_before;
    CustodyHead custody;
    int64_t last_id;
} Transaction;

// --- 1. the store -----------------------------------------------------------------------------

static bool encode_record(const Transaction *transaction, Acceptance *acceptance, Error *err)
{
    const Deposit *deposit = &acceptance->deposit;
    DepositRecord *record = &acceptance->record;
    CLEANUP(writer_free) Writer text = writer_new(ENTRY_TEXT_MAX);
    record->id = transaction->last_id + 1;
    record->authorization = deposit->authorization_id;
    record->stage = deposit->stage;
    record->sequence = deposit->sequence;
    record->depositor = acceptance->caller;
    record->submission = acceptance->entry.submission;
    record->received = acceptance->entry.received;
    record->size_before = transaction->size_before;
    if (!entry_encode(&acceptance->entry, &text, err)) {
        return false;
    }
    record->entry = arena_copy(acceptance->arena, writer_bytes(&text));
    return record->entry.data != NULL || error_memory(err);
}

static bool insert_deposit(StoreSession *session, Transaction *transaction, Acceptance *acceptance,
                           Error *err)
{
    DepositRecord *record = &acceptance->record;
    CustodyRecord custody = {
        .at = acceptance->entry.received,
        .caller = acceptance->caller,
        .action = "deposit",
        .purpose = acceptance->transfer,
        .authorization = acceptance->deposit.authorization_id,
    };
    if (!encode_record(transaction, acceptance, err) ||
        !custody_record_append_to(session, &transaction->custody, &custody, err)) {
        return false;
    }
    record->custody = transaction->custody.id;
    transaction->last_id++;
    return deposit_record_insert(session, record, acceptance->sealed, err);
}

// The authorization with its chain as it is after this deposit.
static bool keep_authorization(StoreSession *session, const Acceptance *acceptance, bool is_known,
                               AuthorizationRecord *authorization, Error *err)
{
    const Deposit *deposit = &acceptance->deposit;
    bool goes_on = deposit->stage != DEPOSIT_OTHER;
    if (goes_on) {
        authorization->chain =
            (DepositChain){true, deposit->stage, deposit->sequence, acceptance->entry.submission};
    }
    if (!is_known) {
        return authorization_record_insert(session, authorization, acceptance->entry.received, err);
    }
    return !goes_on || authorization_record_update_chain(session, authorization, err);
}

// Decide on the state of the store and insert. *ret_refused: the deposit is at fault, and nothing
// was written; else a failure is the store's.
static bool accept_one(StoreSession *session, Transaction *transaction, Acceptance *acceptance,
                       bool *ret_refused, Error *err)
{
    const Deposit *deposit = &acceptance->deposit;
    AuthorizationRecord authorization = {.id = deposit->authorization_id};
    const DepositPlace place = {deposit->authorization_id, deposit->stage, deposit->sequence};
    bool is_known;
    DepositRecord before;
    if (!authorization_record_find(session, deposit->authorization_id, acceptance->arena, &is_known,
                                   &authorization, err) ||
        (is_known && !deposit_record_find(session, &place, acceptance->arena, &acceptance->exists,
                                          &before, err))) {
        return false;
    }
    if (!is_known) {
        memcpy(authorization.salt, acceptance->fresh_salt, sizeof authorization.salt);
    }
    acceptance->entry.authorization =
        entry_authorization(BYTES_OF_ARRAY(authorization.salt), deposit->authorization_id);
    if (acceptance->exists) {
        acceptance->record = before;
        *ret_refused = !sm3_digest_equal(&before.submission, &acceptance->entry.submission);
        return !*ret_refused ||
               error_set(err, ERROR_CONFLICT, "preservation.different", "JR/T 0299-2024 8.2",
                         "other bytes are deposited under this stage and sequence");
    }
    *ret_refused = !deposit_check_order(&authorization.chain, deposit, err);
    if (*ret_refused) {
        return false;
    }
    return keep_authorization(session, acceptance, is_known, &authorization, err) &&
           insert_deposit(session, transaction, acceptance, err);
}

static bool accept_request(StoreSession *session, Transaction *transaction, Waiting *waiting,
                           Error *err)
{
    Group *group = transaction->accepted;
    for (size_t i = 0; i < waiting->count; i++) {
        Acceptance *acceptance = &waiting->acceptances[i];
        bool is_refused = false;
        acceptance->ok =
            accept_one(session, transaction, acceptance, &is_refused, &acceptance->failure);
        if (!acceptance->ok && !is_refused) {
            *err = acceptance->failure;
            return false;
        }
        if (!acceptance->ok) {
            break;
        }
        if (!acceptance->exists) {
            group->fresh[group->fresh_count++] = acceptance;
        } else if (!acceptance->record.is_logged) {
            group->leftovers[group->leftover_count++] = acceptance;
        }
    }
    return true;
}

static bool note_group(StoreSession *session, const Group *group, Error *err)
{
    if (group->fresh_count + group->leftover_count == 0) {
        return true;
    }
    if (!checkpoint_record_insert(session, &group->checkpoint, err)) {
        return false;
    }
    for (size_t i = 0; i < group->fresh_count; i++) {
        if (!deposit_record_set_logged(session, &group->fresh[i]->record, err)) {
            return false;
        }
    }
    for (size_t i = 0; i < group->leftover_count; i++) {
        if (!deposit_record_set_logged(session, &group->leftovers[i]->record, err)) {
            return false;
        }
    }
    return true;
}

static bool run_transaction(StoreSession *session, void *context, Error *err)
{
    Transaction *transaction = context;
    Group *group = transaction->accepted;
    if (!note_group(session, transaction->noted, err)) {
        return false;
    }
    if (group->count == 0) {
        return true;
    }
    if (!custody_record_head(session, &transaction->custody.id, &transaction->custody.digest,
                             err) ||
        !deposit_record_last_id(session, &transaction->last_id, err)) {
        return false;
    }
    for (Waiting *waiting = group->first; waiting != NULL; waiting = waiting->next) {
        if (!accept_request(session, transaction, waiting, err)) {
            return false;
        }
    }
    return true;
}

// --- 2. the log -------------------------------------------------------------------------------

// What was accepted before an interruption may be in the log or not.
static bool log_leftover(Preservation *preservation, DepositRecord *record, Error *err)
{
    bool found;
    return preservation_find_entry(preservation, record->entry, record->size_before, &found,
                                   &record->log_index, err) &&
           (found ||
            evidence_log_append(preservation->log, &record->entry, 1, &record->log_index, err));
}

// Here, where all of a tile are together, a tile is read once for all of them.
static bool prove_group(Preservation *preservation, Group *group, uint64_t first, Error *err)
{
    MerkleProof *proofs =
        arena_alloc(group->arena, group->fresh_count * sizeof *proofs + sizeof *proofs);
    if (proofs == NULL) {
        return error_memory(err);
    }
    if (!evidence_log_prove_inclusions(preservation->log, first, group->fresh_count,
                                       group->checkpoint.size, proofs, err)) {
        return false;
    }
    for (size_t i = 0; i < group->fresh_count; i++) {
        group->fresh[i]->proof = proofs[i];
        group->fresh[i]->has_proof = true;
    }
    return true;
}

static bool log_group(Preservation *preservation, Group *group, Error *err)
{
    Bytes entries[GROUP_MAX];
    uint64_t index = 0;
    for (size_t i = 0; i < group->fresh_count; i++) {
        entries[i] = group->fresh[i]->record.entry;
    }
    if (group->fresh_count > 0 &&
        !evidence_log_append(preservation->log, entries, group->fresh_count, &index, err)) {
        return false;
    }
    for (size_t i = 0; i < group->fresh_count; i++) {
        group->fresh[i]->record.log_index = index + i;
    }
    for (size_t i = 0; i < group->leftover_count; i++) {
        if (!log_leftover(preservation, &group->leftovers[i]->record, err)) {
            return false;
        }
    }
    MerkleHead head;
    if (!evidence_log_checkpoint(preservation->log, group->arena, &group->checkpoint.note, &head,
                                 err)) {
        return false;
    }
    group->checkpoint.size = head.size;
    return prove_group(preservation, group, index, err);
}

// The receipt follows from this. Into the acceptance's own arena: the group's ends before it.
static void keep_place(Acceptance *acceptance, const CheckpointRecord *checkpoint)
{
    DepositRecord *record = &acceptance->record;
    record->is_logged = true;
    record->checkpoint.size = checkpoint->size;
    record->checkpoint.note = arena_copy(acceptance->arena, checkpoint->note);
    if (record->checkpoint.note.data == NULL) {
        acceptance->ok = false;
        error_memory(&acceptance->failure);
    }
}

static void keep_places(Group *group)
{
    for (size_t i = 0; i < group->fresh_count; i++) {
        keep_place(group->fresh[i], &group->checkpoint);
    }
    for (size_t i = 0; i < group->leftover_count; i++) {
        keep_place(group->leftovers[i], &group->checkpoint);
    }
}

// --- the thread -------------------------------------------------------------------------------

static void group_init(Group *group)
{
    Arena *arena = group->arena;
    *group = (Group){.arena = arena};
    group->end = &group->first;
    arena_reset(arena);
}

static void fail_all(const Group *group, const Error *failure)
{
    for (Waiting *waiting = group->first; waiting != NULL; waiting = waiting->next) {
        for (size_t i = 0; i < waiting->count; i++) {
            waiting->acceptances[i].ok = false;
            waiting->acceptances[i].failure = *failure;
        }
    }
}

// The workers of a group may answer. Once one is told, what it waited with is gone.
static void release(Group *group)
{
    for (Waiting *waiting = group->first; waiting != NULL;) {
        Waiting *next = waiting->next;
        sem_post(&waiting->done);
        waiting = next;
    }
    group_init(group);
}

// Take what waits; with nothing to note, wait for it. False at the end.
static bool take_group(DepositGroups *groups, bool has_to_note, Group *group)
{
    pthread_mutex_lock(&groups->mutex);
    while (groups->first == NULL && !has_to_note && !groups->is_closing) {
        pthread_cond_wait(&groups->arrived, &groups->mutex);
    }
    while (groups->first != NULL && group->count + groups->first->count <= GROUP_MAX) {
        Waiting *waiting = groups->first;
        groups->first = waiting->next;
        waiting->next = NULL;
        *group->end = waiting;
        group->end = &waiting->next;
        group->count += waiting->count;
    }
    if (groups->first == NULL) {
        groups->end = &groups->first;
    }
    bool goes_on = group->count > 0 || has_to_note;
    pthread_mutex_unlock(&groups->mutex);
    return goes_on;
}

// One round: `noted` is written down and answered, `group` is accepted and logged.
static void run_round(DepositGroups *groups, Group *noted, Group *group)
{
    Preservation *preservation = groups->preservation;
    Transaction transaction = {.noted = noted, .accepted = group};
    Error err = {0};
    Bytes note;
    MerkleHead head = {0};
    bool ok = evidence_log_checkpoint(preservation->log, group->arena, &note, &head, &err);
    transaction.size_before = head.size;
    ok = ok && store_write(preservation->store, run_transaction, &transaction, &err);
    if (!ok) {
        // What the log has already is found again by whoever repeats, or at the next opening.
        fail_all(noted, &err);
        fail_all(group, &err);
    }
    release(noted);
    if (!ok) {
        release(group);
        return;
    }
    if (group->fresh_count + group->leftover_count == 0) {
        release(group);
    } else if (!log_group(preservation, group, &err)) {
        fail_all(group, &err);
        release(group);
    } else {
        keep_places(group);
    }
}

static void *run_groups(void *context)
{
    DepositGroups *groups = context;
    Group *noted = &groups->groups[0], *group = &groups->groups[1];
    group_init(noted);
    group_init(group);
    while (take_group(groups, noted->count > 0, group)) {
        run_round(groups, noted, group);
        Group *swapped = noted;
        noted = group;
        group = swapped;
    }
    return NULL;
}

// --- for the workers --------------------------------------------------------------------------

static void join_queue(DepositGroups *groups, Waiting *waiting)
{
    pthread_mutex_lock(&groups->mutex);
    *groups->end = waiting;
    groups->end = &waiting->next;
    pthread_mutex_unlock(&groups->mutex);
    pthread_cond_signal(&groups->arrived);
}

void deposit_groups_run(DepositGroups *groups, Acceptance *acceptances, size_t count)
{
    static const Error not_reached = {.kind = ERROR_UNAVAILABLE,
                                      .code = "preservation.not_reached",
                                      .text = "a deposit before this one was not taken in"};
    Waiting self = {.acceptances = acceptances, .count = count};
    for (size_t i = 0; i < count; i++) {
        acceptances[i].ok = false;
        acceptances[i].failure = not_reached;
    }
    if (count == 0 || sem_init(&self.done, 0, 0) != 0) {
        return;
    }
    join_queue(groups, &self);
    // Not by a condition: all of a group would wake up to one mutex.
    while (sem_wait(&self.done) != 0) {
    }
    sem_destroy(&self.done);
}

static void groups_free(DepositGroups *groups)
{
    pthread_cond_destroy(&groups->arrived);
    pthread_mutex_destroy(&groups->mutex);
    arena_free(groups->groups[0].arena);
    arena_free(groups->groups[1].arena);
    free(groups);
}

static bool start_thread(DepositGroups *groups)
{
    // Signals are for the main thread.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = pthread_create(&groups->thread, NULL, run_groups, groups);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result == 0;
}

bool deposit_groups_open(Preservation *preservation, DepositGroups **ret, Error *err)
{
    DepositGroups *groups = calloc(1, sizeof *groups);
    if (groups == NULL) {
        return error_memory(err);
    }
    groups->preservation = preservation;
    groups->end = &groups->first;
    pthread_mutex_init(&groups->mutex, NULL);
    pthread_cond_init(&groups->arrived, NULL);
    groups->groups[0].arena = arena_new(ARENA_DEFAULT_LIMIT);
    groups->groups[1].arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (groups->groups[0].arena == NULL || groups->groups[1].arena == NULL ||
        !start_thread(groups)) {
        groups_free(groups);
        return error_memory(err);
    }
    *ret = groups;
    return true;
}

void deposit_groups_close(DepositGroups *groups)
{
    if (groups == NULL) {
        return;
    }
    pthread_mutex_lock(&groups->mutex);
    groups->is_closing = true;
    pthread_cond_signal(&groups->arrived);
    pthread_mutex_unlock(&groups->mutex);
    pthread_join(groups->thread, NULL);
    groups_free(groups);
}
