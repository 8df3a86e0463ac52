// SPDX-License-Identifier: Apache-2.0
#include "program/command.h"

int main(int argc, char **argv)
{
    return command_dispatch(argc, argv);
}
