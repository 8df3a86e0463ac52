// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/sm2_batch.h"
#include "base/test/test.h"

enum { KEYS = 7, MOST = 200 };

TEST(digests_of_many_messages_are_those_made_one_by_one)
{
    Error err = {0};
    Sm2PrivateKey *keys[KEYS] = {NULL};
    Sm2Message messages[MOST];
    Sm3Digest many[MOST];
    uint8_t text[MOST] = {0};
    for (size_t i = 0; i < KEYS; i++) {
        CHECK_OK(sm2_key_generate(random_system(), &keys[i], &err));
    }
    for (size_t i = 0; i < MOST; i++) {
        text[i] = (uint8_t)(i * 37);
        // Keys that repeat, at once and later; messages of all lengths, also none.
        messages[i] = (Sm2Message){sm2_public_key(keys[i / 3 % KEYS]), bytes_of(text, i)};
    }
    CHECK_OK(sm2_digest_many(messages, MOST, many, &err));
    for (size_t i = 0; i < MOST; i++) {
        Sm3Digest one;
        CHECK_OK(
            sm2_message_digest(messages[i].key, SM2_DEFAULT_ID, messages[i].message, &one, &err));
        CHECK(sm3_digest_equal(&one, &many[i]));
    }
    CHECK_OK(sm2_digest_many(messages, 0, many, &err));
    for (size_t i = 0; i < KEYS; i++) {
        sm2_private_key_free(keys[i]);
    }
}
