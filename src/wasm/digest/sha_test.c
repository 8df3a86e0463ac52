// SPDX-License-Identifier: Apache-2.0
//
// The digests that libcrypto gives: base/crypto/digest.h asks it.
#include "wasm/digest/sha.h"

#include "base/test/test.h"

TEST(digests_of_all_lengths_are_those_of_libcrypto)
{
    uint8_t message[300];
    Error err = {0};
    for (size_t i = 0; i < sizeof message; i++) {
        message[i] = (uint8_t)(i * i * 7 + i);
    }
    for (size_t len = 0; len <= sizeof message; len++) {
        uint8_t ours[SHA512_SIZE], theirs[SHA512_SIZE];
        Bytes part = len == 0 ? BYTES_EMPTY : bytes_of(message, len);
        CHECK_OK(sha256_digest(part, theirs, &err));
        sha256_compute(part, ours);
        CHECK(bytes_equal(bytes_of(ours, SHA256_SIZE), bytes_of(theirs, SHA256_SIZE)));
        CHECK_OK(sha384_digest(part, theirs, &err));
        sha384_compute(part, ours);
        CHECK(bytes_equal(bytes_of(ours, SHA384_SIZE), bytes_of(theirs, SHA384_SIZE)));
        CHECK_OK(sha512_digest(part, theirs, &err));
        sha512_compute(part, ours);
        CHECK(bytes_equal(BYTES_OF_ARRAY(ours), BYTES_OF_ARRAY(theirs)));
        CHECK_OK(sha1_digest(part, theirs, &err));
        sha1_compute(part, ours);
        CHECK(bytes_equal(bytes_of(ours, SHA1_SIZE), bytes_of(theirs, SHA1_SIZE)));
    }
}

// Covers: FIPS 180-4
TEST(the_digest_of_abc_is_the_published_one)
{
    static const uint8_t wanted[4] = {0xba, 0x78, 0x16, 0xbf};
    uint8_t digest[SHA256_SIZE];
    sha256_compute(BYTES_LITERAL("abc"), digest);
    CHECK(bytes_equal(bytes_of(digest, 4), BYTES_OF_ARRAY(wanted)));
}
