// SPDX-License-Identifier: Apache-2.0
#include "wasm/verifier/request.h"

#include <string.h>

#include "base/test/test.h"

#define AT "2026-11-25T08:00:00Z"

static void put(Writer *request, Bytes part)
{
    writer_put_u32_be(request, (uint32_t)part.len);
    writer_put(request, part);
}

static Writer request_make(void)
{
    Writer request = writer_new(65536);
    put(&request, BYTES_LITERAL("note.txt"));
    put(&request, BYTES_LITERAL("hello"));
    put(&request, BYTES_LITERAL(AT));
    put(&request, BYTES_LITERAL("a.txt"));
    put(&request, BYTES_LITERAL("A"));
    put(&request, BYTES_LITERAL("b.txt"));
    put(&request, BYTES_EMPTY);
    return request;
}

TEST(a_request_holds_the_file_the_time_and_the_trust)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer bytes = request_make();
    JudgementRequest request;
    Error err = {0};
    Time at;
    CHECK_OK(verifier_request_parse(arena, writer_bytes(&bytes), &request, &err));
    CHECK_OK(time_from_text(BYTES_LITERAL(AT), &at, &err));
    CHECK_TEXT(request.name, "note.txt");
    CHECK(bytes_equal_text(request.content, "hello"));
    CHECK_INT(request.at, at);
    CHECK_INT(request.trust_count, 2);
    CHECK_TEXT(request.trust[0].name, "a.txt");
    CHECK(bytes_equal_text(request.trust[0].content, "A"));
    CHECK_TEXT(request.trust[1].name, "b.txt");
    CHECK_INT(request.trust[1].content.len, 0);
}

TEST(every_truncation_is_refused_but_between_files_of_trust)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer bytes = request_make();
    JudgementRequest request;
    size_t taken = 0;
    for (size_t len = 0; len < bytes.len; len++) {
        Error err = {0};
        Bytes part = bytes_slice(writer_bytes(&bytes), 0, len);
        if (verifier_request_parse(arena, part, &request, &err)) {
            taken++;
        } else {
            CHECK_INT(err.kind, ERROR_INPUT);
            CHECK_TEXT(err.code, "verifier.request");
        }
    }
    CHECK_INT(taken, 2);
}

static void check_refused(Bytes name, Bytes time, size_t trust, const char *code)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer bytes = writer_new(65536);
    JudgementRequest request;
    Error err = {0};
    put(&bytes, name);
    put(&bytes, BYTES_EMPTY);
    put(&bytes, time);
    for (size_t i = 0; i < 2 * trust; i++) {
        put(&bytes, BYTES_LITERAL("x"));
    }
    CHECK(!verifier_request_parse(arena, writer_bytes(&bytes), &request, &err));
    CHECK_TEXT(err.code, code);
}

TEST(names_with_zeros_bad_times_and_too_much_trust_are_refused)
{
    check_refused(BYTES_LITERAL("a\0b"), BYTES_LITERAL(AT), 0, "verifier.request");
    check_refused(BYTES_LITERAL("a"), BYTES_LITERAL("yesterday"), 0, "verifier.time");
    check_refused(BYTES_LITERAL("a"), BYTES_LITERAL(AT), TRUST_MATERIAL_MAX_FILES + 1,
                  "trust.too_large");
}

TEST(what_is_no_request_is_answered_with_an_error)
{
    CLEANUP(writer_free) Writer answer = writer_new(65536);
    Error err = {0};
    size_t at;
    CHECK_OK(verifier_answer(BYTES_LITERAL("junk"), &answer, &err));
    CHECK(bytes_find(writer_bytes(&answer), BYTES_LITERAL("\"outcome\":\"error\""), 0, &at));
}

TEST(a_request_is_answered_as_a_line_of_json)
{
    CLEANUP(writer_free) Writer bytes = request_make();
    CLEANUP(writer_free) Writer answer = writer_new(65536);
    Error err = {0};
    size_t at;
    CHECK_OK(verifier_answer(writer_bytes(&bytes), &answer, &err));
    CHECK(bytes_start_with(writer_bytes(&answer), BYTES_LITERAL("{\"files\":[{")));
    CHECK(bytes_find(writer_bytes(&answer), BYTES_LITERAL("\"file\":\"note.txt\""), 0, &at));
    CHECK(bytes_find(writer_bytes(&answer), BYTES_LITERAL("\"outcome\":\"unknown\""), 0, &at));
    CHECK_INT(answer.data[answer.len - 1], '\n');
}
