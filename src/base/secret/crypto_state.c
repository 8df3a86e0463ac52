// SPDX-License-Identifier: Apache-2.0
#include "base/secret/crypto_state.h"

#include <stdatomic.h>
#include <stddef.h>

static atomic_int current = CRYPTO_POWER_OFF;
static _Atomic(const char *) failed_because = NULL;

CryptoState crypto_state(void)
{
    return (CryptoState)atomic_load_explicit(&current, memory_order_acquire);
}

const char *crypto_state_name(CryptoState state)
{
    static const char *const names[] = {[CRYPTO_POWER_OFF] = "power-off",
                                        [CRYPTO_SELF_TEST] = "self-test",
                                        [CRYPTO_READY] = "ready",
                                        [CRYPTO_ERROR] = "error"};
    return names[state];
}

const char *crypto_state_cause(void)
{
    const char *cause = atomic_load(&failed_because);
    return cause == NULL ? "" : cause;
}

bool crypto_state_check(Error *err)
{
    return crypto_state() != CRYPTO_ERROR ||
           error_set(err, ERROR_INTERNAL, "crypto.error_state", "GB/T 37092-2018 7.11.4",
                     "the cryptography is in its error state since a check failed (%s); only a "
                     "restart leads out of it",
                     crypto_state_cause());
}

void crypto_state_fail(const char *code)
{
    const char *none = NULL;
    // The cause before the state: who sees ERROR finds a cause.
    atomic_compare_exchange_strong(&failed_because, &none, code);
    atomic_store_explicit(&current, CRYPTO_ERROR, memory_order_release);
}

// Move on unless another thread went to ERROR in the meantime, which nothing may undo.
static bool move_to(CryptoState next)
{
    int now = atomic_load(&current);
    while (now != CRYPTO_ERROR) {
        if (atomic_compare_exchange_weak(&current, &now, (int)next)) {
            return true;
        }
    }
    return false;
}

bool crypto_state_begin_self_test(Error *err)
{
    return move_to(CRYPTO_SELF_TEST) || crypto_state_check(err);
}

void crypto_state_end_self_test(void)
{
    (void)move_to(CRYPTO_READY);
}
