// SPDX-License-Identifier: Apache-2.0
#include "base/store/writer.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

// Bounds how long the first of a group waits for the others.
enum { GROUP_MAX_JOBS = 512 };

// One call of store_write; lives on its caller's stack until it is finished.
typedef struct StoreJob StoreJob;
struct StoreJob {
    StoreFunction *function;  // NULL: a checkpoint, which is a group of its own
    void *context;
    bool ok;
    Error failure;
    bool is_finished;
    pthread_cond_t finished;
    StoreJob *next;
};

struct StoreWriter {
    StoreSession *session;  // the writer thread's
    pthread_t thread;
    pthread_mutex_t mutex;  // guards what follows
    pthread_cond_t work;
    StoreJob *first;
    StoreJob *last;
    bool is_closing;
    StoreCounters counters;
    atomic_ullong generation;  // of what is committed
};

// Take a group from the front of the queue. Called with the mutex held.
static StoreJob *take_group(StoreWriter *writer)
{
    StoreJob *group = writer->first;
    StoreJob *last = group;
    uint64_t count = 1;
    while (group->function != NULL && last->next != NULL && last->next->function != NULL &&
           count < GROUP_MAX_JOBS) {
        last = last->next;
        count++;
    }
    writer->first = last->next;
    if (writer->first == NULL) {
        writer->last = NULL;
    }
    last->next = NULL;
    writer->counters.waiting -= count;
    if (group->function != NULL) {
        writer->counters.writes += count;
        writer->counters.groups++;
    }
    return group;
}

// Run one job within the group's transaction. False when the transaction itself is lost.
static bool run_job(StoreSession *session, StoreJob *job)
{
    job->ok = false;
    if (!session_control(session, "SAVEPOINT job", &job->failure)) {
        return false;
    }
    bool ok = job->function(session, job->context, &job->failure);
    assert(session->taken == 0);  // a statement that is not ended would hold the commit
    if (!session_is_in_transaction(session)) {
        // SQLite undoes the whole transaction on some failures (disk, memory).
        if (ok || job->failure.kind == ERROR_NONE) {
            error_set(&job->failure, ERROR_INTERNAL, "store.io", NULL,
                      "store: the transaction was undone");
        }
        return false;
    }
    Error failure = {0};
    if (!ok) {
        return session_control(session, "ROLLBACK TO job", &failure) &&
               session_control(session, "RELEASE job", &failure);
    }
    job->ok = session_control(session, "RELEASE job", &job->failure);
    return job->ok;
}

// Nothing of the group is there: a job that succeeded did not, and one that failed may have
// failed because of what another wrote. `culprit` keeps its own failure.
static void fail_group(StoreJob *group, const StoreJob *culprit, const Error *failure)
{
    for (StoreJob *job = group; job != NULL; job = job->next) {
        job->ok = false;
        if (job != culprit) {
            job->failure = *failure;
        }
    }
}

static void abandon(StoreSession *session)
{
    if (session_is_in_transaction(session)) {
        // When even this fails the next BEGIN fails too, and so every later write does.
        (void)!session_control(session, "ROLLBACK", NULL);
    }
}

static void commit_group(StoreSession *session, StoreJob *group)
{
    Error failure = {0};
    if (!session_control(session, "BEGIN IMMEDIATE", &failure)) {
        fail_group(group, NULL, &failure);
        return;
    }
    for (StoreJob *job = group; job != NULL; job = job->next) {
        if (!run_job(session, job)) {
            abandon(session);
            error_set(&failure, ERROR_UNAVAILABLE, "store.group_lost", NULL,
                      "store: another write of the group failed and undid it");
            fail_group(group, job, &failure);
            return;
        }
    }
    if (!session_control(session, "COMMIT", &failure)) {
        abandon(session);
        fail_group(group, NULL, &failure);
    }
}

static void checkpoint(StoreSession *session, StoreJob *job)
{
    int log_frames, moved_frames;
    session->in_control = true;
    int result = sqlite3_wal_checkpoint_v2(session->db, NULL, SQLITE_CHECKPOINT_TRUNCATE,
                                           &log_frames, &moved_frames);
    session->in_control = false;
    job->ok = result == SQLITE_OK || session_fail(session, result, &job->failure);
}

static void *write_groups(void *context)
{
    StoreWriter *writer = context;
    pthread_mutex_lock(&writer->mutex);
    for (;;) {
        while (writer->first == NULL && !writer->is_closing) {
            pthread_cond_wait(&writer->work, &writer->mutex);
        }
        if (writer->first == NULL) {
            break;
        }
        StoreJob *group = take_group(writer);
        pthread_mutex_unlock(&writer->mutex);
        if (group->function == NULL) {
            checkpoint(writer->session, group);
        } else {
            commit_group(writer->session, group);
            atomic_fetch_add(&writer->generation, 1);
        }
        pthread_mutex_lock(&writer->mutex);
        for (StoreJob *job = group; job != NULL;) {
            StoreJob *next = job->next;
            job->is_finished = true;
            pthread_cond_signal(&job->finished);
            job = next;
        }
    }
    pthread_mutex_unlock(&writer->mutex);
    return NULL;
}

bool store_writer_run(StoreWriter *writer, StoreFunction *function, void *context, Error *err)
{
    if (pthread_equal(pthread_self(), writer->thread)) {
        return error_set(err, ERROR_INTERNAL, "store.nested", NULL,
                         "store: a write function must not wait for another write");
    }
    StoreJob job = {.function = function, .context = context};
    if (pthread_cond_init(&job.finished, NULL) != 0) {
        return error_memory(err);
    }
    pthread_mutex_lock(&writer->mutex);
    if (writer->last == NULL) {
        writer->first = &job;
    } else {
        writer->last->next = &job;
    }
    writer->last = &job;
    writer->counters.waiting++;
    pthread_cond_signal(&writer->work);
    while (!job.is_finished) {
        pthread_cond_wait(&job.finished, &writer->mutex);
    }
    pthread_mutex_unlock(&writer->mutex);
    pthread_cond_destroy(&job.finished);
    if (!job.ok && err != NULL) {
        *err = job.failure;
    }
    return job.ok;
}

StoreCounters store_writer_counters(StoreWriter *writer)
{
    pthread_mutex_lock(&writer->mutex);
    StoreCounters counters = writer->counters;
    pthread_mutex_unlock(&writer->mutex);
    return counters;
}

uint64_t store_writer_generation(const StoreWriter *writer)
{
    return atomic_load(&writer->generation);
}

static void release(StoreWriter *writer)
{
    pthread_cond_destroy(&writer->work);
    pthread_mutex_destroy(&writer->mutex);
    session_close(writer->session);
    free(writer);
}

bool store_writer_open(StoreSession *session, StoreWriter **ret, Error *err)
{
    StoreWriter *writer = calloc(1, sizeof *writer);
    if (writer == NULL) {
        session_close(session);
        return error_memory(err);
    }
    writer->session = session;
    pthread_mutex_init(&writer->mutex, NULL);
    pthread_cond_init(&writer->work, NULL);
    // Signals are for the main thread.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = pthread_create(&writer->thread, NULL, write_groups, writer);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (result != 0) {
        release(writer);
        return error_memory(err);
    }
    *ret = writer;
    return true;
}

void store_writer_close(StoreWriter *writer)
{
    if (writer == NULL) {
        return;
    }
    pthread_mutex_lock(&writer->mutex);
    writer->is_closing = true;
    pthread_cond_signal(&writer->work);
    pthread_mutex_unlock(&writer->mutex);
    pthread_join(writer->thread, NULL);
    release(writer);
}
