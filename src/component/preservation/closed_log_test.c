// SPDX-License-Identifier: Apache-2.0
//
// An evidence system whose log was closed in favour of another one: it shows what it has and takes
// nothing.
#include "base/test/test.h"
#include "component/preservation/preservation_calls.h"
#include "domain/evidence/log_files.h"
#include "domain/evidence/succession.h"

// Close the log of a C5 that is not running, as assent log succeed does; and its successor's key.
static void close_log(Bench *bench, Sm2PrivateKey **ret_key, NoteKey *ret)
{
    Error err = {0};
    uint8_t scalar[SM2_SCALAR_SIZE] = {0};
    LogFiles *files = NULL;
    EvidenceLog *log = NULL;
    scalar[31] = 55;
    CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(scalar), ret_key, &err));
    CHECK_OK(
        note_key_new("evidence.example.cn/log2", NOTE_SM2, sm2_public_key(*ret_key), ret, &err));
    const char *path = arena_format(bench->arena, "%s/log", test_directory());
    CHECK_OK(log_files_open(path, 0, &files, &err));
    EvidenceLogConfig config = {.storage = log_files_storage(files),
                                .origin = bench->c5.config.origin,
                                .signer = bench->c5.config.signer,
                                .clock = bench->c5.config.clock};
    CHECK_OK(evidence_log_open(&config, &log, &err));
    CHECK_OK(succession_close(log, ret, bench->c5.now, &err));
    evidence_log_close(log);
    log_files_close(files);
}

// Covers: E20.
TEST(a_closed_log_refuses_deposits_and_still_proves_what_it_has)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    Error err = {0};
    Bytes receipts[3], submissions[3], again, body;
    Sm2PrivateKey *key = NULL;
    NoteKey successor;
    bench_make(&bench);
    deposit_chain(&bench, receipts, submissions);
    fixture_close(&bench.c5);
    close_log(&bench, &key, &successor);
    CHECK_OK(fixture_open(&bench.c5, &err));
    // What was given is as true as before, and given again.
    ReceiptTrust trust = trust_of(&bench);
    Receipt receipt;
    CHECK_OK(receipt_parse(bench.arena, receipts[2], &receipt, &err));
    CHECK_OK(receipt_verify(&receipt, &trust, &err));
    CHECK_OK(call(&bench, bench.c5.stranger, "GET", "/v1/receipts/1", BYTES_EMPTY, &again, &err));
    CHECK_OK(receipt_parse(bench.arena, again, &receipt, &err));
    CHECK_OK(receipt_verify(&receipt, &trust, &err));
    CLEANUP(json_cleanup)
    json_t *list = get_json(&bench, bench.c5.c1, "/v1/deposits/" AUTHORIZATION);
    CHECK(list != NULL);
    CHECK_OK(preservation_fsck(bench.c5.preservation, &err));
    // The last checkpoint is stamped, and nothing is logged any more.
    bench.c5.now += TIME_DAY;
    CHECK_OK(preservation_tick(bench.c5.preservation, &err));
    bench.c5.now += TIME_DAY;
    CHECK_OK(preservation_tick(bench.c5.preservation, &err));
    EvidenceEntry last = last_entry(&bench);
    CHECK_INT(last.kind, ENTRY_CLOSING);
    NoteKey named;
    CHECK_OK(note_key_parse(bytes_of_text(last.log), &named, &err));
    CHECK(note_key_equal(&named, &successor));
    Bytes more = submission_of(&bench, DEPOSIT_M8, 1, &submissions[2], "{\"a\":2}");
    CHECK_FAILS_WITH(deposit(&bench, bench.c5.c1, more, &again, &err), ERROR_CONFLICT,
                     "log.closed");
    CHECK_FAILS_WITH(
        call(&bench, bench.c5.operator, "POST", "/v1/authorizations/" AUTHORIZATION "/erasure",
             BYTES_LITERAL("{\"purpose\":\"p\",\"before_expiry\":true}"), &body, &err),
        ERROR_CONFLICT, "log.closed");
    CHECK_INT(last_entry(&bench).kind, ENTRY_CLOSING);
    CHECK_OK(preservation_fsck(bench.c5.preservation, &err));
    sm2_private_key_free(key);
}
