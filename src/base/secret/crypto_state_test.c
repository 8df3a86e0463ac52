// SPDX-License-Identifier: Apache-2.0
#include "base/secret/crypto_state.h"

#include <string.h>

#include "base/secret/random.h"
#include "base/secret/secret.h"
#include "base/test/test.h"

// Nothing leads out of ERROR, so every test has a process of its own, whose result is the number of
// the first step that did not hold; 0 when all did.
static int walk_through_states(void)
{
    Error err = {0};
    if (crypto_state() != CRYPTO_POWER_OFF || !crypto_state_check(&err)) {
        return 1;
    }
    if (!crypto_state_begin_self_test(&err) || crypto_state() != CRYPTO_SELF_TEST) {
        return 2;
    }
    crypto_state_end_self_test();
    if (crypto_state() != CRYPTO_READY || crypto_state_cause()[0] != '\0') {
        return 3;
    }
    return crypto_state_begin_self_test(&err) && crypto_state() == CRYPTO_SELF_TEST ? 0 : 4;
}

// Covers: GB/T 37092-2018 7.11.4; C29.
TEST(the_states_follow_one_another_as_documented)
{
    CHECK_INT(test_in_child(walk_through_states), 0);
    CHECK_TEXT(crypto_state_name(CRYPTO_POWER_OFF), "power-off");
    CHECK_TEXT(crypto_state_name(CRYPTO_SELF_TEST), "self-test");
    CHECK_TEXT(crypto_state_name(CRYPTO_READY), "ready");
    CHECK_TEXT(crypto_state_name(CRYPTO_ERROR), "error");
}

static int try_to_leave_error(void)
{
    Error err = {0};
    crypto_state_fail("first.cause");
    crypto_state_fail("second.cause");
    crypto_state_end_self_test();
    if (crypto_state() != CRYPTO_ERROR || strcmp(crypto_state_cause(), "first.cause") != 0) {
        return 1;
    }
    if (crypto_state_begin_self_test(&err) || strcmp(err.code, "crypto.error_state") != 0) {
        return 2;
    }
    return crypto_state() == CRYPTO_ERROR && strstr(err.text, "first.cause") != NULL ? 0 : 3;
}

// Covers: GB/T 37092-2018 7.11.4; C29.
TEST(nothing_leads_out_of_the_error_state_and_the_first_cause_is_kept)
{
    CHECK_INT(test_in_child(try_to_leave_error), 0);
}

static bool fill_stuck(void *state, uint8_t *ret, size_t len, Error *err)
{
    (void)state, (void)err;
    memset(ret, 0x5a, len);
    return true;
}

static bool fill_nothing(void *state, uint8_t *ret, size_t len, Error *err)
{
    (void)state, (void)ret, (void)len;
    return error_set(err, ERROR_UNAVAILABLE, "device.gone", NULL, "injected");
}

static int draw_from_a_stuck_source(void)
{
    static const Random stuck = {fill_stuck, NULL};
    Error err = {0};
    uint8_t drawn[32] = {0};
    if (random_fill(random_watched(&stuck), drawn, sizeof drawn, &err) ||
        strcmp(err.code, "random.unhealthy") != 0) {
        return 1;
    }
    for (size_t i = 0; i < sizeof drawn; i++) {
        if (drawn[i] != 0) {
            return 2;
        }
    }
    if (crypto_state() != CRYPTO_ERROR || strcmp(crypto_state_cause(), "random.unhealthy") != 0) {
        return 3;
    }
    // A good source does not help any more.
    if (random_fill(random_system(), drawn, sizeof drawn, &err) ||
        strcmp(err.code, "crypto.error_state") != 0) {
        return 4;
    }
    Secret *secret = NULL;
    return secret_generate(16, &secret, &err) || secret != NULL ? 5 : 0;
}

// Covers: GB/T 37092-2018 7.10; C24.
TEST(a_stuck_random_source_puts_the_process_into_the_error_state)
{
    CHECK_INT(test_in_child(draw_from_a_stuck_source), 0);
}

static int draw_from_a_source_that_is_gone(void)
{
    static const Random gone = {fill_nothing, NULL};
    Error err = {0};
    uint8_t drawn[32];
    return random_fill(random_watched(&gone), drawn, sizeof drawn, &err) ||
           err.kind != ERROR_UNAVAILABLE || crypto_state() == CRYPTO_ERROR;
}

TEST(a_source_that_is_only_gone_fails_the_draw_and_not_the_process)
{
    CHECK_INT(test_in_child(draw_from_a_source_that_is_gone), 0);
}
