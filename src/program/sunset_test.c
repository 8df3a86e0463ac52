// SPDX-License-Identifier: Apache-2.0
#include "program/sunset.h"

#include "base/test/test.h"

TEST(algorithms_are_named_shortly_or_by_oid_each_with_a_time)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Error err = {0};
    AlgorithmSunset *sunsets;
    size_t count;
    CHECK_OK(sunsets_parse(arena, " sm3=2040-01-01T00:00:00Z  1.2.3=2041-01-01T00:00:00Z ",
                           &sunsets, &count, &err));
    CHECK_INT(count, 2);
    CHECK_TEXT(sunsets[0].oid, "1.2.156.10197.1.401");
    CHECK_TEXT(sunsets[1].oid, "1.2.3");
    CHECK(sunsets[0].weak_from < sunsets[1].weak_from);
    CHECK_OK(sunsets_parse(arena, "", &sunsets, &count, &err));
    CHECK_INT(count, 0);
}

TEST(what_names_no_algorithm_or_no_time_is_refused)
{
    static const char *const texts[] = {"sm3",
                                        "sm3=",
                                        "sm3=2040",
                                        "=2040-01-01T00:00:00Z",
                                        "sm9=2040-01-01T00:00:00Z",
                                        "sm3=2040-01-01T00:00:00Z,sm2=2040-01-01T00:00:00Z"};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        Error err = {0};
        AlgorithmSunset *sunsets;
        size_t count;
        CHECK_FAILS_WITH(sunsets_parse(arena, texts[i], &sunsets, &count, &err), ERROR_INPUT,
                         "sunset.malformed");
    }
}
