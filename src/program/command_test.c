// SPDX-License-Identifier: Apache-2.0
#include "program/command.h"

#include <stdio.h>

#include "base/test/test.h"
#include "program/file.h"
#include "program/process_fixture.h"

static const char *const command_names[] = {"demo",     "init",   "serve",     "staff",
                                            "terminal", "verify", "sm2",       "sm3",
                                            "sm4",      "bench",  "self-test", "version"};

static const char *log_path(char path[220])
{
    snprintf(path, 220, "%s/output", test_directory());
    return path;
}

static bool output_has(Arena *arena, const char *path, const char *text)
{
    Error err = {0};
    Bytes output;
    size_t at;
    CHECK_OK(file_read(arena, path, FILE_MAX_SIZE, &output, &err));
    return bytes_find(output, bytes_of_text(text), 0, &at);
}

TEST(every_command_explains_itself_and_exits_0)
{
    char path[220];
    log_path(path);
    for (size_t i = 0; i < COUNT_OF(command_names); i++) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        const char *arguments[] = {command_names[i], "--help", NULL};
        CHECK_INT(process_run(path, arguments), EXIT_VALID);
        char *usage = arena_format(arena, "usage: assent %s", command_names[i]);
        CHECK(usage != NULL && output_has(arena, path, usage));
    }
}

TEST(help_lists_every_command)
{
    char path[220];
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const char *arguments[] = {"--help", NULL};
    CHECK_INT(process_run(log_path(path), arguments), EXIT_VALID);
    for (size_t i = 0; i < COUNT_OF(command_names); i++) {
        char *line = arena_format(arena, "\n  %s ", command_names[i]);
        CHECK(line != NULL && output_has(arena, path, line));
    }
}

TEST(help_after_other_arguments_does_nothing_else)
{
    char path[220], directory[220];
    snprintf(directory, sizeof directory, "%s/never", test_directory());
    const char *arguments[] = {"init", directory, "--help", NULL};
    CHECK_INT(process_run(log_path(path), arguments), EXIT_VALID);
    CHECK(!file_exists(directory));
}

TEST(a_file_named_help_can_still_be_verified)
{
    char path[220];
    const char *arguments[] = {"verify", "--", "--help", NULL};
    CHECK_INT(process_run(log_path(path), arguments), EXIT_USAGE);
}

TEST(an_unknown_command_is_wrong_usage)
{
    char path[220];
    const char *arguments[] = {"no-such-command", "--help", NULL};
    CHECK_INT(process_run(log_path(path), arguments), EXIT_USAGE);
}

TEST(the_core_is_measured_beside_openssl)
{
    char path[220];
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const char *arguments[] = {"bench", "core", "--seconds", "0.001", "--json", NULL};
    CHECK_INT(process_run(log_path(path), arguments), EXIT_VALID);
    const char *const names[] = {"SM2 sign", "SM2 verify, known key", "SM3, 16 KiB",
                                 "SM4-CTR, 16 KiB"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char *start = arena_format(arena, "{\"name\":\"%s\"", names[i]);
        CHECK(start != NULL && output_has(arena, path, start));
    }
    CHECK(output_has(arena, path, ",\"OpenSSL\":"));
}

TEST(a_run_that_is_watched_tells_its_memory_while_it_goes_on)
{
    char path[220];
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const char *watched[] = {"bench", "sm3",     "--seconds", "0.25",   "--threads",
                             "1",     "--watch", "0.1",       "--json", NULL};
    const char *hasty[] = {"bench", "sm3", "--watch", "0.01", NULL};
    CHECK_INT(process_run(log_path(path), watched), EXIT_VALID);
    CHECK(output_has(arena, path, "{\"name\":\"sm3\",\"at_seconds\":0."));
    CHECK(output_has(arena, path, ",\"anonymous_bytes\":"));
    CHECK(!output_has(arena, path, ",\"rss_bytes\":0,"));
    CHECK_INT(process_run(log_path(path), hasty), EXIT_USAGE);
}
