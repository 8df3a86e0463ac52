// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/crypto/sm2_internal.h"
#include "base/crypto/sm2_key_table.h"

// With the 32 bytes of e, as much as one compression of SM3 takes beside its padding.
enum { NONCE_RANDOM_SIZE = 23 };

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
    uint64_t unsuited =
        scalar_is_zero(k) | scalar_is_zero(&r) | scalar_is_zero(&r_plus_k) | scalar_is_zero(&s);
    secret_wipe(x1, sizeof x1);
    secret_wipe(&r_plus_k, sizeof r_plus_k);
    if (unsuited != 0) {
        return false;
    }
    scalar_store(ret->r, &r);
    scalar_store(ret->s, &s);
    return true;
}

// k = HMAC(d, fresh random || e). HMAC keyed with d is a pseudo-random function, whatever it is
// asked: with a good random source k is uniform, and with a broken one it still differs from
// message to message and stays unknown without d. Two signatures under one key share their 184
// fresh bits with a probability of 2^-184 a pair, and have the same nonce only if e is the same
// too, when the whole signature is. HMAC has hashed its key block when the key was made, so that
// this costs two compressions.
static bool derive_nonce(const Sm2PrivateKey *key, Random random, const Sm3Digest *e, Scalar *ret,
                         Error *err)
{
    uint8_t fresh[NONCE_RANDOM_SIZE];
    if (!random_fill(random, fresh, sizeof fresh, err)) {
        return false;
    }
    Sm3Hmac hmac = key->nonce_hmac;
    Sm3Digest derived;
    sm3_hmac_update(&hmac, BYTES_OF_ARRAY(fresh));
    sm3_hmac_update(&hmac, sm3_bytes(e));
    sm3_hmac_finish(&hmac, &derived);
    // 0 stands for a number that is not below n; sm2_sign_with_nonce refuses it.
    uint64_t usable = scalar_load(ret, derived.bytes);
    *ret = (Scalar){{ret->limbs[0] & usable, ret->limbs[1] & usable, ret->limbs[2] & usable,
                     ret->limbs[3] & usable}};
    secret_wipe(fresh, sizeof fresh);
    secret_wipe(&hmac, sizeof hmac);
    secret_wipe(&derived, sizeof derived);
    return true;
}

bool sm2_sign_digest(const Sm2PrivateKey *key, Random random, const Sm3Digest *e, Sm2Signature *ret,
                     Error *err)
{
    // A nonce that does not suit is a 2^-32 event; the next one has fresh bytes of its own.
    for (int attempt = 0; attempt < SM2_MAX_ATTEMPTS; attempt++) {
        Scalar k;
        if (!derive_nonce(key, random, e, &k, err)) {
            return false;
        }
        bool signed_it = sm2_sign_with_nonce(key, e, &k, ret);
        secret_wipe(&k, sizeof k);
        if (signed_it) {
            return true;
        }
    }
    return sm2_fail_random(err);
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

// What is verified: s * base + t * key has x1 = v modulo n.
typedef struct {
    Scalar s, t, v;
} Equation;

// False when r or s is out of range.
static bool load_equation(Equation *ret, const Sm3Digest *e, const Sm2Signature *signature)
{
    Scalar r, digest;
    if (scalar_load(&r, signature->r) == 0 || scalar_is_zero(&r) != 0 ||
        scalar_load(&ret->s, signature->s) == 0 || scalar_is_zero(&ret->s) != 0) {
        return false;
    }
    scalar_add(&ret->t, &r, &ret->s);
    // r = (e + x1) mod n, so x1 = r - e modulo n.
    load_digest(&digest, e);
    scalar_sub(&ret->v, &r, &digest);
    return scalar_is_zero(&ret->t) == 0;
}

bool sm2_verify_with_point(const CurvePoint *point, const Sm3Digest *e,
                           const Sm2Signature *signature)
{
    Equation equation;
    return load_equation(&equation, e, signature) &&
           curve_path()->sum_has_x(&equation.s, &equation.t, point, &equation.v);
}

static bool verify_with_table(KeyTable *table, const Equation *equation)
{
    bool good = curve_path()->table_sum_has_x(&equation->s, &equation->t, key_table_points(table),
                                              &equation->v);
    key_table_release(table);
    return good;
}

bool sm2_verify_digest(const Sm2PublicKey *key, const Sm3Digest *e, const Sm2Signature *signature)
{
    Equation equation;
    if (!load_equation(&equation, e, signature)) {
        return false;
    }
    KeyTable *table = key_table_acquire(key);
    if (table != NULL) {
        return verify_with_table(table, &equation);
    }
    CurvePoint point;
    if (!curve_point_load(&point, key->point) ||
        !curve_path()->sum_has_x(&equation.s, &equation.t, &point, &equation.v)) {
        return false;
    }
    key_table_note(key, &point);
    return true;
}

bool sm2_verify(const Sm2PublicKey *key, Bytes message, const Sm2Signature *signature)
{
    Sm3Digest e;
    return sm2_message_digest(key, SM2_DEFAULT_ID, message, &e, NULL) &&
           sm2_verify_digest(key, &e, signature);
}
