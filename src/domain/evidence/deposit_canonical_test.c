// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/deposit_canonical.h"

#include <string.h>

#include "base/test/test.h"

static Bytes example(Arena *arena)
{
    Error err = {0};
    const Sm3Digest digest = sm3_digest(BYTES_LITERAL("x"));
    DepositEvent events[] = {
        {.time = 1782000000LL * TIME_SECOND, .type = "a.b", .outcome = "passed"},
        {.time = 1782000000LL * TIME_SECOND + 1,
         .type = "c",
         .actor = "p",
         .address = "::1",
         .detail = "d e",
         .device = "f",
         .outcome = "g",
         .has_digest = true,
         .digest = digest},
    };
    DepositItem items[] = {deposit_item_of("a.json", "application/json", BYTES_LITERAL("{}")),
                           deposit_item_of("b.pdf", "application/pdf", BYTES_LITERAL("%PDF"))};
    items[1].has_content = false;
    items[1].content = BYTES_EMPTY;
    Deposit deposit = {.authorization_id = "auth-1",
                       .stage = DEPOSIT_M8,
                       .sequence = 12,
                       .is_batch = true,
                       .has_previous = true,
                       .previous = digest,
                       .system = "C1",
                       .system_version = "1",
                       .events = events,
                       .event_count = COUNT_OF(events),
                       .items = items,
                       .item_count = COUNT_OF(items)};
    CLEANUP(writer_free) Writer text = writer_new(1 << 16);
    CHECK_OK(deposit_encode(&deposit, &text, &err));
    return arena_copy(arena, writer_bytes(&text));
}

TEST(what_is_encoded_is_read_as_it_stands)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Error err = {0};
    Deposit deposit;
    CLEANUP(writer_free) Writer again = writer_new(1 << 16);
    Bytes text = example(arena);
    CHECK(deposit_read_canonical(arena, text, &deposit));
    CHECK_OK(deposit_encode(&deposit, &again, &err));
    CHECK_BYTES(writer_bytes(&again), text);
    CHECK_TEXT(deposit.events[1].detail, "d e");
    CHECK_TEXT(deposit.system_version, "1");
}

// By the one writer that everything else goes through.
static void check_canonical(Bytes text)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    CLEANUP(writer_free) Writer again = writer_new(1 << 16);
    Error err = {0};
    CHECK_OK(json_parse(text, &json, &err));
    CHECK_OK(json_write(json, &again, &err));
    CHECK_BYTES(writer_bytes(&again), text);
}

TEST(what_is_written_without_a_tree_is_canonical)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Error err = {0};
    Bytes *parts;
    size_t count;
    Deposit deposit;
    Bytes text = example(arena);
    check_canonical(text);
    CHECK(deposit_read_canonical(arena, text, &deposit));
    CHECK_OK(deposit_parts(arena, &deposit, text, &parts, &count, &err));
    CHECK_INT(count, 5);
    for (size_t i = 0; i < count; i++) {
        check_canonical(parts[i]);
    }
    CHECK_BYTES(parts[1], BYTES_LITERAL("{\"outcome\":\"passed\",\"time\":"
                                        "\"2026-06-21T00:00:00Z\",\"type\":\"a.b\"}"));
    deposit.items[0].size_bytes = 0;
    deposit.items[0].media_type = "\xe6\x8e\x88\"\\";
    deposit.events[0].type = "";
    CHECK_OK(deposit_parts(arena, &deposit, text, &parts, &count, &err));
    for (size_t i = 0; i < count; i++) {
        check_canonical(parts[i]);
    }
}

TEST(what_is_not_plain_is_written_with_a_tree)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Error err = {0};
    Deposit deposit;
    CHECK(deposit_read_canonical(arena, example(arena), &deposit));
    static const char *const texts[] = {"\xe6\x8e\x88\xe6\x9d\x83", "a\"b", "a\\b"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        CLEANUP(writer_free) Writer direct = writer_new(1 << 16);
        CLEANUP(writer_free) Writer text = writer_new(1 << 16);
        deposit.events[1].detail = texts[i];
        CHECK(!deposit_write_canonical(&deposit, &direct));
        CHECK_OK(deposit_encode(&deposit, &text, &err));
        check_canonical(writer_bytes(&text));
    }
    CLEANUP(writer_free) Writer small = writer_new(100);
    deposit.events[1].detail = "d";
    CHECK(!deposit_write_canonical(&deposit, &small));
}

TEST(many_events_are_read_and_too_many_are_left_to_the_other_reader)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t count = 1; count <= DEPOSIT_MAX_EVENTS + 1; count += 73) {
        Deposit deposit;
        CLEANUP(writer_free) Writer text = writer_new(1 << 16);
        writer_put_text(&text, "{\"authorization_id\":\"a\",\"events\":[");
        for (size_t i = 0; i < count; i++) {
            writer_format(&text, "%s{\"time\":\"2026-06-21T00:00:00Z\",\"type\":\"t%zu\"}",
                          i == 0 ? "" : ",", i);
        }
        writer_put_text(&text,
                        "],\"items\":[],\"mode\":\"staged\",\"sequence\":0,\"stage\":\"M6\"}");
        bool ok = deposit_read_canonical(arena, writer_bytes(&text), &deposit);
        CHECK(ok == (count <= DEPOSIT_MAX_EVENTS));
        if (ok) {
            CHECK_INT(deposit.event_count, count);
            CHECK_TEXT(deposit.events[0].type, "t0");
        }
    }
}

// A text that begins with a space is not canonical, so that the other reader has it.
static bool read_both(Bytes text, Bytes *ret_first, Bytes *ret_second, Arena *arena)
{
    Deposit deposit;
    bool ok[2] = {false, false};
    for (int i = 0; i < 2; i++) {
        CLEANUP(writer_free) Writer input = writer_new(1 << 16);
        CLEANUP(writer_free) Writer output = writer_new(1 << 16);
        Error err = {0};
        writer_put_text(&input, i == 0 ? "" : " ");
        writer_put(&input, text);
        ok[i] = deposit_parse(arena, writer_bytes(&input), &deposit, &err) &&
                deposit_encode(&deposit, &output, &err);
        *(i == 0 ? ret_first : ret_second) = arena_copy(arena, writer_bytes(&output));
    }
    return ok[0] == ok[1];
}

TEST(both_readers_agree_on_every_changed_byte)
{
    static const char substitutes[] = "\"\\,{}[]:09afZ \x7f\n\xe4";
    CLEANUP(arena_cleanup) Arena *scene = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes text = example(scene);
    uint8_t changed[4096];
    CHECK(text.len < sizeof changed);
    for (size_t i = 0; i < text.len; i++) {
        for (size_t k = 0; k < sizeof substitutes; k++) {
            Bytes first, second;
            memcpy(changed, text.data, text.len);
            changed[i] = (uint8_t)substitutes[k];
            CHECK(read_both(bytes_of(changed, text.len), &first, &second, arena));
            CHECK_BYTES(first, second);
            arena_reset(arena);
        }
    }
}

TEST(both_readers_agree_on_every_byte_left_out_or_doubled)
{
    CLEANUP(arena_cleanup) Arena *scene = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes text = example(scene);
    uint8_t changed[4096];
    for (size_t i = 0; i < text.len; i++) {
        Bytes first, second;
        memcpy(changed, text.data, i);
        memcpy(changed + i, text.data + i + 1, text.len - i - 1);
        CHECK(read_both(bytes_of(changed, text.len - 1), &first, &second, arena));
        CHECK_BYTES(first, second);
        memcpy(changed, text.data, i + 1);
        memcpy(changed + i + 1, text.data + i, text.len - i);
        CHECK(read_both(bytes_of(changed, text.len + 1), &first, &second, arena));
        CHECK_BYTES(first, second);
        arena_reset(arena);
    }
}
