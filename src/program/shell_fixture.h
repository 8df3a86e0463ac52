// SPDX-License-Identifier: Apache-2.0
//
// Tests of commands as shell scripts: `$A` is the binary, the working directory the test's own.
#ifndef ASSENT_PROGRAM_SHELL_FIXTURE_H
#define ASSENT_PROGRAM_SHELL_FIXTURE_H

#include <stddef.h>

enum { SHELL_OUTPUT_SIZE = 8192 };

// Run a script with /bin/sh; what it prints on standard output goes to `ret` (cut,
// zero-terminated), the rest to the file "stderr". Returns its exit code.
int shell_run(const char *script, char ret[SHELL_OUTPUT_SIZE]);

// A script, its exit code, and all of what it prints, or NULL where that does not matter.
typedef struct {
    const char *script;
    int exit_code;
    const char *output;
} ShellCase;

// Fail the test with the script that does otherwise.
void shell_check(const ShellCase *cases, size_t count);
// Write a file into the test's directory.
void shell_put_file(const char *name, const char *text);
// Skip the test where a program is not installed.
void shell_need(const char *program);

#endif
