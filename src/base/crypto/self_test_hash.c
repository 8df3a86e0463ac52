// SPDX-License-Identifier: Apache-2.0
//
// Known answers of SM3 and what is made of it.
#include "base/crypto/self_test_internal.h"

void self_test_long_message(uint8_t ret[KNOWN_LONG_SIZE])
{
    for (size_t i = 0; i < KNOWN_LONG_SIZE; i++) {
        ret[i] = (uint8_t)i;
    }
}

static bool is(const Sm3Digest *digest, const uint8_t expected[SM3_SIZE])
{
    return bytes_equal(sm3_bytes(digest), bytes_of(expected, SM3_SIZE));
}

bool self_test_sm3(const KnownAnswers *known, Error *err)
{
    (void)err;
    uint8_t message[KNOWN_LONG_SIZE];
    self_test_long_message(message);
    Sm3Digest abc = sm3_digest(BYTES_LITERAL("abc"));
    Sm3Digest whole = sm3_digest(BYTES_OF_ARRAY(message)), in_parts;
    Sm3 sm3;
    sm3_start(&sm3);
    sm3_update(&sm3, bytes_of(message, 1));
    sm3_update(&sm3, bytes_of(&message[1], 1000));
    sm3_update(&sm3, bytes_of(&message[1001], KNOWN_LONG_SIZE - 1001));
    sm3_finish(&sm3, &in_parts);
    return is(&abc, known->sm3_abc) && is(&whole, known->sm3_long) &&
           is(&in_parts, known->sm3_long);
}

bool self_test_hmac(const KnownAnswers *known, Error *err)
{
    (void)err;
    Sm3Digest hmac = sm3_hmac(BYTES_LITERAL("key"), BYTES_LITERAL("message"));
    return is(&hmac, known->hmac);
}

bool self_test_kdf(const KnownAnswers *known, Error *err)
{
    (void)err;
    uint8_t derived[KNOWN_LONG_SIZE];
    sm3_kdf(BYTES_LITERAL("abc"), derived, sizeof derived);
    Sm3Digest digest = sm3_digest(BYTES_OF_ARRAY(derived));
    return is(&digest, known->kdf);
}
