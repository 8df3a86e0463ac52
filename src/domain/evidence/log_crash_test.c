// SPDX-License-Identifier: Apache-2.0
//
// The campaign: a log that is killed, or whose disk loses power, at any point has lost nothing that
// it acknowledged, is never another log, and opens and checks clean. ASSENT_CRASH_ROUNDS says how
// often (make crash); ASSENT_CRASH_SEED repeats one.
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/test/test.h"
#include "domain/evidence/evidence_log_fixture.h"
#include "domain/evidence/power_fixture.h"

enum {
    DEFAULT_ROUNDS = 50,
    ROUNDS_OF_ONE_LOG = 25,
    TEXT_SIZE = 3000,
    GROUP_MAX = 40,
    HEADS_MAX = 64,
};

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static uint64_t draw(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

// Entry `id` of the campaign: its id and as many bytes as the id says.
static Bytes entry_of_id(uint8_t ret[TEXT_SIZE], uint64_t id)
{
    size_t len = 24 + (size_t)(id * 2654435761U % (id % 7 == 0 ? 2900 : 200));
    memset(ret, (int)('a' + id % 26), len);
    snprintf((char *)ret, 24, "entry %llu", (unsigned long long)id);
    return bytes_of(ret, len);
}

// What was promised, over all crashes of one log.
typedef struct {
    uint64_t ids[20000];  // by index; 0: nobody was told
    uint64_t size;        // promised at least
    MerkleHead heads[HEADS_MAX];
    size_t head_count;
} Promised;

static void promise(Promised *promised, uint64_t index, uint64_t id)
{
    CHECK(index < COUNT_OF(promised->ids));
    promised->ids[index] = id;
    promised->size = index + 1 > promised->size ? index + 1 : promised->size;
}

static void promise_head(Promised *promised, EvidenceLog *log)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes note;
    MerkleHead head;
    CHECK_OK(evidence_log_checkpoint(log, arena, &note, &head, &err));
    promised->heads[promised->head_count++ % HEADS_MAX] = head;
}

// Open as after a reboot, and hold the log to everything.
static void check_promised(Bench *bench, const char *directory, Promised *promised)
{
    Error err = {0};
    open_log(bench, directory);
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes note;
    MerkleHead head;
    CHECK_OK(evidence_log_checkpoint(bench->log, arena, &note, &head, &err));
    CHECK(head.size >= promised->size);
    for (uint64_t i = 0; i < promised->size; i++) {
        uint8_t text[TEXT_SIZE];
        Bytes entry;
        if (promised->ids[i] != 0) {
            CHECK_OK(evidence_log_entry(bench->log, i, arena, &entry, &err));
            CHECK_BYTES(entry, entry_of_id(text, promised->ids[i]));
            arena_reset(arena);
        }
    }
    for (size_t i = 0; i < promised->head_count && i < HEADS_MAX; i++) {
        MerkleProof proof;
        const MerkleHead *old = &promised->heads[i];
        CHECK_OK(evidence_log_prove_consistency(bench->log, old->size, head.size, &proof, &err));
        CHECK_OK(merkle_consistency_verify(old, &head, &proof, &err));
    }
    LogCheck check;
    CHECK_OK(evidence_log_fsck(bench->log, &check, &err));
    CHECK_INT(check.entries, head.size);
    promise_head(promised, bench->log);
    close_log(bench);
}

// Append groups until the power is gone, which is also how opening may end.
static void append_until_dark(Bench *bench, const char *directory, Promised *promised,
                              uint64_t *seed, uint64_t *id)
{
    Error err = {0};
    if (!try_open(bench, directory, &err)) {
        CHECK(power_is_off());
        close_log(bench);
        return;
    }
    for (unsigned group = 0; group < 60; group++) {
        static uint8_t texts[GROUP_MAX][TEXT_SIZE];
        Bytes entries[GROUP_MAX];
        size_t count = 1 + draw(seed) % GROUP_MAX;
        uint64_t first;
        for (size_t i = 0; i < count; i++) {
            entries[i] = entry_of_id(texts[i], *id + i);
        }
        bench->now += (Time)(draw(seed) % 3) * TIME_SECOND / 2;
        if (!evidence_log_append(bench->log, entries, count, &first, &err)) {
            CHECK(power_is_off());
            break;
        }
        for (size_t i = 0; i < count; i++) {
            promise(promised, first + i, (*id)++);
        }
        promise_head(promised, bench->log);
    }
    close_log(bench);
}

static void new_folder(const char *directory, Promised *promised)
{
    char command[700];
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    CHECK_INT(system(command), 0);
    memset(promised, 0, sizeof *promised);
}

TEST(nothing_acknowledged_is_lost_or_forked_when_the_power_goes)
{
    static Promised promised;
    uint64_t rounds = setting("ASSENT_CRASH_ROUNDS", DEFAULT_ROUNDS);
    uint64_t first = setting("ASSENT_CRASH_SEED", 1);
    char disk[560], directory[600], stash[600];
    snprintf(disk, sizeof disk, "%s/disk", test_directory());
    snprintf(directory, sizeof directory, "%s/log", disk);
    snprintf(stash, sizeof stash, "%s/stash", test_directory());
    Bench bench = new_bench();
    uint64_t id = 1, dark = 0;
    for (uint64_t round = 0; round < rounds; round++) {
        uint64_t seed = first + round;
        if (round % ROUNDS_OF_ONE_LOG == 0) {
            new_folder(disk, &promised);
            CHECK_INT(mkdir(disk, 0755), 0);
        }
        // Half of the crashes come early, in opening; the others anywhere.
        power_arm(disk, stash, draw(&seed) % (draw(&seed) % 2 == 0 ? 40 : 900));
        append_until_dark(&bench, directory, &promised, &seed, &id);
        dark += power_is_off();
        power_lose(seed);
        check_promised(&bench, directory, &promised);
    }
    CHECK(dark > rounds / 2);
    end_bench(&bench);
}

// What a child tells on the pipe for each entry.
typedef struct {
    uint64_t index, id;
} Told;

typedef struct {
    Bench *bench;
    int told;
    uint64_t next_id;
} Appending;

static void *append_and_tell(void *argument)
{
    Appending *appending = argument;
    for (uint64_t id = appending->next_id;; id++) {
        uint8_t text[TEXT_SIZE];
        Bytes entry = entry_of_id(text, id);
        Error err = {0};
        Told told = {.id = id};
        if (!evidence_log_append(appending->bench->log, &entry, 1, &told.index, &err) ||
            write(appending->told, &told, sizeof told) != (ssize_t)sizeof told) {
            _exit(1);
        }
    }
    return NULL;
}

// Open and append with several threads for ever.
static void child_run(const char *directory, int told, uint64_t first_id)
{
    enum { THREADS = 3, IDS = 1000000 };
    Bench bench = new_bench();
    Appending appending[THREADS];
    pthread_t threads[THREADS];
    open_log(&bench, directory);
    for (unsigned i = 0; i < THREADS; i++) {
        appending[i] = (Appending){&bench, told, first_id + (uint64_t)i * IDS};
        if (pthread_create(&threads[i], NULL, append_and_tell, &appending[i]) != 0) {
            _exit(2);
        }
    }
    for (;;) {
        // The clock that paces publishing.
        struct timespec pause = {.tv_nsec = 200000};
        nanosleep(&pause, NULL);
        __atomic_add_fetch(&bench.now, TIME_SECOND, __ATOMIC_RELAXED);
    }
}

TEST(nothing_acknowledged_is_lost_or_forked_by_kill_9_at_any_moment)
{
    static Promised promised;
    uint64_t rounds = setting("ASSENT_CRASH_ROUNDS", DEFAULT_ROUNDS);
    uint64_t seed = setting("ASSENT_CRASH_SEED", 1);
    char directory[600];
    snprintf(directory, sizeof directory, "%s/log", test_directory());
    Bench bench = new_bench();
    for (uint64_t round = 0; round < rounds; round++) {
        if (round % ROUNDS_OF_ONE_LOG == 0) {
            new_folder(directory, &promised);
        }
        int pipes[2];
        CHECK_INT(pipe(pipes), 0);
        fflush(stdout);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            close(pipes[0]);
            child_run(directory, pipes[1], 1 + round * 10000000);
        }
        close(pipes[1]);
        struct timespec pause = {.tv_nsec = (long)(draw(&seed) % 12000000)};
        nanosleep(&pause, NULL);
        CHECK_INT(kill(child, SIGKILL), 0);
        Told told;
        while (read(pipes[0], &told, sizeof told) == (ssize_t)sizeof told) {
            promise(&promised, told.index, told.id);
        }
        close(pipes[0]);
        int status;
        CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
        check_promised(&bench, directory, &promised);
    }
    end_bench(&bench);
}
