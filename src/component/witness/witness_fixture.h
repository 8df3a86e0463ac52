// SPDX-License-Identifier: Apache-2.0
//
// A court that witnesses a log with two histories, for the tests of this module.
// Include base/test/test.h first: only test files may.
#ifndef ASSENT_COMPONENT_WITNESS_WITNESS_FIXTURE_H
#define ASSENT_COMPONENT_WITNESS_WITNESS_FIXTURE_H

#include <dirent.h>
#include <sys/stat.h>

#include "component/witness/witness.h"
#include "domain/evidence/witness_fixture.h"

enum { COURT_ENTRIES = HISTORY_MAX, COURT_PARTS_AT = 4 };

typedef struct {
    const char *directory;
    Arena *arena;
    Time now;
    Party log, self;
    History told, hidden;  // they part at entry COURT_PARTS_AT
    Witness *witness;
} Court;

static inline bool try_open_court(Court *court, Error *err)
{
    WitnessConfig config = {.directory = court->directory,
                            .name = court->self.note_key.name,
                            .signer = &court->self.signer,
                            .logs = &court->log.note_key,
                            .log_count = 1,
                            .clock = clock_manual(&court->now)};
    return witness_open(&config, &court->witness, err);
}

static inline void court_reopen(Court *court)
{
    Error err = {0};
    CHECK_OK(try_open_court(court, &err));
}

static inline void court_open_as(Court *court, const char *directory, uint8_t key, const char *name)
{
    *court = (Court){.directory = directory,
                     .arena = arena_new(ARENA_DEFAULT_LIMIT),
                     .now = 1000 * TIME_DAY,
                     .log = party_of(77, WITNESSED_ORIGIN, NOTE_SM2),
                     .self = party_of(key, name, NOTE_SM2_COSIGNATURE)};
    history_make(&court->told, COURT_ENTRIES, COURT_PARTS_AT, "told");
    history_make(&court->hidden, COURT_ENTRIES, COURT_PARTS_AT, "hidden");
    court_reopen(court);
}

static inline void court_open(Court *court, const char *directory)
{
    court_open_as(court, directory, 1, "court.example.cn");
}

static inline void court_restart(Court *court)
{
    witness_close(court->witness);
    court_reopen(court);
}

static inline void court_close(Court *court)
{
    witness_close(court->witness);
    party_cleanup(&court->log);
    party_cleanup(&court->self);
    arena_free(court->arena);
}

static inline CheckpointSubmission submission_of(Court *court, History *history, uint64_t old,
                                                 uint64_t size)
{
    return (CheckpointSubmission){
        .old_size = old,
        .proof = history_consistency(history, old, size),
        .checkpoint = history_checkpoint(court->arena, history, size, &court->log)};
}

static inline WitnessAnswer submit(Court *court, History *history, uint64_t old, uint64_t size)
{
    Error err = {0};
    WitnessAnswer answer;
    CheckpointSubmission submission = submission_of(court, history, old, size);
    CHECK_OK(witness_take(court->witness, &submission, court->arena, &answer, &err));
    return answer;
}

// The one file with a proof in the directory holds for whoever has the log's key.
static inline void check_one_fork(const Court *court)
{
    Error err = {0};
    ForkProof proof;
    size_t count = 0;
    DIR *directory = opendir(court->directory);
    CHECK(directory != NULL);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (strncmp(entry->d_name, "fork-", 5) == 0) {
            uint8_t text[FORK_PROOF_MAX_BYTES];
            FILE *file =
                fopen(arena_format(court->arena, "%s/%s", court->directory, entry->d_name), "rb");
            CHECK(file != NULL);
            Bytes content =
                arena_copy(court->arena, bytes_of(text, fread(text, 1, sizeof text, file)));
            fclose(file);
            CHECK_OK(fork_proof_parse(court->arena, content, &proof, &err));
            CHECK(note_key_equal(&proof.log, &court->log.note_key));
            CHECK_OK(fork_proof_verify(&proof, &err));
            count++;
        }
    }
    closedir(directory);
    CHECK_INT(count, 1);
}

static inline void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    CHECK(fputs(text, file) >= 0);
    CHECK(fclose(file) == 0);
}

static inline void copy_file(const char *from, const char *to)
{
    char block[4096];
    size_t n;
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    CHECK(in != NULL && out != NULL);
    while ((n = fread(block, 1, sizeof block, in)) > 0) {
        CHECK(fwrite(block, 1, n, out) == n);
    }
    fclose(in);
    CHECK(fclose(out) == 0);
}

#endif
