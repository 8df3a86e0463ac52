// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/checkpoint_submission.h"

#include "base/test/test.h"
#include "domain/evidence/witness_fixture.h"

static Bytes submission_text(Arena *arena)
{
    Error err = {0};
    CLEANUP(party_cleanup) Party log = party_of(77, WITNESSED_ORIGIN, NOTE_SM2);
    static History history;
    history_make(&history, 11, 11, "");
    CheckpointSubmission submission = {.old_size = 6,
                                       .proof = history_consistency(&history, 6, 11),
                                       .checkpoint = history_checkpoint(arena, &history, 11, &log)};
    CLEANUP(writer_free) Writer text = writer_new(CHECKPOINT_SUBMISSION_MAX_BYTES);
    CHECK_OK(checkpoint_submission_encode(&submission, &text, &err));
    return arena_copy(arena, writer_bytes(&text));
}

TEST(a_submission_reads_back_byte_for_byte)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes text = submission_text(arena);
    CheckpointSubmission read;
    CHECK_OK(checkpoint_submission_parse(arena, text, &read, &err));
    CHECK_INT(read.old_size, 6);
    CHECK_INT(read.checkpoint.head.size, 11);
    CHECK(bytes_start_with(text, BYTES_LITERAL("old 6\n")));
    CLEANUP(writer_free) Writer again = writer_new(CHECKPOINT_SUBMISSION_MAX_BYTES);
    CHECK_OK(checkpoint_submission_encode(&read, &again, &err));
    CHECK_BYTES(writer_bytes(&again), text);
}

TEST(every_cut_of_a_submission_is_refused)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes text = submission_text(arena);
    CheckpointSubmission read;
    for (size_t at = 0; at < text.len; at++) {
        CHECK_FAILS(checkpoint_submission_parse(arena, bytes_slice(text, 0, at), &read, &err),
                    ERROR_INPUT);
    }
}

TEST(sizes_and_proofs_of_another_form_are_refused)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes rest = bytes_from(submission_text(arena), sizeof "old 6\n" - 1);
    static const char *const firsts[] = {
        "old 06\n", "old -1\n", "old \n",        "old 6 \n",   "old 12\n",
        "6\n",      "OLD 6\n",  "old 6\nAAAA\n", "old 6\n=\n", "old 99999999999999999999\n"};
    for (size_t i = 0; i < COUNT_OF(firsts); i++) {
        CheckpointSubmission read;
        Bytes text = arena_join(arena, bytes_of_text(firsts[i]), rest);
        CHECK_FAILS(checkpoint_submission_parse(arena, text, &read, &err), ERROR_INPUT);
    }
}

TEST(more_than_sixty_three_hashes_are_refused)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes rest = bytes_from(submission_text(arena), sizeof "old 6\n" - 1);
    CLEANUP(writer_free) Writer text = writer_new(CHECKPOINT_SUBMISSION_MAX_BYTES);
    writer_put_text(&text, "old 6\n");
    for (size_t i = 0; i < CHECKPOINT_SUBMISSION_PROOF_MAX; i++) {
        writer_put_text(&text, "GrIdg1XPoX+OYRlIMegajyK+yMco/vt0ftA161CCqis=\n");
    }
    writer_put(&text, rest);
    CheckpointSubmission read;
    CHECK_FAILS_WITH(checkpoint_submission_parse(arena, writer_bytes(&text), &read, &err),
                     ERROR_INPUT, "checkpoint_submission.malformed");
}

TEST(a_body_over_the_limit_is_refused_before_it_is_read)
{
    Error err = {0};
    static const uint8_t large[CHECKPOINT_SUBMISSION_MAX_BYTES + 1];
    CheckpointSubmission read;
    CHECK_FAILS_WITH(checkpoint_submission_parse(NULL, BYTES_OF_ARRAY(large), &read, &err),
                     ERROR_LIMIT, "checkpoint_submission.size");
}
