// SPDX-License-Identifier: Apache-2.0
#include "domain/authorization/activation.h"
#include "base/test/test.h"

static const Sm3Digest shown = {{1}};
static const Sm3Digest changed = {{2}};

static Activation started(char code[ONE_TIME_CODE_SIZE])
{
    Error err = {0};
    Activation activation;
    CHECK_OK(activation_start(&shown, &ONE_TIME_CODE_RULES_DEFAULT, 1, random_system(), &activation,
                              code, &err));
    return activation;
}

// Covers: Electronic Signature Law 13 (2); D18.
TEST(activation_serves_one_signature_of_the_document_that_was_shown)
{
    Error err = {0};
    char code[ONE_TIME_CODE_SIZE];
    Activation activation = started(code);
    CHECK_FAILS_WITH(activation_spend(&activation, &shown, 2, &err), ERROR_FORBIDDEN,
                     "activation.not_confirmed");
    CHECK_OK(activation_confirm(&activation, code, 2, &err));
    CHECK_FAILS_WITH(activation_spend(&activation, &changed, 2, &err), ERROR_CONFLICT,
                     "activation.other_document");
    CHECK_OK(activation_spend(&activation, &shown, 2, &err));
    CHECK_FAILS_WITH(activation_spend(&activation, &shown, 2, &err), ERROR_CONFLICT,
                     "activation.spent");
}

TEST(activation_expires_even_when_confirmed)
{
    Error err = {0};
    char code[ONE_TIME_CODE_SIZE];
    Activation activation = started(code);
    CHECK_OK(activation_confirm(&activation, code, 2, &err));
    CHECK_FAILS_WITH(activation_spend(&activation, &shown, 1 + 5 * TIME_MINUTE, &err),
                     ERROR_CONFLICT, "activation.expired");
}

// Covers: D18.
TEST(activation_moved_to_another_document_does_not_confirm)
{
    Error err = {0};
    char code[ONE_TIME_CODE_SIZE];
    Activation activation = started(code);
    activation.to_be_signed = changed;
    activation.code.purpose = changed;
    CHECK_FAILS_WITH(activation_confirm(&activation, code, 2, &err), ERROR_FORBIDDEN, "code.wrong");
}
