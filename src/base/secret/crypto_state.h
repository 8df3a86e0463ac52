// SPDX-License-Identifier: Apache-2.0
//
// The state of the cryptography of this process, as a machine that anybody can observe:
//
//     POWER_OFF --self-test begins--> SELF_TEST --holds--> READY --self-test again--> SELF_TEST
//     any state --a check fails--> ERROR, and nothing leads out of it but a restart
//
// It is the one mutable global of the SM core, because its subject is the process: after one
// failed check no result of any thread can be trusted. Two atomics, both in crypto_state.c. In
// ERROR whatever makes or uses keys refuses: random_fill (and so key generation, signing,
// encryption, nonces of sealed data), taking and reading private keys, decryption, opening sealed
// data, every Signer. What only verifies goes on.
// In POWER_OFF functions compute, so that known answers can be computed; the program does
// nothing before its self-test (command.c), and starts and reports nothing ready outside READY.
// A repeated self-test does not hold up other threads: SELF_TEST refuses nothing.
// Source: GB/T 37092-2018 7.10, 7.11.4.
#ifndef ASSENT_BASE_SECRET_CRYPTO_STATE_H
#define ASSENT_BASE_SECRET_CRYPTO_STATE_H

#include <stdbool.h>

#include "base/core/attributes.h"
#include "base/core/error.h"

typedef enum {
    CRYPTO_POWER_OFF,
    CRYPTO_SELF_TEST,
    CRYPTO_READY,
    CRYPTO_ERROR,
} CryptoState;

CryptoState crypto_state(void);
// "power-off", "self-test", "ready", "error".
const char *crypto_state_name(CryptoState state);
// The code of what led to ERROR ("random.unhealthy"); "" in the other states.
const char *crypto_state_cause(void);

// Refuse in ERROR, with ERROR_INTERNAL, code "crypto.error_state". One load of a word that is never
// written while all is well: about a nanosecond.
bool crypto_state_check(Error *err) MUST_CHECK;
// Go to ERROR. The first cause is kept; `code` has to be a literal.
void crypto_state_fail(const char *code);

// For the self-test only: enter SELF_TEST (refused in ERROR), and leave it for READY.
bool crypto_state_begin_self_test(Error *err) MUST_CHECK;
void crypto_state_end_self_test(void);

#endif
