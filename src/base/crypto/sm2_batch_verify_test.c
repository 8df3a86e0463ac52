// SPDX-License-Identifier: Apache-2.0
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <string.h>

#include "base/crypto/sm2_batch_internal.h"
#include "base/crypto/sm2_batch_table.h"
#include "base/test/test.h"

enum { MOST = 2048 };

static const uint8_t order[SM2_SCALAR_SIZE] = {
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x72, 0x03, 0xdf, 0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x23};

// Claims of which each test makes up its own.
typedef struct {
    size_t count;
    Sm2PublicKey keys[MOST];
    Sm3Digest e[MOST];
    Sm2Signature signatures[MOST];
    Sm2Claim claims[MOST];
    bool expected[MOST];
    bool actual[MOST];
} Claims;

static Claims all;

static void add(const Sm2PublicKey *key, const Sm3Digest *e, const Sm2Signature *signature)
{
    size_t i = all.count++;
    CHECK(i < MOST);
    all.keys[i] = *key;
    all.e[i] = *e;
    all.signatures[i] = *signature;
    all.claims[i] = (Sm2Claim){&all.keys[i], &all.e[i], &all.signatures[i]};
    all.expected[i] = sm2_verify_digest(key, e, signature);
}

// The claims from `start` on, in one call.
static void check_range(size_t start, size_t count)
{
    memset(all.actual, 0x55, sizeof all.actual);
    sm2_verify_many(&all.claims[start], count, &all.actual[start]);
    for (size_t i = 0; i < count; i++) {
        CHECK_INT(all.actual[start + i], all.expected[start + i]);
    }
    uint8_t after;
    memcpy(&after, &all.actual[start + count], 1);
    CHECK(start + count == MOST || after == 0x55);
}

static size_t good_count(void)
{
    size_t ret = 0;
    for (size_t i = 0; i < all.count; i++) {
        ret += all.expected[i];
    }
    return ret;
}

static void forget_tables(void)
{
    sm2_batch_tables_limit(0);
    sm2_batch_tables_limit(SM2_BATCH_TABLES_MAX);
}

// Twice over all claims without tables, then with tables of the keys that verify something.
static void check_all(void)
{
    sm2_batch_tables_limit(0);
    check_range(0, all.count);
    for (size_t count = 0; count <= 40 && count <= all.count; count++) {
        check_range(count % (all.count - count + 1), count);
    }
    forget_tables();
    for (size_t i = 0; i < all.count; i++) {
        for (int j = 0; all.expected[i] && j < BATCH_TABLE_SIGHTINGS; j++) {
            batch_table_note(&all.keys[i]);
        }
    }
    check_range(0, all.count);
}

static Sm2PrivateKey *key_of(uint8_t number)
{
    Error err = {0};
    Sm2PrivateKey *key = NULL;
    uint8_t d[SM2_SCALAR_SIZE] = {number, 9, 9};
    CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(d), &key, &err));
    return key;
}

static Sm2PublicKey public_key_of(const CurvePoint *point)
{
    Sm2PublicKey ret;
    curve_point_store(ret.point, point);
    return ret;
}

// Claim with the numbers s and t = r + s, and a digest that makes it good if x is that of the sum.
static void add_with_scalars(const Sm2PublicKey *key, const Scalar *s, const Scalar *t)
{
    CurvePoint point, sum;
    Scalar r, e, x;
    Sm3Digest digest;
    Sm2Signature signature;
    CHECK(curve_point_load(&point, key->point));
    curve_path()->sum(&sum, s, t, &point);
    scalar_reduce(&x, sum.x);
    scalar_sub(&r, t, s);
    scalar_sub(&e, &r, &x);
    scalar_store(signature.r, &r);
    scalar_store(signature.s, s);
    scalar_store(digest.bytes, &e);
    add(key, &digest, &signature);
}

// Covers: GB/T 32918.2 7.1.
TEST(claims_with_changed_bits_and_exchanged_parts_are_refused_alone)
{
    Error err = {0};
    all.count = 0;
    for (uint8_t number = 1; number <= 12; number++) {
        CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = key_of(number);
        const Sm2PublicKey *public_key = sm2_public_key(key);
        for (size_t i = 0; i < 80; i++) {
            Sm3Digest e = sm3_digest(bytes_of(&i, sizeof i));
            Sm2Signature signature;
            CHECK_OK(sm2_sign_digest(key, random_system(), &e, &signature, &err));
            size_t bit = i * number % 256;
            uint8_t flip = (uint8_t)(1U << bit % 8);
            signature.r[bit / 8] ^= i % 8 == 1 ? flip : 0;
            signature.s[bit / 8] ^= i % 8 == 2 ? flip : 0;
            e.bytes[bit / 8] ^= i % 8 == 3 ? flip : 0;
            add(i % 8 == 4 ? &all.keys[0] : public_key, &e, &signature);
        }
    }
    CHECK(good_count() >= all.count / 2 && good_count() < all.count);
    check_all();
}

// Covers: GB/T 32918.2 7.1.
TEST(numbers_out_of_range_and_keys_that_are_no_points_are_refused_alone)
{
    Error err = {0};
    all.count = 0;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = key_of(77);
    const Sm2PublicKey *public_key = sm2_public_key(key);
    uint8_t numbers[6][SM2_SCALAR_SIZE] = {{0}, {[31] = 1}};
    memcpy(numbers[2], order, sizeof order);
    memcpy(numbers[3], order, sizeof order);
    numbers[3][31]--;
    memcpy(numbers[4], order, sizeof order);
    numbers[4][31]++;
    memset(numbers[5], 0xff, sizeof numbers[5]);
    for (size_t i = 0; i < 6 * 7 * 6; i++) {
        Sm3Digest e = sm3_digest(bytes_of(&i, sizeof i));
        Sm2Signature signature;
        memcpy(e.bytes, numbers[i % 6], i % 5 == 0 ? SM3_SIZE : 0);
        CHECK_OK(sm2_sign_digest(key, random_system(), &e, &signature, &err));
        add(public_key, &e, &signature);
        CHECK(all.expected[all.count - 1]);
        Sm2Signature changed = signature;
        memcpy(changed.r, numbers[i % 6], SM2_SCALAR_SIZE);
        add(public_key, &e, &changed);
        memcpy(changed.s, numbers[i / 6 % 6], SM2_SCALAR_SIZE);
        add(public_key, &e, &changed);
        Scalar r, zero = {{0}};
        (void)scalar_load(&r, signature.r);
        scalar_sub(&r, &zero, &r);
        scalar_store(signature.s, &r);
        add(public_key, &e, &signature);  // t = 0
        Sm2PublicKey no_point = *public_key;
        no_point.point[i * 7 % 65] ^= 1;
        add(&no_point, &e, &signature);
        memset(&no_point.point[i % 2 == 0 ? 1 : 33], 0xff, 32);
        add(&no_point, &e, &signature);
    }
    check_all();
}

TEST(small_multiples_of_the_base_point_as_keys_change_no_answer)
{
    all.count = 0;
    const Scalar zero = {{0}};
    for (uint64_t d = 1; d <= 5; d++) {
        Scalar factor = {{d}};
        CurvePoint multiple;
        curve_path()->multiply_base(&multiple, &factor);
        Sm2PublicKey key = public_key_of(&multiple);
        for (uint64_t i = 0; i < 400; i++) {
            Scalar s = {{i % 10 + 1}}, t = {{i / 10 % 10 + 1 + 126 * (i / 300)}};
            scalar_sub(&s, i & 1 ? &zero : &s, i & 1 ? &s : &zero);
            scalar_sub(&t, i & 2 ? &zero : &t, i & 2 ? &t : &zero);
            add_with_scalars(&key, &s, &t);
        }
    }
    CHECK(good_count() > all.count / 2);
    check_all();
}

TEST(infinite_sums_are_refused)
{
    all.count = 0;
    for (uint64_t i = 0; i < 40; i++) {
        // s = -t d
        Scalar d = {{i + 3, i, 5, 6}}, t = {{i, 77, i * i, 1}}, s, zero = {{0}};
        CurvePoint product;
        curve_path()->multiply_base(&product, &d);
        Sm2PublicKey key = public_key_of(&product);
        scalar_to_montgomery(&s, &t);
        scalar_montgomery_mul(&s, &s, &d);
        scalar_sub(&s, &zero, &s);
        add_with_scalars(&key, &s, &t);
        CHECK(!all.expected[all.count - 1]);
    }
    check_all();
}

// The point with this x, if there is one.
static bool lift(const uint64_t x[4], CurvePoint *ret)
{
    uint8_t encoded[SM2_POINT_SIZE] = {0x02};
    limbs_store(&encoded[1], x);
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_sm2);
    EC_POINT *point = EC_POINT_new(group);
    bool exists = EC_POINT_oct2point(group, point, encoded, 33, NULL) == 1 &&
                  EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, encoded,
                                     sizeof encoded, NULL) == sizeof encoded;
    EC_POINT_free(point);
    EC_GROUP_free(group);
    return exists && curve_point_load(ret, encoded);
}

TEST(sum_whose_x_is_not_below_the_order_verifies)
{
    all.count = 0;
    const Scalar zero = {{0}};
    Scalar x_less_n = {{0}};
    while (all.count < 24) {
        uint64_t x[4];
        CurvePoint sum, key;
        x_less_n.limbs[0]++;
        (void)scalar_plus_order(x, &x_less_n);
        if (!lift(x, &sum)) {
            continue;
        }
        // The key with s base + t key = sum is t^-1 sum - (s / t) base; here s / t = 1 / 2.
        Scalar t = {{all.count + 5, 1, 2, 3}}, inverse, half = {{2}}, s;
        scalar_to_montgomery(&inverse, &t);
        scalar_montgomery_invert(&inverse, &inverse);
        scalar_montgomery_mul(&inverse, &inverse, &SCALAR_ONE);
        scalar_to_montgomery(&half, &half);
        scalar_montgomery_invert(&half, &half);
        scalar_montgomery_mul(&s, &half, &t);
        scalar_montgomery_mul(&half, &half, &SCALAR_ONE);
        scalar_sub(&half, &zero, &half);
        curve_path()->sum(&key, &half, &inverse, &sum);
        Sm2PublicKey public_key = public_key_of(&key);
        add_with_scalars(&public_key, &s, &t);
        CHECK(all.expected[all.count - 1]);
    }
    check_all();
}
