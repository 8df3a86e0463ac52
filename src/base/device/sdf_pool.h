// SPDX-License-Identifier: Apache-2.0
//
// The inside of an SdfDevice: its threads, each with a session of its own.
#ifndef ASSENT_BASE_DEVICE_SDF_POOL_H
#define ASSENT_BASE_DEVICE_SDF_POOL_H

#include <pthread.h>
#include <sys/types.h>

#include "base/device/sdf_session.h"

typedef enum {
    WORKER_FREE,
    WORKER_ASKED,     // a caller has put a job
    WORKER_RUNS,      // the thread is in the vendor's library
    WORKER_ANSWERED,  // the caller has to take the answer
    WORKER_ENDED,
} WorkerState;

// The job lies here and not on the caller's stack, so that a call that returns after its caller
// gave up writes to memory that is still there.
typedef struct {
    SdfDevice *device;
    pthread_t thread;
    pthread_cond_t wake;
    pthread_cond_t answered;
    WorkerState state;
    bool is_abandoned;
    unsigned releases_seen;
    SdfJob job;
    SdfSession session;  // of the thread alone
} SdfWorker;

struct SdfDevice {
    pid_t process;
    unsigned timeout_ms;
    pthread_mutex_t mutex;  // of all below but `shared`
    pthread_cond_t freed;
    bool is_closing;
    unsigned releases;  // counts zeroisations
    SdfWorker workers[SDF_SESSIONS_MAX];
    size_t worker_count;
    SdfShared shared;
    struct SdfKeySlot {
        SdfDevice *device;
        size_t key;
    } slots[SDF_KEYS_MAX];  // what signers point to
    Random raw_random;      // before the health test
    SdfDevice *next_held;   // of those that were closed while the library held a thread
};

// Have a thread do a job; its answer is in the job. Fails with ERROR_UNAVAILABLE, code
// "sdf.timeout" or "sdf.forked", or as sdf_fail does.
bool sdf_device_run(SdfDevice *device, SdfJob *job, Error *err) MUST_CHECK;
// Set raw_random up.
void sdf_random_start(SdfDevice *device);
// Have every thread give up the right to use keys that were zeroised.
void sdf_device_release(SdfDevice *device);

#endif
