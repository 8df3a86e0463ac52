// SPDX-License-Identifier: Apache-2.0
//
// Reading, verifying, erasing, and what is noticed when something was changed.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/test/test.h"
#include "component/preservation/preservation_calls.h"
#include "domain/evidence/commitment.h"

// Covers: E15.
TEST(completeness_names_what_is_missing)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Error err = {0};
    Bytes receipt;
    Bytes m6 = submission_of(&bench, DEPOSIT_M6, 0, NULL, "{}");
    CHECK_OK(deposit(&bench, bench.c5.c1, m6, &receipt, &err));
    const char *target = "/v1/authorizations/" AUTHORIZATION "/completeness";
    CLEANUP(json_cleanup) json_t *partial = get_json(&bench, bench.c5.operator, target);
    CHECK(json_is_false(json_object_get(partial, "complete")));
    const json_t *missing = json_object_get(partial, "missing");
    CHECK_INT(json_array_size(missing), 2);
    CHECK_TEXT(json_string_value(json_array_get(missing, 0)), "M7");
    Bytes m7 = submission_of(&bench, DEPOSIT_M7, 0, &m6, "{}");
    CHECK_OK(deposit(&bench, bench.c5.c2, m7, &receipt, &err));
    Bytes m8 = submission_of(&bench, DEPOSIT_M8, 0, &m7, "{}");
    CHECK_OK(deposit(&bench, bench.c5.c1, m8, &receipt, &err));
    CLEANUP(json_cleanup) json_t *whole = get_json(&bench, bench.c5.operator, target);
    CHECK(json_is_true(json_object_get(whole, "complete")));
}

static const char *first_outcome(const json_t *reply)
{
    return json_string_value(
        json_object_get(json_array_get(json_object_get(reply, "results"), 0), "outcome"));
}

#define VERIFY(name, member)                \
    "{\"authorization\":\"" AUTHORIZATION   \
    "\",\"purpose\":\"case 7\",\"items\":[" \
    "{\"stage\":\"M6\",\"sequence\":0,\"name\":\"" name "\"," member "}]}"

// Covers: JR/T 0299-2024 annex C; E06.
TEST(verification_compares_material_with_what_was_deposited)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3];
    deposit_chain(&bench, receipts, submissions);
    // base64 of {"a":1} and of {"a":2}.
    const struct {
        const char *body;
        const char *outcome;
    } cases[] = {
        {VERIFY("record.json", "\"content\":\"eyJhIjoxfQ==\""), "consistent"},
        {VERIFY("record.json", "\"content\":\"eyJhIjoyfQ==\""), "different"},
        {VERIFY("record.json",
                "\"digest\":\"0000000000000000000000000000000000000000000000000000"
                "000000000000\""),
         "different"},
        {VERIFY("other.json", "\"content\":\"eyJhIjoxfQ==\""), "not_deposited"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(json_cleanup)
        json_t *reply = post_json(&bench, bench.c5.operator, "/v1/verifications", cases[i].body);
        CHECK_TEXT(first_outcome(reply), cases[i].outcome);
    }
}

// Covers: E14, E23.
TEST(an_opening_proves_the_payload_is_recorded_and_is_the_depositors_only)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3];
    deposit_chain(&bench, receipts, submissions);
    Error err = {0};
    Receipt receipt;
    CHECK_OK(receipt_parse(bench.arena, receipts[0], &receipt, &err));
    char target[96];
    snprintf(target, sizeof target, "/v1/openings/%llu?purpose=report",
             (unsigned long long)receipt.index);
    Bytes body;
    CHECK_FAILS_WITH(call(&bench, bench.c5.c2, "GET", target, BYTES_EMPTY, &body, &err),
                     ERROR_FORBIDDEN, "preservation.not_yours");
    CLEANUP(json_cleanup) json_t *opening = get_json(&bench, bench.c5.c1, target);
    *strchr(target, '?') = '\0';
    CHECK_FAILS(call(&bench, bench.c5.c1, "GET", target, BYTES_EMPTY, &body, &err), ERROR_INPUT);
    // Open the commitment of the entry with what was handed out.
    JsonView view = json_view(opening, "opening", &err);
    uint8_t salt[COMMITMENT_SALT_SIZE];
    json_view_hex(&view, "salt", salt, sizeof salt);
    Bytes statement_text = json_view_base64(&view, bench.arena, "statement", 65536);
    CHECK_BYTES(statement_text, submissions[0]);
    Statement statement;
    Deposit opened;
    Bytes *parts;
    size_t count;
    Sm3Digest commitment;
    CHECK_OK(statement_parse(bench.arena, statement_text, &statement, &err));
    CHECK_OK(deposit_parse(bench.arena, statement.payload, &opened, &err));
    CHECK_OK(deposit_parts(bench.arena, &opened, statement_text, &parts, &count, &err));
    CHECK_OK(commitment_compute(BYTES_OF_ARRAY(salt), parts, count, &commitment, &err));
    EvidenceEntry entry = entry_of(&bench, receipts[0]);
    CHECK(sm3_digest_equal(&entry.commitment, &commitment));
    CLEANUP(json_cleanup)
    json_t *custody =
        get_json(&bench, bench.c5.operator, "/v1/authorizations/" AUTHORIZATION "/custody");
    const json_t *rows = json_object_get(custody, "custody");
    const json_t *last = json_array_get(rows, json_array_size(rows) - 1);
    CHECK_TEXT(json_string_value(json_object_get(last, "action")), "open");
    CHECK_TEXT(json_string_value(json_object_get(last, "caller")), "business/bank");
}

static const char *last_of_custody(Bench *bench, const char *key)
{
    json_t *custody =
        get_json(bench, bench->c5.operator, "/v1/authorizations/" AUTHORIZATION "/custody");
    const json_t *rows = json_object_get(custody, "custody");
    const json_t *last = json_array_get(rows, json_array_size(rows) - 1);
    const char *text =
        arena_text(bench->arena, bytes_of_text(json_string_value(json_object_get(last, key))));
    json_decref(custody);
    return text;
}

// Covers: E18, E19; JR/T 0299-2024 9 b.
TEST(staff_see_a_masked_view_unless_they_ask_for_more_and_that_is_recorded)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3], body;
    deposit_chain(&bench, receipts, submissions);
    Error err = {0};
    CLEANUP(json_cleanup)
    json_t *masked = get_json(&bench, bench.c5.operator, "/v1/openings/1?purpose=case");
    const json_t *item = json_array_get(json_object_get(masked, "items"), 0);
    CHECK(json_object_get(masked, "statement") == NULL && json_object_get(masked, "salt") == NULL);
    CHECK_TEXT(json_string_value(json_object_get(item, "digest_alg")), "SM3");
    CHECK_TEXT(json_string_value(json_object_get(item, "computed_by")), "both");
    CHECK_TEXT(last_of_custody(&bench, "action"), "open_masked");
    CLEANUP(json_cleanup)
    json_t *full = get_json(&bench, bench.c5.operator, "/v1/openings/1?purpose=case&view=full");
    CHECK(json_object_get(full, "statement") != NULL);
    CHECK_TEXT(last_of_custody(&bench, "action"), "open");
    CHECK_FAILS_WITH(call(&bench, bench.c5.operator, "GET", "/v1/openings/1?purpose=case&view=all",
                          BYTES_EMPTY, &body, &err),
                     ERROR_INPUT, "preservation.view");
}

// Covers: E14, E23.
TEST(an_institution_that_deposited_nothing_of_it_is_refused_and_the_attempt_is_recorded)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3];
    deposit_chain(&bench, receipts, submissions);
    Error err = {0};
    Bytes body;
    const struct {
        const char *method, *target;
        Bytes body;
    } calls[] = {
        {"GET", "/v1/deposits/" AUTHORIZATION, BYTES_EMPTY},
        {"GET", "/v1/deposits/unknown", BYTES_EMPTY},
        {"GET", "/v1/authorizations/" AUTHORIZATION "/completeness", BYTES_EMPTY},
        {"GET", "/v1/openings/1?purpose=curiosity", BYTES_EMPTY},
        {"POST", "/v1/verifications",
         BYTES_LITERAL(VERIFY("record.json", "\"content\":\"eyJhIjoxfQ==\""))},
    };
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        CHECK_FAILS_WITH(call(&bench, bench.c5.stranger, calls[i].method, calls[i].target,
                              calls[i].body, &body, &err),
                         ERROR_FORBIDDEN, "preservation.not_yours");
    }
    CHECK_TEXT(last_of_custody(&bench, "action"), "deny");
    // Whoever reads this leaves a row as well, as the row before tells now.
    CHECK_TEXT(last_of_custody(&bench, "action"), "custody");
    CHECK_TEXT(last_of_custody(&bench, "caller"), "preservation_operator/alice");
}

// Covers: E23.
TEST(a_depositor_learns_whether_material_agrees_but_not_what_another_deposited)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3];
    deposit_chain(&bench, receipts, submissions);
    CLEANUP(json_cleanup)
    json_t *reply = post_json(&bench, bench.c5.c2, "/v1/verifications",
                              VERIFY("record.json", "\"content\":\"eyJhIjoyfQ==\""));
    const json_t *result = json_array_get(json_object_get(reply, "results"), 0);
    CHECK_TEXT(first_outcome(reply), "different");
    CHECK(json_object_get(result, "deposited_digest") == NULL);
    CLEANUP(json_cleanup)
    json_t *own = post_json(&bench, bench.c5.c1, "/v1/verifications",
                            VERIFY("record.json", "\"content\":\"eyJhIjoyfQ==\""));
    result = json_array_get(json_object_get(own, "results"), 0);
    CHECK(json_object_get(result, "deposited_digest") != NULL);
}

// Covers: E06.
TEST(the_original_of_what_was_deposited_by_digest_is_matched_later)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Error err = {0};
    DepositItem item =
        deposit_item_of("record.json", "application/json", BYTES_LITERAL("{\"a\":1}"));
    item.has_content = false;
    item.content = BYTES_EMPTY;
    Deposit by_digest = {.authorization_id = AUTHORIZATION, .items = &item, .item_count = 1};
    Bytes text, receipt;
    CHECK_OK(
        fixture_submission(&bench.c5.business, &by_digest, bench.c5.now, bench.arena, &text, &err));
    CHECK_OK(deposit(&bench, bench.c5.c1, text, &receipt, &err));
    CLEANUP(json_cleanup)
    json_t *same = post_json(&bench, bench.c5.c1, "/v1/verifications",
                             VERIFY("record.json", "\"content\":\"eyJhIjoxfQ==\""));
    CHECK_TEXT(first_outcome(same), "consistent");
    CLEANUP(json_cleanup)
    json_t *other = post_json(&bench, bench.c5.c1, "/v1/verifications",
                              VERIFY("record.json", "\"content\":\"eyJhIjoyfQ==\""));
    CHECK_TEXT(first_outcome(other), "different");
}

// Covers: E17.
TEST(erasing_leaves_proofs_and_no_payload_and_a_hold_prevents_it)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3];
    deposit_chain(&bench, receipts, submissions);
    Error err = {0};
    Bytes body;
    const char *erasure = "/v1/authorizations/" AUTHORIZATION "/erasure";
    json_decref(post_json(&bench, bench.c5.operator, "/v1/authorizations/" AUTHORIZATION "/hold",
                          "{\"held\":true,\"reason\":\"dispute\"}"));
    CHECK_FAILS_WITH(call(&bench, bench.c5.operator, "POST", erasure,
                          BYTES_LITERAL("{\"reason\":\"expired\"}"), &body, &err),
                     ERROR_CONFLICT, "preservation.held");
    json_decref(post_json(&bench, bench.c5.operator, "/v1/authorizations/" AUTHORIZATION "/hold",
                          "{\"held\":false,\"reason\":\"settled\"}"));
    CLEANUP(json_cleanup)
    json_t *erased = post_json(&bench, bench.c5.operator, erasure,
                               "{\"reason\":\"court order\",\"before_expiry\":true}");
    CHECK_INT(json_integer_value(json_object_get(erased, "erased")), 3);
    CHECK_INT(last_entry(&bench).kind, ENTRY_ERASURE);
    Receipt receipt;
    ReceiptTrust trust = trust_of(&bench);
    CHECK_OK(receipt_parse(bench.arena, receipts[1], &receipt, &err));
    CHECK_OK(receipt_verify(&receipt, &trust, &err));
    char target[96];
    snprintf(target, sizeof target, "/v1/openings/%llu?purpose=report",
             (unsigned long long)receipt.index);
    CHECK_FAILS_WITH(call(&bench, bench.c5.c2, "GET", target, BYTES_EMPTY, &body, &err),
                     ERROR_NOT_FOUND, "preservation.erased");
    CLEANUP(json_cleanup)
    json_t *reply = post_json(&bench, bench.c5.operator, "/v1/verifications",
                              VERIFY("record.json", "\"content\":\"eyJhIjoxfQ==\""));
    CHECK_TEXT(first_outcome(reply), "erased");
    CHECK_OK(preservation_fsck(bench.c5.preservation, &err));
}

TEST(tiles_and_consistency_proofs_are_served_to_anybody)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3];
    deposit_chain(&bench, receipts, submissions);
    Error err = {0};
    Bytes tile, bundle;
    CHECK_OK(
        call(&bench, bench.c5.stranger, "GET", "/v1/tile/0/000.p/4", BYTES_EMPTY, &tile, &err));
    CHECK_OK(call(&bench, bench.c5.stranger, "GET", "/v1/tile/entries/000.p/4", BYTES_EMPTY,
                  &bundle, &err));
    Reader reader = reader_of(bundle);
    for (size_t i = 0; i < 4; i++) {
        Sm3Digest leaf = merkle_leaf_hash(bundle_take(&reader));
        CHECK_BYTES(bytes_slice(tile, i * SM3_SIZE, SM3_SIZE), sm3_bytes(&leaf));
    }
    CHECK(reader_done(&reader));
    CHECK_FAILS(
        call(&bench, bench.c5.stranger, "GET", "/v1/tile/0/000.p/5", BYTES_EMPTY, &tile, &err),
        ERROR_NOT_FOUND);
    CHECK_FAILS(call(&bench, bench.c5.stranger, "GET", "/v1/tile/0/0", BYTES_EMPTY, &tile, &err),
                ERROR_INPUT);
    CLEANUP(json_cleanup)
    json_t *proof = get_json(&bench, bench.c5.stranger, "/v1/consistency?from=1&to=4");
    CHECK_INT(json_array_size(json_object_get(proof, "proof")), 2);
}

// Covers: E12.
TEST(the_environment_is_checked_at_opening_and_logged)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    CHECK_INT(last_entry(&bench).kind, ENTRY_ENVIRONMENT);
    CLEANUP(json_cleanup) json_t *reply = get_json(&bench, bench.c5.stranger, "/v1/environment");
    const json_t *record = json_object_get(reply, "record");
    CHECK_TEXT(json_string_value(json_object_get(record, "version")), "test");
    CHECK_INT(json_string_length(json_object_get(record, "program_sm3")), 64);
}

TEST(a_tick_stamps_the_checkpoint_and_receipts_carry_the_stamp)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3];
    deposit_chain(&bench, receipts, submissions);
    Error err = {0};
    CHECK_OK(preservation_tick(bench.c5.preservation, &err));
    Bytes text;
    CHECK_OK(call(&bench, bench.c5.stranger, "GET", "/v1/receipts/1", BYTES_EMPTY, &text, &err));
    Receipt receipt;
    CHECK_OK(receipt_parse(bench.arena, text, &receipt, &err));
    CHECK(receipt.stamp.len > 0);
    ReceiptTrust trust = trust_of(&bench);
    CHECK_OK(receipt_verify(&receipt, &trust, &err));
    // The same stamp on another checkpoint.
    Receipt swapped = receipt;
    Receipt other;
    CHECK_OK(receipt_parse(bench.arena, receipts[0], &other, &err));
    swapped.checkpoint = other.checkpoint;
    swapped.proof = other.proof;
    CHECK_FAILS(receipt_verify(&swapped, &trust, &err), ERROR_UNTRUSTED);
}

TEST(everything_is_there_after_reopening)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3];
    deposit_chain(&bench, receipts, submissions);
    Error err = {0};
    fixture_close(&bench.c5);
    CHECK_OK(fixture_open(&bench.c5, &err));
    Bytes receipt;
    CHECK_OK(deposit(&bench, bench.c5.c1, submissions[2], &receipt, &err));
    CHECK_BYTES(receipt, receipts[2]);
    CHECK_OK(preservation_fsck(bench.c5.preservation, &err));
}

static void run_sql(const char *sql)
{
    char command[1400];
    snprintf(command, sizeof command, "sqlite3 '%s/preservation.db' \"%s\"", test_directory(), sql);
    if (system("command -v sqlite3 >/dev/null") != 0) {
        test_skip("sqlite3 is not installed");
    }
    CHECK_INT(system(command), 0);
}

TEST(a_deposit_interrupted_before_its_index_was_noted_is_found_in_the_log)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3];
    deposit_chain(&bench, receipts, submissions);
    Error err = {0};
    Receipt before, after;
    CHECK_OK(receipt_parse(bench.arena, receipts[1], &before, &err));
    fixture_close(&bench.c5);
    run_sql("UPDATE deposit SET log_index = NULL, receipt = NULL WHERE stage = 1");
    CHECK_OK(fixture_open(&bench.c5, &err));
    Bytes receipt;
    CHECK_OK(deposit(&bench, bench.c5.c2, submissions[1], &receipt, &err));
    CHECK_OK(receipt_parse(bench.arena, receipt, &after, &err));
    CHECK_INT(after.index, before.index);
}

// Covers: E08, E11.
TEST(a_record_changed_in_the_database_is_detected)
{
    const char *const changes[] = {
        "UPDATE payload SET sealed = zeroblob(length(sealed)) WHERE deposit = 1",
        "UPDATE deposit SET entry = (SELECT entry FROM deposit WHERE stage = 2) WHERE stage = 0",
        ("UPDATE deposit SET wrapped_key = (SELECT wrapped_key FROM deposit WHERE stage = 2) "
         "WHERE stage = 0"),
    };
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        Bench bench = {0};
        bench_make(&bench);
        Bytes receipts[3], submissions[3];
        deposit_chain(&bench, receipts, submissions);
        Error err = {0};
        fixture_close(&bench.c5);
        run_sql(changes[i]);
        CHECK_OK(fixture_open(&bench.c5, &err));
        CHECK_FAILS_WITH(preservation_fsck(bench.c5.preservation, &err), ERROR_UNTRUSTED,
                         "preservation.damaged");
        CLEANUP(json_cleanup)
        json_t *reply = post_json(&bench, bench.c5.operator, "/v1/verifications",
                                  VERIFY("record.json", "\"content\":\"eyJhIjoxfQ==\""));
        CHECK_TEXT(first_outcome(reply), "damaged");
        bench_cleanup(&bench);
        char command[1100];
        snprintf(command, sizeof command, "rm -r '%s'/*", test_directory());
        CHECK_INT(system(command), 0);
    }
}
