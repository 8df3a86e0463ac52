// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/digest.h"

#include "base/test/test.h"

// Vectors: FIPS 180-4 examples.
TEST(sha_digests_give_the_published_vectors)
{
    Error err = {0};
    uint8_t sha1[SHA1_SIZE];
    uint8_t sha256[SHA256_SIZE];
    CHECK_OK(sha1_digest(BYTES_LITERAL("abc"), sha1, &err));
    CHECK_BYTES(BYTES_OF_ARRAY(sha1), test_hex("a9993e364706816aba3e25717850c26c9cd0d89d"));
    CHECK_OK(sha256_digest(BYTES_LITERAL("abc"), sha256, &err));
    CHECK_BYTES(BYTES_OF_ARRAY(sha256),
                test_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    CHECK_OK(sha1_digest(BYTES_EMPTY, sha1, &err));
    CHECK_BYTES(BYTES_OF_ARRAY(sha1), test_hex("da39a3ee5e6b4b0d3255bfef95601890afd80709"));
}
