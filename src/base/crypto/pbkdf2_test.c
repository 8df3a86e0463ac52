// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/pbkdf2.h"

#include <openssl/evp.h>

#include "base/test/test.h"

TEST(pbkdf2_with_sm3_agrees_with_openssl)
{
    Error err = {0};
    uint8_t expected[80], actual[80];
    for (int iterations = 1; iterations <= 50; iterations += 7) {
        CHECK(PKCS5_PBKDF2_HMAC("password", 8, (const uint8_t *)"salt", 4, iterations, EVP_sm3(),
                                sizeof expected, expected) == 1);
        CHECK_OK(pbkdf2_derive(PBKDF2_HMAC_SM3, BYTES_LITERAL("password"), BYTES_LITERAL("salt"),
                               (uint64_t)iterations, actual, sizeof actual, &err));
        CHECK_BYTES(BYTES_OF_ARRAY(actual), BYTES_OF_ARRAY(expected));
    }
}

TEST(pbkdf2_refuses_no_and_too_many_iterations)
{
    Error err = {0};
    uint8_t key[16];
    const uint64_t refused[] = {0, PBKDF2_MAX_ITERATIONS + 1, UINT64_MAX};
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        CHECK_FAILS_WITH(pbkdf2_derive(PBKDF2_HMAC_SM3, BYTES_LITERAL("p"), BYTES_LITERAL("s"),
                                       refused[i], key, sizeof key, &err),
                         ERROR_INPUT, "key.iterations");
    }
}
