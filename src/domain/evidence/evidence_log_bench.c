// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/evidence_log_bench.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto/random.h"
#include "domain/evidence/evidence_log.h"
#include "domain/evidence/log_files.h"

enum { ENTRY_MIN = 16, ENTRY_MAX = 4096, PROOFS = 1000 };

typedef struct {
    EvidenceLog *log;
    const LogBenchPlan *plan;
    unsigned id;
    Time *latencies;
    bool ok;
    Error err;
} Caller;

static void *append_all(void *state)
{
    Caller *caller = state;
    const LogBenchPlan *plan = caller->plan;
    uint8_t *buffer = calloc(plan->batch, plan->entry_bytes);
    Bytes *entries = calloc(plan->batch, sizeof *entries);
    caller->ok = (buffer != NULL && entries != NULL) || error_memory(&caller->err);
    for (unsigned i = 0; i < plan->appends && caller->ok; i++) {
        Bytes all = bytes_of(buffer, (size_t)plan->batch * plan->entry_bytes);
        for (unsigned k = 0; k < plan->batch; k++) {
            size_t at = (size_t)k * plan->entry_bytes;
            unsigned words[] = {caller->id, i, k};
            memcpy(buffer + at, words, sizeof words);
            entries[k] = bytes_slice(all, at, plan->entry_bytes);
        }
        uint64_t index;
        Time start = clock_monotonic();
        caller->ok = evidence_log_append(caller->log, entries, plan->batch, &index, &caller->err);
        caller->latencies[i] = clock_monotonic() - start;
    }
    free(buffer);
    free(entries);
    return NULL;
}

static int compare_times(const void *a, const void *b)
{
    const Time *x = a;
    const Time *y = b;
    return (*x > *y) - (*x < *y);
}

static bool run_callers(EvidenceLog *log, const LogBenchPlan *plan, Time *latencies, Error *err)
{
    Caller callers[LOG_BENCH_MAX_CALLERS];
    pthread_t threads[LOG_BENCH_MAX_CALLERS];
    unsigned started = 0;
    for (; started < plan->callers; started++) {
        callers[started] = (Caller){.log = log,
                                    .plan = plan,
                                    .id = started,
                                    .latencies = latencies + (size_t)started * plan->appends};
        if (pthread_create(&threads[started], NULL, append_all, &callers[started]) != 0) {
            break;
        }
    }
    bool ok = started == plan->callers ||
              error_set(err, ERROR_INTERNAL, "bench.thread", NULL, "cannot start a thread");
    for (unsigned i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
        if (ok && !callers[i].ok) {
            *err = callers[i].err;
            ok = false;
        }
    }
    return ok;
}

static bool measure_proofs(EvidenceLog *log, uint64_t size, Time *ret, Error *err)
{
    Time start = clock_monotonic();
    for (uint64_t i = 0; i < PROOFS; i++) {
        MerkleProof proof;
        // Spread over the whole log: most of the tiles come from files.
        if (!evidence_log_prove_inclusion(log, i * 7919 % size, size, &proof, err)) {
            return false;
        }
    }
    *ret = (clock_monotonic() - start) / PROOFS;
    return true;
}

static bool measure(EvidenceLog *log, const LogBenchPlan *plan, LogBenchResult *ret, Error *err)
{
    size_t count = (size_t)plan->callers * plan->appends;
    Time *latencies = calloc(count, sizeof *latencies);
    if (latencies == NULL) {
        return error_memory(err);
    }
    Time start = clock_monotonic();
    bool ok = run_callers(log, plan, latencies, err);
    LogBenchResult result = {.entries = (unsigned long long)count * plan->batch,
                             .elapsed = clock_monotonic() - start};
    qsort(latencies, count, sizeof *latencies, compare_times);
    result.median = latencies[count / 2];
    result.p99 = latencies[count * 99 / 100];
    free(latencies);
    if (!ok || !measure_proofs(log, result.entries, &result.proof, err)) {
        return false;
    }
    *ret = result;
    return true;
}

bool evidence_log_bench(const char *directory, const LogBenchPlan *plan, LogBenchResult *ret,
                        Error *err)
{
    if (plan->callers == 0 || plan->callers > LOG_BENCH_MAX_CALLERS || plan->appends == 0 ||
        plan->batch == 0 || plan->batch > LOG_BATCH_MAX_ENTRIES || plan->entry_bytes < ENTRY_MIN ||
        plan->entry_bytes > ENTRY_MAX) {
        return error_set(err, ERROR_INPUT, "bench.plan", NULL, "the plan is out of range");
    }
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(log_files_cleanup) LogFiles *files = NULL;
    CLEANUP(evidence_log_cleanup) EvidenceLog *log = NULL;
    if (!sm2_key_generate(random_system(), &key, err) ||
        !log_files_open(directory, 0, &files, err)) {
        return false;
    }
    Signer signer = signer_of_key(key);
    EvidenceLogConfig config = {.storage = log_files_storage(files),
                                .origin = "bench.invalid/log",
                                .signer = &signer,
                                .clock = clock_system()};
    return evidence_log_open(&config, &log, err) && measure(log, plan, ret, err);
}
