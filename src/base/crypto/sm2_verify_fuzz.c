// SPDX-License-Identifier: Apache-2.0
//
// Verification answers as OpenSSL's bignums and points do, for numbers as they come and for
// signatures that are made backwards from s, t and d (r = t - s, e = r - x((s + t d) G)) and so
// hold. Input: mode, d, s, and t or r, and e.
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/objects.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto/sm2_batch.h"

enum { NUMBERS = 4, INPUT_SIZE = 1 + NUMBERS * SM2_SCALAR_SIZE };

typedef struct {
    EC_GROUP *group;
    BN_CTX *context;
    const BIGNUM *order;
} Curve;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
    if (!condition) {
        abort();
    }
}

// Made once, constant afterwards.
static const Curve *curve(void)
{
    static Curve once;
    if (once.group == NULL) {
        once.group = EC_GROUP_new_by_curve_name(NID_sm2);
        once.context = BN_CTX_new();
        once.order = EC_GROUP_get0_order(once.group);
    }
    return &once;
}

static BIGNUM *load(const uint8_t bytes[SM2_SCALAR_SIZE])
{
    return BN_bin2bn(bytes, SM2_SCALAR_SIZE, NULL);
}

static bool is_in_range(const BIGNUM *number)
{
    return !BN_is_zero(number) && BN_cmp(number, curve()->order) < 0;
}

// Source: GB/T 32918.2 7.1.
static bool openssl_verifies(const Sm2PublicKey *key, const Sm3Digest *e,
                             const Sm2Signature *signature)
{
    BIGNUM *r = load(signature->r), *s = load(signature->s), *digest = load(e->bytes);
    BIGNUM *t = BN_new(), *x = BN_new();
    EC_POINT *point = EC_POINT_new(curve()->group);
    BN_mod_add(t, r, s, curve()->order, curve()->context);
    check(EC_POINT_oct2point(curve()->group, point, key->point, SM2_POINT_SIZE, curve()->context) ==
          1);
    bool good = is_in_range(r) && is_in_range(s) && !BN_is_zero(t);
    if (good) {
        check(EC_POINT_mul(curve()->group, point, s, point, t, curve()->context) == 1);
        good =
            EC_POINT_is_at_infinity(curve()->group, point) == 0 &&
            EC_POINT_get_affine_coordinates(curve()->group, point, x, NULL, curve()->context) == 1;
        BN_mod_add(x, x, digest, curve()->order, curve()->context);
        good = good && BN_cmp(x, r) == 0;
    }
    EC_POINT_free(point);
    BN_free(r), BN_free(s), BN_free(digest), BN_free(t), BN_free(x);
    return good;
}

static void store(const BIGNUM *number, uint8_t ret[SM2_SCALAR_SIZE])
{
    check(BN_bn2binpad(number, ret, SM2_SCALAR_SIZE) == SM2_SCALAR_SIZE);
}

// Returns false when the numbers do not suit.
static bool make_backwards(uint8_t numbers[NUMBERS][SM2_SCALAR_SIZE], Sm3Digest *ret_e,
                           Sm2Signature *ret)
{
    Error err = {0};
    uint8_t sum[SM2_SCALAR_SIZE];
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    BIGNUM *d = load(numbers[0]), *s = load(numbers[1]), *t = load(numbers[2]);
    BIGNUM *k = BN_new(), *r = BN_new();
    BN_mod(s, s, curve()->order, curve()->context);
    BN_mod_mul(k, t, d, curve()->order, curve()->context);
    BN_mod_add(k, k, s, curve()->order, curve()->context);
    BN_mod_sub(r, t, s, curve()->order, curve()->context);
    BN_mod(t, t, curve()->order, curve()->context);
    bool suits = !BN_is_zero(r) && !BN_is_zero(s) && !BN_is_zero(t);
    store(k, sum);
    store(r, ret->r);
    store(s, ret->s);
    suits = suits && sm2_private_key_new(BYTES_OF_ARRAY(sum), &key, &err);
    if (suits) {
        BIGNUM *x = load(&sm2_public_key(key)->point[1]);
        BN_mod_sub(x, r, x, curve()->order, curve()->context);
        store(x, ret_e->bytes);
        BN_free(x);
    }
    BN_free(d), BN_free(s), BN_free(t), BN_free(k), BN_free(r);
    return suits;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t numbers[NUMBERS][SM2_SCALAR_SIZE] = {{0}};
    Error err = {0};
    Sm3Digest e;
    Sm2Signature signature;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    if (size == 0) {
        return 0;
    }
    memcpy(numbers, &data[1], size < INPUT_SIZE ? size - 1 : INPUT_SIZE - 1);
    if (!sm2_private_key_new(BYTES_OF_ARRAY(numbers[0]), &key, &err)) {
        check(err.kind == ERROR_INPUT);
        return 0;
    }
    bool holds = data[0] % 2 == 0 && make_backwards(numbers, &e, &signature);
    if (!holds) {
        memcpy(signature.s, numbers[1], SM2_SCALAR_SIZE);
        memcpy(signature.r, numbers[2], SM2_SCALAR_SIZE);
        memcpy(e.bytes, numbers[3], SM2_SCALAR_SIZE);
    }
    const Sm2PublicKey *public_key = sm2_public_key(key);
    bool expected = openssl_verifies(public_key, &e, &signature);
    check(!holds || expected);
    // Again and again, until the key has a table.
    for (int i = 0; i < 4; i++) {
        check(sm2_verify_digest(public_key, &e, &signature) == expected);
    }
    // Between two others, of which one has another digest.
    Sm3Digest other = e;
    other.bytes[0] ^= 1;
    const Sm2Claim claims[] = {{public_key, &e, &signature},
                               {public_key, &other, &signature},
                               {public_key, &e, &signature}};
    bool valid[COUNT_OF(claims)];
    sm2_verify_many(claims, COUNT_OF(claims), valid);
    check(valid[0] == expected && valid[2] == expected);
    check(valid[1] == openssl_verifies(public_key, &other, &signature));
    return 0;
}
