// SPDX-License-Identifier: Apache-2.0
#include "base/sm3/sm3.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/test/test.h"

// 1200 bytes of a fixed pseudo-random sequence.
static Bytes noise(size_t len)
{
    static uint8_t bytes[1200];
    uint32_t state = 12345;
    for (size_t i = 0; i < sizeof bytes; i++) {
        state = state * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(state >> 24);
    }
    return bytes_of(bytes, len);
}

// Vectors: GB/T 32905-2016 annex A.
// Covers: GB/T 32905-2016 5.
TEST(sm3_gives_the_vectors_of_the_standard)
{
    Sm3Digest digest = sm3_digest(BYTES_LITERAL("abc"));
    CHECK_BYTES(sm3_bytes(&digest),
                test_hex("66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0"));
    CLEANUP(writer_free) Writer message = writer_new(64);
    for (size_t i = 0; i < 16; i++) {
        writer_put_text(&message, "abcd");
    }
    digest = sm3_digest(writer_bytes(&message));
    CHECK_BYTES(sm3_bytes(&digest),
                test_hex("DEBE9FF92275B8A138604889C18E5A4D6FDB70E5387E5765293DCBA39C0C5732"));
    digest = sm3_digest(BYTES_EMPTY);
    CHECK_BYTES(sm3_bytes(&digest),
                test_hex("1AB21D8355CFA17F8E61194831E81A8F22BEC8C728FEFB747ED035EB5082AA2B"));
}

// A known answer that other implementations publish too.
TEST(sm3_of_a_million_times_a_is_known)
{
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    uint8_t piece[1000];
    memset(piece, 'a', sizeof piece);
    for (size_t i = 0; i < 1000; i++) {
        sm3_update(&sm3, BYTES_OF_ARRAY(piece));
    }
    sm3_finish(&sm3, &digest);
    CHECK_BYTES(sm3_bytes(&digest),
                test_hex("C8AAF89429554029E231941A2ACC0AD61FF2A5ACD8FADD25847A3A732B3B02C3"));
}

TEST(sm3_split_in_two_anywhere_hashes_the_same)
{
    for (size_t len = 60; len <= 200; len += 35) {
        Sm3Digest expected = sm3_digest(noise(len));
        for (size_t at = 0; at <= len; at++) {
            Sm3 sm3;
            Sm3Digest digest;
            sm3_start(&sm3);
            sm3_update(&sm3, bytes_slice(noise(len), 0, at));
            sm3_update(&sm3, bytes_from(noise(len), at));
            sm3_finish(&sm3, &digest);
            CHECK(sm3_digest_equal(&digest, &expected));
        }
    }
}

TEST(sm3_agrees_with_openssl_for_every_length_however_it_is_split)
{
    for (size_t len = 0; len <= 1100; len++) {
        uint8_t expected[SM3_SIZE];
        unsigned expected_len = 0;
        CHECK(EVP_Digest(noise(len).data, len, expected, &expected_len, EVP_sm3(), NULL) == 1);
        Sm3Digest digest = sm3_digest(noise(len));
        CHECK_BYTES(sm3_bytes(&digest), BYTES_OF_ARRAY(expected));
        Sm3 sm3;
        sm3_start(&sm3);
        for (size_t at = 0, step = 1; at < len; at += step, step = step * 2 + 1) {
            size_t left = len - at;
            sm3_update(&sm3, bytes_slice(noise(len), at, left < step ? left : step));
        }
        sm3_finish(&sm3, &digest);
        CHECK_BYTES(sm3_bytes(&digest), BYTES_OF_ARRAY(expected));
    }
}

TEST(hmac_sm3_agrees_with_openssl_for_every_key_length)
{
    for (size_t key_len = 1; key_len <= 140; key_len++) {
        Bytes message = noise(key_len * 2);
        uint8_t expected[SM3_SIZE];
        unsigned expected_len = 0;
        CHECK(HMAC(EVP_sm3(), noise(key_len).data, (int)key_len, message.data, message.len,
                   expected, &expected_len) != NULL);
        Sm3Digest digest = sm3_hmac(noise(key_len), message);
        CHECK_BYTES(sm3_bytes(&digest), BYTES_OF_ARRAY(expected));
    }
}

TEST(kdf_is_the_hash_of_z_and_a_counter)
{
    uint8_t derived[100];
    sm3_kdf(BYTES_LITERAL("abc"), derived, sizeof derived);
    for (uint8_t i = 0; i < 3; i++) {
        uint8_t input[] = {'a', 'b', 'c', 0, 0, 0, (uint8_t)(i + 1)};
        Sm3Digest expected = sm3_digest(BYTES_OF_ARRAY(input));
        CHECK_BYTES(bytes_of(&derived[32 * i], 32), sm3_bytes(&expected));
    }
    uint8_t shorter[100];
    memset(shorter, 0xee, sizeof shorter);
    sm3_kdf(BYTES_LITERAL("abc"), shorter, 33);
    CHECK_BYTES(bytes_of(shorter, 33), bytes_of(derived, 33));
    CHECK_INT(shorter[33], 0xee);
}

TEST(digests_that_differ_in_one_bit_are_not_equal)
{
    Sm3Digest a = sm3_digest(BYTES_LITERAL("abc"));
    Sm3Digest b = a;
    CHECK(sm3_digest_equal(&a, &b));
    b.bytes[31] ^= 1;
    CHECK(!sm3_digest_equal(&a, &b));
}

TEST(many_hmacs_at_once_are_those_one_by_one)
{
    enum { COUNT = 70 };
    Bytes keys[COUNT], messages[COUNT];
    Sm3Digest many[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        keys[i] = noise(i % (SM3_BLOCK_SIZE + 1));
        messages[i] = noise((i * 7 + 3) % (SM3_BLOCK_SIZE + 1));
    }
    for (unsigned has_long = 0; has_long < 2; has_long++) {
        messages[COUNT - 1] = has_long == 1 ? noise(SM3_BLOCK_SIZE + 1) : messages[COUNT - 1];
        sm3_hmac_many(keys, messages, many, COUNT);
        for (size_t i = 0; i < COUNT; i++) {
            Sm3Digest one = sm3_hmac(keys[i], messages[i]);
            CHECK(sm3_digest_equal(&many[i], &one));
        }
    }
}
