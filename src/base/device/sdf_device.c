// SPDX-License-Identifier: Apache-2.0
//
// The pool of threads and the deadlines.
#include "base/device/sdf_device.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/device/sdf_error.h"
#include "base/device/sdf_pool.h"

enum { MILLISECONDS = 1000, NANOSECONDS_PER_MS = 1000000 };

// Closed devices whose library still holds one of their threads: that thread may come back and
// needs its memory until the process ends.
static SdfDevice *held_by_library;
static pthread_mutex_t held_mutex = PTHREAD_MUTEX_INITIALIZER;

static struct timespec deadline_in(unsigned timeout_ms)
{
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += timeout_ms / MILLISECONDS;
    deadline.tv_nsec += (long)(timeout_ms % MILLISECONDS) * NANOSECONDS_PER_MS;
    if (deadline.tv_nsec >= MILLISECONDS * NANOSECONDS_PER_MS) {
        deadline.tv_nsec -= MILLISECONDS * NANOSECONDS_PER_MS;
        deadline.tv_sec++;
    }
    return deadline;
}

static void init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    // A wall clock that is set back would let a caller wait for as long.
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

// --- the threads ------------------------------------------------------------------------------

static void serve(SdfDevice *device, SdfWorker *worker)
{
    worker->state = WORKER_RUNS;
    pthread_mutex_unlock(&device->mutex);
    sdf_session_run(&worker->session, &worker->job);
    pthread_mutex_lock(&device->mutex);
    if (!worker->is_abandoned) {
        worker->state = WORKER_ANSWERED;
        pthread_cond_signal(&worker->answered);
        return;
    }
    // The caller has given up long ago. A session that hung is not used again.
    pthread_mutex_unlock(&device->mutex);
    secret_wipe(&worker->job, sizeof worker->job);
    sdf_session_close(&worker->session);
    pthread_mutex_lock(&device->mutex);
    worker->is_abandoned = false;
    worker->state = WORKER_FREE;
    pthread_cond_signal(&device->freed);
}

static void *work(void *argument)
{
    SdfWorker *worker = argument;
    SdfDevice *device = worker->device;
    pthread_mutex_lock(&device->mutex);
    while (!device->is_closing) {
        if (worker->releases_seen != device->releases) {
            worker->releases_seen = device->releases;
            pthread_mutex_unlock(&device->mutex);
            sdf_session_release_keys(&worker->session);
            pthread_mutex_lock(&device->mutex);
        } else if (worker->state == WORKER_ASKED) {
            serve(device, worker);
        } else {
            pthread_cond_wait(&worker->wake, &device->mutex);
        }
    }
    pthread_mutex_unlock(&device->mutex);
    sdf_session_close(&worker->session);
    pthread_mutex_lock(&device->mutex);
    worker->state = WORKER_ENDED;
    pthread_cond_signal(&device->freed);
    pthread_mutex_unlock(&device->mutex);
    return NULL;
}

// --- callers ----------------------------------------------------------------------------------

static SdfWorker *find_free(SdfDevice *device)
{
    for (size_t i = 0; i < device->worker_count; i++) {
        if (device->workers[i].state == WORKER_FREE) {
            return &device->workers[i];
        }
    }
    return NULL;
}

static bool fail_late(const SdfDevice *device, const char *what, Error *err)
{
    return error_set(err, ERROR_UNAVAILABLE, "sdf.timeout", NULL, "%s of the device within %u ms",
                     what, device->timeout_ms);
}

// Have one thread do the job, until the deadline. With the mutex.
static bool ask(SdfDevice *device, SdfJob *job, Error *err)
{
    struct timespec deadline = deadline_in(device->timeout_ms);
    SdfWorker *worker;
    while ((worker = find_free(device)) == NULL) {
        if (pthread_cond_timedwait(&device->freed, &device->mutex, &deadline) == ETIMEDOUT &&
            find_free(device) == NULL) {
            return fail_late(device, "no session", err);
        }
    }
    worker->state = WORKER_ASKED;
    worker->job = *job;
    pthread_cond_signal(&worker->wake);
    while (worker->state != WORKER_ANSWERED) {
        if (pthread_cond_timedwait(&worker->answered, &device->mutex, &deadline) == ETIMEDOUT &&
            worker->state != WORKER_ANSWERED) {
            worker->is_abandoned = true;
            return fail_late(device, "no answer", err);
        }
    }
    *job = worker->job;
    secret_wipe(&worker->job, sizeof worker->job);
    worker->state = WORKER_FREE;
    pthread_cond_signal(&device->freed);
    return true;
}

bool sdf_device_run(SdfDevice *device, SdfJob *job, Error *err)
{
    if (getpid() != device->process) {
        return error_set(err, ERROR_UNAVAILABLE, "sdf.forked", NULL,
                         "the device is the parent process's");
    }
    pthread_mutex_lock(&device->mutex);
    bool answered = ask(device, job, err);
    pthread_mutex_unlock(&device->mutex);
    return answered && (job->code == SDR_OK || sdf_fail(job->function, job->code, err));
}

void sdf_device_release(SdfDevice *device)
{
    pthread_mutex_lock(&device->mutex);
    device->releases++;
    for (size_t i = 0; i < device->worker_count; i++) {
        pthread_cond_signal(&device->workers[i].wake);
    }
    pthread_mutex_unlock(&device->mutex);
}

// --- opening and closing ----------------------------------------------------------------------

static bool start_workers(SdfDevice *device, size_t count, Error *err)
{
    for (size_t i = 0; i < count; i++) {
        SdfWorker *worker = &device->workers[i];
        worker->device = device;
        worker->session.shared = &device->shared;
        init_condition(&worker->wake);
        init_condition(&worker->answered);
        if (pthread_create(&worker->thread, NULL, work, worker) != 0) {
            return error_set(err, ERROR_INTERNAL, "sdf.thread", NULL, "cannot start a thread");
        }
        device->worker_count++;
    }
    return true;
}

static bool check_config(const SdfConfig *config, Error *err)
{
    return config->sessions <= SDF_SESSIONS_MAX ||
           error_set(err, ERROR_INPUT, "sdf.sessions", NULL, "%u sessions are more than %d",
                     config->sessions, SDF_SESSIONS_MAX);
}

bool sdf_device_open(const SdfConfig *config, SdfDevice **ret, Error *err)
{
    SdfJob job = {.operation = SDF_DESCRIBE};
    SdfDevice *device = calloc(1, sizeof *device);
    if (device == NULL) {
        return error_memory(err);
    }
    device->process = getpid();
    device->timeout_ms = config->timeout_ms == 0 ? SDF_DEFAULT_TIMEOUT_MS : config->timeout_ms;
    pthread_mutex_init(&device->mutex, NULL);
    pthread_mutex_init(&device->shared.mutex, NULL);
    pthread_mutex_init(&device->shared.key_mutex, NULL);
    init_condition(&device->freed);
    sdf_random_start(device);
    size_t sessions = config->sessions == 0 ? SDF_DEFAULT_SESSIONS : config->sessions;
    if (!check_config(config, err) ||
        !sdf_library_open(config->library, &device->shared.library, err) ||
        !start_workers(device, sessions, err) || !sdf_device_run(device, &job, err)) {
        sdf_device_close(device);
        return false;
    }
    *ret = device;
    return true;
}

// True when every thread has ended before the deadline. With the mutex.
static bool end_workers(SdfDevice *device)
{
    struct timespec deadline = deadline_in(device->timeout_ms);
    device->is_closing = true;
    for (size_t i = 0; i < device->worker_count; i++) {
        pthread_cond_signal(&device->workers[i].wake);
    }
    for (size_t i = 0; i < device->worker_count; i++) {
        while (device->workers[i].state != WORKER_ENDED) {
            if (pthread_cond_timedwait(&device->freed, &device->mutex, &deadline) == ETIMEDOUT) {
                return false;
            }
        }
    }
    return true;
}

static void free_device(SdfDevice *device)
{
    for (size_t i = 0; i < device->worker_count; i++) {
        pthread_join(device->workers[i].thread, NULL);
        pthread_cond_destroy(&device->workers[i].wake);
        pthread_cond_destroy(&device->workers[i].answered);
    }
    sdf_library_close(&device->shared.library);
    pthread_cond_destroy(&device->freed);
    pthread_mutex_destroy(&device->mutex);
    pthread_mutex_destroy(&device->shared.mutex);
    pthread_mutex_destroy(&device->shared.key_mutex);
    free(device);
}

void sdf_device_close(SdfDevice *device)
{
    if (device == NULL || getpid() != device->process) {
        return;
    }
    pthread_mutex_lock(&device->shared.key_mutex);
    for (size_t i = 0; i < device->shared.key_count; i++) {
        secret_free(device->shared.keys[i].password);
        device->shared.keys[i].password = NULL;
    }
    pthread_mutex_unlock(&device->shared.key_mutex);
    pthread_mutex_lock(&device->mutex);
    bool have_ended = end_workers(device);
    for (size_t i = 0; !have_ended && i < device->worker_count; i++) {
        pthread_detach(device->workers[i].thread);
    }
    pthread_mutex_unlock(&device->mutex);
    if (have_ended) {
        free_device(device);
        return;
    }
    pthread_mutex_lock(&held_mutex);
    device->next_held = held_by_library;
    held_by_library = device;
    pthread_mutex_unlock(&held_mutex);
}
