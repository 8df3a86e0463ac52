// SPDX-License-Identifier: Apache-2.0
#include "program/shell_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/test/test.h"
#include "program/file.h"

enum { COMMAND_SIZE = 16384 };

int shell_run(const char *script, char ret[SHELL_OUTPUT_SIZE])
{
    char command[COMMAND_SIZE];
    size_t len = 0;
    int written = snprintf(command, sizeof command, "A='%s'; cd '%s' && exec 2>stderr\n%s",
                           ASSENT_BINARY, test_directory(), script);
    CHECK(written > 0 && (size_t)written < sizeof command);
    FILE *pipe = popen(command, "r");
    CHECK(pipe != NULL);
    for (size_t got = 1; got > 0; len += got) {
        got = fread(&ret[len], 1, SHELL_OUTPUT_SIZE - 1 - len, pipe);
    }
    ret[len] = '\0';
    // What does not fit is still read, so that the script does not end by SIGPIPE.
    while (fgetc(pipe) != EOF) {
    }
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void shell_check(const ShellCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char output[SHELL_OUTPUT_SIZE];
        int code = shell_run(cases[i].script, output);
        if (code != cases[i].exit_code ||
            (cases[i].output != NULL && strcmp(output, cases[i].output) != 0)) {
            test_fail(__FILE__, __LINE__, "%s\nexits %d, not %d, and prints \"%s\"",
                      cases[i].script, code, cases[i].exit_code, output);
        }
    }
}

void shell_put_file(const char *name, const char *text)
{
    char path[512];
    Error err = {0};
    snprintf(path, sizeof path, "%s/%s", test_directory(), name);
    CHECK_OK(file_write(path, bytes_of_text(text), false, &err));
}

void shell_need(const char *program)
{
    char command[256];
    snprintf(command, sizeof command, "command -v %s >/dev/null", program);
    if (system(command) != 0) {
        snprintf(command, sizeof command, "%s is not installed", program);
        test_skip(command);
    }
}
