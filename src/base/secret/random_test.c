// SPDX-License-Identifier: Apache-2.0
#include "base/secret/random.h"

#include <string.h>

#include "base/test/test.h"

TEST(system_random_differs_from_draw_to_draw)
{
    Error err = {0};
    uint8_t a[64], b[64];
    CHECK_OK(random_fill(random_system(), a, sizeof a, &err));
    CHECK_OK(random_fill(random_system(), b, sizeof b, &err));
    CHECK(memcmp(a, b, sizeof a) != 0);
}

// Covers: C24.
TEST(stuck_bytes_are_unhealthy)
{
    Error err = {0};
    uint8_t drawn[600];
    for (size_t i = 0; i < sizeof drawn; i++) {
        drawn[i] = (uint8_t)(i * 37);
    }
    CHECK_OK(random_check_health(BYTES_OF_ARRAY(drawn), &err));
    memset(&drawn[100], 7, 8);
    CHECK_OK(random_check_health(BYTES_OF_ARRAY(drawn), &err));
    memset(&drawn[100], 7, 9);
    CHECK_FAILS_WITH(random_check_health(BYTES_OF_ARRAY(drawn), &err), ERROR_INTERNAL,
                     "random.unhealthy");
}

// Covers: C24.
TEST(a_value_that_comes_too_often_is_unhealthy)
{
    Error err = {0};
    uint8_t drawn[600];
    for (size_t i = 0; i < sizeof drawn; i++) {
        drawn[i] = (uint8_t)(i % 255 + 1);
    }
    drawn[0] = 0;
    for (size_t i = 1; i < 26; i++) {
        drawn[2 * i] = 0;
    }
    CHECK_OK(random_check_health(BYTES_OF_ARRAY(drawn), &err));
    drawn[511] = 0;
    CHECK_FAILS(random_check_health(BYTES_OF_ARRAY(drawn), &err), ERROR_INTERNAL);
}

static bool fill_with_ff(void *state, uint8_t *ret, size_t len, Error *err)
{
    (void)err;
    ++*(int *)state;
    memset(ret, 0xff, len);
    return true;
}

static bool fill_fails(void *state, uint8_t *ret, size_t len, Error *err)
{
    (void)state, (void)ret, (void)len;
    return error_set(err, ERROR_INTERNAL, "random.unavailable", NULL, "injected");
}

TEST(uuid_has_version_4_and_the_rfc_4122_variant)
{
    Error err = {0};
    int calls = 0;
    char uuid[RANDOM_UUID_SIZE];
    CHECK_OK(random_uuid((Random){fill_with_ff, &calls}, uuid, &err));
    CHECK_TEXT(uuid, "ffffffff-ffff-4fff-bfff-ffffffffffff");
    CHECK_INT(calls, 1);
    CHECK_FAILS(random_uuid((Random){fill_fails, NULL}, uuid, &err), ERROR_INTERNAL);
}
