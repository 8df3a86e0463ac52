// SPDX-License-Identifier: Apache-2.0
//
// The door, with the status codes of C2SP tlog-witness.
#include <stdio.h>
#include <string.h>

#include "base/net/service_dispatch.h"
#include "base/test/test.h"
#include "component/witness/witness.h"
#include "component/witness/witness_fixture.h"

static ServiceResponse post(Court *court, Bytes body)
{
    ServiceRequest request = {
        .method = "POST",
        .path = "/add-checkpoint",
        .content_type = "text/plain",
        .body = body,
        .caller = {.role = SERVICE_PUBLIC, .name = "", .serial = "", .fingerprint = ""},
        .request_id = "test",
        .arena = court->arena};
    ServiceResponse response;
    service_dispatch(witness_service(court->witness), &request, &response);
    return response;
}

static ServiceResponse post_submission(Court *court, const CheckpointSubmission *submission)
{
    Error err = {0};
    CLEANUP(writer_free) Writer body = writer_new(CHECKPOINT_SUBMISSION_MAX_BYTES);
    CHECK_OK(checkpoint_submission_encode(submission, &body, &err));
    return post(court, arena_copy(court->arena, writer_bytes(&body)));
}

// Source: C2SP tlog-witness.
TEST(every_answer_has_the_status_that_the_protocol_says)
{
    static Court court;
    court_open(&court, test_directory());
    CLEANUP(party_cleanup) Party other = party_of(77, "evidence.example.cn/log2", NOTE_SM2);
    CLEANUP(party_cleanup) Party enemy = party_of(78, WITNESSED_ORIGIN, NOTE_SM2);
    CheckpointSubmission submission = submission_of(&court, &court.told, 0, 6);
    ServiceResponse response = post_submission(&court, &submission);
    CHECK_INT(response.status, 200);
    CHECK(bytes_start_with(response.body, BYTES_LITERAL("\xe2\x80\x94 court.example.cn ")));
    CHECK(response.body.data[response.body.len - 1] == '\n');
    submission = submission_of(&court, &court.told, 3, 9);
    response = post_submission(&court, &submission);
    CHECK_INT(response.status, 409);
    CHECK_TEXT(response.content_type, "text/x.tlog.size");
    CHECK_BYTES(response.body, BYTES_LITERAL("6\n"));
    submission = submission_of(&court, &court.told, 6, 9);
    submission.proof.hashes[0].bytes[3] ^= 1;
    CHECK_INT(post_submission(&court, &submission).status, 422);
    submission.proof.count = 0;
    CHECK_INT(post_submission(&court, &submission).status, 422);
    submission.checkpoint = history_checkpoint(court.arena, &court.told, 9, &other);
    CHECK_INT(post_submission(&court, &submission).status, 404);
    submission.checkpoint = history_checkpoint(court.arena, &court.told, 9, &enemy);
    CHECK_INT(post_submission(&court, &submission).status, 403);
    submission = submission_of(&court, &court.told, 0, 6);
    submission.old_size = 7;
    CHECK_INT(post_submission(&court, &submission).status, 400);
    CHECK_INT(post(&court, BYTES_LITERAL("old 0\n\nx\n")).status, 400);
    static const uint8_t large[CHECKPOINT_SUBMISSION_MAX_BYTES + 1];
    CHECK_INT(post(&court, BYTES_OF_ARRAY(large)).status, 413);
    submission = submission_of(&court, &court.hidden, 6, 6);
    response = post_submission(&court, &submission);
    CHECK_INT(response.status, 409);
    CHECK_TEXT(response.content_type, "text/x.tlog.size");
    submission = submission_of(&court, &court.told, 6, 9);
    CHECK_INT(post_submission(&court, &submission).status, 403);
    court_close(&court);
}
