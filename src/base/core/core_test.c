// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/cpu.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "base/test/test.h"

TEST(reader_fails_once_and_stays_failed)
{
    Reader reader = reader_of(BYTES_LITERAL("\x01\x02\x03"));
    CHECK_INT(reader_u16_be(&reader), 0x0102);
    CHECK_INT(reader_u16_be(&reader), 0);
    CHECK(reader.failed);
    CHECK_INT(reader_u8(&reader), 0);
    CHECK(!reader_done(&reader));
}

TEST(writer_refuses_to_pass_its_limit)
{
    CLEANUP(writer_free) Writer writer = writer_new(5);
    writer_put_text(&writer, "12345");
    CHECK(!writer.failed);
    writer_put_u8(&writer, 6);
    CHECK(writer.failed);
    CHECK_INT(writer_bytes(&writer).len, 0);
}

TEST(slice_outside_is_empty)
{
    Bytes whole = BYTES_LITERAL("abcdef");
    CHECK(bytes_equal_text(bytes_slice(whole, 2, 3), "cde"));
    CHECK_INT(bytes_slice(whole, 4, 3).len, 0);
    CHECK_INT(bytes_slice(whole, SIZE_MAX, 2).len, 0);
    size_t at = 0;
    CHECK(bytes_find(BYTES_LITERAL("xabxab"), BYTES_LITERAL("ab"), 2, &at));
    CHECK_INT(at, 4);
    CHECK(bytes_find_last(BYTES_LITERAL("xabxab-"), BYTES_LITERAL("ab"), &at));
    CHECK_INT(at, 4);
}

TEST(arena_refuses_to_pass_its_limit)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(1000);
    CHECK(arena_alloc(arena, 900) != NULL);
    CHECK(arena_alloc(arena, 200) == NULL);
    CHECK_TEXT(arena_format(arena, "%d", 7), "7");
}

TEST(time_text_is_the_inverse_of_parsing)
{
    static const char *const texts[] = {"1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z",
                                        "2026-11-25T08:00:00.123456Z", "1900-03-01T00:00:00Z"};
    Error err = {0};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        Time time;
        char text[TIME_TEXT_SIZE];
        CHECK_OK(time_from_text(bytes_of_text(texts[i]), &time, &err));
        time_to_text(time, text);
        CHECK_TEXT(text, texts[i]);
    }
    Time offset, utc;
    CHECK_OK(time_from_text(BYTES_LITERAL("2026-01-01T07:00:00+08:00"), &offset, &err));
    CHECK_OK(time_from_text(BYTES_LITERAL("2025-12-31T23:00:00Z"), &utc, &err));
    CHECK(offset == utc);
}

TEST(impossible_times_are_refused)
{
    static const char *const texts[] = {"2023-02-29T00:00:00Z",
                                        "2026-13-01T00:00:00Z",
                                        "2026-01-01T24:00:00Z",
                                        "2026-01-01T00:00:00",
                                        "2026-01-01 00:00:00Z",
                                        "2026-01-01T00:00:00Zx",
                                        ""};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        Error err;
        Time time;
        CHECK_FAILS(time_from_text(bytes_of_text(texts[i]), &time, &err), ERROR_INPUT);
    }
}

TEST(error_context_keeps_kind_and_code)
{
    Error err = {0};
    CHECK(!error_set(&err, ERROR_CONFLICT, "thing.busy", "X 1.2", "thing %d is busy", 7));
    CHECK(!error_context(&err, "while doing %s", "it"));
    CHECK_TEXT(err.code, "thing.busy");
    CHECK_TEXT(err.text, "while doing it: thing 7 is busy");
    CHECK_INT(error_kind_http_status(err.kind), 409);
    CHECK_INT(error_kind_from_name("CONFLICT"), ERROR_CONFLICT);
}

TEST(an_arena_joins_two_views)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(64);
    CHECK_BYTES(arena_join(arena, BYTES_LITERAL("ab"), BYTES_LITERAL("c")), BYTES_LITERAL("abc"));
    CHECK_BYTES(arena_join(arena, BYTES_EMPTY, BYTES_LITERAL("c")), BYTES_LITERAL("c"));
    CHECK_INT(arena_join(arena, BYTES_EMPTY, BYTES_EMPTY).len, 0);
}

TEST(space_in_a_writer_is_appended_or_refused_whole)
{
    CLEANUP(writer_free) Writer writer = writer_new(70);
    writer_put_text(&writer, "ab");
    uint8_t *space = writer_put_space(&writer, 68);
    CHECK(space == &writer.data[2]);
    CHECK_INT(writer.len, 70);
    CHECK(writer_put_space(&writer, 1) == NULL);
    CHECK(writer.failed);
    CHECK_INT(writer.len, 70);
}

TEST(an_arena_takes_over_what_a_writer_wrote)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(1024);
    CLEANUP(writer_free) Writer writer = writer_new(4096);
    writer_put_text(&writer, "kept");
    const uint8_t *before = writer.data;
    Bytes adopted = arena_adopt(arena, &writer);
    CHECK(adopted.data == before && writer.data == NULL);
    writer_put_text(&writer, "again");
    CHECK_BYTES(adopted, BYTES_LITERAL("kept"));
    CHECK_BYTES(arena_adopt(arena, &writer), BYTES_LITERAL("again"));
    arena_reset(arena);
    writer_put_repeated(&writer, 'x', 2000);
    CHECK(arena_adopt(arena, &writer).data == NULL);
    CHECK_INT(writer.len, 2000);
    writer_put_repeated(&writer, 'x', 4096);
    CHECK(arena_adopt(arena, &writer).data == NULL);
}

TEST(what_is_in_use_of_the_cpu_is_what_it_has)
{
    const unsigned all[] = {CPU_ADX, CPU_AVX2, CPU_AESNI, CPU_AVX512, CPU_IFMA, CPU_GFNI};
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        CHECK(!cpu_has(all[i]) || cpu_could(all[i]));
    }
    CHECK(!cpu_has(CPU_IFMA) || cpu_has(CPU_AVX512));
    CHECK(!cpu_has(CPU_AVX512) || cpu_has(CPU_AVX2));
    CHECK(cpu_has(0));
    CHECK(cpu_name()[0] != '\0');
}
