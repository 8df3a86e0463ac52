// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/key_public.h"

#include <stdio.h>

#include "base/crypto/key.h"
#include "base/test/test.h"

static Sm2PrivateKey *new_key(void)
{
    Error err = {0};
    Sm2PrivateKey *key = NULL;
    CHECK_OK(sm2_key_generate(random_system(), &key, &err));
    return key;
}

TEST(public_key_file_round_trips_and_every_truncation_is_refused)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    CLEANUP(writer_free) Writer pem = writer_new(KEY_PUBLIC_PEM_MAX_SIZE);
    Sm2PublicKey back;
    key_public_pem_encode(sm2_public_key(key), &pem);
    CHECK_OK(key_public_pem_parse(writer_bytes(&pem), &back, &err));
    CHECK(sm2_public_key_equal(&back, sm2_public_key(key)));
    // The last line break is not part of the block.
    for (size_t len = 0; len + 1 < pem.len; len++) {
        CHECK_FAILS_WITH(key_public_pem_parse(bytes_of(pem.data, len), &back, &err), ERROR_INPUT,
                         "key.public");
    }
}

TEST(public_key_file_of_another_curve_or_too_long_is_refused)
{
    static const uint8_t spaces[KEY_PUBLIC_PEM_MAX_SIZE + 1];
    Error err = {0};
    Sm2PublicKey back;
    CHECK_FAILS_WITH(
        key_public_pem_parse(test_file("src/base/crypto/testdata/openssl_p256.pem"), &back, &err),
        ERROR_INPUT, "key.public");
    CHECK_FAILS_WITH(key_public_pem_parse(BYTES_OF_ARRAY(spaces), &back, &err), ERROR_INPUT,
                     "key.public");
}

// openssl derives the public key of the private key in our file; both name the same point.
TEST(openssl_writes_the_same_public_key_file)
{
    Error err = {0};
    char command[256];
    uint8_t text[KEY_PUBLIC_PEM_MAX_SIZE];
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(writer_free) Writer pem = writer_new(KEY_PUBLIC_PEM_MAX_SIZE);
    const char *path = "src/base/crypto/testdata/openssl_sm2_plain.pem";
    CHECK_OK(key_pem_parse(test_file(path), BYTES_EMPTY, &key, &err));
    key_public_pem_encode(sm2_public_key(key), &pem);
    snprintf(command, sizeof command, "openssl pkey -in %s -pubout", path);
    FILE *pipe = popen(command, "r");
    CHECK(pipe != NULL);
    size_t len = fread(text, 1, sizeof text, pipe);
    CHECK_INT(pclose(pipe), 0);
    CHECK_BYTES(bytes_of(text, len), writer_bytes(&pem));
}
