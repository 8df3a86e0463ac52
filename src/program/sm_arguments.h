// SPDX-License-Identifier: Apache-2.0
//
// The command lines of `assent sm2`, `assent sm3` and `assent sm4`: one table of options for all of
// them, of which each takes some.
#ifndef ASSENT_PROGRAM_SM_ARGUMENTS_H
#define ASSENT_PROGRAM_SM_ARGUMENTS_H

#include <stdint.h>

#include "base/core/arena.h"
#include "base/core/error.h"

typedef enum {
    SM_AAD,
    SM_BATCH,
    SM_C1C2C3,
    SM_C1C3C2,
    SM_CHECK,
    SM_COMPRESSED,
    SM_CONFIRM,
    SM_DER,
    SM_DIGEST,
    SM_EPHEMERAL,
    SM_HEX,
    SM_HMAC_KEY,
    SM_ID,
    SM_ID_HEX,
    SM_IN,
    SM_IN_HEX,
    SM_IV,
    SM_KDF,
    SM_KEY,
    SM_LEN,
    SM_MODE,
    SM_MSG,
    SM_NO_PAD,
    SM_NO_Z,
    SM_OUT,
    SM_PEER,
    SM_PEER_EPHEMERAL,
    SM_PEER_ID,
    SM_PEER_ID_HEX,
    SM_PEM,
    SM_PUB,
    SM_QUIET,
    SM_RAW,
    SM_ROLE,
    SM_SIG,
    SM_TAG,
    SM_TAG_LEN,
    SM_TAG_OUT,
    SM_TEXT,
    SM_OPTION_COUNT,
} SmOption;

// A set of options.
#define SM_SET(option) ((uint64_t)1 << (option))
// Where a message comes from.
#define SM_SET_MESSAGE (SM_SET(SM_IN) | SM_SET(SM_IN_HEX) | SM_SET(SM_MSG) | SM_SET(SM_TEXT))

typedef struct {
    const char *command;                  // "sm2 sign", for messages
    const char *values[SM_OPTION_COUNT];  // NULL: not given; flags have ""
    const char **operands;
    size_t operand_count;
    bool is_stdin_taken;  // standard input has been given to one of the options
    Arena *arena;         // for what is read; may hold keys, and is wiped with the arena
} SmArguments;

// Read argv[first] to argv[argc - 1]: options of `allowed`, as "--name value" or "--name=value",
// each at most once, and at most max_operands others. "--" ends the options. Fails with
// ERROR_INPUT, code "sm.usage".
bool sm_arguments_parse(char **argv, int first, int argc, uint64_t allowed, size_t max_operands,
                        SmArguments *ret, Error *err) MUST_CHECK;
static inline bool sm_has(const SmArguments *arguments, SmOption option)
{
    return arguments->values[option] != NULL;
}
// Fail with ERROR_INPUT "sm.usage" when more than one of a set is given, or none where one is
// needed.
bool sm_at_most_one(const SmArguments *arguments, uint64_t set, Error *err) MUST_CHECK;
bool sm_need_one(const SmArguments *arguments, uint64_t set, Error *err) MUST_CHECK;
// A number in decimal; fails with ERROR_INPUT "sm.usage" unless it is min to max. `otherwise` when
// the option is not given.
bool sm_number(const SmArguments *arguments, SmOption option, size_t min, size_t max,
               size_t otherwise, size_t *ret, Error *err) MUST_CHECK;

// Record wrong usage; returns false.
bool sm_usage(Error *err, const char *format, ...) PRINTF_LIKE(2, 3);

// One command below "assent sm2" or "assent sm4".
typedef struct {
    const char *name;
    uint64_t options;
    size_t max_operands;
    // Returns the exit code, or fails with *ret_code left alone.
    bool (*run)(SmArguments *arguments, int *ret_code, Error *err);
} SmCommand;

// The exit code of a failure: EXIT_USAGE for wrong usage and files that cannot be read or written,
// EXIT_FAULT for our own fault, EXIT_INVALID when what was read is not valid.
int sm_exit_code(const Error *err);
// Run one of them with argv[first] and what follows. Says on standard error why it failed. Returns
// the exit code.
int sm_run(const SmCommand *command, const char *title, char **argv, int first, int argc);

#endif
