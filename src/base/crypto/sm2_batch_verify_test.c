// SPDX-License-Identifier: Apache-2.0
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

static Sm2PublicKey public_key_of(const Point *point)
{
    AffinePoint affine;
    Sm2PublicKey ret;
    point_to_affine(&affine, point);
    point_store(ret.point, &affine);
    return ret;
}

// Claim with the numbers s and t = r + s, and a digest that makes it good if x is that of the sum.
static void add_with_scalars(const Sm2PublicKey *key, const Scalar *s, const Scalar *t)
{
    AffinePoint point;
    Point sum;
    Scalar r, e, x;
    Sm3Digest digest;
    Sm2Signature signature;
    CHECK(point_load(&point, key->point));
    point_multiply_sum_public(&sum, s, t, &point);
    Sm2PublicKey of_sum = public_key_of(&sum);
    (void)scalar_load(&x, &of_sum.point[1]);
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
    size_t good = 0;
    for (size_t i = 0; i < all.count; i++) {
        good += all.expected[i];
    }
    CHECK(good >= all.count / 2 && good < all.count);
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
        Point multiple;
        point_multiply_base(&multiple, &factor);
        Sm2PublicKey key = public_key_of(&multiple);
        for (uint64_t i = 0; i < 400; i++) {
            Scalar s = {{i % 10 + 1}}, t = {{i / 10 % 10 + 1 + 126 * (i / 300)}};
            scalar_sub(&s, i & 1 ? &zero : &s, i & 1 ? &s : &zero);
            scalar_sub(&t, i & 2 ? &zero : &t, i & 2 ? &t : &zero);
            add_with_scalars(&key, &s, &t);
        }
    }
    check_all();
}

TEST(infinite_sums_are_refused)
{
    all.count = 0;
    for (uint64_t i = 0; i < 40; i++) {
        // s = -t d
        Scalar d = {{i + 3, i, 5, 6}}, t = {{i, 77, i * i, 1}}, s, zero = {{0}};
        Point product;
        point_multiply_base(&product, &d);
        Sm2PublicKey key = public_key_of(&product);
        scalar_to_montgomery(&s, &t);
        scalar_montgomery_mul(&s, &s, &d);
        scalar_sub(&s, &zero, &s);
        add_with_scalars(&key, &s, &t);
        CHECK(!all.expected[all.count - 1]);
    }
    check_all();
}

// y of the point with this x, if there is one: the root of c is c^((p+1)/4).
static bool lift(const uint64_t x[4], uint8_t ret[SM2_POINT_SIZE])
{
    static const uint64_t exponent[4] = {0x4000000000000000, 0xffffffffc0000000, UINT64_MAX,
                                         0x3fffffffbfffffff};
    AffinePoint base, unused;
    Sm2PublicKey encoded;
    FieldElement c, b, three, root = FIELD_ONE, field_x;
    // b = y^2 - x^3 + 3x from the base point
    point_store(encoded.point, &POINT_BASE);
    CHECK(point_load(&base, encoded.point));
    field_triple(&three, &FIELD_ONE);
    field_square(&b, &base.x);
    field_sub(&b, &b, &three);
    field_mul(&b, &b, &base.x);
    field_square(&c, &base.y);
    field_sub(&b, &c, &b);
    field_from_limbs(&field_x, x);
    field_square(&c, &field_x);
    field_sub(&c, &c, &three);
    field_mul(&c, &c, &field_x);
    field_add(&c, &c, &b);
    for (size_t bit = 256; bit-- > 0;) {
        field_square(&root, &root);
        if ((exponent[bit / 64] >> bit % 64 & 1) != 0) {
            field_mul(&root, &root, &c);
        }
    }
    ret[0] = 0x04;
    limbs_store(&ret[1], x);
    field_store(&ret[33], &root);
    return point_load(&unused, ret);
}

TEST(sum_whose_x_is_not_below_the_order_verifies)
{
    all.count = 0;
    const Scalar zero = {{0}};
    Scalar x_less_n = {{0}};
    while (all.count < 24) {
        uint64_t x[4];
        uint8_t encoded[SM2_POINT_SIZE];
        x_less_n.limbs[0]++;
        (void)scalar_plus_order(x, &x_less_n);
        if (!lift(x, encoded)) {
            continue;
        }
        // The key with s G + t key = (x, y): key = t^-1 (x, y) - t^-1 s G, with t = 2 s.
        AffinePoint sum;
        Point product, key;
        CHECK(point_load(&sum, encoded));
        Scalar t = {{all.count + 5, 1, 2, 3}}, inverse, half = {{2}}, s;
        scalar_to_montgomery(&inverse, &t);
        scalar_montgomery_invert(&inverse, &inverse);
        scalar_montgomery_mul(&inverse, &inverse, &SCALAR_ONE);
        scalar_to_montgomery(&half, &half);
        scalar_montgomery_invert(&half, &half);
        scalar_montgomery_mul(&s, &half, &t);
        scalar_montgomery_mul(&half, &half, &SCALAR_ONE);
        scalar_sub(&half, &zero, &half);
        point_multiply_sum_public(&key, &half, &inverse, &sum);
        Sm2PublicKey public_key = public_key_of(&key);
        point_from_affine(&product, &sum);
        add_with_scalars(&public_key, &s, &t);
        CHECK(all.expected[all.count - 1]);
    }
    check_all();
}
