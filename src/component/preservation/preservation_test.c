// SPDX-License-Identifier: Apache-2.0
//
// Depositing: who, what, in which order, and what comes back.
#include "component/preservation/preservation.h"

#include <string.h>

#include "base/codec/hex.h"
#include "base/test/test.h"
#include "component/preservation/preservation_calls.h"
#include "domain/evidence/submission.h"

// Covers: JR/T 0299-2024 4 f-h; A07, A08, A09, E07.
TEST(m6_m7_and_m8_get_receipts_that_verify_offline)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3];
    deposit_chain(&bench, receipts, submissions);
    EvidenceEntry entries[3];
    for (int i = 0; i < 3; i++) {
        Error err = {0};
        Receipt receipt;
        ReceiptTrust trust = trust_of(&bench);
        CHECK(receipts[i].len < 2048);
        CHECK_OK(receipt_parse(bench.arena, receipts[i], &receipt, &err));
        CHECK_OK(receipt_verify(&receipt, &trust, &err));
        entries[i] = entry_of(&bench, receipts[i]);
        Sm3Digest digest = deposit_submission_digest(submissions[i]);
        CHECK(sm3_digest_equal(&entries[i].submission, &digest));
        CHECK(!bytes_find(receipts[i], BYTES_LITERAL(AUTHORIZATION), 0, &(size_t){0}));
    }
    Verdict verdict = verdict_new(bench.arena);
    CHECK(entry_chain_check(entries, 3, &verdict));
}

TEST(a_receipt_verifies_with_the_certificate_of_the_log)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3];
    deposit_chain(&bench, receipts, submissions);
    Error err = {0};
    Receipt receipt;
    CHECK_OK(receipt_parse(bench.arena, receipts[0], &receipt, &err));
    ReceiptTrust trust = trust_of(&bench);
    trust.log_key = NULL;
    trust.log_certificate = &bench.c5.log.certificate;
    CHECK_OK(receipt_verify(&receipt, &trust, &err));
    trust.log_certificate = &bench.c5.business.certificate;
    CHECK_FAILS_WITH(receipt_verify(&receipt, &trust, &err), ERROR_UNTRUSTED, "receipt.checkpoint");
    trust.log_certificate = NULL;
    CHECK_FAILS_WITH(receipt_verify(&receipt, &trust, &err), ERROR_UNAVAILABLE,
                     "receipt.certificate");
}

// Covers: E04.
TEST(the_same_bytes_give_the_same_receipt_and_other_bytes_conflict)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Error err = {0};
    Bytes m6 = submission_of(&bench, DEPOSIT_M6, 0, NULL, "{\"a\":1}");
    Bytes other = submission_of(&bench, DEPOSIT_M6, 0, NULL, "{\"a\":2}");
    Bytes first, second;
    CHECK_OK(deposit(&bench, bench.c5.c1, m6, &first, &err));
    CHECK_OK(deposit(&bench, bench.c5.c1, m6, &second, &err));
    CHECK_BYTES(second, first);
    CHECK_FAILS_WITH(deposit(&bench, bench.c5.c1, other, &second, &err), ERROR_CONFLICT,
                     "preservation.different");
}

// Covers: JR/T 0299-2024 4 f-h; A08.
TEST(a_stage_that_is_not_the_depositors_is_refused_and_logged)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Error err = {0};
    Bytes m6 = submission_of(&bench, DEPOSIT_M6, 0, NULL, "{}");
    Bytes receipt;
    CHECK_OK(deposit(&bench, bench.c5.c1, m6, &receipt, &err));
    Bytes m7 = submission_of(&bench, DEPOSIT_M7, 0, &m6, "{}");
    // C2's own word, passed on by C1.
    CHECK_FAILS_WITH(deposit(&bench, bench.c5.c1, m7, &receipt, &err), ERROR_FORBIDDEN,
                     "preservation.signer");
    // M7 in C1's word.
    DepositEvent event = {.time = bench.c5.now, .type = "test.event"};
    Deposit forged = {.authorization_id = AUTHORIZATION,
                      .stage = DEPOSIT_M7,
                      .events = &event,
                      .event_count = 1,
                      .has_previous = true,
                      .previous = deposit_submission_digest(m6)};
    Bytes text;
    CHECK_OK(
        fixture_submission(&bench.c5.business, &forged, bench.c5.now, bench.arena, &text, &err));
    CHECK_FAILS_WITH(deposit(&bench, bench.c5.c1, text, &receipt, &err), ERROR_FORBIDDEN,
                     "preservation.stage");
    EvidenceEntry entry = last_entry(&bench);
    CHECK_INT(entry.kind, ENTRY_REFUSAL);
    CHECK_TEXT(entry.code, "preservation.stage");
    CHECK_FAILS_WITH(deposit(&bench, bench.c5.stranger, m6, &receipt, &err), ERROR_FORBIDDEN,
                     "preservation.depositor");
    CHECK_FAILS(deposit(&bench, bench.c5.operator, m6, &receipt, &err), ERROR_FORBIDDEN);
}

TEST(deposits_out_of_order_are_refused_and_logged)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Error err = {0};
    Bytes m6 = submission_of(&bench, DEPOSIT_M6, 0, NULL, "{}");
    Bytes early = submission_of(&bench, DEPOSIT_M8, 0, &m6, "{}");
    Bytes receipt;
    CHECK_FAILS_WITH(deposit(&bench, bench.c5.c1, early, &receipt, &err), ERROR_CONFLICT,
                     "deposit.order");
    CHECK_TEXT(last_entry(&bench).code, "deposit.order");
    CHECK_OK(deposit(&bench, bench.c5.c1, m6, &receipt, &err));
    Bytes unlinked = submission_of(&bench, DEPOSIT_M7, 0, &early, "{}");
    CHECK_FAILS_WITH(deposit(&bench, bench.c5.c2, unlinked, &receipt, &err), ERROR_CONFLICT,
                     "deposit.previous");
    CHECK_TEXT(last_entry(&bench).code, "deposit.previous");
    // A second identity record, for example after a failed attempt, continues the chain.
    Bytes again = submission_of(&bench, DEPOSIT_M6, 1, &m6, "{}");
    CHECK_OK(deposit(&bench, bench.c5.c1, again, &receipt, &err));
    Bytes skipped = submission_of(&bench, DEPOSIT_M6, 3, &again, "{}");
    CHECK_FAILS(deposit(&bench, bench.c5.c1, skipped, &receipt, &err), ERROR_CONFLICT);
}

// Covers: E03.
TEST(unsigned_or_changed_submissions_are_refused)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Error err = {0};
    Bytes m6 = submission_of(&bench, DEPOSIT_M6, 0, NULL, "{}");
    Bytes receipt;
    CHECK_FAILS(deposit(&bench, bench.c5.c1, BYTES_LITERAL("{}"), &receipt, &err), ERROR_INPUT);
    size_t at;
    CHECK(bytes_find(m6, BYTES_LITERAL("\"signed_at\":\"20"), 0, &at));
    uint8_t changed[8192];
    CHECK(m6.len < sizeof changed);
    memcpy(changed, m6.data, m6.len);
    changed[at + 16] ^= 1;
    CHECK_FAILS(deposit(&bench, bench.c5.c1, bytes_of(changed, m6.len), &receipt, &err),
                ERROR_UNTRUSTED);
}

// Covers: E05.
TEST(a_content_that_does_not_have_its_digest_is_refused)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Error err = {0};
    DepositItem item = deposit_item_of("a", "text/plain", BYTES_LITERAL("a"));
    item.digest.bytes[0] ^= 1;
    Deposit wrong = {.authorization_id = AUTHORIZATION, .items = &item, .item_count = 1};
    CLEANUP(writer_free) Writer payload = writer_new(4096);
    CHECK_FAILS_WITH(deposit_encode(&wrong, &payload, &err), ERROR_UNTRUSTED, "deposit.digest");
}

// Covers: E04.
TEST(the_same_deposit_twice_in_a_batch_gives_the_same_receipt_twice)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    const char *m6 = base64_text(bench.arena, submission_of(&bench, DEPOSIT_M6, 0, NULL, "{}"));
    const char *other =
        base64_text(bench.arena, submission_of(&bench, DEPOSIT_OTHER, 0, NULL, "{}"));
    const char *body =
        arena_format(bench.arena, "{\"submissions\":[\"%s\",\"%s\",\"%s\"]}", m6, m6, other);
    CLEANUP(json_cleanup)
    json_t *reply = post_json(&bench, bench.c5.c1, "/v1/deposit-batches", body);
    const json_t *receipts = json_object_get(reply, "receipts");
    CHECK_INT(json_array_size(receipts), 3);
    CHECK_TEXT(json_string_value(json_array_get(receipts, 0)),
               json_string_value(json_array_get(receipts, 1)));
    CHECK(strcmp(json_string_value(json_array_get(receipts, 0)),
                 json_string_value(json_array_get(receipts, 2))) != 0);
}

// Covers: E04.
TEST(a_batch_that_fails_in_the_middle_keeps_what_came_before_and_nothing_after)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Error err = {0};
    Bytes m6 = submission_of(&bench, DEPOSIT_M6, 0, NULL, "{}"), receipt, answer;
    Bytes skipped = submission_of(&bench, DEPOSIT_M6, 2, &m6, "{}");
    Bytes other = submission_of(&bench, DEPOSIT_OTHER, 0, NULL, "{}");
    const char *body = arena_format(bench.arena, "{\"submissions\":[\"%s\",\"%s\",\"%s\"]}",
                                    base64_text(bench.arena, m6), base64_text(bench.arena, skipped),
                                    base64_text(bench.arena, other));
    CHECK_FAILS_WITH(call(&bench, bench.c5.c1, "POST", "/v1/deposit-batches", bytes_of_text(body),
                          &answer, &err),
                     ERROR_CONFLICT, "deposit.order");
    CHECK_TEXT(last_entry(&bench).code, "deposit.order");
    CLEANUP(json_cleanup)
    json_t *list = get_json(&bench, bench.c5.c1, "/v1/deposits/" AUTHORIZATION);
    CHECK_INT(json_array_size(json_object_get(list, "deposits")), 1);
    CHECK_OK(deposit(&bench, bench.c5.c1, m6, &receipt, &err));
    CHECK_INT(entry_of(&bench, receipt).stage, DEPOSIT_M6);
}

static int64_t alarms_of(Bench *bench, const char *code)
{
    CLEANUP(json_cleanup) json_t *summary = get_json(bench, bench->c5.operator, "/v1/summary");
    const json_t *alarms = json_object_get(summary, "alarms");
    for (size_t i = 0; i < json_array_size(alarms); i++) {
        const json_t *alarm = json_array_get(alarms, i);
        if (strcmp(json_string_value(json_object_get(alarm, "code")), code) == 0) {
            return json_integer_value(json_object_get(alarm, "count"));
        }
    }
    return 0;
}

// Covers: E05.
TEST(an_original_other_than_what_was_signed_is_refused_logged_and_an_alarm)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Error err = {0};
    DepositItem item = deposit_item_of("a", "text/plain", BYTES_LITERAL("aaa"));
    Deposit right = {.authorization_id = AUTHORIZATION, .items = &item, .item_count = 1};
    CLEANUP(writer_free) Writer payload = writer_new(4096);
    CHECK_OK(deposit_encode(&right, &payload, &err));
    size_t at;
    CHECK(bytes_find(writer_bytes(&payload), BYTES_LITERAL("\"YWFh\""), 0, &at));
    memcpy(payload.data + at, "\"YWFi\"", 6);
    StatementTemplate template = {DEPOSIT_TYPE, writer_bytes(&payload), bench.c5.now,
                                  bench.c5.business.certificate.der};
    CLEANUP(writer_free) Writer inside = writer_new(8192);
    CHECK_OK(statement_sign(&template, &bench.c5.business.signer, &inside, &err));
    Bytes receipt;
    CHECK_FAILS_WITH(deposit(&bench, bench.c5.c1, writer_bytes(&inside), &receipt, &err),
                     ERROR_UNTRUSTED, "deposit.digest");
    CHECK_INT(last_entry(&bench).kind, ENTRY_REFUSAL);
    CHECK_TEXT(last_entry(&bench).code, "deposit.digest");
    CHECK_INT(alarms_of(&bench, "deposit.contradicts"), 1);
    // The same beside the statement.
    CLEANUP(writer_free) Writer beside = writer_new(8192);
    Submission submission = {.statement = submission_of(&bench, DEPOSIT_M6, 0, NULL, "{}"),
                             .contents = {BYTES_LITERAL("other")},
                             .content_count = 1};
    CHECK_OK(submission_encode(&submission, &beside, &err));
    CHECK_FAILS_WITH(deposit(&bench, bench.c5.c1, writer_bytes(&beside), &receipt, &err),
                     ERROR_UNTRUSTED, "submission.unexpected_content");
    CHECK_TEXT(last_entry(&bench).code, "submission.unexpected_content");
    // Of one authorization it is one, and it is still there after a restart.
    fixture_close(&bench.c5);
    CHECK_OK(fixture_open(&bench.c5, &err));
    CHECK_INT(alarms_of(&bench, "deposit.contradicts"), 1);
    CLEANUP(json_cleanup) json_t *list = get_json(&bench, bench.c5.operator, "/v1/alarms");
    const json_t *alarm = json_array_get(json_object_get(list, "alarms"), 0);
    CHECK_TEXT(json_string_value(json_object_get(alarm, "detail")), "deposit.digest");
    CHECK_TEXT(json_string_value(json_object_get(alarm, "severity")), "critical");
    CHECK_INT(json_integer_value(json_object_get(alarm, "occurrences")), 2);
}

// Covers: E02, E14.
TEST(the_custody_of_a_deposit_tells_how_it_travelled)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3];
    deposit_chain(&bench, receipts, submissions);
    CLEANUP(json_cleanup)
    json_t *custody =
        get_json(&bench, bench.c5.operator, "/v1/authorizations/" AUTHORIZATION "/custody");
    const json_t *first = json_array_get(json_object_get(custody, "custody"), 0);
    const char *purpose = json_string_value(json_object_get(first, "purpose"));
    CHECK_TEXT(json_string_value(json_object_get(first, "action")), "deposit");
    CHECK(strncmp(purpose, "M6 channel=local serial=- address=- request=", 44) == 0);
    CHECK(strstr(purpose, " offset_ms=1000") != NULL && strstr(purpose, "anomaly") == NULL);
}

// Covers: E02; JR/T 0299-2024 7.3.
TEST(a_staged_deposit_of_events_long_past_is_an_anomaly_and_a_batch_is_not)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    for (int is_batch = 0; is_batch < 2; is_batch++) {
        Error err = {0};
        Bytes text, receipt;
        DepositEvent event = {.time = bench.c5.now - 6 * TIME_MINUTE, .type = "test.event"};
        Deposit late = {.authorization_id = AUTHORIZATION,
                        .stage = DEPOSIT_OTHER,
                        .sequence = is_batch,
                        .is_batch = is_batch == 1,
                        .events = &event,
                        .event_count = 1};
        CHECK_OK(
            fixture_submission(&bench.c5.business, &late, bench.c5.now, bench.arena, &text, &err));
        CHECK_OK(deposit(&bench, bench.c5.c1, text, &receipt, &err));
        CLEANUP(json_cleanup)
        json_t *custody =
            get_json(&bench, bench.c5.operator, "/v1/authorizations/" AUTHORIZATION "/custody");
        const json_t *rows = json_object_get(custody, "custody");
        const json_t *row = json_array_get(rows, is_batch == 0 ? 0 : json_array_size(rows) - 1);
        const char *purpose = json_string_value(json_object_get(row, "purpose"));
        CHECK((strstr(purpose, " offset_ms=360000 anomaly") != NULL) == (is_batch == 0));
    }
}

// Covers: A10.
TEST(a_batch_keeps_its_order_and_gives_one_receipt_each)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes m6 = submission_of(&bench, DEPOSIT_M6, 0, NULL, "{}");
    Bytes other = submission_of(&bench, DEPOSIT_OTHER, 0, NULL, "{}");
    CLEANUP(writer_free) Writer body = writer_new(65536);
    writer_format(&body, "{\"submissions\":[\"%s\",\"%s\"]}", base64_text(bench.arena, m6),
                  base64_text(bench.arena, other));
    writer_put_u8(&body, '\0');
    for (int i = 0; i < 2; i++) {
        CLEANUP(json_cleanup)
        json_t *reply =
            post_json(&bench, bench.c5.c1, "/v1/deposit-batches", (const char *)body.data);
        const json_t *receipts = json_object_get(reply, "receipts");
        CHECK_INT(json_array_size(receipts), 2);
        CHECK_INT(
            entry_of(&bench, bytes_of_text(json_string_value(json_array_get(receipts, 1)))).stage,
            DEPOSIT_OTHER);
    }
}
