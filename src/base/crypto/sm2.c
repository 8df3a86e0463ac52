// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/sm2.h"

#include <string.h>

#include "base/crypto/sm2_internal.h"
#include "base/secret/crypto_state.h"
#include "base/secret/locked.h"

enum { SM2_MAX_ID_SIZE = 8191 };

// a, b, xG, yG as Z hashes them. Source: GB/T 32918.5-2017 2.
static const uint8_t curve_parameters[128] = {
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc,
    0x28, 0xe9, 0xfa, 0x9e, 0x9d, 0x9f, 0x5e, 0x34, 0x4d, 0x5a, 0x9e, 0x4b, 0xcf, 0x65, 0x09, 0xa7,
    0xf3, 0x97, 0x89, 0xf5, 0x15, 0xab, 0x8f, 0x92, 0xdd, 0xbc, 0xbd, 0x41, 0x4d, 0x94, 0x0e, 0x93,
    0x32, 0xc4, 0xae, 0x2c, 0x1f, 0x19, 0x81, 0x19, 0x5f, 0x99, 0x04, 0x46, 0x6a, 0x39, 0xc9, 0x94,
    0x8f, 0xe3, 0x0b, 0xbf, 0xf2, 0x66, 0x0b, 0xe1, 0x71, 0x5a, 0x45, 0x89, 0x33, 0x4c, 0x74, 0xc7,
    0xbc, 0x37, 0x36, 0xa2, 0xf4, 0xf6, 0x77, 0x9c, 0x59, 0xbd, 0xce, 0xe3, 0x6b, 0x69, 0x21, 0x53,
    0xd0, 0xa9, 0x87, 0x7c, 0xc6, 0x2a, 0x47, 0x40, 0x02, 0xdf, 0x32, 0xe5, 0x21, 0x39, 0xf0, 0xa0,
};

bool sm2_fail_random(Error *err)
{
    return error_set(err, ERROR_INTERNAL, "random.unhealthy", NULL,
                     "the random source gives no usable number in %d draws", SM2_MAX_ATTEMPTS);
}

bool sm2_draw_scalar(Random random, Scalar *ret, Error *err)
{
    for (int attempt = 0; attempt < SM2_MAX_ATTEMPTS; attempt++) {
        uint8_t drawn[SM2_SCALAR_SIZE];
        if (!random_fill(random, drawn, sizeof drawn, err)) {
            return false;
        }
        Scalar scalar;
        uint64_t usable = scalar_load(&scalar, drawn) & ~scalar_is_zero(&scalar);
        secret_wipe(drawn, sizeof drawn);
        if (usable != 0) {
            *ret = scalar;
            secret_wipe(&scalar, sizeof scalar);
            return true;
        }
    }
    return sm2_fail_random(err);
}

// True if 1 <= d <= n-2, that is, neither d nor 1 + d is 0 modulo n.
static bool is_private_scalar(const Scalar *d)
{
    Scalar d_plus_1;
    scalar_add(&d_plus_1, d, &SCALAR_ONE);
    bool usable = (scalar_is_zero(d) | scalar_is_zero(&d_plus_1)) == 0;
    secret_wipe(&d_plus_1, sizeof d_plus_1);
    return usable;
}

static bool private_key_of_pair(const Sm2KeyPair *pair, Sm2PrivateKey **ret, Error *err)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = locked_alloc(sizeof *key);
    if (key == NULL) {
        return error_memory(err);
    }
    key->d = pair->d;
    scalar_add(&key->inverse_1_plus_d, &pair->d, &SCALAR_ONE);
    scalar_to_montgomery(&key->inverse_1_plus_d, &key->inverse_1_plus_d);
    scalar_montgomery_invert(&key->inverse_1_plus_d, &key->inverse_1_plus_d);
    uint8_t encoded[SM2_SCALAR_SIZE];
    scalar_store(encoded, &pair->d);
    sm3_hmac_start(&key->nonce_hmac, BYTES_OF_ARRAY(encoded));
    secret_wipe(encoded, sizeof encoded);
    curve_point_store(key->public_key.point, &pair->point);
    if (!sm2_z(&key->public_key, SM2_DEFAULT_ID, &key->z, err)) {
        return false;
    }
    *ret = key;
    key = NULL;
    return true;
}

// Sign and verify once: a fault in the key's computation must not leave the module.
// Source: GB/T 37092-2018 7.10.
static bool check_pairwise(const Sm2PrivateKey *key, const Sm2KeyPair *pair, Random random,
                           Error *err)
{
    static const Sm3Digest digest = {"pairwise check of a new key pair"};
    Sm2Signature signature;
    if (!sm2_sign_digest(key, random, &digest, &signature, err)) {
        return false;
    }
    if (sm2_verify_with_point(&pair->point, &digest, &signature)) {
        return true;
    }
    crypto_state_fail("sm2.pairwise");
    return error_set(err, ERROR_INTERNAL, "sm2.pairwise", NULL,
                     "a new key pair does not verify its own signature");
}

bool sm2_key_pair_draw(Random random, Sm2KeyPair *ret, Error *err)
{
    Scalar d;
    do {
        if (!sm2_draw_scalar(random, &d, err)) {
            return false;
        }
    } while (!is_private_scalar(&d));
    ret->d = d;
    curve_path()->multiply_base(&ret->point, &d);
    secret_wipe(&d, sizeof d);
    return true;
}

bool sm2_key_generate(Random random, Sm2PrivateKey **ret, Error *err)
{
    Sm2KeyPair pair;
    if (!sm2_key_pair_draw(random, &pair, err)) {
        return false;
    }
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    bool good = private_key_of_pair(&pair, &key, err) && check_pairwise(key, &pair, random, err);
    secret_wipe(&pair, sizeof pair);
    if (good) {
        *ret = key;
        key = NULL;
    }
    return good;
}

bool sm2_private_key_new(Bytes d, Sm2PrivateKey **ret, Error *err)
{
    Sm2KeyPair pair;
    if (!crypto_state_check(err)) {
        return false;
    }
    if (d.len != SM2_SCALAR_SIZE || scalar_load(&pair.d, d.data) == 0 ||
        !is_private_scalar(&pair.d)) {
        return error_set(err, ERROR_INPUT, "sm2.private_key", "GM/T 0009-2012 6",
                         "the private key is not 32 bytes with 1 <= d < n-1");
    }
    curve_path()->multiply_base(&pair.point, &pair.d);
    bool made = private_key_of_pair(&pair, ret, err);
    secret_wipe(&pair, sizeof pair);
    return made;
}

void sm2_private_key_free(Sm2PrivateKey *key)
{
    locked_free(key, sizeof *key);
}

void sm2_private_key_cleanup(Sm2PrivateKey **key)
{
    sm2_private_key_free(*key);
    *key = NULL;
}

bool sm2_private_key_scalar(const Sm2PrivateKey *key, Secret **ret, Error *err)
{
    if (!crypto_state_check(err)) {
        return false;
    }
    uint8_t encoded[SM2_SCALAR_SIZE];
    scalar_store(encoded, &key->d);
    bool made = secret_new(BYTES_OF_ARRAY(encoded), ret, err);
    secret_wipe(encoded, sizeof encoded);
    return made;
}

const Sm2PublicKey *sm2_public_key(const Sm2PrivateKey *key)
{
    return &key->public_key;
}

bool sm2_public_key_new(Bytes point, Sm2PublicKey *ret, Error *err)
{
    CurvePoint loaded;
    if (point.len != SM2_POINT_SIZE || !curve_point_load(&loaded, point.data)) {
        return error_set(err, ERROR_INPUT, "sm2.public_key", "GB/T 32918.1-2016 6.2.1",
                         "the public key is not an uncompressed point on sm2p256v1");
    }
    memcpy(ret->point, point.data, SM2_POINT_SIZE);
    return true;
}

bool sm2_public_key_equal(const Sm2PublicKey *a, const Sm2PublicKey *b)
{
    return memcmp(a->point, b->point, SM2_POINT_SIZE) == 0;
}

Bytes sm2_public_key_bytes(const Sm2PublicKey *key)
{
    return BYTES_OF_ARRAY(key->point);
}

bool sm2_z(const Sm2PublicKey *key, Bytes id, Sm3Digest *ret, Error *err)
{
    if (id.len > SM2_MAX_ID_SIZE) {
        return error_set(err, ERROR_INPUT, "sm2.id", "GB/T 32918.2-2016 5.5",
                         "the ID has %zu bytes, more than %d", id.len, SM2_MAX_ID_SIZE);
    }
    const uint8_t id_bits[2] = {(uint8_t)(id.len * 8 >> 8), (uint8_t)(id.len * 8)};
    Sm3 sm3;
    sm3_start(&sm3);
    sm3_update(&sm3, BYTES_OF_ARRAY(id_bits));
    sm3_update(&sm3, id);
    sm3_update(&sm3, BYTES_OF_ARRAY(curve_parameters));
    sm3_update(&sm3, bytes_from(sm2_public_key_bytes(key), 1));
    sm3_finish(&sm3, ret);
    return true;
}

void sm2_z_text(const Sm2PublicKey *key, Bytes id, Writer *ret)
{
    ret->failed = ret->failed || id.len > SM2_MAX_ID_SIZE;
    writer_put_u16_be(ret, (uint16_t)(id.len * 8));
    writer_put(ret, id);
    writer_put(ret, BYTES_OF_ARRAY(curve_parameters));
    writer_put(ret, bytes_from(sm2_public_key_bytes(key), 1));
}

bool sm2_message_digest(const Sm2PublicKey *key, Bytes id, Bytes message, Sm3Digest *ret,
                        Error *err)
{
    Sm3Digest z;
    if (!sm2_z(key, id, &z, err)) {
        return false;
    }
    Sm3 sm3;
    sm3_start(&sm3);
    sm3_update(&sm3, sm3_bytes(&z));
    sm3_update(&sm3, message);
    sm3_finish(&sm3, ret);
    return true;
}
