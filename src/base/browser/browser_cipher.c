// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/browser/boundary.h"
#include "base/secret/locked.h"

typedef struct {
    uint8_t key[SM4_KEY_SIZE];
    Sm4 sm4;
    uint64_t seal_count;
} Cipher;

// With random nonces of 96 bits. Source: NIST SP 800-38D 8.3.
#define SEAL_COUNT_MAX ((uint64_t)1 << 32)

static BrowserHandle keep_cipher(const uint8_t key[SM4_KEY_SIZE], Error *err)
{
    Cipher *cipher = locked_alloc(sizeof *cipher);
    if (cipher == NULL) {
        return error_memory(err);
    }
    memcpy(cipher->key, key, SM4_KEY_SIZE);
    sm4_init(&cipher->sm4, key);
    return object_keep(OBJECT_CIPHER, cipher, sizeof *cipher, err);
}

BrowserHandle browser_cipher_generate(void)
{
    Error *err = boundary_enter_checked();
    uint8_t key[SM4_KEY_SIZE];
    if (err == NULL || !random_fill(random_system(), key, sizeof key, err)) {
        return 0;
    }
    BrowserHandle handle = keep_cipher(key, err);
    secret_wipe(key, sizeof key);
    return handle;
}

BrowserHandle browser_cipher_import(const uint8_t key[SM4_KEY_SIZE])
{
    Error *err = boundary_enter_checked();
    return err == NULL ? 0 : keep_cipher(key, err);
}

size_t browser_cipher_wrap(BrowserHandle cipher, const uint8_t point[SM2_POINT_SIZE], uint8_t *ret)
{
    Error *err = boundary_enter_checked();
    const Cipher *found = err == NULL ? NULL : object_find(cipher, OBJECT_CIPHER, err);
    return found == NULL ? 0 : browser_encrypt(point, found->key, SM4_KEY_SIZE, ret);
}

BrowserHandle browser_cipher_unwrap(BrowserHandle key, const uint8_t *der, size_t len)
{
    enum { WRAPPED_MAX = SM4_KEY_SIZE + BROWSER_CIPHER_OVERHEAD };
    uint8_t unwrapped[WRAPPED_MAX];
    if (len > WRAPPED_MAX) {
        return error_set(boundary_enter(), ERROR_INPUT, "sm4.wrapped_key", NULL,
                         "%zu bytes are more than a wrapped SM4 key has", len);
    }
    size_t unwrapped_len = browser_decrypt(key, der, len, unwrapped);
    BrowserHandle handle = 0;
    if (unwrapped_len == SM4_KEY_SIZE) {
        handle = browser_cipher_import(unwrapped);
    } else if (unwrapped_len > 0) {
        handle = error_set(boundary_enter(), ERROR_INPUT, "sm4.wrapped_key", NULL,
                           "an SM4 key has %d bytes, not %zu", SM4_KEY_SIZE, unwrapped_len);
    }
    secret_wipe(unwrapped, sizeof unwrapped);
    return handle;
}

static bool may_seal(const Cipher *cipher, Error *err)
{
    return cipher->seal_count < SEAL_COUNT_MAX ||
           error_set(err, ERROR_LIMIT, "sm4.key_worn", "NIST SP 800-38D 8.3",
                     "the key has sealed 2^32 times");
}

size_t browser_cipher_seal(BrowserHandle cipher, const uint8_t *aad, size_t aad_len,
                           const uint8_t *plaintext, size_t len, uint8_t *ret)
{
    Error *err = boundary_enter_checked();
    Cipher *found = err == NULL ? NULL : object_find(cipher, OBJECT_CIPHER, err);
    Bytes taken_aad, taken;
    if (found == NULL || !boundary_take(aad, aad_len, &taken_aad, err) ||
        !boundary_take(plaintext, len, &taken, err) || !may_seal(found, err) ||
        !random_fill(random_system(), ret, SM4_GCM_NONCE_SIZE, err)) {
        return 0;
    }
    found->seal_count++;
    size_t room = len + SM4_GCM_TAG_SIZE;
    Writer sealed = {.data = &ret[SM4_GCM_NONCE_SIZE], .capacity = room, .limit = room};
    sm4_gcm_seal(&found->sm4, ret, taken_aad, taken, &sealed);
    return sealed.failed ? (size_t)error_memory(err) : SM4_GCM_NONCE_SIZE + sealed.len;
}

bool browser_cipher_open(BrowserHandle cipher, const uint8_t *aad, size_t aad_len,
                         const uint8_t *sealed, size_t len, uint8_t *ret)
{
    Error *err = boundary_enter_checked();
    const Cipher *found = err == NULL ? NULL : object_find(cipher, OBJECT_CIPHER, err);
    Bytes taken_aad;
    if (found == NULL || !boundary_take(aad, aad_len, &taken_aad, err)) {
        return false;
    }
    if (len > BROWSER_DATA_MAX + BROWSER_SEAL_OVERHEAD) {
        return error_set(err, ERROR_LIMIT, "browser.size", NULL, "a sealed text is too long");
    }
    if (len < BROWSER_SEAL_OVERHEAD) {
        return error_set(err, ERROR_UNTRUSTED, "sm4.gcm_tag", "NIST SP 800-38D 7.2",
                         "%zu bytes are less than nonce and tag", len);
    }
    Writer plaintext = {.data = ret, .capacity = len, .limit = len};
    return sm4_gcm_open(&found->sm4, sealed, taken_aad,
                        bytes_of(&sealed[SM4_GCM_NONCE_SIZE], len - SM4_GCM_NONCE_SIZE), &plaintext,
                        err);
}
