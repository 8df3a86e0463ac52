// SPDX-License-Identifier: Apache-2.0
//
// Appending. The first appender that finds no leader becomes it: it takes
// whoever waits, hashes, signs one checkpoint and commits once for all of them.
#include "domain/evidence/evidence_log.h"

#include <stdlib.h>
#include <string.h>

#include "domain/evidence/evidence_log_state.h"

bool evidence_log_refuse(Error *err)
{
    return error_set(err, ERROR_UNAVAILABLE, "log.broken", NULL,
                     "the evidence log failed before and has to be opened again");
}

// Entries of one commit. As many as wait: what a commit costs is shared by all of them.
enum { GROUP_MAX_ENTRIES = 16 * LOG_BATCH_MAX_ENTRIES };

// What a group of appenders will make of the log.
typedef struct {
    Appender *first;
    size_t count;  // entries
    MerkleFrontier frontier;
    MerkleHead head;
    Writer record;
    Writer note;
} Group;

static void group_cleanup(Group *group)
{
    writer_free(&group->record);
    writer_free(&group->note);
}

// Take from the queue what fits into one commit.
static void group_take(EvidenceLog *log, Group *group)
{
    size_t bytes = RECORD_BATCH_OVERHEAD + NOTE_MAX_BYTES;
    Appender **end = &group->first;
    while (log->first != NULL) {
        Appender *appender = log->first;
        bool fits = group->count + appender->count <= GROUP_MAX_ENTRIES &&
                    bytes + appender->bytes <= log->storage.record_limit_bytes;
        if (group->count > 0 && !fits) {
            break;
        }
        log->first = appender->next;
        appender->next = NULL;
        *end = appender;
        end = &appender->next;
        group->count += appender->count;
        bytes += appender->bytes;
    }
    if (log->first == NULL) {
        log->last = &log->first;
    }
}

// Compute the tree after the group, sign it, and lay out the record. Changes nothing.
static bool group_prepare(EvidenceLog *log, Group *group, Error *err)
{
    group->frontier = log->tree.frontier;
    writer_put_u8(&group->record, RECORD_BATCH);
    writer_put_u64_be(&group->record, group->frontier.size);
    writer_put_u32_be(&group->record, (uint32_t)group->count);
    for (Appender *appender = group->first; appender != NULL; appender = appender->next) {
        appender->first_index = group->frontier.size;
        for (size_t i = 0; i < appender->count; i++) {
            bundle_put(&group->record, appender->entries[i]);
        }
        merkle_frontier_append_many(&group->frontier, appender->leaves, appender->count);
    }
    group->head = (MerkleHead){group->frontier.size, merkle_frontier_root(&group->frontier)};
    if (!checkpoint_sign(&group->head, &log->key, log->signer, &group->note, err)) {
        return error_context(err, "checkpoint");
    }
    writer_put(&group->record, writer_bytes(&group->note));
    return group->record.failed ? error_memory(err) : true;
}

static bool group_commit(EvidenceLog *log, Group *group, Error *err)
{
    uint64_t size = log->tree.head.size;
    Bytes record = writer_bytes(&group->record);
    LogStorage *storage = &log->storage;
    if (storage->commit(storage->state, size, group->head.size, record, err)) {
        return true;
    }
    if (err->kind != ERROR_LIMIT) {
        return false;
    }
    *err = (Error){0};
    return evidence_log_snapshot(log, err) &&
           storage->commit(storage->state, size, group->head.size, record, err);
}

// Take the committed group into the tree. The entries are durable already, so a failure here
// (a tile cannot be written) only breaks the log for what comes next.
static bool group_apply(EvidenceLog *log, Group *group, Error *err)
{
    for (const Appender *appender = group->first; appender != NULL; appender = appender->next) {
        if (!evidence_log_grow(log, appender->entries, appender->leaves, appender->count, err)) {
            return false;
        }
    }
    Writer old = log->tree.note;
    log->tree.note = group->note;
    group->note = old;
    log->tree.frontier = group->frontier;
    log->tree.head = group->head;
    return true;
}

// Commit for whoever waits. Called and returns with the mutex held; drops it in between.
static void lead(EvidenceLog *log)
{
    CLEANUP(group_cleanup)
    Group group = {
        .record = writer_new(log->storage.record_limit_bytes),
        .note = writer_new(NOTE_MAX_BYTES),
    };
    group_take(log, &group);
    pthread_mutex_unlock(&log->mutex);
    Error err = {0};
    bool prepared = group_prepare(log, &group, &err);
    bool committed = prepared && group_commit(log, &group, &err);
    pthread_mutex_lock(&log->mutex);
    if (prepared && !committed) {
        log->broken = true;
    }
    Error later = {0};
    if (committed && !group_apply(log, &group, &later)) {
        log->broken = true;
    }
    for (Appender *appender = group.first; appender != NULL;) {
        // Once done is seen the appender's stack is gone.
        Appender *next = appender->next;
        appender->ok = committed;
        appender->err = err;
        appender->done = true;
        appender = next;
    }
}

static void publish_if_due(EvidenceLog *log)
{
    Time now = clock_now(log->clock);
    bool due = now - log->published >= log->publish_interval || now < log->published;
    if (log->broken || !due || log->published_size == log->tree.head.size) {
        return;
    }
    pthread_mutex_unlock(&log->mutex);
    // A failure is not the appenders' business: the files stay behind and the next one retries.
    Error ignored = {0};
    bool ok = evidence_log_publish_now(log, &ignored);
    (void)ok;
    pthread_mutex_lock(&log->mutex);
}

static bool wait_for_commit(EvidenceLog *log, Appender *self, Error *err)
{
    pthread_mutex_lock(&log->mutex);
    if (log->broken) {
        pthread_mutex_unlock(&log->mutex);
        return evidence_log_refuse(err);
    }
    *log->last = self;
    log->last = &self->next;
    while (!self->done) {
        if (log->has_leader) {
            pthread_cond_wait(&log->changed, &log->mutex);
            continue;
        }
        log->has_leader = true;
        if (log->broken) {
            // The group before ours failed: nobody in the queue can be served.
            for (Appender *appender = log->first; appender != NULL; appender = appender->next) {
                (void)evidence_log_refuse(&appender->err);
                appender->done = true;
            }
            log->first = NULL;
            log->last = &log->first;
        } else {
            lead(log);
            pthread_cond_broadcast(&log->changed);
            publish_if_due(log);
        }
        log->has_leader = false;
        pthread_cond_broadcast(&log->changed);
    }
    pthread_mutex_unlock(&log->mutex);
    if (!self->ok && err != NULL) {
        *err = self->err;
    }
    return self->ok;
}

bool evidence_log_append(EvidenceLog *log, const Bytes *entries, size_t count,
                         uint64_t *ret_first_index, Error *err)
{
    if (count == 0 || count > LOG_BATCH_MAX_ENTRIES) {
        return error_set(err, ERROR_LIMIT, "log.batch", NULL,
                         "a batch has %zu entries, not 1 to %d", count, LOG_BATCH_MAX_ENTRIES);
    }
    if (log->is_closed) {
        return error_set(err, ERROR_CONFLICT, "log.closed", NULL,
                         "the evidence log was closed; its last entry names its successor");
    }
    Appender self = {.entries = entries, .count = count};
    for (size_t i = 0; i < count; i++) {
        if (entries[i].len == 0 || entries[i].len > ENTRY_MAX_BYTES) {
            return error_set(err, ERROR_INPUT, "log.entry", NULL,
                             "a log entry has %zu bytes, not 1 to %d", entries[i].len,
                             ENTRY_MAX_BYTES);
        }
        self.bytes += entries[i].len + 2;
    }
    if (self.bytes + RECORD_BATCH_OVERHEAD + NOTE_MAX_BYTES > log->storage.record_limit_bytes) {
        return error_set(err, ERROR_LIMIT, "log.batch", NULL, "a batch of %zu bytes is too large",
                         self.bytes);
    }
    Sm3Digest one = {{0}};
    Sm3Digest *leaves = count == 1 ? &one : malloc(count * sizeof *leaves);
    if (leaves == NULL) {
        return error_memory(err);
    }
    merkle_leaf_hashes(entries, leaves, count);
    self.leaves = leaves;
    bool ok = wait_for_commit(log, &self, err);
    if (ok) {
        *ret_first_index = self.first_index;
        if (evidence_log_closes(entries[count - 1])) {
            log->is_closed = true;
        }
    }
    if (leaves != &one) {
        free(leaves);
    }
    return ok;
}
