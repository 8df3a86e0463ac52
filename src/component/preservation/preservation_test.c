// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/preservation.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/codec/hex.h"
#include "base/test/test.h"
#include "component/preservation/preservation_fixture.h"
#include "domain/evidence/commitment.h"
#include "domain/evidence/entry.h"
#include "domain/evidence/receipt.h"

#define AUTHORIZATION "auth-0001"

typedef struct {
    PreservationFixture c5;
    Arena *arena;
} Bench;

static void bench_cleanup(Bench *bench)
{
    preservation_fixture_free(&bench->c5);
    arena_free(bench->arena);
}

static void bench_make(Bench *bench)
{
    Error err = {0};
    bench->arena = arena_new(ARENA_DEFAULT_LIMIT);
    CHECK_OK(preservation_fixture_make(&bench->c5, test_directory(), &err));
}

// A deposit with one event and the item "record.json".
static Bytes submission_of(Bench *bench, DepositStage stage, int64_t sequence,
                           const Bytes *previous, const char *content)
{
    Error err = {0};
    DepositEvent event = {
        .time = bench->c5.now - TIME_SECOND, .type = "test.event", .outcome = "passed"};
    DepositItem item = deposit_item_of("record.json", "application/json", bytes_of_text(content));
    Deposit deposit = {.authorization_id = AUTHORIZATION,
                       .stage = stage,
                       .sequence = sequence,
                       .system = "test",
                       .events = &event,
                       .event_count = 1,
                       .items = &item,
                       .item_count = 1};
    if (previous != NULL) {
        deposit.has_previous = true;
        deposit.previous = deposit_submission_digest(*previous);
    }
    Bytes text;
    const FixtureIdentity *identity =
        stage == DEPOSIT_M7 ? &bench->c5.registration : &bench->c5.business;
    CHECK_OK(fixture_submission(identity, &deposit, bench->c5.now, bench->arena, &text, &err));
    return text;
}

static bool call(Bench *bench, Peer *peer, const char *method, const char *target, Bytes body,
                 Bytes *ret, Error *err)
{
    PeerRequest request = {.method = method,
                           .target = target,
                           .body = body,
                           .content_type = body.len > 0 ? "application/json" : NULL};
    PeerResponse response;
    if (!peer_call(peer, &request, bench->arena, &response, err)) {
        return false;
    }
    *ret = response.body;
    return true;
}

static bool deposit(Bench *bench, Peer *peer, Bytes submission, Bytes *ret_receipt, Error *err)
{
    return call(bench, peer, "POST", "/v1/deposits", submission, ret_receipt, err);
}

static json_t *get_json(Bench *bench, Peer *peer, const char *target)
{
    Error err = {0};
    Bytes body;
    json_t *json;
    CHECK_OK(call(bench, peer, "GET", target, BYTES_EMPTY, &body, &err));
    CHECK_OK(json_parse(body, &json, &err));
    return json;
}

static json_t *post_json(Bench *bench, Peer *peer, const char *target, const char *text)
{
    Error err = {0};
    Bytes body;
    json_t *json;
    CHECK_OK(call(bench, peer, "POST", target, bytes_of_text(text), &body, &err));
    CHECK_OK(json_parse(body, &json, &err));
    return json;
}

// Deposit M6, M7 and M8; returns the receipts.
static void deposit_chain(Bench *bench, Bytes ret_receipts[3], Bytes ret_submissions[3])
{
    Error err = {0};
    for (int i = 0; i < 3; i++) {
        ret_submissions[i] = submission_of(bench, DEPOSIT_M6 + (unsigned)i, 0,
                                           i == 0 ? NULL : &ret_submissions[i - 1], "{\"a\":1}");
        Peer *peer = i == 1 ? bench->c5.c2 : bench->c5.c1;
        CHECK_OK(deposit(bench, peer, ret_submissions[i], &ret_receipts[i], &err));
    }
}

static ReceiptTrust trust_of(const Bench *bench)
{
    return (ReceiptTrust){.log_key = preservation_log_key(bench->c5.preservation),
                          .trust = bench->c5.pki.trust,
                          .revocation = REVOCATION_REQUIRED,
                          .at = FIXTURE_NOW};
}

static EvidenceEntry entry_of(Bench *bench, Bytes receipt_text)
{
    Error err = {0};
    Receipt receipt;
    EvidenceEntry entry;
    CHECK_OK(receipt_parse(bench->arena, receipt_text, &receipt, &err));
    CHECK_OK(entry_parse(bench->arena, receipt.entry, &entry, &err));
    return entry;
}

// Covers: JR/T 0299-2024 4 f-h; requirements A07, A08, A09, E07
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

// Covers: requirement E04
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

// The last entry of the log, which is that of the newest attempt.
static EvidenceEntry last_entry(Bench *bench)
{
    Error err = {0};
    Bytes note;
    Checkpoint checkpoint;
    CHECK_OK(call(bench, bench->c5.operator, "GET", "/v1/checkpoint", BYTES_EMPTY, &note, &err));
    CHECK_OK(checkpoint_parse(bench->arena, note, &checkpoint, &err));
    char target[64];
    snprintf(target, sizeof target, "/v1/receipts/%llu",
             (unsigned long long)checkpoint.head.size - 1);
    Bytes receipt;
    CHECK_OK(call(bench, bench->c5.operator, "GET", target, BYTES_EMPTY, &receipt, &err));
    return entry_of(bench, receipt);
}

// Covers: JR/T 0299-2024 4 f-h; requirement A08
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

// Covers: requirement E03
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

// Covers: requirement E05
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

// Covers: requirement A10
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

// Covers: requirement E15
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

// Covers: JR/T 0299-2024 annex C; requirement E06
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

// Covers: requirements E14, E23
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
    CLEANUP(json_cleanup) json_t *opening = get_json(&bench, bench.c5.c1, target);
    Bytes body;
    CHECK_FAILS(call(&bench, bench.c5.c2, "GET", target, BYTES_EMPTY, &body, &err),
                ERROR_NOT_FOUND);
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

// Covers: requirement E17
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
    json_t *erased = post_json(&bench, bench.c5.operator, erasure, "{\"reason\":\"expired\"}");
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

// Covers: requirement E12
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

// Covers: requirements E08, E11
TEST(a_record_changed_in_the_database_is_detected)
{
    const char *const changes[] = {
        "UPDATE payload SET sealed = zeroblob(length(sealed)) WHERE deposit = 1",
        "UPDATE deposit SET entry = (SELECT entry FROM deposit WHERE stage = 2) WHERE stage = 0",
        "UPDATE deposit SET wrapped_key = (SELECT wrapped_key FROM deposit WHERE stage = 2) "
        "WHERE stage = 0",
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
