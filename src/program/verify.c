// SPDX-License-Identifier: Apache-2.0
#include "program/command.h"

int command_verify(int argc, char **argv)
{
    (void)argc, (void)argv;
    return EXIT_UNDECIDED;
}
