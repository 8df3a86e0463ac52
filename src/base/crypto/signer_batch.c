// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/signer_batch.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/core/cpu.h"
#include "base/crypto/key_use.h"
#include "base/crypto/signer_batch_internal.h"
#include "base/crypto/sm2_batch.h"

// One caller, on its own stack until it is answered.
typedef struct Request Request;
struct Request {
    const Sm3Digest *e;
    Sm2Signature *ret;
    Error *err;
    bool is_answered;
    bool made;
    bool leads;  // it is this caller's turn to sign for the head of the queue
    pthread_cond_t wake;
    Request *next;
};

struct SignerBatch {
    const Sm2PrivateKey *key;
    Random random;
    SignerBatchPlan plan;
    pid_t process;
    pthread_mutex_t mutex;
    pthread_cond_t is_idle;
    Request *first;
    Request **last;
    size_t waiting;
    size_t callers;
    bool is_led;  // one thread signs or is about to; it was the head of the queue when it began
    bool is_stopped;
};

static void enqueue(SignerBatch *batch, Request *request)
{
    *batch->last = request;
    batch->last = &request->next;
    batch->waiting++;
}

static Request *dequeue(SignerBatch *batch)
{
    Request *request = batch->first;
    batch->first = request->next;
    batch->waiting--;
    if (batch->first == NULL) {
        batch->last = &batch->first;
    }
    return request;
}

static void answer(Request *request, bool made, const Sm2Signature *signature, const Error *err)
{
    request->is_answered = true;
    request->made = made;
    if (made) {
        *request->ret = *signature;
    } else if (request->err != NULL) {
        *request->err = *err;
    }
    // Under the mutex: once answered and unlocked, the request's stack frame may be gone.
    pthread_cond_signal(&request->wake);
}

// Sign for the head of the queue, which is this caller, and those behind it; then hand on.
static void lead(SignerBatch *batch)
{
    Request *requests[SIGNER_BATCH_MAX];
    Sm3Digest digests[SIGNER_BATCH_MAX];
    Sm2Signature signatures[SIGNER_BATCH_MAX];
    size_t count = 0;
    Error err = {0};
    while (batch->first != NULL && count < SIGNER_BATCH_MAX) {
        requests[count] = dequeue(batch);
        digests[count] = *requests[count]->e;
        count++;
    }
    pthread_mutex_unlock(&batch->mutex);
    bool made = key_use_begin(batch->key, &err);
    if (made) {
        made = batch->plan.sign_many(batch->key, batch->random, digests, count, signatures, &err);
        key_use_end(batch->key);
    }
    pthread_mutex_lock(&batch->mutex);
    for (size_t i = 0; i < count; i++) {
        answer(requests[i], made, &signatures[i], &err);
    }
    batch->is_led = batch->first != NULL;
    if (batch->is_led) {
        batch->first->leads = true;
        pthread_cond_signal(&batch->first->wake);
    }
}

static bool check_admission(const SignerBatch *batch, Error *err)
{
    if (batch->is_stopped) {
        return error_set(err, ERROR_UNAVAILABLE, "signer.stopped", NULL, "the signer was stopped");
    }
    return batch->waiting < batch->plan.queue_max ||
           error_set(err, ERROR_UNAVAILABLE, "signer.busy", NULL,
                     "%zu requests wait for the signer already", batch->waiting);
}

static void sign_in_turn(SignerBatch *batch, Request *request)
{
    enqueue(batch, request);
    batch->callers++;
    request->leads = !batch->is_led;
    batch->is_led = true;
    while (!request->is_answered && !request->leads) {
        pthread_cond_wait(&request->wake, &batch->mutex);
    }
    if (!request->is_answered) {
        lead(batch);
    }
    batch->callers--;
    if (batch->callers == 0) {
        pthread_cond_broadcast(&batch->is_idle);
    }
}

static bool sign_together(const Signer *signer, const Sm3Digest *e, Sm2Signature *ret, Error *err)
{
    SignerBatch *batch = signer->state;
    if (batch->plan.sign_many == NULL || getpid() != batch->process) {
        Signer alone = signer_of_key_with(batch->key, batch->random);
        return alone.sign_digest(&alone, e, ret, err);
    }
    Request request = {.e = e, .ret = ret, .err = err, .wake = PTHREAD_COND_INITIALIZER};
    pthread_mutex_lock(&batch->mutex);
    bool is_admitted = check_admission(batch, err);
    if (is_admitted) {
        sign_in_turn(batch, &request);
    }
    pthread_mutex_unlock(&batch->mutex);
    pthread_cond_destroy(&request.wake);
    return request.made;
}

static bool sign_own(const SignerBatch *batch, const Sm3Digest *e, size_t count, Sm2Signature *ret,
                     Error *err)
{
    const Sm2PrivateKey *keys[SIGNER_OWN_SHARE];
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        keys[i] = batch->key;
    }
    if (!key_use_begin(batch->key, err)) {
        return false;
    }
    bool made = true;
    for (size_t done = 0; made && done < count; done += SIGNER_OWN_SHARE) {
        size_t share = count - done < SIGNER_OWN_SHARE ? count - done : SIGNER_OWN_SHARE;
        made = sm2_sign_many(keys, &e[done], share, batch->random, &ret[done], err);
    }
    key_use_end(batch->key);
    return made;
}

// Who brings many fills the lanes without others and waits for nobody.
static bool sign_many(const Signer *signer, const Sm3Digest *e, size_t count, Sm2Signature *ret,
                      Error *err)
{
    SignerBatch *batch = signer->state;
    if (getpid() != batch->process) {
        return sign_own(batch, e, count, ret, err);
    }
    pthread_mutex_lock(&batch->mutex);
    if (batch->is_stopped) {
        pthread_mutex_unlock(&batch->mutex);
        return error_set(err, ERROR_UNAVAILABLE, "signer.stopped", NULL, "the signer was stopped");
    }
    batch->callers++;
    pthread_mutex_unlock(&batch->mutex);
    bool made = sign_own(batch, e, count, ret, err);
    pthread_mutex_lock(&batch->mutex);
    batch->callers--;
    if (batch->callers == 0) {
        pthread_cond_broadcast(&batch->is_idle);
    }
    pthread_mutex_unlock(&batch->mutex);
    return made;
}

bool signer_batch_new_with(const Sm2PrivateKey *key, Random random, const SignerBatchPlan *plan,
                           SignerBatch **ret, Error *err)
{
    SignerBatch *batch = calloc(1, sizeof *batch);
    if (batch == NULL) {
        return error_memory(err);
    }
    batch->key = key;
    batch->random = random;
    batch->plan = *plan;
    batch->process = getpid();
    batch->last = &batch->first;
    pthread_mutex_init(&batch->mutex, NULL);
    pthread_cond_init(&batch->is_idle, NULL);
    *ret = batch;
    return true;
}

static bool sign_in_lanes(const Sm2PrivateKey *key, Random random, const Sm3Digest *e, size_t count,
                          Sm2Signature *ret, Error *err)
{
    const Sm2PrivateKey *keys[SIGNER_BATCH_MAX];
    if (count == 1) {
        return sm2_sign_digest(key, random, e, ret, err);
    }
    for (size_t i = 0; i < count; i++) {
        keys[i] = key;
    }
    return sm2_sign_many(keys, e, count, random, ret, err);
}

bool signer_batch_new(const Sm2PrivateKey *key, Random random, SignerBatch **ret, Error *err)
{
    const SignerBatchPlan plan = {cpu_has(CPU_IFMA) ? sign_in_lanes : NULL, SIGNER_BATCH_QUEUE_MAX};
    return signer_batch_new_with(key, random, &plan, ret, err);
}

void signer_batch_free(SignerBatch *batch)
{
    if (batch == NULL) {
        return;
    }
    // In a child after fork the mutex may be held by a thread that does not exist.
    if (getpid() == batch->process) {
        pthread_mutex_lock(&batch->mutex);
        batch->is_stopped = true;
        while (batch->callers > 0) {
            pthread_cond_wait(&batch->is_idle, &batch->mutex);
        }
        pthread_mutex_unlock(&batch->mutex);
        pthread_cond_destroy(&batch->is_idle);
        pthread_mutex_destroy(&batch->mutex);
    }
    free(batch);
}

size_t signer_batch_waiting(SignerBatch *batch)
{
    pthread_mutex_lock(&batch->mutex);
    size_t waiting = batch->waiting;
    pthread_mutex_unlock(&batch->mutex);
    return waiting;
}

static bool decrypt_alone(const Signer *signer, Bytes der, Writer *ret, Error *err)
{
    const SignerBatch *batch = signer->state;
    Signer alone = signer_of_key_with(batch->key, batch->random);
    return alone.decrypt(&alone, der, ret, err);
}

static void zeroise_key(const Signer *signer)
{
    const SignerBatch *batch = signer->state;
    key_use_zeroise(batch->key);
}

Signer signer_of_batch(SignerBatch *batch)
{
    return (Signer){.sign_digest = sign_together,
                    .public_key = sm2_public_key(batch->key),
                    .state = batch,
                    .decrypt = decrypt_alone,
                    .zeroise = zeroise_key,
                    .random = batch->random,
                    .sign_many = sign_many};
}
