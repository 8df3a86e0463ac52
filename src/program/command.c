// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "base/core/attributes.h"
#include "base/crypto/self_test.h"
#include "program/command.h"

static const Command commands[] = {
    {"demo", "[--applicant FILE] [--out DIR] [--serve]",
     "run one complete authorization, M1 to M8, and verify it offline", command_demo},
    {"init", "DIR [--sandbox] [--port BASE]",
     "make a deployment: keys, certificates, configuration", command_init},
    {"serve", "NAME|--all --config FILE",
     "run one component, or all of them, until SIGTERM", command_serve},
    {"terminal", "--url URL --token T [--config FILE] [--applicant FILE]",
     "walk a person through an authorization in the shell", command_terminal},
    {"verify", "FILE... [--trust DIR] [--at TIME] [--json] [--lang en] [--summary]",
     "judge sealed PDFs, seals, certificates, time stamps, receipts, reports, case files",
     command_verify},
    {"bench", "NAME [--seconds N] [--threads N] [--json]", "measure this machine", command_bench},
    {"version", "", "print the version and how it was built", command_version},
};

static const Command *find_command(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

static void print_help(FILE *out)
{
    fprintf(out,
            "assent: electronic authorization for personal credit queries after JR/T 0299-2024\n"
            "        个人征信电子授权\n\nusage: assent COMMAND [ARGUMENTS]\n\n");
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        fprintf(out, "  %s %s\n      %s\n", commands[i].name, commands[i].usage,
                commands[i].summary);
    }
    fprintf(out,
            "\nexit codes: 0 done or valid, 1 refused or invalid, 2 undecided or unavailable,\n"
            "            64 wrong usage, 70 our own fault\n");
}

int command_usage(const char *name)
{
    const Command *command = find_command(name);
    fprintf(stderr, "usage: assent %s %s\n", command->name, command->usage);
    return EXIT_USAGE;
}

int command_fail(const Error *err)
{
    fprintf(stderr, "assent: %s (%s%s%s)\n", err->text, err->code, err->clause[0] ? ", " : "",
            err->clause);
    return error_kind_exit_code(err->kind);
}

int command_version(int argc, char **argv)
{
    (void)argc, (void)argv;
    printf("assent %s\n", ASSENT_VERSION);
    return EXIT_VALID;
}

int command_dispatch(int argc, char **argv)
{
    bool wants_help = argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
                      strcmp(argv[1], "help") == 0;
    if (wants_help) {
        print_help(argc < 2 ? stderr : stdout);
        return argc < 2 ? EXIT_USAGE : EXIT_VALID;
    }
    const Command *command = find_command(argv[1]);
    if (command == NULL) {
        fprintf(stderr, "assent: there is no command \"%s\"; see assent --help\n", argv[1]);
        return EXIT_USAGE;
    }
    // A module that does not pass its self-test does no cryptography at all. GB/T 37092 7.10
    Error err = {0};
    if (!crypto_self_test(&err)) {
        return command_fail(&err);
    }
    return command->run(argc - 1, argv + 1);
}
