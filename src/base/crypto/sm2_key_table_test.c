// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/sm2_key_table.h"

#include <pthread.h>

#include "base/crypto/sm2_internal.h"
#include "base/test/test.h"

enum { THREADS = 4 };

typedef struct {
    Sm2PrivateKey *key;
    Sm3Digest e;
    Sm2Signature signature;
} Signed;

// A key and a signature, the same for each number.
static Signed signed_of(uint8_t number)
{
    Error err = {0};
    uint8_t d[SM2_SCALAR_SIZE] = {number, 1, 2, 3};
    Signed ret = {.e = sm3_digest(BYTES_OF_ARRAY(d))};
    Scalar k = {{number, 77, 88, 99}};
    CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(d), &ret.key, &err));
    CHECK(sm2_sign_with_nonce(ret.key, &ret.e, &k, &ret.signature));
    return ret;
}

static void signed_free(Signed *data)
{
    sm2_private_key_cleanup(&data->key);
}

static bool verify(const Signed *data)
{
    return sm2_verify_digest(sm2_public_key(data->key), &data->e, &data->signature);
}

static void verify_until_table(const Signed *data)
{
    for (int i = 0; i < KEY_TABLE_SIGHTINGS; i++) {
        CHECK(verify(data));
    }
}

static bool has_table(const Signed *data)
{
    KeyTable *table = key_table_acquire(sm2_public_key(data->key));
    if (table != NULL) {
        key_table_release(table);
    }
    return table != NULL;
}

static void forget_all(void)
{
    sm2_key_tables_limit(0);
    sm2_key_tables_limit(SM2_KEY_TABLES_MAX);
}

TEST(key_that_returns_gets_a_table_and_the_same_answers)
{
    forget_all();
    CLEANUP(signed_free) Signed data = signed_of(1);
    for (int i = 0; i < KEY_TABLE_SIGHTINGS - 1; i++) {
        CHECK(verify(&data));
        CHECK(!has_table(&data));
    }
    CHECK(verify(&data));
    CHECK(has_table(&data));
    CHECK(verify(&data));
    for (size_t bit = 0; bit < 8 * SM2_SCALAR_SIZE; bit++) {
        data.signature.r[bit / 8] ^= (uint8_t)(1U << bit % 8);
        CHECK(!verify(&data));
        data.signature.r[bit / 8] ^= (uint8_t)(1U << bit % 8);
        data.signature.s[bit / 8] ^= (uint8_t)(1U << bit % 8);
        CHECK(!verify(&data));
        data.signature.s[bit / 8] ^= (uint8_t)(1U << bit % 8);
        data.e.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        CHECK(!verify(&data));
        data.e.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    CHECK(verify(&data));
}

TEST(bad_signatures_make_no_table)
{
    forget_all();
    CLEANUP(signed_free) Signed data = signed_of(2);
    data.signature.s[31] ^= 1;
    for (int i = 0; i < 3 * KEY_TABLE_SIGHTINGS; i++) {
        CHECK(!verify(&data));
    }
    CHECK(!has_table(&data));
}

TEST(least_recently_seen_key_loses_its_table_at_the_limit)
{
    forget_all();
    sm2_key_tables_limit(2);
    CLEANUP(signed_free) Signed first = signed_of(3);
    CLEANUP(signed_free) Signed second = signed_of(4);
    CLEANUP(signed_free) Signed third = signed_of(5);
    verify_until_table(&first);
    verify_until_table(&second);
    CHECK(verify(&first));
    KeyTable *held = key_table_acquire(sm2_public_key(second.key));
    CHECK(held != NULL);
    CHECK(verify(&first));
    verify_until_table(&third);
    CHECK(has_table(&first) && !has_table(&second) && has_table(&third));
    // What was acquired stays until it is released.
    CHECK(curve_path()->table_sum_has_x(&SCALAR_ONE, &SCALAR_ONE, key_table_points(held),
                                        &SCALAR_ONE) == false);
    key_table_release(held);
    CHECK(verify(&second));
    sm2_key_tables_limit(0);
    CHECK(!has_table(&first) && !has_table(&third));
    verify_until_table(&first);
    CHECK(!has_table(&first));
    sm2_key_tables_limit(SM2_KEY_TABLES_MAX);
}

TEST(many_keys_seen_once_take_no_table_from_one_that_returns)
{
    forget_all();
    CLEANUP(signed_free) Signed data = signed_of(6);
    verify_until_table(&data);
    for (uint8_t i = 0; i < 150; i++) {
        CLEANUP(signed_free) Signed other = signed_of((uint8_t)(i + 50));
        CHECK(verify(&other));
        CHECK(!has_table(&other));
    }
    CHECK(has_table(&data));
}

static void *verify_often(void *argument)
{
    const Signed *data = argument;
    bool good = true;
    for (size_t i = 0; i < 60; i++) {
        good &= verify(&data[i % 3]);
        if (i % 20 == 19) {
            sm2_key_tables_limit(i % 3);
        }
    }
    return good ? argument : NULL;
}

TEST(threads_share_tables_while_they_come_and_go)
{
    forget_all();
    Signed data[3] = {signed_of(7), signed_of(8), signed_of(9)};
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, verify_often, data), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *good;
        CHECK_INT(pthread_join(threads[i], &good), 0);
        CHECK(good != NULL);
    }
    for (size_t i = 0; i < 3; i++) {
        signed_free(&data[i]);
    }
    forget_all();
}
