// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
#include "base/test/test.h"
#include "component/registration/scene_test.h"
#include "domain/evidence/deposit.h"
#include "domain/evidence/submission.h"

static Error err;

typedef struct {
    Scene *scene;
    RegistrationRequest request;
    RegistrationResult result;
    RegistrationCompletion completion;
} Registered;

static Registered registered(void)
{
    Registered all = {.scene = scene_open()};
    Scene *scene = all.scene;
    Sm3Digest previous = sm3_digest(BYTES_LITERAL("M6"));
    all.request = scene_request(scene, "r-1");
    CHECK_OK(scene->port.apply(&scene->port, &all.request, scene->arena, &all.result, &err));
    scene->now += TIME_MINUTE;
    all.completion = (RegistrationCompletion){
        .registration_id = all.result.registration_id,
        .delivered_at = scene->now - 50 * TIME_SECOND,
        .destruction = scene_destruction(scene, all.result.certificate, scene->now),
        .mode = "staged",
        .previous = hex_text(scene->arena, sm3_bytes(&previous)),
    };
    return all;
}

static bool complete(const Registered *all, Bytes *ret_receipt)
{
    const RegistrationPort *port = &all->scene->port;
    return port->complete(port, &all->completion, all->scene->arena, ret_receipt, &err);
}

static Deposit deposited(const Registered *all)
{
    Statement statement;
    Deposit deposit;
    Arena *arena = all->scene->arena;
    TrustStore *trust = trust_store_new(arena);
    CHECK_INT(all->scene->preservation.count, 1);
    Submission submission;
    CHECK_OK(submission_parse(all->scene->preservation.submissions[0], &submission, &err));
    CHECK_OK(statement_parse(arena, submission.statement, &statement, &err));
    CHECK_OK(trust_store_add_anchors(trust, all->scene->office.certificate, &err));
    CHECK_OK(statement_verify(&statement, DEPOSIT_TYPE, trust, REVOCATION_NOT_NEEDED,
                              all->scene->now, &err));
    CHECK_OK(deposit_parse(arena, statement.payload, &deposit, &err));
    CHECK_OK(submission_attach(&submission, &deposit, &err));
    return deposit;
}

static const DepositEvent *find_event(const Deposit *deposit, const char *type)
{
    for (size_t i = 0; i < deposit->event_count; i++) {
        if (strcmp(deposit->events[i].type, type) == 0) {
            return &deposit->events[i];
        }
    }
    test_fail(__FILE__, __LINE__, "no event %s", type);
}

static const DepositItem *find_item(const Deposit *deposit, const char *name)
{
    for (size_t i = 0; i < deposit->item_count; i++) {
        if (strcmp(deposit->items[i].name, name) == 0) {
            return &deposit->items[i];
        }
    }
    test_fail(__FILE__, __LINE__, "no item %s", name);
}

// Covers: JR/T 0299-2024 4 g, 8.3 b; A08.
TEST(m7_tells_what_happened_to_the_certificate_at_its_own_times)
{
    Registered all = registered();
    Bytes receipt;
    CHECK_OK(complete(&all, &receipt));
    CHECK(bytes_start_with(receipt, BYTES_LITERAL("assent.receipt/1\n")));
    Deposit deposit = deposited(&all);
    CHECK_INT(deposit.stage, DEPOSIT_M7);
    CHECK_INT(deposit.sequence, 0);
    CHECK(!deposit.is_batch);
    CHECK_TEXT(deposit.authorization_id, "authorization-1");
    Sm3Digest previous = sm3_digest(BYTES_LITERAL("M6"));
    CHECK(deposit.has_previous && sm3_digest_equal(&deposit.previous, &previous));
    CHECK_INT(find_event(&deposit, "notice.acknowledged")->time,
              all.request.notice_acknowledged_at);
    CHECK_INT(find_event(&deposit, "registration.applied")->time, all.scene->now - TIME_MINUTE);
    CHECK_INT(find_event(&deposit, "certificate.issued")->time, all.scene->now - TIME_MINUTE);
    CHECK_INT(find_event(&deposit, "certificate.delivered")->time, all.completion.delivered_at);
    CHECK_INT(find_event(&deposit, "key.destroyed")->time, all.scene->now);
    find_event(&deposit, "registration.decision_checked");
    find_event(&deposit, "registration.forwarded");
    scene_close(all.scene);
}

TEST(m7_holds_the_signed_records_and_matches_the_decision_by_digest)
{
    Registered all = registered();
    Bytes receipt;
    CHECK_OK(complete(&all, &receipt));
    Deposit deposit = deposited(&all);
    CHECK_BYTES(find_item(&deposit, "certificate.cer")->content, all.result.certificate);
    CHECK_BYTES(find_item(&deposit, "issue.json")->content, all.result.issue_statement);
    CHECK_BYTES(find_item(&deposit, "request.csr")->content, all.request.csr);
    CHECK_BYTES(find_item(&deposit, "destruction.json")->content, all.completion.destruction);
    find_item(&deposit, "registration.json");
    find_item(&deposit, "completion.json");
    const DepositItem *decision = find_item(&deposit, "decision.json");
    Sm3Digest digest = sm3_digest(all.request.decision);
    CHECK(!decision->has_content && sm3_digest_equal(&decision->digest, &digest));
    scene_close(all.scene);
}

TEST(refused_attempts_are_part_of_m7)
{
    Registered all = registered();
    Bytes receipt;
    RegistrationRequest again = all.request;
    RegistrationResult result;
    again.request_id = "r-2";
    CHECK_FAILS(all.scene->port.apply(&all.scene->port, &again, all.scene->arena, &result, &err),
                ERROR_CONFLICT);
    CHECK_OK(complete(&all, &receipt));
    Deposit deposit = deposited(&all);
    CHECK_TEXT(find_event(&deposit, "registration.refused")->detail, "registration.decision_used");
    scene_close(all.scene);
}

TEST(a_repeated_completion_gets_the_same_receipt_and_deposits_once)
{
    Registered all = registered();
    Bytes first, second;
    CHECK_OK(complete(&all, &first));
    all.scene->now += TIME_HOUR;
    CHECK_OK(complete(&all, &second));
    CHECK_BYTES(second, first);
    CHECK_INT(all.scene->preservation.calls, 1);
    scene_close(all.scene);
}

TEST(while_c5_is_down_the_submission_waits_and_is_sent_unchanged)
{
    Registered all = registered();
    Bytes receipt;
    all.scene->preservation.is_down = true;
    CHECK_FAILS_WITH(complete(&all, &receipt), ERROR_UNAVAILABLE, "peer.unreachable");
    scene_stop(all.scene);
    all.scene->preservation.is_down = false;
    all.scene->now += 2 * TIME_DAY;  // the certificate has ended by now
    scene_start(all.scene);
    CHECK_OK(complete(&all, &receipt));
    Statement statement;
    Submission submission;
    CHECK_OK(submission_parse(all.scene->preservation.submissions[0], &submission, &err));
    CHECK_OK(statement_parse(all.scene->arena, submission.statement, &statement, &err));
    CHECK_INT(statement.signed_at, all.scene->now - 2 * TIME_DAY);
    scene_close(all.scene);
}

TEST(a_receipt_for_something_else_is_refused_and_not_kept)
{
    Registered all = registered();
    Bytes receipt;
    all.scene->preservation.gives_other_receipt = true;
    CHECK_FAILS_WITH(complete(&all, &receipt), ERROR_UNTRUSTED, "registration.receipt");
    all.scene->preservation.gives_other_receipt = false;
    CHECK_OK(complete(&all, &receipt));
    CHECK_INT(all.scene->preservation.count, 1);
    scene_close(all.scene);
}

TEST(another_completion_of_the_same_registration_is_refused)
{
    Registered all = registered();
    Bytes receipt;
    CHECK_OK(complete(&all, &receipt));
    all.completion.mode = "batch";
    CHECK_FAILS_WITH(complete(&all, &receipt), ERROR_CONFLICT, "registration.completion_reused");
    scene_close(all.scene);
}

TEST(a_registration_without_certificate_cannot_be_completed)
{
    Scene *scene = scene_open();
    RegistrationRequest request = scene_request(scene, "r-1");
    RegistrationResult result;
    Bytes receipt;
    scene->certification.answer_is_lost = true;
    CHECK_FAILS(scene->port.apply(&scene->port, &request, scene->arena, &result, &err),
                ERROR_UNAVAILABLE);
    RegistrationCompletion completion = {.registration_id = scene->certification.request_ids[0],
                                         .delivered_at = scene->now,
                                         .mode = "staged",
                                         .previous = ""};
    CHECK_FAILS_WITH(scene->port.complete(&scene->port, &completion, scene->arena, &receipt, &err),
                     ERROR_CONFLICT, "registration.not_issued");
    completion.registration_id = "0000";
    CHECK_FAILS_WITH(scene->port.complete(&scene->port, &completion, scene->arena, &receipt, &err),
                     ERROR_NOT_FOUND, "registration.unknown");
    scene_close(scene);
}

// Covers: JR/T 0299-2024 6.6 c; C19.
TEST(only_the_certified_key_can_say_that_it_is_destroyed)
{
    Registered all = registered();
    Bytes receipt;
    all.completion.destruction =
        scene_state(all.scene, &all.scene->stranger, KEY_DESTRUCTION_TYPE, BYTES_LITERAL("{}"));
    CHECK_FAILS_WITH(complete(&all, &receipt), ERROR_UNTRUSTED, "registration.destruction");
    const Party holder = {all.scene->holder.key, all.scene->holder.signer, all.result.certificate};
    all.completion.destruction =
        scene_state(all.scene, &holder, "assent.other/1", BYTES_LITERAL("{}"));
    CHECK_FAILS_WITH(complete(&all, &receipt), ERROR_UNTRUSTED, "statement.type");
    all.completion.destruction =
        scene_state(all.scene, &holder, KEY_DESTRUCTION_TYPE, BYTES_LITERAL("{}"));
    CHECK_FAILS(complete(&all, &receipt), ERROR_INPUT);
    all.completion.destruction =
        scene_destruction(all.scene, all.result.certificate, all.scene->now - TIME_HOUR);
    CHECK_FAILS_WITH(complete(&all, &receipt), ERROR_UNTRUSTED, "registration.destruction");
    CHECK_INT(all.scene->preservation.calls, 0);
    scene_close(all.scene);
}

TEST(a_key_that_lives_on_needs_no_record_of_destruction)
{
    Registered all = registered();
    Bytes receipt;
    all.completion.destruction = BYTES_EMPTY;
    all.completion.mode = "batch";
    all.completion.previous = "";
    CHECK_OK(complete(&all, &receipt));
    Deposit deposit = deposited(&all);
    CHECK(deposit.is_batch && !deposit.has_previous);
    scene_close(all.scene);
}

TEST(a_link_that_is_no_digest_is_refused)
{
    Registered all = registered();
    Bytes receipt;
    all.completion.previous = "abcd";
    CHECK_FAILS_WITH(complete(&all, &receipt), ERROR_INPUT, "registration.previous");
    scene_close(all.scene);
}

static Bytes whole_file(Scene *scene)
{
    enum { FILE_MAX = 4 * 1024 * 1024 };
    char *content = arena_alloc(scene->arena, FILE_MAX);
    FILE *file = fopen(scene->config.store_path, "rb");
    CHECK(content != NULL && file != NULL);
    size_t len = fread(content, 1, FILE_MAX, file);
    fclose(file);
    CHECK(len > 0 && len < FILE_MAX);
    return bytes_of(content, len);
}

TEST(personal_data_lies_sealed)
{
    Registered all = registered();
    Bytes receipt;
    size_t offset;
    CHECK_OK(complete(&all, &receipt));
    CHECK_OK(store_checkpoint(all.scene->registration->store, &err));
    Bytes file = whole_file(all.scene);
    CHECK(!bytes_find(file, bytes_of_text("张三"), 0, &offset));
    CHECK(!bytes_find(file, bytes_of_text(SCENE_HOLDER), 0, &offset));
    CHECK(!bytes_find(file, BYTES_LITERAL("\"payload\""), 0, &offset));
    scene_close(all.scene);
}

TEST(who_registered_gets_the_statement_that_was_submitted)
{
    Registered all = registered();
    Scene *scene = all.scene;
    const RegistrationPort *port = &scene->port;
    const char *id = all.result.registration_id;
    Bytes receipt, statement;
    Submission sent;
    CHECK_FAILS_WITH(port->submission(port, id, scene->arena, &statement, &err), ERROR_CONFLICT,
                     "registration.not_completed");
    CHECK_FAILS_WITH(port->submission(port, "0000", scene->arena, &statement, &err),
                     ERROR_NOT_FOUND, "registration.unknown");
    CHECK_OK(complete(&all, &receipt));
    CHECK_OK(port->submission(port, id, scene->arena, &statement, &err));
    CHECK_OK(submission_parse(scene->preservation.submissions[0], &sent, &err));
    CHECK_BYTES(statement, sent.statement);
    Peer *other;
    CHECK_OK(peer_local(registration_service(scene->registration), "business", "other-bank",
                        clock_manual(&scene->now), &other, &err));
    RegistrationPort theirs = *port;
    theirs.peer = other;
    CHECK_FAILS_WITH(theirs.submission(&theirs, id, scene->arena, &statement, &err),
                     ERROR_NOT_FOUND, "registration.unknown");
    peer_free(other);
    scene_close(scene);
}
