// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/evidence_log.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "domain/evidence/evidence_log_fixture.h"

// Covers: E09.
TEST(entries_read_back_and_prove_after_reopening)
{
    const uint64_t sizes[] = {0, 1, 2, 255, 256, 257, 600};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        char directory[600];
        snprintf(directory, sizeof directory, "%s/log%zu", test_directory(), i);
        Bench bench = new_bench();
        open_log(&bench, directory);
        append_many(&bench, 0, sizes[i]);
        check_all(&bench, sizes[i]);
        close_log(&bench);
        open_log(&bench, directory);
        check_all(&bench, sizes[i]);
        append_range(&bench, sizes[i], 3);
        check_all(&bench, sizes[i] + 3);
        end_bench(&bench);
    }
}

TEST(the_root_is_that_of_the_entries_alone)
{
    const char *directory = test_directory();
    Bench bench = new_bench();
    open_log(&bench, directory);
    append_many(&bench, 0, 700);
    MerkleFrontier frontier = {0};
    for (uint64_t i = 0; i < 700; i++) {
        char text[32];
        Sm3Digest leaf = merkle_leaf_hash(entry_text(text, i));
        merkle_frontier_append(&frontier, &leaf);
    }
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes note;
    MerkleHead head;
    CHECK_OK(evidence_log_checkpoint(bench.log, arena, &note, &head, &err));
    Sm3Digest root = merkle_frontier_root(&frontier);
    CHECK_BYTES(sm3_bytes(&head.root), sm3_bytes(&root));
    end_bench(&bench);
}

TEST(a_journal_that_is_full_goes_on_with_a_new_segment)
{
    const char *directory = test_directory();
    Bench bench = new_bench();
    open_log(&bench, directory);
    static uint8_t large[30000];
    Error err = {0};
    for (uint64_t i = 0; i < 40; i++) {
        large[0] = (uint8_t)i;
        Bytes entry = BYTES_OF_ARRAY(large);
        uint64_t index;
        CHECK_OK(evidence_log_append(bench.log, &entry, 1, &index, &err));
        CHECK_INT(index, i);
    }
    close_log(&bench);
    open_log(&bench, directory);
    LogCheck check;
    CHECK_OK(evidence_log_fsck(bench.log, &check, &err));
    CHECK_INT(check.entries, 40);
    end_bench(&bench);
}

TEST(consistency_holds_between_all_published_sizes)
{
    const char *directory = test_directory();
    Bench bench = new_bench();
    open_log(&bench, directory);
    MerkleHead heads[8];
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        append_many(&bench, i * 77, 77);
        Bytes note;
        CHECK_OK(evidence_log_checkpoint(bench.log, arena, &note, &heads[i], &err));
    }
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        for (size_t k = i; k < COUNT_OF(heads); k++) {
            MerkleProof proof;
            CHECK_OK(evidence_log_prove_consistency(bench.log, heads[i].size, heads[k].size, &proof,
                                                    &err));
            CHECK_OK(merkle_consistency_verify(&heads[i], &heads[k], &proof, &err));
        }
    }
    end_bench(&bench);
}

TEST(proofs_made_together_are_those_made_one_by_one_also_across_tiles)
{
    enum { TOTAL = 600, FIRST = 200, COUNT = 350 };
    static MerkleProof together[COUNT];
    Bench bench = new_bench();
    open_log(&bench, test_directory());
    append_many(&bench, 0, TOTAL);
    Error err = {0};
    CHECK_OK(evidence_log_prove_inclusions(bench.log, FIRST, COUNT, TOTAL, together, &err));
    for (size_t i = 0; i < COUNT; i++) {
        MerkleProof alone;
        CHECK_OK(evidence_log_prove_inclusion(bench.log, FIRST + i, TOTAL, &alone, &err));
        CHECK_INT(together[i].count, alone.count);
        CHECK(memcmp(together[i].hashes, alone.hashes, alone.count * sizeof alone.hashes[0]) == 0);
    }
    CHECK_FAILS(evidence_log_prove_inclusions(bench.log, 0, 1, TOTAL + 1, together, &err),
                ERROR_NOT_FOUND);
    close_log(&bench);
    end_bench(&bench);
}

TEST(entries_that_are_empty_or_too_long_are_refused)
{
    const char *directory = test_directory();
    Bench bench = new_bench();
    open_log(&bench, directory);
    Error err = {0};
    uint64_t index;
    static uint8_t large[ENTRY_MAX_BYTES + 1];
    Bytes empty = BYTES_EMPTY;
    Bytes long_entry = BYTES_OF_ARRAY(large);
    CHECK_FAILS(evidence_log_append(bench.log, &empty, 1, &index, &err), ERROR_INPUT);
    CHECK_FAILS(evidence_log_append(bench.log, &long_entry, 1, &index, &err), ERROR_INPUT);
    CHECK_FAILS(evidence_log_append(bench.log, &empty, 0, &index, &err), ERROR_LIMIT);
    CHECK_FAILS(evidence_log_append(bench.log, &empty, 1025, &index, &err), ERROR_LIMIT);
    append_range(&bench, 0, 1);
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes entry;
    CHECK_FAILS(evidence_log_entry(bench.log, 1, arena, &entry, &err), ERROR_NOT_FOUND);
    MerkleProof proof;
    CHECK_FAILS(evidence_log_prove_inclusion(bench.log, 0, 2, &proof, &err), ERROR_NOT_FOUND);
    end_bench(&bench);
}

TEST(a_second_instance_cannot_open_the_log)
{
    const char *directory = test_directory();
    Bench bench = new_bench();
    open_log(&bench, directory);
    Bench second = new_bench();
    Error err = {0};
    CHECK_FAILS(try_open(&second, directory, &err), ERROR_CONFLICT);
    end_bench(&second);
    append_range(&bench, 0, 2);
    end_bench(&bench);
}

TEST(another_key_cannot_continue_the_log)
{
    const char *directory = test_directory();
    Bench bench = new_bench();
    open_log(&bench, directory);
    append_range(&bench, 0, 2);
    end_bench(&bench);
    Error err = {0};
    Bench other = {0};
    uint8_t scalar[SM2_SCALAR_SIZE] = {0};
    scalar[31] = 78;
    CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(scalar), &other.key, &err));
    other.signer = signer_of_key(other.key);
    CHECK_FAILS_WITH(try_open(&other, directory, &err), ERROR_UNTRUSTED, "checkpoint.signature");
    end_bench(&other);
}

static bool fails_to_sign(const Signer *signer, const Sm3Digest *e, Sm2Signature *ret, Error *err)
{
    (void)e;
    (void)ret;
    const bool *is_down = signer->state;
    return error_set(err, *is_down ? ERROR_UNAVAILABLE : ERROR_INTERNAL, "test.down", NULL, "down");
}

TEST(a_signer_that_is_down_delays_and_loses_nothing)
{
    const char *directory = test_directory();
    Bench bench = new_bench();
    open_log(&bench, directory);
    append_range(&bench, 0, 2);
    bool is_down = true;
    Signer good = bench.signer;
    bench.signer.sign_digest = fails_to_sign;
    bench.signer.state = &is_down;
    Error err = {0};
    uint64_t index;
    Bytes entry = BYTES_LITERAL("entry 2");
    CHECK_FAILS(evidence_log_append(bench.log, &entry, 1, &index, &err), ERROR_UNAVAILABLE);
    bench.signer = good;
    append_range(&bench, 2, 2);
    check_all(&bench, 4);
    end_bench(&bench);
}

typedef struct {
    Bench *bench;
    unsigned id;
    bool ok;
    uint64_t indexes[50];
} Caller;

static void *append_as_caller(void *state)
{
    Caller *caller = state;
    caller->ok = true;
    for (unsigned i = 0; i < COUNT_OF(caller->indexes); i++) {
        char text[32];
        snprintf(text, sizeof text, "caller %u entry %u", caller->id, i);
        Bytes entry = bytes_of_text(text);
        Error err = {0};
        caller->ok = caller->ok &&
                     evidence_log_append(caller->bench->log, &entry, 1, &caller->indexes[i], &err);
    }
    return NULL;
}

TEST(concurrent_appenders_get_distinct_indexes_of_their_own_entries)
{
    enum { CALLERS = 16 };
    const char *directory = test_directory();
    Bench bench = new_bench();
    open_log(&bench, directory);
    static Caller callers[CALLERS];
    pthread_t threads[CALLERS];
    for (unsigned i = 0; i < CALLERS; i++) {
        callers[i] = (Caller){.bench = &bench, .id = i};
        CHECK_INT(pthread_create(&threads[i], NULL, append_as_caller, &callers[i]), 0);
    }
    for (unsigned i = 0; i < CALLERS; i++) {
        pthread_join(threads[i], NULL);
    }
    Error err = {0};
    for (unsigned i = 0; i < CALLERS; i++) {
        CHECK(callers[i].ok);
        for (unsigned k = 0; k < COUNT_OF(callers[i].indexes); k++) {
            CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
            char text[32];
            Bytes entry;
            snprintf(text, sizeof text, "caller %u entry %u", i, k);
            CHECK_OK(evidence_log_entry(bench.log, callers[i].indexes[k], arena, &entry, &err));
            CHECK_BYTES(entry, bytes_of_text(text));
        }
    }
    LogCheck check;
    CHECK_OK(evidence_log_fsck(bench.log, &check, &err));
    CHECK_INT(check.entries, CALLERS * 50);
    end_bench(&bench);
}
