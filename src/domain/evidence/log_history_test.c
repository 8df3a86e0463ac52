// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/log_history.h"

#include <string.h>

#include "base/test/test.h"
#include "domain/evidence/witness_fixture.h"

static Bytes text_of(Arena *arena, const LogHistory *history)
{
    Error err = {0};
    CLEANUP(writer_free) Writer text = writer_new(LOG_HISTORY_MAX_BYTES);
    CHECK_OK(log_history_encode(history, &text, &err));
    return arena_copy(arena, writer_bytes(&text));
}

static void history_of(LogHistory *ret)
{
    static History log;
    history_make(&log, 24, 24, "");
    *ret = (LogHistory){.origin = BYTES_LITERAL("example.cn/log"), .count = 2};
    ret->steps[0] = (LogStep){3, 9, history_consistency(&log, 3, 9)};
    ret->steps[1] = (LogStep){9, 16, history_consistency(&log, 9, 16)};
}

TEST(a_history_is_read_as_it_was_written_and_every_truncation_is_refused)
{
    Error err = {0};
    static LogHistory history, read;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    history_of(&history);
    Bytes text = text_of(arena, &history);
    CHECK_OK(log_history_parse(arena, text, &read, &err));
    CHECK_INT(read.count, 2);
    CHECK_BYTES(read.origin, BYTES_LITERAL("example.cn/log"));
    CHECK_BYTES(text_of(arena, &read), text);
    CHECK(log_history_find(&read, 9, 16) == &read.steps[1]);
    CHECK(log_history_find(&read, 3, 16) == NULL);
    size_t first_step = 0;
    CHECK(bytes_find(text, BYTES_LITERAL("step 9"), 0, &first_step));
    for (size_t len = 0; len < text.len; len++) {
        bool is_whole = len == first_step;  // a history of the first step alone
        CHECK(log_history_parse(arena, bytes_slice(text, 0, len), &read, &err) == is_whole);
    }
}

TEST(what_is_no_history_is_refused)
{
    static const char *const texts[] = {
        "assent.log-history/2\nlog a\nstep 1 2\n\n",
        "assent.log-history/1\nlog \nstep 1 2\n\n",
        "assent.log-history/1\nlog a\n",
        "assent.log-history/1\nlog a\nstep 0 2\n\n",
        "assent.log-history/1\nlog a\nstep 2 2\n\n",
        "assent.log-history/1\nlog a\nstep 3 2\n\n",
        "assent.log-history/1\nlog a\nstep 01 2\n\n",
        "assent.log-history/1\nlog a\nstep 1  2\n\n",
        "assent.log-history/1\nlog a\nstep 1 2\n\n\n",
        "assent.log-history/1\nlog a\nstep 1 2\nAAAA\n\n",
        "assent.log-history/1\nlog a\nstep 2 5\n\nstep 4 6\n\n",
        "assent.log-history/1\nlog a\nstep 1 9999999999999999999\n\n",
    };
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    static LogHistory read;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        Error err = {0};
        CHECK(!log_history_parse(arena, bytes_of_text(texts[i]), &read, &err));
        CHECK_TEXT(err.code, "log_history.malformed");
    }
}

TEST(more_steps_or_bytes_than_a_history_may_have_are_refused)
{
    Error err = {0};
    static LogHistory history, read;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer text = writer_new(2 * LOG_HISTORY_MAX_BYTES);
    writer_put_text(&text, "assent.log-history/1\nlog a\n");
    for (int i = 1; i <= LOG_HISTORY_MAX_STEPS + 1; i++) {
        writer_format(&text, "step %d %d\n\n", i, i + 1);
    }
    CHECK(!log_history_parse(arena, writer_bytes(&text), &read, &err));
    CHECK_TEXT(err.code, "log_history.malformed");
    for (int i = 0; i < LOG_HISTORY_MAX_BYTES; i++) {
        writer_put_text(&text, "\n");
    }
    CHECK(!log_history_parse(arena, writer_bytes(&text), &read, &err));
    CHECK_TEXT(err.code, "log_history.size");
    history_of(&history);
    history.steps[1].from = 8;
    CHECK(!log_history_encode(&history, &text, &err));
    CHECK_TEXT(err.code, "log_history.malformed");
}
