// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/log_syncer.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

// As much as a disk takes in some hundredths of a second.
enum { ENOUGH_BYTES = 4 * 1024 * 1024 };

struct LogSyncer {
    // Not the one that snapshots sync by: a failure is told once to each open file, and is theirs.
    int folder;
    size_t written;  // since the thread was last woken
    bool has_thread;
    pthread_t thread;
    pthread_mutex_t mutex;  // guards what follows
    pthread_cond_t changed;
    bool is_due;
    bool is_closing;
};

static void *sync_when_due(void *context)
{
    LogSyncer *syncer = context;
    pthread_mutex_lock(&syncer->mutex);
    while (!syncer->is_closing) {
        if (!syncer->is_due) {
            pthread_cond_wait(&syncer->changed, &syncer->mutex);
            continue;
        }
        syncer->is_due = false;
        pthread_mutex_unlock(&syncer->mutex);
        (void)syncfs(syncer->folder);
        pthread_mutex_lock(&syncer->mutex);
    }
    pthread_mutex_unlock(&syncer->mutex);
    return NULL;
}

LogSyncer *log_syncer_new(const char *folder)
{
    LogSyncer *syncer = calloc(1, sizeof *syncer);
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (syncer == NULL || file < 0) {
        free(syncer);
        if (file >= 0) {
            close(file);
        }
        return NULL;
    }
    syncer->folder = file;
    pthread_mutex_init(&syncer->mutex, NULL);
    pthread_cond_init(&syncer->changed, NULL);
    return syncer;
}

// Most logs that are opened never get so far.
static bool start_thread(LogSyncer *syncer)
{
    // Signals are for the main thread.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = pthread_create(&syncer->thread, NULL, sync_when_due, syncer);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result == 0;
}

void log_syncer_note(LogSyncer *syncer, size_t bytes)
{
    if (syncer == NULL) {
        return;
    }
    syncer->written += bytes;
    if (syncer->written < ENOUGH_BYTES) {
        return;
    }
    syncer->written = 0;
    syncer->has_thread = syncer->has_thread || start_thread(syncer);
    pthread_mutex_lock(&syncer->mutex);
    syncer->is_due = true;
    pthread_mutex_unlock(&syncer->mutex);
    pthread_cond_signal(&syncer->changed);
}

void log_syncer_free(LogSyncer *syncer)
{
    if (syncer == NULL) {
        return;
    }
    pthread_mutex_lock(&syncer->mutex);
    syncer->is_closing = true;
    pthread_mutex_unlock(&syncer->mutex);
    pthread_cond_signal(&syncer->changed);
    if (syncer->has_thread) {
        pthread_join(syncer->thread, NULL);
    }
    pthread_cond_destroy(&syncer->changed);
    pthread_mutex_destroy(&syncer->mutex);
    close(syncer->folder);
    free(syncer);
}
