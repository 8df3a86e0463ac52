// SPDX-License-Identifier: Apache-2.0
//
// What the table in component/preservation/README.md says of each file of the log, done to it.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/test/test.h"
#include "domain/evidence/evidence_log_fixture.h"

enum { SMALL = 600, LARGE = 20 };

// A closed log of 620 entries in `log`, whose last snapshot is behind its first two full tiles;
// the folder as it was with 610 of them in `older`.
static Bench make_log(void)
{
    static uint8_t large[30000];
    char directory[600];
    Error err = {0};
    Bench bench = new_bench();
    snprintf(directory, sizeof directory, "%s/log", test_directory());
    char command[1400];
    snprintf(command, sizeof command, "cd '%s' && rm -rf log older", test_directory());
    CHECK_INT(system(command), 0);
    open_log(&bench, directory);
    append_many(&bench, 0, SMALL);
    for (unsigned i = 0; i < LARGE; i++) {
        uint64_t index;
        Bytes entry = BYTES_OF_ARRAY(large);
        if (i == LARGE / 2) {
            close_log(&bench);
            snprintf(command, sizeof command, "cp -a '%s' '%s/older'", directory, test_directory());
            CHECK_INT(system(command), 0);
            open_log(&bench, directory);
        }
        CHECK_OK(evidence_log_append(bench.log, &entry, 1, &index, &err));
    }
    close_log(&bench);
    return bench;
}

typedef enum { OPENS, OPENS_BUT_DAMAGED, REFUSES } Outcome;

// A row: what is done in the test's directory, and what the log answers.
typedef struct {
    const char *script;
    Outcome outcome;
    const char *says;  // code of the refusal, or the damaged file
} LossCase;

static void check_loss(const LossCase *item)
{
    char script[1400], directory[600];
    Error err = {0};
    Bench bench = make_log();
    snprintf(directory, sizeof directory, "%s/log", test_directory());
    snprintf(script, sizeof script, "cd '%s' && { %s; }", test_directory(), item->script);
    CHECK_INT(system(script), 0);
    bool is_open = try_open(&bench, directory, &err);
    if (item->outcome == REFUSES) {
        if (is_open || strcmp(err.code, item->says) != 0) {
            test_fail(__FILE__, __LINE__, "%s: %s, not %s", item->script,
                      is_open ? "opens" : err.code, item->says);
        }
    } else {
        LogCheck check;
        CHECK_OK(is_open);
        bool is_whole = evidence_log_fsck(bench.log, &check, &err);
        if (is_whole != (item->outcome == OPENS) ||
            (!is_whole && strcmp(check.damaged[0], item->says) != 0)) {
            test_fail(__FILE__, __LINE__, "%s: %s %s", item->script, err.text, check.damaged[0]);
        }
        // Whatever is damaged, nothing that is acknowledged afterwards is lost.
        uint64_t index;
        Bytes entry = BYTES_LITERAL("after");
        CHECK_OK(evidence_log_append(bench.log, &entry, 1, &index, &err));
        CHECK_INT(index, SMALL + LARGE);
    }
    end_bench(&bench);
}

#define FLIP(file, at) \
    "printf '\\377' | dd of=$(echo log/" file ") bs=1 seek=" at " conv=notrunc 2>/dev/null"

// Covers: E11.
TEST(a_file_of_the_log_that_is_lost_rolled_back_or_changed_has_the_stated_answer)
{
    static const LossCase cases[] = {
        {"true", OPENS, NULL},
        // log/journal.*
        {"rm log/journal.0*", REFUSES, "log.rolled_back"},
        {"rm log/journal.0*; cp -a older/journal.0* log", REFUSES, "log.damaged"},
        {FLIP("journal.0*", "40"), REFUSES, "journal.corrupt"},
        {FLIP("journal.0*", "2000"), REFUSES, "journal.corrupt"},
        // log/public/tile
        {"rm -r log/public/tile/*/*.p", REFUSES, "log.damaged"},
        {"rm log/public/tile/0/000", OPENS_BUT_DAMAGED, "tile/0/000"},
        {"rm log/public/tile/entries/001", OPENS_BUT_DAMAGED, "tile/entries/001"},
        {"rm log/public/tile/0/000; cp -a older/public/tile/0/000 log/public/tile/0/000", OPENS,
         NULL},
        {FLIP("public/tile/0/001", "50"), OPENS_BUT_DAMAGED, "tile/0/001"},
        {FLIP("public/tile/entries/000", "50"), OPENS_BUT_DAMAGED, "tile/entries/000"},
        {"for f in log/public/tile/0/*.p/*; do printf x | dd of=$f bs=1 conv=notrunc 2>/dev/null; "
         "done",
         REFUSES, "log.damaged"},
        {"for f in log/public/tile/entries/*.p/*; do : >$f; done", REFUSES, "log.damaged"},
        // log/public/checkpoint
        {"rm log/public/checkpoint", REFUSES, "log.rolled_back"},
        {"rm log/public/checkpoint; cp -a older/public/checkpoint log/public", OPENS, NULL},
        {FLIP("public/checkpoint", "60"), REFUSES, "base64.malformed"},
        {"sed -i s/620/621/ log/public/checkpoint", REFUSES, "checkpoint.signature"},
        {": >log/public/checkpoint", REFUSES, "note.malformed"},
        // log/journal.lock
        {"rm log/journal.lock", OPENS, NULL},
        {"echo x >log/journal.lock", OPENS, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        check_loss(&cases[i]);
    }
}

// Only those can tell who have seen more: witnesses, stamps, receipts.
TEST(a_log_that_is_put_back_whole_opens_and_is_shorter_than_what_others_saw)
{
    Error err = {0};
    Bench bench = make_log();
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    char directory[600];
    Bytes note;
    MerkleHead seen, now;
    snprintf(directory, sizeof directory, "%s/log", test_directory());
    open_log(&bench, directory);
    CHECK_OK(evidence_log_checkpoint(bench.log, arena, &note, &seen, &err));
    close_log(&bench);
    snprintf(directory, sizeof directory, "%s/older", test_directory());
    open_log(&bench, directory);
    CHECK_OK(evidence_log_checkpoint(bench.log, arena, &note, &now, &err));
    CHECK(now.size < seen.size);
    // It can go on, but not to what was seen before.
    append_range(&bench, now.size, LARGE / 2);
    MerkleProof proof;
    CHECK_OK(evidence_log_checkpoint(bench.log, arena, &note, &now, &err));
    CHECK_INT(now.size, seen.size);
    CHECK_OK(evidence_log_prove_consistency(bench.log, seen.size, now.size, &proof, &err));
    CHECK_FAILS_WITH(merkle_consistency_verify(&seen, &now, &proof, &err), ERROR_UNTRUSTED,
                     "merkle.consistency");
    end_bench(&bench);
}

TEST(a_record_torn_at_the_end_of_the_journal_is_cut_when_nobody_was_answered)
{
    Error err = {0};
    char directory[600], script[1400];
    Bench bench = new_bench();
    snprintf(directory, sizeof directory, "%s/log", test_directory());
    open_log(&bench, directory);
    append_range(&bench, 0, 3);
    CHECK_OK(evidence_log_publish(bench.log, &err));
    // The fourth entry is committed but not published: as if the machine had died in it.
    snprintf(script, sizeof script, "cp -a '%s' '%s/torn'", directory, test_directory());
    append_range(&bench, 3, 1);
    CHECK_INT(system(script), 0);
    end_bench(&bench);
    bench = new_bench();
    snprintf(directory, sizeof directory, "%s/torn", test_directory());
    snprintf(script, sizeof script,
             "cd '%s' && f=$(ls journal.0*) && at=$(grep -abo 'entry 3' $f | cut -d: -f1) && "
             "dd if=/dev/zero of=$f bs=1 count=7 seek=$at conv=notrunc 2>/dev/null",
             directory);
    CHECK_INT(system(script), 0);
    open_log(&bench, directory);
    check_all(&bench, 3);
    append_range(&bench, 3, 2);
    check_all(&bench, 5);
    end_bench(&bench);
}
