// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/sm2_batch.h"

#include <pthread.h>
#include <string.h>

#include "base/crypto/sm2_batch_internal.h"
#include "base/crypto/sm2_batch_table.h"
#include "base/test/test.h"

enum { KEYS = 5, MOST = 300, THREADS = 4 };

// A stream of bytes that does not depend on how it is cut into draws; `left` bytes, then it fails.
typedef struct {
    uint64_t position;
    uint64_t left;
} Stream;

static bool fill_from_stream(void *state, uint8_t *ret, size_t len, Error *err)
{
    Stream *stream = state;
    if (stream->left < len) {
        return error_set(err, ERROR_INTERNAL, "random.unavailable", NULL, "injected");
    }
    stream->left -= len;
    for (size_t i = 0; i < len; i++, stream->position++) {
        uint64_t x = (stream->position / 8 + 1) * 0x9e3779b97f4a7c15;
        x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
        x = (x ^ x >> 27) * 0x94d049bb133111eb;
        ret[i] = (uint8_t)(x >> 8 * (stream->position % 8));
    }
    return true;
}

static Stream endless(uint64_t seed)
{
    return (Stream){seed << 32, UINT64_MAX};
}

static Random random_of(Stream *stream)
{
    return (Random){fill_from_stream, stream};
}

// Some keys and digests, the same in each test.
typedef struct {
    Sm2PrivateKey *owned[KEYS];
    const Sm2PrivateKey *keys[MOST];
    Sm3Digest e[MOST];
    Sm2Signature signatures[MOST];
} Work;

static void work_free(Work *work)
{
    for (size_t i = 0; i < KEYS; i++) {
        sm2_private_key_cleanup(&work->owned[i]);
    }
}

static void work_start(Work *work)
{
    Error err = {0};
    for (size_t i = 0; i < KEYS; i++) {
        uint8_t d[SM2_SCALAR_SIZE] = {(uint8_t)(i + 1), 2, 3};
        CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(d), &work->owned[i], &err));
    }
    for (size_t i = 0; i < MOST; i++) {
        work->keys[i] = work->owned[i * i % KEYS];
        work->e[i] = sm3_digest(bytes_of(&i, sizeof i));
    }
    memset(work->e[3].bytes, 0xff, SM3_SIZE);
    memset(work->e[4].bytes, 0, SM3_SIZE);
}

static void forget_tables(void)
{
    sm2_batch_tables_limit(0);
    sm2_batch_tables_limit(SM2_BATCH_TABLES_MAX);
    sm2_key_tables_limit(0);
    sm2_key_tables_limit(SM2_KEY_TABLES_MAX);
}

// Covers: GB/T 32918.2 6.1.
TEST(signatures_of_a_batch_are_those_made_one_by_one_from_the_same_randomness)
{
    Error err = {0};
    CLEANUP(work_free) Work work = {.owned = {NULL}};
    work_start(&work);
    const size_t larger[] = {64, 127, 128};
    for (size_t i = 0; i < 41 + COUNT_OF(larger); i++) {
        size_t count = i <= 40 ? i : larger[i - 41];
        Stream together = endless(i), alone = endless(i);
        memset(work.signatures, 0, sizeof work.signatures);
        CHECK_OK(
            sm2_sign_many(work.keys, work.e, count, random_of(&together), work.signatures, &err));
        CHECK_INT(together.position, alone.position + count * SM2_NONCE_RANDOM_SIZE);
        for (size_t j = 0; j < count; j++) {
            Sm2Signature expected;
            CHECK_OK(sm2_sign_digest(work.keys[j], random_of(&alone), &work.e[j], &expected, &err));
            CHECK(memcmp(&expected, &work.signatures[j], sizeof expected) == 0);
        }
        CHECK(work.signatures[count].r[0] == 0 && work.signatures[count].r[31] == 0);
    }
}

TEST(batch_of_several_rounds_verifies_one_by_one)
{
    Error err = {0};
    CLEANUP(work_free) Work work = {.owned = {NULL}};
    work_start(&work);
    CHECK_OK(sm2_sign_many(work.keys, work.e, MOST, random_system(), work.signatures, &err));
    for (size_t i = 0; i < MOST; i++) {
        CHECK(sm2_verify_digest(sm2_public_key(work.keys[i]), &work.e[i], &work.signatures[i]));
    }
}

TEST(no_signature_without_randomness)
{
    Error err = {0};
    CLEANUP(work_free) Work work = {.owned = {NULL}};
    work_start(&work);
    const size_t counts[] = {1, 16, 20, 129, MOST};
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        Stream stream = {0, counts[i] * SM2_NONCE_RANDOM_SIZE - 1};
        CHECK_FAILS_WITH(
            sm2_sign_many(work.keys, work.e, counts[i], random_of(&stream), work.signatures, &err),
            ERROR_INTERNAL, "random.unavailable");
    }
}

TEST(new_keys_of_a_batch_differ_and_have_their_own_public_keys)
{
    Error err = {0};
    const size_t counts[] = {0, 1, 7, 16, 33};
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        Sm2PrivateKey *keys[33];
        CHECK_OK(sm2_key_generate_many(random_system(), keys, counts[i], &err));
        for (size_t j = 0; j < counts[i]; j++) {
            CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *same = NULL;
            CLEANUP(secret_cleanup) Secret *d = NULL;
            CHECK_OK(sm2_private_key_scalar(keys[j], &d, &err));
            CHECK_OK(sm2_private_key_new(secret_expose(d), &same, &err));
            CHECK(memcmp(same, keys[j], sizeof *same) == 0);
            CHECK(j == 0 ||
                  !sm2_public_key_equal(sm2_public_key(keys[j - 1]), sm2_public_key(keys[j])));
        }
        for (size_t j = 0; j < counts[i]; j++) {
            sm2_private_key_free(keys[j]);
        }
    }
}

TEST(raw_keys_are_scalars_with_their_points)
{
    Error err = {0};
    enum { COUNT = 150 };
    static Scalar d[COUNT];
    static Sm2PublicKey keys[COUNT];
    Stream stream = endless(1);
    CHECK_OK(sm2_key_generate_raw_many(random_of(&stream), d, keys, COUNT, &err));
    for (size_t i = 0; i < COUNT; i++) {
        CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
        uint8_t encoded[SM2_SCALAR_SIZE];
        scalar_store(encoded, &d[i]);
        CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(encoded), &key, &err));
        CHECK(sm2_public_key_equal(sm2_public_key(key), &keys[i]));
    }
}

TEST(no_keys_without_randomness)
{
    Error err = {0};
    Sm2PrivateKey *keys[20];
    // Enough for the keys, and for the keys and some of their pairwise signatures.
    const uint64_t enough = 20 * SM2_SCALAR_SIZE + 20 * SM2_NONCE_RANDOM_SIZE;
    for (uint64_t left = 20 * SM2_SCALAR_SIZE - 1; left < enough; left += 100) {
        Stream stream = {0, left};
        CHECK_FAILS(sm2_key_generate_many(random_of(&stream), keys, 20, &err), ERROR_INTERNAL);
        for (size_t i = 0; i < 20; i++) {
            CHECK(keys[i] == NULL);
        }
    }
}

TEST(key_that_returns_gets_a_table_and_the_same_answers)
{
    Error err = {0};
    forget_tables();
    if (!lanes_available()) {
        test_skip("this CPU has no AVX-512 IFMA, or may not use it");
    }
    CLEANUP(work_free) Work work = {.owned = {NULL}};
    work_start(&work);
    CHECK_OK(sm2_sign_many(work.keys, work.e, MOST, random_system(), work.signatures, &err));
    static Sm2Claim claims[MOST];
    static bool are_valid[MOST];
    for (size_t i = 0; i < MOST; i++) {
        claims[i] = (Sm2Claim){sm2_public_key(work.keys[i]), &work.e[i], &work.signatures[i]};
        work.signatures[i].s[31] ^= i % 3 == 0;
    }
    for (size_t round = 0; round < 3; round++) {
        sm2_verify_many(claims, MOST, are_valid);
        for (size_t i = 0; i < MOST; i++) {
            CHECK_INT(are_valid[i], i % 3 != 0);
        }
        BatchTable *table = batch_table_acquire(sm2_public_key(work.keys[0]));
        CHECK(table != NULL);
        batch_table_release(table);
    }
    sm2_batch_tables_limit(0);
    CHECK(batch_table_acquire(sm2_public_key(work.keys[0])) == NULL);
    sm2_batch_tables_limit(SM2_BATCH_TABLES_MAX);
}

static void *verify_often(void *argument)
{
    const Work *work = argument;
    bool good = true;
    for (size_t round = 0; round < 12; round++) {
        Sm2Claim claims[50];
        bool are_valid[50];
        for (size_t i = 0; i < COUNT_OF(claims); i++) {
            claims[i] =
                (Sm2Claim){sm2_public_key(work->keys[i]), &work->e[i], &work->signatures[i]};
        }
        sm2_verify_many(claims, COUNT_OF(claims), are_valid);
        for (size_t i = 0; i < COUNT_OF(claims); i++) {
            good &= are_valid[i];
        }
        sm2_batch_tables_limit(round % 4);
    }
    return good ? argument : NULL;
}

TEST(threads_share_tables_while_they_come_and_go)
{
    Error err = {0};
    forget_tables();
    CLEANUP(work_free) Work work = {.owned = {NULL}};
    work_start(&work);
    CHECK_OK(sm2_sign_many(work.keys, work.e, 50, random_system(), work.signatures, &err));
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, verify_often, &work), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *good;
        CHECK_INT(pthread_join(threads[i], &good), 0);
        CHECK(good != NULL);
    }
    forget_tables();
}
