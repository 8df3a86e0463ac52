// SPDX-License-Identifier: Apache-2.0
#include "base/secret/secret.h"

#include <string.h>

#include "base/test/test.h"

TEST(secret_keeps_its_bytes)
{
    Error err = {0};
    CLEANUP(secret_cleanup) Secret *secret = NULL;
    CHECK_OK(secret_new(BYTES_LITERAL("0123456789abcdef"), &secret, &err));
    CHECK_INT(secret_len(secret), 16);
    CHECK(bytes_equal_text(secret_expose(secret), "0123456789abcdef"));
}

TEST(secret_of_a_wrong_size_is_refused)
{
    Error err = {0};
    uint8_t bytes[65] = {0};
    Secret *secret = NULL;
    CHECK_FAILS_WITH(secret_new(BYTES_EMPTY, &secret, &err), ERROR_INPUT, "secret.size");
    CHECK_FAILS(secret_new(BYTES_OF_ARRAY(bytes), &secret, &err), ERROR_INPUT);
    CHECK_FAILS(secret_generate(0, &secret, &err), ERROR_INPUT);
    CHECK_FAILS(secret_generate(65, &secret, &err), ERROR_INPUT);
    CHECK(secret == NULL);
    secret_free(NULL);
}

TEST(generated_secrets_differ)
{
    Error err = {0};
    CLEANUP(secret_cleanup) Secret *a = NULL;
    CLEANUP(secret_cleanup) Secret *b = NULL;
    CHECK_OK(secret_generate(32, &a, &err));
    CHECK_OK(secret_generate(32, &b, &err));
    CHECK(!secret_equal(secret_expose(a), secret_expose(b)));
    CHECK(secret_equal(secret_expose(a), secret_expose(a)));
    CHECK(!secret_equal(secret_expose(a), bytes_slice(secret_expose(a), 0, 31)));
}

TEST(wiped_memory_is_zero)
{
    uint8_t bytes[] = {1, 2, 3};
    secret_wipe(bytes, 2);
    CHECK_BYTES(BYTES_OF_ARRAY(bytes), BYTES_LITERAL("\0\0\x03"));
    secret_wipe(NULL, 0);
}
