// SPDX-License-Identifier: Apache-2.0
//
// assent sm2: the table of its commands.
#include "program/sm2_command.h"

#include <stdio.h>
#include <string.h>

#include "program/command.h"

#define SET_KEY_FORM (SM_SET(SM_PEM) | SM_SET(SM_HEX) | SM_SET(SM_RAW) | SM_SET(SM_DER))
#define SET_SIGNED \
    (SM_SET_MESSAGE | SM_SET(SM_ID) | SM_SET(SM_ID_HEX) | SM_SET(SM_NO_Z) | SM_SET(SM_DIGEST))
#define SET_CIPHER                                                                        \
    (SM_SET_MESSAGE | SM_SET(SM_KEY) | SM_SET(SM_OUT) | SM_SET(SM_HEX) | SM_SET(SM_DER) | \
     SM_SET(SM_C1C3C2) | SM_SET(SM_C1C2C3))

static const SmCommand sm2_commands[] = {
    {"keygen", SM_SET(SM_OUT) | SM_SET(SM_PUB) | SET_KEY_FORM, 0, sm2_command_keygen},
    {"pubkey",
     SM_SET(SM_KEY) | SM_SET(SM_PUB) | SM_SET(SM_OUT) | SM_SET(SM_COMPRESSED) | SET_KEY_FORM, 0,
     sm2_command_pubkey},
    {"sign",
     SET_SIGNED | SM_SET(SM_KEY) | SM_SET(SM_OUT) | SM_SET(SM_HEX) | SM_SET(SM_RAW) |
         SM_SET(SM_DER),
     1, sm2_command_sign},
    {"verify",
     SET_SIGNED | SM_SET(SM_KEY) | SM_SET(SM_PUB) | SM_SET(SM_SIG) | SM_SET(SM_RAW) |
         SM_SET(SM_DER) | SM_SET(SM_HEX) | SM_SET(SM_BATCH) | SM_SET(SM_QUIET),
     1, sm2_command_verify},
    {"encrypt", SET_CIPHER | SM_SET(SM_PUB), 1, sm2_command_encrypt},
    {"decrypt", SET_CIPHER, 1, sm2_command_decrypt},
    {"exchange",
     SM_SET(SM_ROLE) | SM_SET(SM_KEY) | SM_SET(SM_EPHEMERAL) | SM_SET(SM_PEER) |
         SM_SET(SM_PEER_EPHEMERAL) | SM_SET(SM_ID) | SM_SET(SM_ID_HEX) | SM_SET(SM_PEER_ID) |
         SM_SET(SM_PEER_ID_HEX) | SM_SET(SM_LEN) | SM_SET(SM_CONFIRM) | SM_SET(SM_OUT) |
         SM_SET(SM_HEX),
     0, sm2_command_exchange},
    {"ecdh",
     SM_SET(SM_KEY) | SM_SET(SM_PEER) | SM_SET(SM_OUT) | SM_SET(SM_HEX) | SM_SET(SM_RAW) |
         SM_SET(SM_KDF),
     0, sm2_command_ecdh},
};

int command_sm2(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < COUNT_OF(sm2_commands); i++) {
        if (strcmp(sm2_commands[i].name, argv[1]) == 0) {
            char title[32];
            snprintf(title, sizeof title, "sm2 %s", argv[1]);
            return sm_run(&sm2_commands[i], title, argv, 2, argc);
        }
    }
    if (argc > 1) {
        fprintf(stderr, "assent: sm2 has no command \"%s\"\n", argv[1]);
    }
    return command_usage("sm2");
}
