// SPDX-License-Identifier: Apache-2.0
#include "base/sm3/sm3_backend.h"

#include <string.h>

#include "base/test/test.h"

enum { NOISE_SIZE = 5000, MESSAGE_COUNT = 301 };

static const uint8_t *noise(void)
{
    static uint8_t bytes[NOISE_SIZE];
    uint32_t state = 12345;
    for (size_t i = 0; i < sizeof bytes; i++) {
        state = state * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(state >> 24);
    }
    return bytes;
}

static void check_compress(const Sm3Backend *other)
{
    const uint8_t *blocks = noise();
    for (size_t count = 0; count <= 40; count++) {
        uint32_t state[8], other_state[8];
        memcpy(state, &blocks[count], sizeof state);
        memcpy(other_state, &blocks[count], sizeof other_state);
        SM3_PORTABLE.compress(state, &blocks[count], count);
        other->compress(other_state, &blocks[count], count);
        CHECK(memcmp(state, other_state, sizeof state) == 0);
    }
}

// Every number of messages to 40 of lengths that `step` makes differ, and some more.
static void check_many(const Sm3Backend *backend, size_t step)
{
    const uint8_t *bytes = noise();
    Bytes messages[MESSAGE_COUNT];
    Sm3Digest actual[MESSAGE_COUNT + 1];
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        messages[i] = bytes_of(&bytes[i], i * step % (step > 1 ? 1300 : MESSAGE_COUNT));
    }
    for (size_t count = 0; count <= MESSAGE_COUNT; count += count < 40 ? 1 : 87) {
        memset(actual, 0xee, sizeof actual);
        sm3_digest_many_with(backend, messages, actual, count);
        for (size_t i = 0; i < count; i++) {
            Sm3Digest expected = sm3_digest(messages[i]);
            CHECK_BYTES(sm3_bytes(&actual[i]), sm3_bytes(&expected));
        }
        CHECK_INT(actual[count].bytes[0], 0xee);
    }
}

// Messages of one length, as many as go together and one more, and fewer; each length ends
// otherwise.
static void check_equal_lengths(const Sm3Backend *backend)
{
    enum { MOST = 70 };
    const uint8_t *bytes = noise();
    Bytes messages[MOST];
    Sm3Digest actual[MOST + 1], expected[MOST];
    for (size_t len = 0; len <= 1100; len += len < 200 ? 1 : 29) {
        for (size_t i = 0; i < MOST; i++) {
            messages[i] = bytes_of(&bytes[i * 7], len);
            expected[i] = sm3_digest(messages[i]);
        }
        for (size_t count = 1 + len % 3; count <= MOST; count += 3) {
            memset(actual, 0xee, sizeof actual);
            sm3_digest_many_with(backend, messages, actual, count);
            CHECK(memcmp(actual, expected, count * sizeof actual[0]) == 0);
            CHECK_INT(actual[count].bytes[0], 0xee);
        }
    }
}

// Runs of equal lengths between others, so that both ways take turns.
static void check_runs(const Sm3Backend *backend)
{
    const uint8_t *bytes = noise();
    Bytes messages[MESSAGE_COUNT];
    Sm3Digest actual[MESSAGE_COUNT];
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        messages[i] = bytes_of(&bytes[i], i % 50 < 37 ? 65 + i / 50 * 32 : i * 31 % 500);
    }
    sm3_digest_many_with(backend, messages, actual, MESSAGE_COUNT);
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        Sm3Digest expected = sm3_digest(messages[i]);
        CHECK(sm3_digest_equal(&actual[i], &expected));
    }
}

// Covers: GB/T 32918.4 5.4.3.
static void check_kdf(const Sm3Backend *backend)
{
    enum { MOST = 1200 };
    static uint8_t derived[MOST + 1];
    for (size_t z_len = 0; z_len <= 130; z_len++) {
        size_t len = z_len * 97 % MOST;
        memset(derived, 0xee, sizeof derived);
        sm3_kdf_with(backend, bytes_of(noise(), z_len), derived, len);
        CHECK_INT(derived[len], 0xee);
        for (uint32_t i = 0; i * SM3_SIZE < len; i++) {
            const uint8_t counter[] = {0, 0, 0, (uint8_t)(i + 1)};
            size_t left = len - i * SM3_SIZE;
            Sm3 sm3;
            Sm3Digest expected;
            sm3_start(&sm3);
            sm3_update(&sm3, bytes_of(noise(), z_len));
            sm3_update(&sm3, BYTES_OF_ARRAY(counter));
            sm3_finish(&sm3, &expected);
            CHECK(memcmp(&derived[i * SM3_SIZE], expected.bytes,
                         left < SM3_SIZE ? left : SM3_SIZE) == 0);
        }
    }
}

static void check_backend(const Sm3Backend *backend, const char *missing)
{
    if (backend == NULL) {
        test_skip(missing);
    }
    check_compress(backend);
    check_many(backend, 0);
    check_many(backend, 1);
    check_many(backend, 179);
    check_equal_lengths(backend);
    check_runs(backend);
    check_kdf(backend);
}

TEST(portable_sm3_backend_hashes_many_messages_as_one_by_one)
{
    check_backend(&SM3_PORTABLE, "");
}

TEST(avx2_sm3_backend_agrees_with_the_portable_one)
{
    check_backend(sm3_backend_avx2(), "this CPU has no AVX2 with BMI2");
}

TEST(avx512_sm3_backend_agrees_with_the_portable_one)
{
    check_backend(sm3_backend_avx512(), "this CPU has no AVX-512");
}

TEST(many_messages_hash_as_each_alone_on_the_chosen_backend)
{
    Bytes messages[5] = {BYTES_EMPTY, BYTES_LITERAL("abc"), BYTES_LITERAL("d"), BYTES_EMPTY,
                         bytes_of(noise(), NOISE_SIZE)};
    Sm3Digest digests[5];
    sm3_digest_many(messages, digests, 5);
    CHECK_BYTES(sm3_bytes(&digests[1]),
                test_hex("66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0"));
    for (size_t i = 0; i < 5; i++) {
        Sm3Digest expected = sm3_digest(messages[i]);
        CHECK(sm3_digest_equal(&digests[i], &expected));
    }
}
