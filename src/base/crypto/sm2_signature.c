// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/crypto/sm2_internal.h"
#include "base/crypto/sm2_key_table.h"

enum { NONCE_RANDOM_SIZE = 32 };

static void load_digest(Scalar *ret, const Sm3Digest *e)
{
    // Reduced modulo n: only r = (e + x1) mod n depends on it.
    (void)scalar_load(ret, e->bytes);
}

bool sm2_sign_with_nonce(const Sm2PrivateKey *key, const Sm3Digest *e, const Scalar *k,
                         Sm2Signature *ret)
{
    uint64_t x1[4];
    curve_path()->multiply_base_x(x1, k);
    Scalar r, s, r_plus_k, digest;
    scalar_reduce(&r, x1);
    load_digest(&digest, e);
    scalar_add(&r, &r, &digest);
    scalar_add(&r_plus_k, &r, k);
    // s = (1+d)^-1 (k - r d) = (1+d)^-1 (r + k) - r, which touches d only through the inverse.
    scalar_montgomery_mul(&s, &key->inverse_1_plus_d, &r_plus_k);
    scalar_sub(&s, &s, &r);
    uint64_t unsuited = scalar_is_zero(&r) | scalar_is_zero(&r_plus_k) | scalar_is_zero(&s);
    secret_wipe(&r_plus_k, sizeof r_plus_k);
    if (unsuited != 0) {
        return false;
    }
    scalar_store(ret->r, &r);
    scalar_store(ret->s, &s);
    return true;
}

// k = HMAC(d, fresh random || e || attempt): with a good random source it is uniform, and with a
// broken one it still differs from message to message and stays unknown without d.
static bool derive_nonce(const Sm2PrivateKey *key, const uint8_t fresh[NONCE_RANDOM_SIZE],
                         const Sm3Digest *e, uint8_t attempt, Scalar *ret)
{
    Sm3Hmac hmac = key->nonce_hmac;
    Sm3Digest derived;
    sm3_hmac_update(&hmac, bytes_of(fresh, NONCE_RANDOM_SIZE));
    sm3_hmac_update(&hmac, sm3_bytes(e));
    sm3_hmac_update(&hmac, bytes_of(&attempt, 1));
    sm3_hmac_finish(&hmac, &derived);
    bool usable = (scalar_load(ret, derived.bytes) & ~scalar_is_zero(ret)) != 0;
    secret_wipe(&derived, sizeof derived);
    return usable;
}

bool sm2_sign_digest(const Sm2PrivateKey *key, Random random, const Sm3Digest *e, Sm2Signature *ret,
                     Error *err)
{
    uint8_t fresh[NONCE_RANDOM_SIZE];
    if (!random_fill(random, fresh, sizeof fresh, err)) {
        return false;
    }
    bool signed_it = false;
    for (uint8_t attempt = 0; attempt < SM2_MAX_ATTEMPTS && !signed_it; attempt++) {
        Scalar k;
        signed_it =
            derive_nonce(key, fresh, e, attempt, &k) && sm2_sign_with_nonce(key, e, &k, ret);
        secret_wipe(&k, sizeof k);
    }
    secret_wipe(fresh, sizeof fresh);
    return signed_it || sm2_fail_random(err);
}

bool sm2_sign(const Sm2PrivateKey *key, Random random, Bytes message, Sm2Signature *ret, Error *err)
{
    Sm3 sm3;
    Sm3Digest e;
    sm3_start(&sm3);
    sm3_update(&sm3, sm3_bytes(&key->z));
    sm3_update(&sm3, message);
    sm3_finish(&sm3, &e);
    return sm2_sign_digest(key, random, &e, ret, err);
}

// True if s * base + t * key has x1 = v modulo n: from the key's table where there is one.
// *ret_point is loaded only without a table, and *ret_has_table tells.
static bool sum_has_x(const Sm2PublicKey *key, const Scalar multipliers[2], const Scalar *v,
                      CurvePoint *ret_point, bool *ret_has_table)
{
    const CurvePath *path = curve_path();
    KeyTable *table = key_table_acquire(key);
    *ret_has_table = table != NULL;
    if (table != NULL) {
        bool has_x =
            path->table_sum_has_x(&multipliers[0], &multipliers[1], key_table_points(table), v);
        key_table_release(table);
        return has_x;
    }
    return curve_point_load(ret_point, key->point) &&
           path->sum_has_x(&multipliers[0], &multipliers[1], ret_point, v);
}

bool sm2_verify_digest(const Sm2PublicKey *key, const Sm3Digest *e, const Sm2Signature *signature)
{
    Scalar r, v, multipliers[2];  // s and t
    if (scalar_load(&r, signature->r) == 0 || scalar_is_zero(&r) != 0 ||
        scalar_load(&multipliers[0], signature->s) == 0 || scalar_is_zero(&multipliers[0]) != 0) {
        return false;
    }
    scalar_add(&multipliers[1], &r, &multipliers[0]);
    if (scalar_is_zero(&multipliers[1]) != 0) {
        return false;
    }
    // r = (e + x1) mod n, so x1 = r - e modulo n.
    load_digest(&v, e);
    scalar_sub(&v, &r, &v);
    CurvePoint point;
    bool has_table;
    bool good = sum_has_x(key, multipliers, &v, &point, &has_table);
    if (good && !has_table) {
        key_table_note(key, &point);
    }
    return good;
}

bool sm2_verify(const Sm2PublicKey *key, Bytes message, const Sm2Signature *signature)
{
    Sm3Digest e;
    return sm2_message_digest(key, SM2_DEFAULT_ID, message, &e, NULL) &&
           sm2_verify_digest(key, &e, signature);
}
