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
    Point product;
    AffinePoint affine;
    point_multiply_base(&product, k);
    point_to_affine(&affine, &product);
    uint8_t x1[SM2_SCALAR_SIZE];
    field_store(x1, &affine.x);
    Scalar r, s, r_plus_k, digest;
    (void)scalar_load(&r, x1);
    load_digest(&digest, e);
    scalar_add(&r, &r, &digest);
    scalar_add(&r_plus_k, &r, k);
    // s = (1+d)^-1 (k - r d) = (1+d)^-1 (r + k) - r, which touches d only through the inverse.
    scalar_montgomery_mul(&s, &key->inverse_1_plus_d, &r_plus_k);
    scalar_sub(&s, &s, &r);
    uint64_t unsuited = scalar_is_zero(&r) | scalar_is_zero(&r_plus_k) | scalar_is_zero(&s);
    secret_wipe(&product, sizeof product);
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

// True if the affine x of `point` is v modulo n. Instead of dividing by Z^2, v (and v + n, when
// that is still below p) is multiplied by it.
static bool has_x_modulo_n(const Point *point, const Scalar *v)
{
    FieldElement z_squared, candidate;
    field_square(&z_squared, &point->z);
    field_from_limbs(&candidate, v->limbs);
    field_mul(&candidate, &candidate, &z_squared);
    if (field_equal(&candidate, &point->x) != 0) {
        return true;
    }
    uint64_t v_plus_n[4];
    uint8_t encoded[SM2_SCALAR_SIZE];
    if (scalar_plus_order(v_plus_n, v) != 0) {
        return false;
    }
    limbs_store(encoded, v_plus_n);
    if (field_load(&candidate, encoded) == 0) {
        return false;
    }
    field_mul(&candidate, &candidate, &z_squared);
    return field_equal(&candidate, &point->x) != 0;
}

// s * base + t * key, from the key's table where there is one. *ret_point is loaded only without
// a table, and *ret_has_table tells. False when the key is no point.
static bool multiply_sum(const Sm2PublicKey *key, const Scalar *s, const Scalar *t, Point *ret,
                         AffinePoint *ret_point, bool *ret_has_table)
{
    KeyTable *table = key_table_acquire(key);
    *ret_has_table = table != NULL;
    if (table != NULL) {
        point_multiply_sum_table_public(ret, s, t, key_table_points(table));
        key_table_release(table);
        return true;
    }
    if (!point_load(ret_point, key->point)) {
        return false;
    }
    point_multiply_sum_public(ret, s, t, ret_point);
    return true;
}

bool sm2_verify_digest(const Sm2PublicKey *key, const Sm3Digest *e, const Sm2Signature *signature)
{
    Scalar r, s, t, v;
    if (scalar_load(&r, signature->r) == 0 || scalar_is_zero(&r) != 0 ||
        scalar_load(&s, signature->s) == 0 || scalar_is_zero(&s) != 0) {
        return false;
    }
    scalar_add(&t, &r, &s);
    if (scalar_is_zero(&t) != 0) {
        return false;
    }
    Point sum;
    AffinePoint point;
    bool has_table;
    if (!multiply_sum(key, &s, &t, &sum, &point, &has_table)) {
        return false;
    }
    // r = (e + x1) mod n, so x1 = r - e modulo n.
    load_digest(&v, e);
    scalar_sub(&v, &r, &v);
    bool good = field_is_zero(&sum.z) == 0 && has_x_modulo_n(&sum, &v);
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
