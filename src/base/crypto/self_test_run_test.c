// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/self_test.h"

#include "base/crypto/self_test_internal.h"
#include "base/test/test.h"

// Covers: GB/T 37092-2018 7.10; C25.
TEST(self_test_holds)
{
    Error err = {0};
    CHECK_OK(crypto_self_test(&err));
}

static bool passes(Error *err)
{
    (void)err;
    return true;
}

static bool fails(Error *err)
{
    (void)err;
    return false;
}

static bool fails_with_cause(Error *err)
{
    return error_set(err, ERROR_INTERNAL, "random.unhealthy", NULL, "the source is stuck");
}

TEST(one_failing_check_fails_the_self_test_and_is_named)
{
    Error err = {0};
    const SelfTest tests[] = {{"first", passes}, {"second", fails}, {"third", passes}};
    CHECK_FAILS_WITH(self_test_run(tests, COUNT_OF(tests), &err), ERROR_INTERNAL,
                     "crypto.self_test");
    CHECK_TEXT(err.text, "the self-test of second fails");
    const SelfTest with_cause[] = {{"random", fails_with_cause}};
    CHECK_FAILS(self_test_run(with_cause, COUNT_OF(with_cause), &err), ERROR_INTERNAL);
    CHECK_TEXT(err.text, "the self-test of random fails: the source is stuck");
}
