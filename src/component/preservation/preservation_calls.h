// SPDX-License-Identifier: Apache-2.0
//
// What the tests of C5 do again and again: make, deposit, ask.
// Include base/test/test.h first: only test files may.
#ifndef ASSENT_COMPONENT_PRESERVATION_PRESERVATION_CALLS_H
#define ASSENT_COMPONENT_PRESERVATION_PRESERVATION_CALLS_H

#include <stdio.h>
#include <string.h>

#include "component/preservation/preservation_fixture.h"
#include "domain/evidence/entry.h"
#include "domain/evidence/receipt.h"

#define AUTHORIZATION "auth-0001"

typedef struct {
    PreservationFixture c5;
    Arena *arena;
} Bench;

static inline void bench_cleanup(Bench *bench)
{
    preservation_fixture_free(&bench->c5);
    arena_free(bench->arena);
}

static inline void bench_make(Bench *bench)
{
    Error err = {0};
    bench->arena = arena_new(ARENA_DEFAULT_LIMIT);
    CHECK_OK(preservation_fixture_make(&bench->c5, test_directory(), &err));
}

// A deposit with one event and the item "record.json".
static inline Bytes submission_of(Bench *bench, DepositStage stage, int64_t sequence,
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

static inline bool call(Bench *bench, Peer *peer, const char *method, const char *target,
                        Bytes body, Bytes *ret, Error *err)
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

static inline bool deposit(Bench *bench, Peer *peer, Bytes submission, Bytes *ret_receipt,
                           Error *err)
{
    return call(bench, peer, "POST", "/v1/deposits", submission, ret_receipt, err);
}

static inline json_t *get_json(Bench *bench, Peer *peer, const char *target)
{
    Error err = {0};
    Bytes body;
    json_t *json;
    CHECK_OK(call(bench, peer, "GET", target, BYTES_EMPTY, &body, &err));
    CHECK_OK(json_parse(body, &json, &err));
    return json;
}

static inline json_t *post_json(Bench *bench, Peer *peer, const char *target, const char *text)
{
    Error err = {0};
    Bytes body;
    json_t *json;
    CHECK_OK(call(bench, peer, "POST", target, bytes_of_text(text), &body, &err));
    CHECK_OK(json_parse(body, &json, &err));
    return json;
}

// Deposit M6, M7 and M8; returns the receipts.
static inline void deposit_chain(Bench *bench, Bytes ret_receipts[3], Bytes ret_submissions[3])
{
    Error err = {0};
    for (int i = 0; i < 3; i++) {
        ret_submissions[i] = submission_of(bench, DEPOSIT_M6 + (unsigned)i, 0,
                                           i == 0 ? NULL : &ret_submissions[i - 1], "{\"a\":1}");
        Peer *peer = i == 1 ? bench->c5.c2 : bench->c5.c1;
        CHECK_OK(deposit(bench, peer, ret_submissions[i], &ret_receipts[i], &err));
    }
}

static inline ReceiptTrust trust_of(const Bench *bench)
{
    return (ReceiptTrust){.log_key = preservation_log_key(bench->c5.preservation),
                          .trust = bench->c5.pki.trust,
                          .revocation = REVOCATION_REQUIRED,
                          .at = FIXTURE_NOW};
}

static inline EvidenceEntry entry_of(Bench *bench, Bytes receipt_text)
{
    Error err = {0};
    Receipt receipt;
    EvidenceEntry entry;
    CHECK_OK(receipt_parse(bench->arena, receipt_text, &receipt, &err));
    CHECK_OK(entry_parse(bench->arena, receipt.entry, &entry, &err));
    return entry;
}

// The last entry of the log, which is that of the newest attempt.
static inline EvidenceEntry last_entry(Bench *bench)
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

#endif
