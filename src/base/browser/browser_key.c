// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/browser/boundary.h"

BrowserHandle browser_key_generate(void)
{
    Error *err = boundary_enter_checked();
    Sm2PrivateKey *key = NULL;
    if (err == NULL || !sm2_key_generate(random_system(), &key, err)) {
        return 0;
    }
    return object_keep(OBJECT_KEY, key, 0, err);
}

BrowserHandle browser_key_import(const uint8_t d[SM2_SCALAR_SIZE])
{
    Error *err = boundary_enter_checked();
    Sm2PrivateKey *key = NULL;
    if (err == NULL || !sm2_private_key_new(bytes_of(d, SM2_SCALAR_SIZE), &key, err)) {
        return 0;
    }
    return object_keep(OBJECT_KEY, key, 0, err);
}

bool browser_key_public(BrowserHandle key, uint8_t ret[SM2_POINT_SIZE])
{
    Error *err = boundary_enter_checked();
    const Sm2PrivateKey *found = err == NULL ? NULL : object_find(key, OBJECT_KEY, err);
    if (found == NULL) {
        return false;
    }
    memcpy(ret, sm2_public_key(found)->point, SM2_POINT_SIZE);
    return true;
}

bool browser_public_key_check(const uint8_t point[SM2_POINT_SIZE])
{
    Error *err = boundary_enter_checked();
    Sm2PublicKey key;
    return err != NULL && boundary_take_public_key(point, &key, err);
}

size_t browser_sign(BrowserHandle key, const uint8_t *message, size_t len,
                    uint8_t ret[SM2_SIGNATURE_DER_MAX])
{
    Error *err = boundary_enter_checked();
    const Sm2PrivateKey *found = err == NULL ? NULL : object_find(key, OBJECT_KEY, err);
    Bytes taken;
    Sm2Signature signature;
    if (found == NULL || !boundary_take(message, len, &taken, err) ||
        !sm2_sign(found, random_system(), taken, &signature, err)) {
        return 0;
    }
    return sm2_signature_encode(&signature, ret);
}

size_t browser_sign_digest(BrowserHandle key, const uint8_t e[SM3_SIZE],
                           uint8_t ret[SM2_SIGNATURE_DER_MAX])
{
    Error *err = boundary_enter_checked();
    const Sm2PrivateKey *found = err == NULL ? NULL : object_find(key, OBJECT_KEY, err);
    Sm3Digest digest;
    Sm2Signature signature;
    memcpy(digest.bytes, e, SM3_SIZE);
    if (found == NULL || !sm2_sign_digest(found, random_system(), &digest, &signature, err)) {
        return 0;
    }
    return sm2_signature_encode(&signature, ret);
}

static BrowserAnswer answer(const Sm2PublicKey *key, const Sm3Digest *e, Bytes der)
{
    Sm2Signature signature;
    bool holds =
        sm2_signature_parse(der, &signature, NULL) && sm2_verify_digest(key, e, &signature);
    return holds ? BROWSER_YES : BROWSER_NO;
}

BrowserAnswer browser_verify(const uint8_t point[SM2_POINT_SIZE], const uint8_t *message,
                             size_t len, const uint8_t *der, size_t der_len)
{
    Error *err = boundary_enter_checked();
    Sm2PublicKey key;
    Sm3Digest e;
    Bytes taken;
    if (err == NULL || !boundary_take(message, len, &taken, err) ||
        !boundary_take_public_key(point, &key, err) ||
        !sm2_message_digest(&key, SM2_DEFAULT_ID, taken, &e, err)) {
        return BROWSER_FAILED;
    }
    return answer(&key, &e, bytes_of(der, der_len));
}

BrowserAnswer browser_verify_digest(const uint8_t point[SM2_POINT_SIZE], const uint8_t e[SM3_SIZE],
                                    const uint8_t *der, size_t der_len)
{
    Error *err = boundary_enter_checked();
    Sm2PublicKey key;
    Sm3Digest digest;
    if (err == NULL || !boundary_take_public_key(point, &key, err)) {
        return BROWSER_FAILED;
    }
    memcpy(digest.bytes, e, SM3_SIZE);
    return answer(&key, &digest, bytes_of(der, der_len));
}

// A writer into memory that the caller has lent: it never grows and is never freed.
static Writer writer_into(uint8_t *ret, size_t size)
{
    return (Writer){.data = ret, .capacity = size, .limit = size};
}

size_t browser_encrypt(const uint8_t point[SM2_POINT_SIZE], const uint8_t *plaintext, size_t len,
                       uint8_t *ret)
{
    Error *err = boundary_enter_checked();
    Sm2PublicKey key;
    Bytes taken;
    if (err == NULL || !boundary_take(plaintext, len, &taken, err) ||
        !boundary_take_public_key(point, &key, err)) {
        return 0;
    }
    Writer der = writer_into(ret, len + BROWSER_CIPHER_OVERHEAD);
    return sm2_encrypt(&key, random_system(), taken, &der, err) ? der.len : 0;
}

size_t browser_decrypt(BrowserHandle key, const uint8_t *der, size_t len, uint8_t *ret)
{
    Error *err = boundary_enter_checked();
    const Sm2PrivateKey *found = err == NULL ? NULL : object_find(key, OBJECT_KEY, err);
    Bytes taken;
    if (found == NULL || !boundary_take(der, len, &taken, err)) {
        return 0;
    }
    Writer plaintext = writer_into(ret, len);
    return sm2_decrypt(found, taken, &plaintext, err) ? plaintext.len : 0;
}
