// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/deposit.h"

#include <string.h>

#include "base/test/test.h"

static Deposit example(DepositEvent *event, DepositItem *item)
{
    *event = (DepositEvent){
        .time = 1795593600 * TIME_SECOND,
        .type = "identity.liveness",
        .actor = "8f14e45f",
        .device = "phone",
        .address = "192.0.2.1",
        .outcome = "failed",
        .detail = "first attempt",
        .has_digest = true,
        .digest = sm3_digest(BYTES_LITERAL("frame")),
    };
    *item = deposit_item_of("decision.json", "application/json", BYTES_LITERAL("{}"));
    return (Deposit){
        .authorization_id = "auth-1",
        .stage = DEPOSIT_M7,
        .sequence = 3,
        .is_batch = true,
        .has_previous = true,
        .previous = sm3_digest(BYTES_LITERAL("before")),
        .system = "bank",
        .system_version = "1.2",
        .events = event,
        .event_count = 1,
        .items = item,
        .item_count = 1,
    };
}

static Bytes encode(Arena *arena, const Deposit *deposit)
{
    Error err = {0};
    CLEANUP(writer_free) Writer text = writer_new(1 << 20);
    CHECK_OK(deposit_encode(deposit, &text, &err));
    return arena_copy(arena, writer_bytes(&text));
}

TEST(a_deposit_reads_back_as_it_was_written)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Error err = {0};
    DepositEvent event;
    DepositItem item;
    Deposit deposit = example(&event, &item);
    Bytes text = encode(arena, &deposit);
    Deposit parsed;
    CHECK_OK(deposit_parse(arena, text, &parsed, &err));
    CHECK_TEXT(parsed.authorization_id, "auth-1");
    CHECK_INT(parsed.stage, DEPOSIT_M7);
    CHECK_INT(parsed.sequence, 3);
    CHECK(parsed.is_batch && parsed.has_previous);
    CHECK_INT(parsed.events[0].time, event.time);
    CHECK_TEXT(parsed.events[0].detail, "first attempt");
    CHECK(sm3_digest_equal(&parsed.events[0].digest, &event.digest));
    CHECK_BYTES(parsed.items[0].content, BYTES_LITERAL("{}"));
    CHECK_BYTES(encode(arena, &parsed), text);
}

TEST(every_truncation_of_a_deposit_is_refused)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Error err = {0};
    DepositEvent event;
    DepositItem item;
    Deposit deposit = example(&event, &item);
    Bytes text = encode(arena, &deposit);
    for (size_t len = 0; len < text.len; len++) {
        Deposit parsed;
        CHECK_FAILS(deposit_parse(arena, bytes_slice(text, 0, len), &parsed, &err), ERROR_INPUT);
    }
}

#define ITEM(name)                                                        \
    "{\"name\":\"" name                                                   \
    "\",\"media_type\":\"text/plain\",\"size\":0,\"digest_alg\":\"SM3\"," \
    "\"digest\":\"1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b\"}"
#define DEPOSIT(head, items) \
    "{\"authorization_id\":\"a\"," head ",\"events\":[],\"items\":[" items "]}"
#define HEAD "\"stage\":\"M6\",\"sequence\":0,\"mode\":\"staged\""

TEST(deposits_that_break_a_rule_are_refused)
{
    const struct {
        const char *text;
        ErrorKind kind;
    } cases[] = {
        {DEPOSIT("\"stage\":\"M5\",\"sequence\":0,\"mode\":\"staged\"", ITEM("a")), ERROR_INPUT},
        {DEPOSIT("\"stage\":\"M6\",\"sequence\":-1,\"mode\":\"staged\"", ITEM("a")), ERROR_INPUT},
        {DEPOSIT("\"stage\":\"M6\",\"sequence\":10000,\"mode\":\"staged\"", ITEM("a")),
         ERROR_INPUT},
        {DEPOSIT("\"stage\":\"M6\",\"sequence\":0,\"mode\":\"later\"", ITEM("a")), ERROR_INPUT},
        {DEPOSIT(HEAD, ""), ERROR_INPUT},
        {DEPOSIT(HEAD ",\"unknown\":1", ITEM("a")), ERROR_INPUT},
        {DEPOSIT(HEAD ",\"previous\":\"12\"", ITEM("a")), ERROR_INPUT},
        {DEPOSIT(HEAD, ITEM("a") "," ITEM("a")), ERROR_INPUT},
        {DEPOSIT(HEAD,
                 "{\"name\":\"a\",\"media_type\":\"t\",\"size\":1,\"digest_alg\":\"SHA256\","
                 "\"digest\":\"1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082"
                 "aa2b\"}"),
         ERROR_INPUT},
        {DEPOSIT(HEAD,
                 "{\"name\":\"a\",\"media_type\":\"t\",\"size\":1,\"digest_alg\":\"SM3\","
                 "\"digest\":\"1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082"
                 "aa2b\",\"content\":\"\"}"),
         ERROR_UNTRUSTED},
        {DEPOSIT(HEAD,
                 "{\"name\":\"a\",\"media_type\":\"t\",\"size\":1,\"digest_alg\":\"SM3\","
                 "\"digest\":\"1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082"
                 "aa2b\",\"content\":\"YQ==\"}"),
         ERROR_UNTRUSTED},
        {"{\"authorization_id\":\"a b\"," HEAD ",\"events\":[],\"items\":[" ITEM("a") "]}",
         ERROR_INPUT},
        {"[]", ERROR_INPUT},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        Error err = {0};
        Deposit parsed;
        CHECK_FAILS(deposit_parse(arena, bytes_of_text(cases[i].text), &parsed, &err),
                    cases[i].kind);
    }
}

// Covers: E06.
TEST(an_item_without_content_is_accepted_by_its_digest)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Error err = {0};
    Deposit parsed;
    CHECK_OK(deposit_parse(arena, bytes_of_text(DEPOSIT(HEAD, ITEM("a"))), &parsed, &err));
    CHECK(!parsed.items[0].has_content);
}

// Covers: JR/T 0299-2024 4 f-h.
TEST(only_what_comes_next_continues_the_chain)
{
    const Sm3Digest last = sm3_digest(BYTES_LITERAL("last"));
    const struct {
        DepositChain chain;
        DepositStage stage;
        int64_t sequence;
        bool names_last;
        const char *code;  // NULL: accepted
    } cases[] = {
        {{.has_last = false}, DEPOSIT_M6, 0, false, NULL},
        {{.has_last = false}, DEPOSIT_M6, 1, false, "deposit.order"},
        {{.has_last = false}, DEPOSIT_M7, 0, false, "deposit.order"},
        {{.has_last = false}, DEPOSIT_M6, 0, true, "deposit.previous"},
        {{true, DEPOSIT_M6, 0, last}, DEPOSIT_M6, 1, true, NULL},
        {{true, DEPOSIT_M6, 0, last}, DEPOSIT_M6, 2, true, "deposit.order"},
        {{true, DEPOSIT_M6, 4, last}, DEPOSIT_M7, 0, true, NULL},
        {{true, DEPOSIT_M6, 4, last}, DEPOSIT_M7, 5, true, "deposit.order"},
        {{true, DEPOSIT_M6, 0, last}, DEPOSIT_M7, 0, false, "deposit.previous"},
        {{true, DEPOSIT_M6, 0, last}, DEPOSIT_M8, 0, true, "deposit.order"},
        {{true, DEPOSIT_M7, 0, last}, DEPOSIT_M6, 1, true, "deposit.order"},
        {{true, DEPOSIT_M7, 0, last}, DEPOSIT_M8, 0, true, NULL},
        {{true, DEPOSIT_M8, 0, last}, DEPOSIT_M8, 1, true, NULL},
        {{true, DEPOSIT_M8, 0, last}, DEPOSIT_OTHER, 7, false, NULL},
        {{.has_last = false}, DEPOSIT_OTHER, 0, false, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        Deposit deposit = {.stage = cases[i].stage,
                           .sequence = cases[i].sequence,
                           .has_previous = cases[i].names_last};
        deposit.previous = cases[i].names_last ? last : (Sm3Digest){{0}};
        if (cases[i].code == NULL) {
            CHECK_OK(deposit_check_order(&cases[i].chain, &deposit, &err));
        } else {
            CHECK_FAILS_WITH(deposit_check_order(&cases[i].chain, &deposit, &err), ERROR_CONFLICT,
                             cases[i].code);
        }
    }
}
