// SPDX-License-Identifier: Apache-2.0
//
// docs/sm-commands.md and the help of the SM commands are held to what the commands do.
#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "program/embedded.h"
#include "program/shell_fixture.h"

enum { SCRIPT_SIZE = 12000, LINE_WIDTH = 100 };

// Put the blocks of shell commands of a page behind one another.
static void collect_commands(Bytes page, Writer *ret)
{
    size_t at = 0, end;
    while (bytes_find(page, BYTES_LITERAL("```sh\n"), at, &at)) {
        at += 6;
        CHECK(bytes_find(page, BYTES_LITERAL("```"), at, &end));
        writer_put(ret, bytes_slice(page, at, end - at));
        at = end;
    }
}

TEST(every_command_of_the_page_runs_as_it_stands)
{
    CLEANUP(writer_free) Writer script = writer_new(SCRIPT_SIZE);
    char output[SHELL_OUTPUT_SIZE];
    writer_put_text(&script, "set -e\nassent() { \"$A\" \"$@\"; }\n");
    collect_commands(test_file("docs/sm-commands.md"), &script);
    writer_put_u8(&script, 0);
    CHECK(!script.failed);
    int code = shell_run((const char *)script.data, output);
    if (code != 0) {
        test_fail(__FILE__, __LINE__, "exits %d after printing %s", code, output);
    }
    static const char *const printed[] = {
        "valid\n{\"case\":1,\"expected\":\"valid\",\"ok\":true,\"verdict\":\"valid\"}\n",
        "{\"cases\":2,\"invalid\":1,\"malformed\":0,\"mismatches\":0,\"valid\":1}\nmessage digest",
        "msg.bin: OK\nd.hex: OK\n",
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0\n"};
    for (size_t i = 0; i < COUNT_OF(printed); i++) {
        CHECK(strstr(output, printed[i]) != NULL);
    }
}

static const char *help_text(const unsigned char *text)
{
    size_t column = 0;
    for (const unsigned char *c = text; *c != '\0'; c++) {
        column = *c == '\n' ? 0 : column + 1;
        CHECK(column <= LINE_WIDTH);
    }
    return (const char *)text;
}

TEST(help_fits_the_screen_and_names_every_option)
{
    const char *sm2 = help_text(embedded_data_sm2_txt);
    const char *sm3 = help_text(embedded_data_sm3_txt);
    const char *sm4 = help_text(embedded_data_sm4_txt);
    static const char *const options[] = {"--aad",
                                          "--batch",
                                          "--c1c2c3",
                                          "--c1c3c2",
                                          "--check",
                                          "--compressed",
                                          "--confirm",
                                          "--der",
                                          "--digest",
                                          "--e",
                                          "--ephemeral",
                                          "--hex",
                                          "--hmac-key",
                                          "--id",
                                          "--id-hex",
                                          "--in",
                                          "--in-hex",
                                          "--iv",
                                          "--kdf",
                                          "--key",
                                          "--len",
                                          "--mode",
                                          "--msg",
                                          "--no-pad",
                                          "--no-z",
                                          "--nonce",
                                          "--out",
                                          "--peer",
                                          "--peer-ephemeral",
                                          "--peer-id",
                                          "--peer-id-hex",
                                          "--pem",
                                          "--pub",
                                          "--quiet",
                                          "--raw",
                                          "--role",
                                          "--sig",
                                          "--tag",
                                          "--tag-len",
                                          "--tag-out",
                                          "--text"};
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        CHECK(strstr(sm2, options[i]) != NULL || strstr(sm3, options[i]) != NULL ||
              strstr(sm4, options[i]) != NULL);
    }
}
