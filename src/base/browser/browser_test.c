// SPDX-License-Identifier: Apache-2.0
//
// The exports as compiled for this machine. What JavaScript makes of them is tested in
// tests/browser.
#include "base/browser/browser.h"

#include <string.h>

#include "base/browser/boundary.h"
#include "base/test/test.h"

static const uint8_t message[] = "message";

static void start(void)
{
    CHECK(browser_start());
    CHECK_INT(browser_error_kind(), ERROR_NONE);
}

TEST(everything_is_refused_until_the_self_test_has_passed)
{
    uint8_t ret[512] = {0};
    boundary_mark_checked(false);
    CHECK_INT(browser_key_generate(), 0);
    CHECK_TEXT(browser_error_code(), "crypto.self_test");
    CHECK_INT(browser_error_kind(), ERROR_INTERNAL);
    CHECK_INT(browser_key_import(ret), 0);
    CHECK_INT(browser_sign(1, message, 1, ret), 0);
    CHECK_INT(browser_sign_digest(1, ret, ret), 0);
    CHECK_INT(browser_verify(ret, message, 1, ret, 1), BROWSER_FAILED);
    CHECK_INT(browser_verify_digest(ret, ret, ret, 1), BROWSER_FAILED);
    CHECK_INT(browser_encrypt(ret, message, 1, ret), 0);
    CHECK_INT(browser_decrypt(1, message, 1, ret), 0);
    CHECK_INT(browser_hash_start(), 0);
    CHECK_INT(browser_hash_start_hmac(message, 1), 0);
    CHECK_INT(browser_hash_start_message(ret, message, 1), 0);
    CHECK_INT(browser_cipher_generate(), 0);
    CHECK_INT(browser_cipher_import(ret), 0);
    CHECK_INT(browser_cipher_seal(1, message, 1, message, 1, ret), 0);
    CHECK(!browser_cipher_open(1, message, 1, message, 1, ret));
    CHECK_TEXT(browser_error_code(), "crypto.self_test");
    start();
    BrowserHandle hash = browser_hash_start();
    CHECK(hash != 0);
    CHECK(browser_destroy(hash));
}

TEST(handles_of_destroyed_objects_name_nothing)
{
    uint8_t ret[SM2_POINT_SIZE];
    start();
    BrowserHandle first = browser_key_generate();
    CHECK(first != 0);
    CHECK(browser_destroy(first));
    BrowserHandle second = browser_key_generate();
    CHECK(second != 0 && second != first);
    CHECK(!browser_key_public(first, ret));
    CHECK_TEXT(browser_error_code(), "browser.handle");
    CHECK(!browser_destroy(first));
    CHECK(!browser_destroy(0));
    CHECK(!browser_destroy(UINT32_MAX));
    CHECK(browser_key_public(second, ret));
    browser_destroy_all();
    CHECK(!browser_key_public(second, ret));
}

TEST(a_handle_of_one_kind_is_none_of_another)
{
    uint8_t ret[512] = {0};
    start();
    BrowserHandle key = browser_key_generate();
    BrowserHandle cipher = browser_cipher_generate();
    CHECK_INT(browser_sign(cipher, message, 1, ret), 0);
    CHECK_TEXT(browser_error_code(), "browser.handle");
    CHECK_INT(browser_cipher_seal(key, message, 1, message, 1, ret), 0);
    CHECK(!browser_hash_update(key, message, 1));
    CHECK(!browser_hash_finish(cipher, ret));
    browser_destroy_all();
}

TEST(arguments_beyond_the_bounds_are_refused)
{
    uint8_t ret[512] = {0};
    start();
    BrowserHandle key = browser_key_generate();
    BrowserHandle cipher = browser_cipher_generate();
    CHECK_INT(browser_sign(key, message, BROWSER_DATA_MAX + 1, ret), 0);
    CHECK_TEXT(browser_error_code(), "browser.size");
    CHECK_INT(browser_decrypt(key, message, BROWSER_DATA_MAX + 1, ret), 0);
    CHECK_INT(browser_hash_start_hmac(message, BROWSER_DATA_MAX + 1), 0);
    CHECK_INT(browser_cipher_seal(cipher, message, BROWSER_DATA_MAX + 1, message, 1, ret), 0);
    CHECK(!browser_cipher_open(cipher, message, 1, message,
                               BROWSER_DATA_MAX + BROWSER_SEAL_OVERHEAD + 1, ret));
    CHECK_TEXT(browser_error_code(), "browser.size");
    CHECK(!browser_cipher_open(cipher, message, 1, message, BROWSER_SEAL_OVERHEAD - 1, ret));
    CHECK_TEXT(browser_error_code(), "sm4.gcm_tag");
    CHECK(browser_take(0) == NULL);
    CHECK(browser_take(SIZE_MAX) == NULL);
    browser_give(NULL, 0);
    browser_destroy_all();
}

TEST(what_is_signed_and_encrypted_here_verifies_and_decrypts_here)
{
    uint8_t point[SM2_POINT_SIZE], der[SM2_SIGNATURE_DER_MAX], opened[64];
    uint8_t encrypted[sizeof message + BROWSER_CIPHER_OVERHEAD], digest[SM3_SIZE];
    start();
    BrowserHandle key = browser_key_generate();
    CHECK(browser_key_public(key, point));
    CHECK(browser_public_key_check(point));
    size_t len = browser_sign(key, message, sizeof message, der);
    CHECK_INT(browser_verify(point, message, sizeof message, der, len), BROWSER_YES);
    CHECK_INT(browser_verify(point, message, sizeof message - 1, der, len), BROWSER_NO);
    CHECK_INT(browser_verify(point, message, sizeof message, der, len - 1), BROWSER_NO);
    const uint8_t id[] = "1234567812345678";
    BrowserHandle hash = browser_hash_start_message(point, id, sizeof id - 1);
    CHECK(browser_hash_update(hash, message, sizeof message));
    CHECK(browser_hash_finish(hash, digest));
    CHECK_INT(browser_verify_digest(point, digest, der, len), BROWSER_YES);
    CHECK(!browser_hash_finish(hash, digest));
    len = browser_encrypt(point, message, sizeof message, encrypted);
    CHECK(len > sizeof message);
    uint8_t room[sizeof encrypted];
    CHECK_INT(browser_decrypt(key, encrypted, len, room), sizeof message);
    CHECK(memcmp(room, message, sizeof message) == 0);
    BrowserHandle cipher = browser_cipher_generate();
    uint8_t wrapped[SM4_KEY_SIZE + BROWSER_CIPHER_OVERHEAD];
    uint8_t sealed[sizeof message + BROWSER_SEAL_OVERHEAD];
    size_t wrapped_len = browser_cipher_wrap(cipher, point, wrapped);
    len = browser_cipher_seal(cipher, id, 3, message, sizeof message, sealed);
    CHECK_INT(len, sizeof sealed);
    BrowserHandle same = browser_cipher_unwrap(key, wrapped, wrapped_len);
    CHECK(same != 0 && same != cipher);
    CHECK(browser_cipher_open(same, id, 3, sealed, len, opened));
    CHECK(memcmp(opened, message, sizeof message) == 0);
    CHECK(!browser_cipher_open(same, id, 2, sealed, len, opened));
    CHECK_TEXT(browser_error_code(), "sm4.gcm_tag");
    browser_destroy_all();
}

TEST(more_than_1024_objects_are_refused)
{
    start();
    for (int i = 0; i < BROWSER_OBJECTS_MAX; i++) {
        CHECK(browser_hash_start() != 0);
    }
    CHECK_INT(browser_hash_start(), 0);
    CHECK_TEXT(browser_error_code(), "browser.objects");
    CHECK_INT(browser_key_generate(), 0);
    browser_destroy_all();
    CHECK(browser_hash_start() != 0);
    browser_destroy_all();
}
