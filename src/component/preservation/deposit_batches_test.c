// SPDX-License-Identifier: Apache-2.0
//
// Deposits in batches: their form, and what one that fails leaves of the others.
#include <string.h>

#include "base/codec/hex.h"
#include "base/test/test.h"
#include "component/preservation/preservation_calls.h"
#include "component/preservation/preservation_state.h"

// What only the registration system may deposit, signed by the business system.
static Bytes m7_of_business(Bench *bench)
{
    Error err = {0};
    Bytes text;
    DepositEvent event = {.time = bench->c5.now - TIME_SECOND, .type = "test.event"};
    Deposit deposit = {
        .authorization_id = AUTHORIZATION, .stage = DEPOSIT_M7, .events = &event, .event_count = 1};
    CHECK_OK(fixture_submission(&bench->c5.business, &deposit, bench->c5.now, bench->arena, &text,
                                &err));
    return text;
}

// Covers: A10.
TEST(a_batch_is_understood_in_any_form_of_json_and_refused_when_it_is_none)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    const char *m6 = base64_text(bench.arena, submission_of(&bench, DEPOSIT_M6, 0, NULL, "{}"));
    CLEANUP(writer_free) Writer escaped = writer_new(65536);
    for (size_t i = 0; i < strlen(m6); i++) {
        writer_put_text(&escaped, m6[i] == '/' ? "\\/" : (char[]){m6[i], '\0'});
    }
    writer_put_u8(&escaped, '\0');
    const char *const bodies[] = {
        arena_format(bench.arena, "{\"submissions\":[\"%s\"]}", m6),
        arena_format(bench.arena, "{ \"submissions\" :\n[ \"%s\" ] }\n", m6),
        arena_format(bench.arena, "{\"submissions\":[\"%s\"]}", (const char *)escaped.data),
    };
    const char *first = NULL;
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        CLEANUP(json_cleanup)
        json_t *reply = post_json(&bench, bench.c5.c1, "/v1/deposit-batches", bodies[i]);
        const json_t *receipts = json_object_get(reply, "receipts");
        CHECK_INT(json_array_size(receipts), 1);
        const char *receipt = json_string_value(json_array_get(receipts, 0));
        first = first == NULL ? arena_text(bench.arena, bytes_of_text(receipt)) : first;
        CHECK_TEXT(receipt, first);
    }
    const char *const malformed[] = {
        "{\"submissions\":[\"\"]}",       "{\"submissions\":[\"A\"]}",
        "{\"submissions\":[\"AAAA\",]}",  "{\"submissions\":[\"AAAA\"]}x",
        "{\"submissions\":[\"AAAA\"",     "{\"submissions\":[\"AAAA",
        "{\"submissions\":[7]}",          "{\"submissions\":[\"AAAA\"],\"a\":1}",
        "{\"submissions\":[\"AA\nAA\"]}",
    };
    for (size_t i = 0; i < COUNT_OF(malformed); i++) {
        Error err = {0};
        Bytes answer;
        CHECK_FAILS(call(&bench, bench.c5.c1, "POST", "/v1/deposit-batches",
                         bytes_of_text(malformed[i]), &answer, &err),
                    ERROR_INPUT);
    }
}

// Covers: E05.
TEST(what_a_batch_may_not_deposit_is_logged_once_behind_what_came_before)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Error err = {0};
    Bytes answer, m6 = submission_of(&bench, DEPOSIT_M6, 0, NULL, "{}");
    Bytes m7 = m7_of_business(&bench);
    const char *text = base64_text(bench.arena, m6);
    const char *body = arena_format(bench.arena, "{\"submissions\":[\"%s\",\"%s\",\"%s\"]}", text,
                                    text, base64_text(bench.arena, m7));
    MerkleHead before, after;
    Bytes note;
    CHECK_OK(
        evidence_log_checkpoint(bench.c5.preservation->log, bench.arena, &note, &before, &err));
    CHECK_FAILS_WITH(call(&bench, bench.c5.c1, "POST", "/v1/deposit-batches", bytes_of_text(body),
                          &answer, &err),
                     ERROR_FORBIDDEN, "preservation.stage");
    CHECK_OK(evidence_log_checkpoint(bench.c5.preservation->log, bench.arena, &note, &after, &err));
    CHECK_INT(after.size, before.size + 2);
    bool has_deposit = false, has_refusal = false;
    for (uint64_t i = before.size; i < after.size; i++) {
        EvidenceEntry entry;
        Bytes logged;
        CHECK_OK(evidence_log_entry(bench.c5.preservation->log, i, bench.arena, &logged, &err));
        CHECK_OK(entry_parse(bench.arena, logged, &entry, &err));
        Sm3Digest expected = deposit_submission_digest(entry.kind == ENTRY_DEPOSIT ? m6 : m7);
        CHECK(sm3_digest_equal(&entry.submission, &expected));
        has_deposit = has_deposit || entry.kind == ENTRY_DEPOSIT;
        has_refusal = has_refusal || entry.kind == ENTRY_REFUSAL;
    }
    CHECK(has_deposit && has_refusal);
}

// Covers: A10.
TEST(a_submission_whose_signature_fails_ends_the_batch_there)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Error err = {0};
    Bytes answer, m6 = submission_of(&bench, DEPOSIT_M6, 0, NULL, "{}");
    Bytes other = submission_of(&bench, DEPOSIT_OTHER, 0, NULL, "{}");
    size_t at;
    CHECK(bytes_find(other, BYTES_LITERAL("\"signed_at\":\"20"), 0, &at));
    Bytes forged = arena_copy(bench.arena, other);
    // The century.
    ((uint8_t *)(uintptr_t)forged.data)[at + sizeof "\"signed_at\":\"" - 1] = '3';
    const char *body = arena_format(bench.arena, "{\"submissions\":[\"%s\",\"%s\",\"%s\"]}",
                                    base64_text(bench.arena, m6), base64_text(bench.arena, forged),
                                    base64_text(bench.arena, other));
    CHECK_FAILS_WITH(call(&bench, bench.c5.c1, "POST", "/v1/deposit-batches", bytes_of_text(body),
                          &answer, &err),
                     ERROR_UNTRUSTED, "statement.signature");
    CLEANUP(json_cleanup)
    json_t *list = get_json(&bench, bench.c5.c1, "/v1/deposits/" AUTHORIZATION);
    CHECK_INT(json_array_size(json_object_get(list, "deposits")), 1);
}
