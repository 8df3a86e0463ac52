// SPDX-License-Identifier: Apache-2.0
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#include "base/crypto/key.h"
#include "base/test/test.h"

#define FOLDER "src/base/crypto/testdata/"
#define PASSWORD BYTES_LITERAL("letmein")

static Sm2PrivateKey *new_key(void)
{
    Error err = {0};
    Sm2PrivateKey *key = NULL;
    CHECK_OK(sm2_key_generate(random_system(), &key, &err));
    return key;
}

static void check_round_trip(Bytes password)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *back = NULL;
    CLEANUP(writer_free) Writer pem = writer_new(KEY_PEM_MAX_SIZE);
    CHECK_OK(key_pem_encode(key, password, random_system(), &pem, &err));
    CHECK_OK(key_pem_parse(writer_bytes(&pem), password, &back, &err));
    CHECK(sm2_public_key_equal(sm2_public_key(key), sm2_public_key(back)));
}

TEST(key_round_trips_with_and_without_password)
{
    check_round_trip(BYTES_EMPTY);
    check_round_trip(PASSWORD);
}

// Covers: RFC 5958 2.
TEST(openssl_reads_the_unencrypted_key)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    CLEANUP(writer_free) Writer pem = writer_new(KEY_PEM_MAX_SIZE);
    CHECK_OK(key_pem_encode(key, BYTES_EMPTY, random_system(), &pem, &err));
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
    EVP_PKEY *theirs = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    CHECK(theirs != NULL);
    uint8_t point[SM2_POINT_SIZE];
    size_t len = 0;
    CHECK(EVP_PKEY_get_octet_string_param(theirs, "pub", point, sizeof point, &len) == 1);
    CHECK_BYTES(bytes_of(point, len), sm2_public_key_bytes(sm2_public_key(key)));
    EVP_PKEY_free(theirs);
    BIO_free(bio);
}

TEST(keys_of_openssl_are_read)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *plain = NULL;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *encrypted = NULL;
    CHECK_OK(key_pem_parse(test_file(FOLDER "openssl_sm2_plain.pem"), BYTES_EMPTY, &plain, &err));
    CHECK_OK(
        key_pem_parse(test_file(FOLDER "openssl_sm2_sm4_cbc.pem"), PASSWORD, &encrypted, &err));
    CHECK(sm2_public_key_equal(sm2_public_key(plain), sm2_public_key(encrypted)));
}

TEST(wrong_or_missing_password_is_forbidden)
{
    Error err = {0};
    Sm2PrivateKey *key = NULL;
    Bytes pem = test_file(FOLDER "openssl_sm2_sm4_cbc.pem");
    const Bytes wrong[] = {BYTES_EMPTY, BYTES_LITERAL("letmeiN"), BYTES_LITERAL("x")};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        CHECK_FAILS_WITH(key_pem_parse(pem, wrong[i], &key, &err), ERROR_FORBIDDEN, "key.password");
    }
    CHECK(key == NULL);
}

TEST(other_keys_and_malformed_files_are_refused)
{
    static const char *const files[] = {FOLDER "openssl_p256.pem", FOLDER "openssl_sm2_aes.pem",
                                        FOLDER "README.md"};
    static uint8_t large[KEY_PEM_MAX_SIZE + 1];
    Error err = {0};
    Sm2PrivateKey *key = NULL;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        CHECK_FAILS_WITH(key_pem_parse(test_file(files[i]), PASSWORD, &key, &err), ERROR_INPUT,
                         "key.malformed");
    }
    CHECK_FAILS(key_pem_parse(BYTES_EMPTY, PASSWORD, &key, &err), ERROR_INPUT);
    CHECK_FAILS(key_pem_parse(BYTES_OF_ARRAY(large), PASSWORD, &key, &err), ERROR_INPUT);
    CHECK(key == NULL);
}

TEST(every_changed_or_missing_character_is_refused_or_harmless)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *original = NULL;
    Bytes pem = test_file(FOLDER "openssl_sm2_plain.pem");
    CHECK_OK(key_pem_parse(pem, BYTES_EMPTY, &original, &err));
    uint8_t changed[1024];
    CHECK(pem.len < sizeof changed);
    for (size_t i = 0; i < pem.len; i++) {
        memcpy(changed, pem.data, pem.len);
        changed[i] ^= 1;
        CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
        CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *shorter = NULL;
        if (key_pem_parse(bytes_of(changed, pem.len), BYTES_EMPTY, &key, &err)) {
            CHECK(sm2_public_key_equal(sm2_public_key(key), sm2_public_key(original)));
        }
        if (key_pem_parse(bytes_slice(pem, 0, i), BYTES_EMPTY, &shorter, &err)) {
            CHECK(i >= pem.len - 1);
        }
    }
}

TEST(full_writer_is_a_limit_error)
{
    Error err = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = new_key();
    CLEANUP(writer_free) Writer pem = writer_new(100);
    CHECK_FAILS_WITH(key_pem_encode(key, BYTES_EMPTY, random_system(), &pem, &err), ERROR_LIMIT,
                     "key.limit");
}
