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
    uint8_t sha384[SHA384_SIZE], sha512[SHA512_SIZE];
    CHECK_OK(sha384_digest(BYTES_LITERAL("abc"), sha384, &err));
    CHECK_BYTES(BYTES_OF_ARRAY(sha384),
                test_hex("cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
                         "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"));
    CHECK_OK(sha512_digest(BYTES_LITERAL("abc"), sha512, &err));
    CHECK_BYTES(BYTES_OF_ARRAY(sha512),
                test_hex("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                         "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"));
    CHECK_OK(sha1_digest(BYTES_EMPTY, sha1, &err));
    CHECK_BYTES(BYTES_OF_ARRAY(sha1), test_hex("da39a3ee5e6b4b0d3255bfef95601890afd80709"));
}
