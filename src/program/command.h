// SPDX-License-Identifier: Apache-2.0
//
// The commands of `assent`: one table in command.c, one file each.
#ifndef ASSENT_PROGRAM_COMMAND_H
#define ASSENT_PROGRAM_COMMAND_H

#include <stddef.h>

#include "base/core/error.h"

enum { EXIT_VALID = 0, EXIT_INVALID = 1, EXIT_UNDECIDED = 2, EXIT_USAGE = 64, EXIT_FAULT = 70 };

typedef struct {
    const char *name;
    const char *usage;                  // after "assent <name> "
    const char *summary;                // one line
    const char *options;                // lines for `assent <name> --help`, or ""
    int (*run)(int argc, char **argv);  // argv[0] is the command's name; returns the exit code
} Command;

int command_init(int argc, char **argv);
int command_serve(int argc, char **argv);
int command_staff(int argc, char **argv);
int command_case(int argc, char **argv);
int command_certificates(int argc, char **argv);
int command_demo(int argc, char **argv);
int command_terminal(int argc, char **argv);
int command_verify(int argc, char **argv);
int command_witness(int argc, char **argv);
int command_lint(int argc, char **argv);
int command_log(int argc, char **argv);
int command_sm2(int argc, char **argv);
int command_sm3(int argc, char **argv);
int command_sm4(int argc, char **argv);
int command_bench(int argc, char **argv);
int command_ca(int argc, char **argv);
int command_record(int argc, char **argv);
int command_report(int argc, char **argv);
int command_self_test(int argc, char **argv);
int command_version(int argc, char **argv);

// Run the self-test of the cryptography and then the command that argv names, or, with --help,
// print what it takes on standard output. Returns the exit code of the process.
int command_dispatch(int argc, char **argv);
// Print "assent: <text> (<code>, <clause>)" on standard error and return the exit code of the
// error's kind.
int command_fail(const Error *err);
// One option and where its value goes.
typedef struct {
    const char *name;  // "--url"
    const char **value;
} CommandOption;

// Take argv[1] to argv[argc - 1] as options of these names, each with a value; of one given twice
// the last counts. False when one is unknown or its value is missing.
bool command_take_options(int argc, char **argv, const CommandOption *options, size_t count);
// Print how `command` is used on standard error and return EXIT_USAGE.
int command_usage(const char *name);

#endif
