// SPDX-License-Identifier: Apache-2.0
#include "component/certification/issuance_queue.h"

#include <pthread.h>
#include <stdlib.h>

enum { BATCH_ARENA_SIZE = 32 * 1024 * 1024 };

// One thread's report; lies on its stack while it waits.
typedef struct Waiting Waiting;
struct Waiting {
    const Issuance *issuance;
    Arena *arena;  // of the waiting thread, who does nothing with it meanwhile
    Bytes receipt;
    bool is_taken, is_done, ok;
    bool leads;  // is to send what waits, with itself
    pthread_cond_t changed;
    Error err;
    Waiting *next;
};

struct IssuanceQueue {
    const TransparencyPort *port;
    pthread_mutex_t mutex;
    Waiting *first;
    bool is_sending;
};

bool issuance_queue_new(const TransparencyPort *port, IssuanceQueue **ret, Error *err)
{
    IssuanceQueue *queue = calloc(1, sizeof *queue);
    if (queue == NULL) {
        return error_memory(err);
    }
    queue->port = port;
    pthread_mutex_init(&queue->mutex, NULL);
    *ret = queue;
    return true;
}

void issuance_queue_free(IssuanceQueue *queue)
{
    if (queue != NULL) {
        pthread_mutex_destroy(&queue->mutex);
        free(queue);
    }
}

// --- sending ----------------------------------------------------------------------------------

typedef struct {
    Waiting *waiting[ISSUANCE_BATCH_MAX];
    Issuance issuances[ISSUANCE_BATCH_MAX];
    Bytes receipts[ISSUANCE_BATCH_MAX];
    size_t count;
} Batch;

static bool has_label(const Batch *batch, const Sm3Digest *label)
{
    for (size_t i = 0; i < batch->count; i++) {
        if (sm3_digest_equal(&batch->issuances[i].label, label)) {
            return true;
        }
    }
    return false;
}

// Take what waits, oldest first. A label that is there twice (one request, sent twice at a time)
// waits for the next batch, which finds it logged.
static void take(IssuanceQueue *queue, Batch *batch)
{
    batch->count = 0;
    for (Waiting *waiting = queue->first; waiting != NULL && batch->count < ISSUANCE_BATCH_MAX;
         waiting = waiting->next) {
        if (!has_label(batch, &waiting->issuance->label)) {
            waiting->is_taken = true;
            batch->waiting[batch->count] = waiting;
            batch->issuances[batch->count++] = *waiting->issuance;
        }
    }
    Waiting **at = &queue->first;
    while (*at != NULL) {
        if ((*at)->is_taken) {
            *at = (*at)->next;
        } else {
            at = &(*at)->next;
        }
    }
}

static void send_some(const TransparencyPort *port, Batch *batch, size_t first, size_t count)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(BATCH_ARENA_SIZE);
    Error err = {0};
    bool ok = arena == NULL ? error_memory(&err)
                            : port->append(port, batch->issuances + first, count, arena,
                                           batch->receipts + first, &err);
    for (size_t i = first; i < first + count; i++) {
        Waiting *waiting = batch->waiting[i];
        waiting->err = err;
        waiting->receipt = ok ? arena_copy(waiting->arena, batch->receipts[i]) : BYTES_EMPTY;
        waiting->ok = ok && (waiting->receipt.len > 0 || error_memory(&waiting->err));
    }
}

static void send_batch(const TransparencyPort *port, Batch *batch)
{
    send_some(port, batch, 0, batch->count);
    const Waiting *first = batch->waiting[0];
    if (first->ok || first->err.kind == ERROR_UNAVAILABLE || batch->count == 1) {
        return;
    }
    // One of them was refused: the others must not pay for it.
    for (size_t i = 0; i < batch->count; i++) {
        send_some(port, batch, i, 1);
    }
}

// Under the mutex: once it is done and unlocked, the waiting thread's stack frame may be gone.
static void finish(Waiting *waiting)
{
    waiting->is_done = true;
    pthread_cond_signal(&waiting->changed);
}

// Called with the mutex held; sends what waits, with the mutex released meanwhile.
static void serve(IssuanceQueue *queue)
{
    Batch *batch = malloc(sizeof *batch);
    if (batch == NULL) {
        for (Waiting *waiting = queue->first; waiting != NULL; waiting = waiting->next) {
            waiting->ok = error_memory(&waiting->err);
            finish(waiting);
        }
        queue->first = NULL;
        return;
    }
    take(queue, batch);
    pthread_mutex_unlock(&queue->mutex);
    send_batch(queue->port, batch);
    pthread_mutex_lock(&queue->mutex);
    for (size_t i = 0; i < batch->count; i++) {
        finish(batch->waiting[i]);
    }
    free(batch);
}

// Whoever waits longest sends next.
static void hand_on(IssuanceQueue *queue)
{
    queue->is_sending = queue->first != NULL;
    if (queue->is_sending) {
        queue->first->leads = true;
        pthread_cond_signal(&queue->first->changed);
    }
}

bool issuance_queue_append(IssuanceQueue *queue, const Issuance *issuance, Arena *arena,
                           Bytes *ret_receipt, Error *err)
{
    Waiting self = {.issuance = issuance, .arena = arena, .changed = PTHREAD_COND_INITIALIZER};
    pthread_mutex_lock(&queue->mutex);
    Waiting **last = &queue->first;
    while (*last != NULL) {
        last = &(*last)->next;
    }
    *last = &self;
    self.leads = !queue->is_sending;
    queue->is_sending = true;
    while (!self.is_done) {
        if (self.leads) {
            serve(queue);
            hand_on(queue);
        } else {
            pthread_cond_wait(&self.changed, &queue->mutex);
        }
    }
    pthread_mutex_unlock(&queue->mutex);
    pthread_cond_destroy(&self.changed);
    if (!self.ok) {
        *err = self.err;
        return false;
    }
    *ret_receipt = self.receipt;
    return true;
}
