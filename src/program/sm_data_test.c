// SPDX-License-Identifier: Apache-2.0
#include "program/sm_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/test/test.h"
#include "program/file.h"

TEST(hexadecimal_is_decoded_around_white_space)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(4096);
    Bytes decoded;
    CHECK_OK(sm_hex_decode(arena, BYTES_LITERAL(" 0a1\nB ff\r\n\t"), &decoded, &err));
    CHECK_BYTES(decoded, BYTES_LITERAL("\x0a\x1b\xff"));
    CHECK_OK(sm_hex_decode(arena, BYTES_EMPTY, &decoded, &err));
    CHECK_INT(decoded.len, 0);
    static const char *const refused[] = {"0", "0g", "0x00", "00 0", "00:11", "\xc3\xa9"};
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        CHECK_FAILS_WITH(sm_hex_decode(arena, bytes_of_text(refused[i]), &decoded, &err),
                         ERROR_INPUT, "sm.hex");
    }
    CHECK(sm_is_hex(BYTES_LITERAL("0 a\n")) && !sm_is_hex(BYTES_LITERAL("0 g\n")));
    CHECK(!sm_is_hex(BYTES_LITERAL(" \n")) && !sm_is_hex(BYTES_EMPTY));
}

TEST(a_value_is_a_file_before_it_is_digits)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(1 << 20);
    SmArguments arguments = {.command = "test", .arena = arena};
    char path[256];
    Bytes value;
    CHECK_OK(sm_value_read(&arguments, "00ff", &value, &err));
    CHECK_BYTES(value, BYTES_LITERAL("\x00\xff"));
    snprintf(path, sizeof path, "%s/00ff", test_directory());
    CHECK_OK(file_write(path, BYTES_LITERAL("not digits"), false, &err));
    CHECK_OK(sm_value_read(&arguments, path, &value, &err));
    CHECK_BYTES(value, BYTES_LITERAL("not digits"));
    CHECK_OK(file_write(path, BYTES_LITERAL("abCD\n"), false, &err));
    CHECK_OK(sm_value_read(&arguments, path, &value, &err));
    CHECK_BYTES(value, BYTES_LITERAL("\xab\xcd"));
    CHECK_OK(sm_value_text(&arguments, path, &value, &err));
    CHECK_BYTES(value, BYTES_LITERAL("abCD\n"));
    CHECK(setenv("ASSENT_SM_DATA_TEST", "0102", 1) == 0);
    CHECK_OK(sm_value_read(&arguments, "env:ASSENT_SM_DATA_TEST", &value, &err));
    CHECK_BYTES(value, BYTES_LITERAL("\x01\x02"));
    CHECK_FAILS_WITH(sm_value_read(&arguments, "env:ASSENT_SM_DATA_NONE", &value, &err),
                     ERROR_INPUT, "sm.usage");
    CHECK_FAILS_WITH(sm_value_read(&arguments, "nowhere", &value, &err), ERROR_NOT_FOUND,
                     "file.unreadable");
    CHECK_FAILS_WITH(sm_value_read(&arguments, test_directory(), &value, &err), ERROR_NOT_FOUND,
                     "file.unreadable");
}

TEST(files_over_the_limit_are_refused)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(1 << 20);
    SmArguments arguments = {.command = "test", .arena = arena};
    char path[256];
    Bytes content;
    snprintf(path, sizeof path, "%s/file", test_directory());
    CHECK_OK(file_write(path, BYTES_LITERAL("1234"), false, &err));
    CHECK_OK(sm_read(&arguments, path, 4, &content, &err));
    CHECK_FAILS_WITH(sm_read(&arguments, path, 3, &content, &err), ERROR_LIMIT, "file.too_large");
}

// Replacing /dev/null by a file would break the machine.
TEST(devices_are_written_to_and_not_replaced)
{
    Error err = {0};
    struct stat status;
    CHECK_OK(sm_write_file("/dev/null", BYTES_LITERAL("x"), true, &err));
    CHECK(stat("/dev/null", &status) == 0 && S_ISCHR(status.st_mode));
    CHECK_FAILS(sm_write_file("/dev/full", BYTES_LITERAL("x"), false, &err), ERROR_INTERNAL);
    CHECK_FAILS(sm_write_file(test_directory(), BYTES_LITERAL("x"), false, &err), ERROR_INPUT);
}

TEST(secrets_are_readable_for_their_owner_only)
{
    Error err = {0};
    struct stat status;
    char path[256];
    Bytes content;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(4096);
    SmArguments arguments = {
        .command = "test", .arena = arena, .values = {[SM_HEX] = "", [SM_OUT] = path}};
    snprintf(path, sizeof path, "%s/secret", test_directory());
    CHECK_OK(sm_write(&arguments, BYTES_LITERAL("\x01\xab"), true, &err));
    CHECK(stat(path, &status) == 0 && (status.st_mode & 0777) == 0600);
    CHECK_OK(sm_read(&arguments, path, 100, &content, &err));
    CHECK_BYTES(content, BYTES_LITERAL("01ab\n"));
}
