// SPDX-License-Identifier: Apache-2.0
#include "sm2_openssl.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <stdlib.h>
#include <string.h>

static void must(int good)
{
    if (good != 1) {
        abort();
    }
}

Sm2Oracle sm2_oracle_new(void)
{
    Sm2Oracle oracle = {.group = EC_GROUP_new_by_curve_name(NID_sm2),
                        .context = BN_CTX_new(),
                        .p = BN_new(),
                        .n = BN_new(),
                        .a = BN_new(),
                        .b = BN_new()};
    must(EC_GROUP_get_curve(oracle.group, oracle.p, oracle.a, oracle.b, oracle.context));
    must(EC_GROUP_get_order(oracle.group, oracle.n, oracle.context));
    return oracle;
}

BIGNUM *oracle_hex(const char *hex)
{
    BIGNUM *number = NULL;
    must(BN_hex2bn(&number, hex) > 0);
    return number;
}

BIGNUM *oracle_number_of(const uint8_t bytes[ORACLE_SIZE])
{
    return BN_bin2bn(bytes, ORACLE_SIZE, NULL);
}

void oracle_store(uint8_t ret[ORACLE_SIZE], const BIGNUM *number)
{
    must(BN_bn2binpad(number, ret, ORACLE_SIZE) == ORACLE_SIZE);
}

void oracle_sm3(const Bytes *parts, size_t count, uint8_t ret[ORACLE_SIZE])
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    must(EVP_DigestInit_ex(md, EVP_sm3(), NULL));
    for (size_t i = 0; i < count; i++) {
        must(EVP_DigestUpdate(md, parts[i].data, parts[i].len));
    }
    must(EVP_DigestFinal_ex(md, ret, NULL));
    EVP_MD_CTX_free(md);
}

bool oracle_is_point(const Sm2Oracle *oracle, Bytes encoded)
{
    if (encoded.len != ORACLE_POINT_SIZE || encoded.data[0] != 4) {
        return false;
    }
    EC_POINT *point = EC_POINT_new(oracle->group);
    // Checks the range of the coordinates and the equation.
    bool good =
        EC_POINT_oct2point(oracle->group, point, encoded.data, encoded.len, oracle->context) == 1;
    EC_POINT_free(point);
    return good;
}

static EC_POINT *load(const Sm2Oracle *oracle, const uint8_t *encoded)
{
    EC_POINT *point = EC_POINT_new(oracle->group);
    must(EC_POINT_oct2point(oracle->group, point, encoded, ORACLE_POINT_SIZE, oracle->context));
    return point;
}

static bool store(const Sm2Oracle *oracle, const EC_POINT *point, uint8_t ret[ORACLE_POINT_SIZE])
{
    return EC_POINT_is_at_infinity(oracle->group, point) == 0 &&
           EC_POINT_point2oct(oracle->group, point, POINT_CONVERSION_UNCOMPRESSED, ret,
                              ORACLE_POINT_SIZE, oracle->context) == ORACLE_POINT_SIZE;
}

bool oracle_sum(const Sm2Oracle *oracle, const BIGNUM *s, const uint8_t *point, const BIGNUM *t,
                uint8_t ret[ORACLE_POINT_SIZE])
{
    EC_POINT *loaded = point != NULL ? load(oracle, point) : NULL;
    EC_POINT *sum = EC_POINT_new(oracle->group);
    must(EC_POINT_mul(oracle->group, sum, s, loaded, point != NULL ? t : NULL, oracle->context));
    bool finite = store(oracle, sum, ret);
    EC_POINT_free(loaded);
    EC_POINT_free(sum);
    return finite;
}

bool oracle_point_with_x(const Sm2Oracle *oracle, const BIGNUM *x, int odd,
                         uint8_t ret[ORACLE_POINT_SIZE])
{
    EC_POINT *point = EC_POINT_new(oracle->group);
    bool exists =
        EC_POINT_set_compressed_coordinates(oracle->group, point, x, odd, oracle->context) == 1 &&
        store(oracle, point, ret);
    EC_POINT_free(point);
    return exists;
}

void oracle_z(const uint8_t point[ORACLE_POINT_SIZE], Bytes id, uint8_t ret[ORACLE_SIZE])
{
    static const char parameters[] =
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC"
        "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93"
        "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"
        "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0";
    uint8_t curve[4 * ORACLE_SIZE];
    BIGNUM *number = oracle_hex(parameters);
    must(BN_bn2binpad(number, curve, sizeof curve) == (int)sizeof curve);
    BN_free(number);
    const uint8_t bits[2] = {(uint8_t)(id.len >> 5), (uint8_t)(id.len << 3)};
    const Bytes parts[] = {BYTES_OF_ARRAY(bits), id, BYTES_OF_ARRAY(curve),
                           bytes_of(&point[1], ORACLE_POINT_SIZE - 1)};
    oracle_sm3(parts, COUNT_OF(parts), ret);
}

bool oracle_sign(const Sm2Oracle *oracle, const BIGNUM *d, const uint8_t e[ORACLE_SIZE],
                 const BIGNUM *k, uint8_t ret[2 * ORACLE_SIZE])
{
    uint8_t point[ORACLE_POINT_SIZE];
    must(oracle_sum(oracle, k, NULL, NULL, point));
    BIGNUM *r = oracle_number_of(&point[1]), *digest = oracle_number_of(e), *s = BN_new(),
           *inverse = BN_dup(d);
    must(BN_mod_add(r, r, digest, oracle->n, oracle->context));
    must(BN_mod_add(digest, r, k, oracle->n, oracle->context));
    bool suits = !BN_is_zero(r) && !BN_is_zero(digest);
    // s = (1+d)^-1 (k - r d)
    must(BN_add_word(inverse, 1));
    must(BN_mod_inverse(inverse, inverse, oracle->n, oracle->context) != NULL);
    must(BN_mod_mul(s, r, d, oracle->n, oracle->context));
    must(BN_mod_sub(s, k, s, oracle->n, oracle->context));
    must(BN_mod_mul(s, s, inverse, oracle->n, oracle->context));
    suits = suits && !BN_is_zero(s);
    oracle_store(ret, r);
    oracle_store(&ret[ORACLE_SIZE], s);
    BN_free(r), BN_free(digest), BN_free(s), BN_free(inverse);
    return suits;
}

static bool in_range(const Sm2Oracle *oracle, const BIGNUM *number)
{
    return !BN_is_zero(number) && BN_cmp(number, oracle->n) < 0;
}

bool oracle_verify(const Sm2Oracle *oracle, const uint8_t point[ORACLE_POINT_SIZE],
                   const uint8_t e[ORACLE_SIZE], const uint8_t signature[2 * ORACLE_SIZE])
{
    BIGNUM *r = oracle_number_of(signature), *s = oracle_number_of(&signature[ORACLE_SIZE]);
    BIGNUM *t = BN_new(), *digest = oracle_number_of(e), *x = BN_new();
    uint8_t sum[ORACLE_POINT_SIZE];
    must(BN_mod_add(t, r, s, oracle->n, oracle->context));
    bool good = oracle_is_point(oracle, bytes_of(point, ORACLE_POINT_SIZE)) &&
                in_range(oracle, r) && in_range(oracle, s) && !BN_is_zero(t) &&
                oracle_sum(oracle, s, point, t, sum);
    if (good) {
        must(BN_bin2bn(&sum[1], ORACLE_SIZE, x) != NULL);
        must(BN_mod_add(x, x, digest, oracle->n, oracle->context));
        good = BN_cmp(x, r) == 0;
    }
    BN_free(r), BN_free(s), BN_free(t), BN_free(digest), BN_free(x);
    return good;
}

// KDF of x2 || y2 added to the plaintext. Returns true when the mask is zero.
static bool add_mask(const uint8_t shared[2 * ORACLE_SIZE], Bytes plaintext, uint8_t *ret)
{
    uint8_t any = 0;
    uint8_t block[ORACLE_SIZE];
    for (size_t i = 0; i < plaintext.len; i++) {
        uint32_t number = (uint32_t)(i / ORACLE_SIZE) + 1;
        const uint8_t counter[4] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16),
                                    (uint8_t)(number >> 8), (uint8_t)number};
        if (i % ORACLE_SIZE == 0) {
            const Bytes parts[] = {bytes_of(shared, 2 * ORACLE_SIZE), BYTES_OF_ARRAY(counter)};
            oracle_sm3(parts, COUNT_OF(parts), block);
        }
        any |= block[i % ORACLE_SIZE];
        ret[i] = plaintext.data[i] ^ block[i % ORACLE_SIZE];
    }
    return any == 0;
}

void oracle_encrypt(const Sm2Oracle *oracle, const uint8_t point[ORACLE_POINT_SIZE],
                    const BIGNUM *k, Bytes plaintext, OracleCipher *ret)
{
    uint8_t shared[ORACLE_POINT_SIZE];
    BIGNUM *zero = BN_new();
    must(plaintext.len <= ORACLE_PLAINTEXT_MAX);
    must(oracle_sum(oracle, k, NULL, NULL, ret->c1));
    must(oracle_sum(oracle, zero, point, k, shared));
    const Bytes parts[] = {bytes_of(&shared[1], ORACLE_SIZE), plaintext,
                           bytes_of(&shared[1 + ORACLE_SIZE], ORACLE_SIZE)};
    oracle_sm3(parts, COUNT_OF(parts), ret->c3);
    ret->mask_is_zero = add_mask(&shared[1], plaintext, ret->c2);
    ret->len = plaintext.len;
    BN_free(zero);
}
