// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/browser/boundary.h"
#include "base/secret/locked.h"

typedef struct {
    bool is_keyed;
    Sm3Hmac hmac;  // without a key only the inner hash is in use
} Hash;

static Hash *hash_new(Error *err)
{
    Hash *hash = err == NULL ? NULL : locked_alloc(sizeof *hash);
    if (hash == NULL && err != NULL) {
        (void)error_memory(err);
    }
    return hash;
}

BrowserHandle browser_hash_start(void)
{
    Error *err = boundary_enter_checked();
    Hash *hash = hash_new(err);
    if (hash == NULL) {
        return 0;
    }
    sm3_start(&hash->hmac.inner);
    return object_keep(OBJECT_HASH, hash, sizeof *hash, err);
}

BrowserHandle browser_hash_start_hmac(const uint8_t *key, size_t len)
{
    Error *err = boundary_enter_checked();
    Bytes taken;
    Hash *hash = err != NULL && boundary_take(key, len, &taken, err) ? hash_new(err) : NULL;
    if (hash == NULL) {
        return 0;
    }
    hash->is_keyed = true;
    sm3_hmac_start(&hash->hmac, taken);
    return object_keep(OBJECT_HASH, hash, sizeof *hash, err);
}

BrowserHandle browser_hash_start_message(const uint8_t point[SM2_POINT_SIZE], const uint8_t *id,
                                         size_t id_len)
{
    Error *err = boundary_enter_checked();
    Sm2PublicKey key;
    Sm3Digest z;
    if (err == NULL || !boundary_take_public_key(point, &key, err) ||
        !sm2_z(&key, bytes_of(id, id_len), &z, err)) {
        return 0;
    }
    Hash *hash = hash_new(err);
    if (hash == NULL) {
        return 0;
    }
    sm3_start(&hash->hmac.inner);
    sm3_update(&hash->hmac.inner, sm3_bytes(&z));
    return object_keep(OBJECT_HASH, hash, sizeof *hash, err);
}

bool browser_hash_update(BrowserHandle hash, const uint8_t *data, size_t len)
{
    Error *err = boundary_enter_checked();
    Hash *found = err == NULL ? NULL : object_find(hash, OBJECT_HASH, err);
    Bytes taken;
    if (found == NULL || !boundary_take(data, len, &taken, err)) {
        return false;
    }
    sm3_update(&found->hmac.inner, taken);
    return true;
}

bool browser_hash_finish(BrowserHandle hash, uint8_t ret[SM3_SIZE])
{
    Error *err = boundary_enter_checked();
    Hash *found = err == NULL ? NULL : object_find(hash, OBJECT_HASH, err);
    if (found == NULL) {
        return false;
    }
    Sm3Digest digest;
    if (found->is_keyed) {
        sm3_hmac_finish(&found->hmac, &digest);
    } else {
        sm3_finish(&found->hmac.inner, &digest);
    }
    memcpy(ret, digest.bytes, SM3_SIZE);
    secret_wipe(&digest, sizeof digest);
    return browser_destroy(hash);
}
