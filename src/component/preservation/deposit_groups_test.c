// SPDX-License-Identifier: Apache-2.0
//
// Deposits from many threads at once, and what a kill -9 leaves of them.
#include "component/preservation/acceptance.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/test/test.h"
#include "component/preservation/preservation_calls.h"

enum { DEPOSITORS = 6, EACH = 40, KILLS = 4, TOTAL = KILLS * DEPOSITORS * EACH };

// What a depositor was answered: which deposit, and the digest of the receipt.
typedef struct {
    uint32_t number;
    Sm3Digest receipt;
} Answer;

// What is deposited, signed once: a signature is another one each time.
typedef struct {
    Bench bench;
    Bytes submissions[TOTAL];
} Scene;

typedef struct {
    Scene *scene;
    uint32_t first, count;
    int answers;  // where they are written
    bool ok;
} DepositorThread;

static void scene_cleanup(Scene **scene)
{
    bench_cleanup(&(*scene)->bench);
    free(*scene);
}

static Scene *scene_make(uint32_t count)
{
    Scene *scene = calloc(1, sizeof *scene);
    CHECK(scene != NULL);
    Bench *bench = &scene->bench;
    bench_make(bench);
    for (uint32_t i = 0; i < count; i++) {
        Error err = {0};
        DepositEvent event = {.time = bench->c5.now, .type = "test.event"};
        Deposit deposit = {.authorization_id = arena_format(bench->arena, "auth-%u", i / 3),
                           .stage = DEPOSIT_OTHER,
                           .sequence = i % 3,
                           .events = &event,
                           .event_count = 1};
        CHECK_OK(fixture_submission(&bench->c5.business, &deposit, bench->c5.now, bench->arena,
                                    &scene->submissions[i], &err));
    }
    return scene;
}

static bool deposit_numbered(Scene *scene, uint32_t number, Sm3Digest *ret_receipt, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    PeerRequest request = {.method = "POST",
                           .target = "/v1/deposits",
                           .body = scene->submissions[number],
                           .content_type = "application/json"};
    PeerResponse response;
    if (!peer_call(scene->bench.c5.c1, &request, arena, &response, err)) {
        return false;
    }
    *ret_receipt = sm3_digest(response.body);
    return true;
}

static void *run_depositor(void *context)
{
    DepositorThread *thread = context;
    Error err = {0};
    thread->ok = true;
    for (uint32_t i = 0; thread->ok && i < thread->count; i++) {
        Answer answer = {.number = thread->first + i};
        thread->ok = deposit_numbered(thread->scene, answer.number, &answer.receipt, &err) &&
                     write(thread->answers, &answer, sizeof answer) == sizeof answer;
    }
    return NULL;
}

static bool run_depositors(Scene *scene, uint32_t first, int answers)
{
    pthread_t ids[DEPOSITORS];
    DepositorThread threads[DEPOSITORS];
    bool ok = true;
    for (uint32_t i = 0; i < DEPOSITORS; i++) {
        threads[i] = (DepositorThread){scene, first + i * EACH, EACH, answers, false};
        ok = pthread_create(&ids[i], NULL, run_depositor, &threads[i]) == 0 && ok;
    }
    for (uint32_t i = 0; ok && i < DEPOSITORS; i++) {
        ok = pthread_join(ids[i], NULL) == 0 && threads[i].ok;
    }
    return ok;
}

TEST(deposits_of_many_threads_get_a_receipt_each_and_everything_is_whole)
{
    CLEANUP(scene_cleanup) Scene *scene = scene_make(DEPOSITORS * EACH);
    Error err = {0};
    int ends[2];
    CHECK_INT(pipe(ends), 0);
    // The pipe has room for all answers.
    CHECK((size_t)DEPOSITORS * EACH * sizeof(Answer) < 65536);
    CHECK(run_depositors(scene, 0, ends[1]));
    close(ends[1]);
    Answer answer;
    unsigned count = 0;
    while (read(ends[0], &answer, sizeof answer) == sizeof answer) {
        Sm3Digest again;
        CHECK_OK(deposit_numbered(scene, answer.number, &again, &err));
        CHECK_BYTES(sm3_bytes(&again), sm3_bytes(&answer.receipt));
        count++;
    }
    close(ends[0]);
    CHECK_INT(count, DEPOSITORS * EACH);
    CHECK_OK(preservation_fsck(scene->bench.c5.preservation, &err));
}

// The process that is killed. It inherits no thread: it opens for itself.
static void be_killed(Scene *scene, uint32_t first, int answers)
{
    Error err = {0};
    bool ok = fixture_open(&scene->bench.c5, &err) && run_depositors(scene, first, answers);
    _exit(ok ? 0 : 1);
}

// Whoever was answered before gets the same receipt after; the others are taken in or not, once.
// Covers: E04, E07.
TEST(no_answer_is_lost_or_changed_by_kill_9_and_nothing_is_logged_twice)
{
    CLEANUP(scene_cleanup) Scene *scene = scene_make(TOTAL);
    Bench *bench = &scene->bench;
    Error err = {0};
    for (uint32_t kills = 0; kills < KILLS; kills++) {
        uint32_t first = kills * DEPOSITORS * EACH;
        int ends[2];
        CHECK_INT(pipe(ends), 0);
        fixture_close(&bench->c5);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            close(ends[0]);
            be_killed(scene, first, ends[1]);
        }
        close(ends[1]);
        Answer answer, answers[DEPOSITORS * EACH];
        size_t count = 0;
        // After a number of answers that differs, at whatever point of the next groups it then is.
        for (uint32_t i = 0; i < 5 + 23 * kills; i++) {
            CHECK_INT(read(ends[0], &answer, sizeof answer), sizeof answer);
            answers[count++] = answer;
        }
        kill(child, SIGKILL);
        CHECK_INT(waitpid(child, NULL, 0), child);
        CHECK_OK(fixture_open(&bench->c5, &err));
        while (read(ends[0], &answer, sizeof answer) == sizeof answer) {
            answers[count++] = answer;
        }
        close(ends[0]);
        for (size_t i = 0; i < count; i++) {
            Sm3Digest again;
            CHECK_OK(deposit_numbered(scene, answers[i].number, &again, &err));
            CHECK_BYTES(sm3_bytes(&again), sm3_bytes(&answers[i].receipt));
        }
        CHECK_OK(preservation_fsck(scene->bench.c5.preservation, &err));
    }
}
