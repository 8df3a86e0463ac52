// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/signer_batch.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/crypto/signer_batch_internal.h"
#include "base/test/test.h"

enum { THREADS = 8, SIGNATURES = 40 };

static Sm2PrivateKey *new_key(void)
{
    Error err = {0};
    Sm2PrivateKey *key = NULL;
    CHECK_OK(sm2_key_generate(random_system(), &key, &err));
    return key;
}

// A signing that can be held up and made to fail. The gate is process-wide, because sign_many
// has no state of its own; each test that uses it begins with gate_reset.
static atomic_bool gate_is_closed, gate_fails;
static atomic_size_t gate_entered, gate_largest;

static void gate_reset(bool is_closed)
{
    atomic_store(&gate_is_closed, is_closed);
    atomic_store(&gate_fails, false);
    atomic_store(&gate_entered, 0);
    atomic_store(&gate_largest, 0);
}

static bool sign_behind_gate(const Sm2PrivateKey *key, Random random, const Sm3Digest *e,
                             size_t count, Sm2Signature *ret, Error *err)
{
    atomic_fetch_add(&gate_entered, 1);
    if (count > atomic_load(&gate_largest)) {
        atomic_store(&gate_largest, count);
    }
    while (atomic_load(&gate_is_closed)) {
        sched_yield();
    }
    if (atomic_load(&gate_fails)) {
        return error_set(err, ERROR_INTERNAL, "test.injected", NULL, "a batch of %zu", count);
    }
    for (size_t i = 0; i < count; i++) {
        if (!sm2_sign_digest(key, random, &e[i], &ret[i], err)) {
            return false;
        }
    }
    return true;
}

typedef struct {
    const Signer *signer;
    unsigned id;
    size_t good;
    size_t failed;
    Error err;
} Caller;

static void sign_once(Caller *caller, unsigned number)
{
    char message[64];
    Sm2Signature signature;
    snprintf(message, sizeof message, "caller %u, message %u", caller->id, number);
    if (!signer_sign(caller->signer, bytes_of_text(message), &signature, &caller->err)) {
        caller->failed++;
    } else if (sm2_verify(caller->signer->public_key, bytes_of_text(message), &signature)) {
        caller->good++;
    }
}

static void *sign_often(void *argument)
{
    for (unsigned i = 0; i < SIGNATURES; i++) {
        sign_once(argument, i);
    }
    return NULL;
}

static void *sign_single(void *argument)
{
    sign_once(argument, 0);
    return NULL;
}

static void start(pthread_t *threads, Caller *callers, size_t count, const Signer *signer,
                  void *(*run)(void *))
{
    for (size_t i = 0; i < count; i++) {
        callers[i] = (Caller){.signer = signer, .id = (unsigned)i};
        CHECK(pthread_create(&threads[i], NULL, run, &callers[i]) == 0);
    }
}

static void join(const pthread_t *threads, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
}

static void check_many_threads(SignerBatch *batch)
{
    pthread_t threads[THREADS];
    Caller callers[THREADS];
    Signer signer = signer_of_batch(batch);
    start(threads, callers, THREADS, &signer, sign_often);
    join(threads, THREADS);
    signer_batch_free(batch);
    for (size_t i = 0; i < THREADS; i++) {
        CHECK_INT(callers[i].good, SIGNATURES);
    }
}

TEST(what_many_threads_ask_for_is_signed_and_each_gets_its_own_signature)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    const SignerBatchPlan plan = {sign_behind_gate, THREADS};
    SignerBatch *batch = NULL;
    gate_reset(false);
    CHECK_OK(signer_batch_new_with(key, random_system(), &plan, &batch, &err));
    check_many_threads(batch);
    // And as this CPU signs.
    CHECK_OK(signer_batch_new(key, random_system(), &batch, &err));
    check_many_threads(batch);
}

TEST(a_lone_request_is_signed_at_once_and_alone)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    const SignerBatchPlan plan = {sign_behind_gate, 4};
    SignerBatch *batch = NULL;
    gate_reset(false);
    CHECK_OK(signer_batch_new_with(key, random_system(), &plan, &batch, &err));
    Signer signer = signer_of_batch(batch);
    Caller caller = {.signer = &signer};
    sign_once(&caller, 0);
    sign_once(&caller, 1);
    CHECK_INT(caller.good, 2);
    CHECK_INT(gate_entered, 2);
    CHECK_INT(gate_largest, 1);
    signer_batch_free(batch);
}

// One request is held up in the gate, and `count` wait behind it.
static void fill_queue(SignerBatch *batch, const Signer *signer, pthread_t *threads,
                       Caller *callers, size_t count)
{
    start(threads, callers, 1, signer, sign_single);
    while (atomic_load(&gate_entered) == 0) {
        sched_yield();
    }
    start(&threads[1], &callers[1], count, signer, sign_single);
    while (signer_batch_waiting(batch) < count) {
        sched_yield();
    }
}

TEST(requests_that_wait_are_signed_together)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    const SignerBatchPlan plan = {sign_behind_gate, THREADS};
    SignerBatch *batch = NULL;
    pthread_t threads[THREADS];
    Caller callers[THREADS];
    gate_reset(true);
    CHECK_OK(signer_batch_new_with(key, random_system(), &plan, &batch, &err));
    Signer signer = signer_of_batch(batch);
    fill_queue(batch, &signer, threads, callers, THREADS - 1);
    atomic_store(&gate_is_closed, false);
    join(threads, THREADS);
    CHECK_INT(gate_entered, 2);
    CHECK_INT(gate_largest, THREADS - 1);
    for (size_t i = 0; i < THREADS; i++) {
        CHECK_INT(callers[i].good, 1);
    }
    signer_batch_free(batch);
}

TEST(more_than_a_batch_waits_for_the_next_one)
{
    enum { WAITING = SIGNER_BATCH_MAX + 3 };
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    const SignerBatchPlan plan = {sign_behind_gate, WAITING};
    SignerBatch *batch = NULL;
    pthread_t threads[WAITING + 1];
    Caller callers[WAITING + 1];
    gate_reset(true);
    CHECK_OK(signer_batch_new_with(key, random_system(), &plan, &batch, &err));
    Signer signer = signer_of_batch(batch);
    fill_queue(batch, &signer, threads, callers, WAITING);
    atomic_store(&gate_is_closed, false);
    join(threads, WAITING + 1);
    CHECK_INT(gate_entered, 3);
    CHECK_INT(gate_largest, SIGNER_BATCH_MAX);
    for (size_t i = 0; i <= WAITING; i++) {
        CHECK_INT(callers[i].good, 1);
    }
    signer_batch_free(batch);
}

TEST(failure_of_a_batch_reaches_every_caller_in_it_and_the_next_one_is_signed)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    const SignerBatchPlan plan = {sign_behind_gate, THREADS};
    SignerBatch *batch = NULL;
    pthread_t threads[THREADS];
    Caller callers[THREADS];
    gate_reset(true);
    CHECK_OK(signer_batch_new_with(key, random_system(), &plan, &batch, &err));
    Signer signer = signer_of_batch(batch);
    fill_queue(batch, &signer, threads, callers, THREADS - 1);
    atomic_store(&gate_fails, true);
    atomic_store(&gate_is_closed, false);
    join(threads, THREADS);
    for (size_t i = 0; i < THREADS; i++) {
        CHECK_INT(callers[i].failed, 1);
        CHECK_TEXT(callers[i].err.code, "test.injected");
    }
    CHECK_TEXT(callers[0].err.text, "a batch of 1");
    CHECK_TEXT(callers[1].err.text, "a batch of 7");
    atomic_store(&gate_fails, false);
    sign_once(&callers[0], 1);
    CHECK_INT(callers[0].good, 1);
    signer_batch_free(batch);
}

TEST(a_full_queue_refuses_and_harms_nobody_who_waits)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    const SignerBatchPlan plan = {sign_behind_gate, 3};
    SignerBatch *batch = NULL;
    pthread_t threads[4];
    Caller callers[4];
    Sm2Signature signature;
    gate_reset(true);
    CHECK_OK(signer_batch_new_with(key, random_system(), &plan, &batch, &err));
    Signer signer = signer_of_batch(batch);
    fill_queue(batch, &signer, threads, callers, 3);
    CHECK_FAILS_WITH(signer_sign(&signer, BYTES_LITERAL("m"), &signature, &err), ERROR_UNAVAILABLE,
                     "signer.busy");
    atomic_store(&gate_is_closed, false);
    join(threads, 4);
    for (size_t i = 0; i < 4; i++) {
        CHECK_INT(callers[i].good, 1);
    }
    signer_batch_free(batch);
}

static void *free_batch(void *batch)
{
    signer_batch_free(batch);
    return NULL;
}

TEST(stopping_finishes_what_has_begun)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    const SignerBatchPlan plan = {sign_behind_gate, THREADS};
    SignerBatch *batch = NULL;
    pthread_t threads[THREADS], stopper;
    Caller callers[THREADS];
    gate_reset(true);
    CHECK_OK(signer_batch_new_with(key, random_system(), &plan, &batch, &err));
    Signer signer = signer_of_batch(batch);
    fill_queue(batch, &signer, threads, callers, THREADS - 1);
    CHECK(pthread_create(&stopper, NULL, free_batch, batch) == 0);
    atomic_store(&gate_is_closed, false);
    join(threads, THREADS);
    pthread_join(stopper, NULL);
    for (size_t i = 0; i < THREADS; i++) {
        CHECK_INT(callers[i].good, 1);
    }
}

TEST(a_child_after_fork_signs_while_the_parent_holds_the_queue)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    const SignerBatchPlan plan = {sign_behind_gate, 4};
    SignerBatch *batch = NULL;
    pthread_t threads[3];
    Caller callers[3];
    int status = 0;
    gate_reset(true);
    CHECK_OK(signer_batch_new_with(key, random_system(), &plan, &batch, &err));
    Signer signer = signer_of_batch(batch);
    fill_queue(batch, &signer, threads, callers, 2);
    pid_t child = fork();
    if (child == 0) {
        Caller own = {.signer = &signer};
        sign_once(&own, 9);
        signer_batch_free(batch);
        _exit(own.good == 1 ? 0 : 1);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    atomic_store(&gate_is_closed, false);
    join(threads, 3);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK_INT(callers[2].good, 1);
    signer_batch_free(batch);
}

TEST(a_batch_signer_decrypts)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    CLEANUP(writer_free) Writer cipher = writer_new(256);
    CLEANUP(writer_free) Writer plaintext = writer_new(64);
    SignerBatch *batch = NULL;
    CHECK_OK(signer_batch_new(key, random_system(), &batch, &err));
    Signer signer = signer_of_batch(batch);
    CHECK_OK(sm2_encrypt(signer.public_key, random_system(), BYTES_LITERAL("m"), &cipher, &err));
    CHECK_OK(signer_decrypt(&signer, writer_bytes(&cipher), &plaintext, &err));
    CHECK_BYTES(writer_bytes(&plaintext), BYTES_LITERAL("m"));
    signer_batch_free(batch);
}

// Covers: GB/T 37092-2018 7.9; C28.
TEST(zeroising_waits_for_the_batch_in_progress_and_refuses_those_behind_it)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    const SignerBatchPlan plan = {sign_behind_gate, THREADS};
    SignerBatch *batch = NULL;
    pthread_t threads[THREADS];
    Caller callers[THREADS];
    gate_reset(false);
    CHECK_OK(signer_batch_new_with(key, random_system(), &plan, &batch, &err));
    Signer signer = signer_of_batch(batch);
    start(threads, callers, THREADS, &signer, sign_often);
    signer_zeroise(&signer);
    join(threads, THREADS);
    for (size_t i = 0; i < THREADS; i++) {
        CHECK_INT(callers[i].good + callers[i].failed, SIGNATURES);
        if (callers[i].failed > 0) {
            CHECK_TEXT(callers[i].err.code, "signer.zeroised");
        }
    }
    Sm2Signature signature;
    CHECK_FAILS_WITH(signer_sign(&signer, BYTES_LITERAL("m"), &signature, &err), ERROR_FORBIDDEN,
                     "signer.zeroised");
    signer_batch_free(batch);
}

TEST(who_brings_many_digests_gets_as_many_signatures_until_the_signer_is_stopped)
{
    enum { OWN = 2 * SIGNER_OWN_SHARE + 3 };
    Error err = {0};
    Sm2PrivateKey *key = new_key();
    SignerBatch *batch = NULL;
    Sm3Digest digests[OWN];
    Sm2Signature signatures[OWN];
    CHECK_OK(signer_batch_new(key, random_system(), &batch, &err));
    const Signer together = signer_of_batch(batch), alone = signer_of_key(key);
    for (size_t i = 0; i < OWN; i++) {
        digests[i] = sm3_digest(bytes_of(&i, sizeof i));
    }
    CHECK_OK(signer_sign_digests(&together, digests, OWN, signatures, &err));
    for (size_t i = 0; i < OWN; i++) {
        CHECK(sm2_verify_digest(sm2_public_key(key), &digests[i], &signatures[i]));
    }
    CHECK_OK(signer_sign_digests(&alone, digests, 3, signatures, &err));
    CHECK(sm2_verify_digest(sm2_public_key(key), &digests[2], &signatures[2]));
    signer_zeroise(&together);
    CHECK_FAILS_WITH(signer_sign_digests(&together, digests, OWN, signatures, &err),
                     ERROR_FORBIDDEN, "signer.zeroised");
    CHECK_FAILS_WITH(signer_sign_digests(&alone, digests, OWN, signatures, &err), ERROR_FORBIDDEN,
                     "signer.zeroised");
    signer_batch_free(batch);
    sm2_private_key_free(key);
}
