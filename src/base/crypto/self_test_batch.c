// SPDX-License-Identifier: Apache-2.0
//
// Known answers of what is computed for many at once.
#include "base/crypto/self_test_internal.h"
#include "base/crypto/sm2_batch.h"

static bool digest_all(const Bytes *messages, size_t count, const uint8_t expected[SM3_SIZE])
{
    enum { MOST = 40 };
    Sm3Digest digests[MOST];
    sm3_digest_many(messages, digests, count);
    return self_test_has_digest(bytes_of(digests, count * sizeof digests[0]), expected);
}

// More messages than lanes: of all lengths in blocks that a Z value has, and of the one length of a
// Merkle tree's nodes, which go another way.
bool self_test_sm3_many(const KnownAnswers *known, Error *err)
{
    (void)err;
    enum { MANY = 37, MANY_STEP = 7, EQUAL = 40, EQUAL_SIZE = 65 };
    uint8_t message[KNOWN_LONG_SIZE];
    Bytes many[MANY], equal[EQUAL];
    self_test_long_message(message);
    for (size_t i = 0; i < MANY; i++) {
        many[i] = bytes_of(message, i * MANY_STEP);
    }
    for (size_t i = 0; i < EQUAL; i++) {
        equal[i] = bytes_of(&message[i], EQUAL_SIZE);
    }
    return digest_all(many, MANY, known->sm3_many) && digest_all(equal, EQUAL, known->sm3_equal);
}

// More signatures than lanes, of a key whose table the test before has made, of one without, and
// one that is wrong. What batches sign has fresh nonces, so it is known by its verification.
bool self_test_sm2_batch(const KnownAnswers *known, Error *err)
{
    enum { COUNT = 20, WRONG = 7 };
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *first = NULL;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *second = NULL;
    const Sm2PrivateKey *keys[COUNT];
    Sm3Digest digests[COUNT];
    Sm2Signature signatures[COUNT];
    Sm2Claim claims[COUNT];
    bool are_valid[COUNT];
    if (!sm2_private_key_new(BYTES_OF_ARRAY(known->sm2_d), &first, err) ||
        !sm2_private_key_new(BYTES_OF_ARRAY(known->sm2_k), &second, err)) {
        return false;
    }
    for (size_t i = 0; i < COUNT; i++) {
        keys[i] = i % 2 == 0 ? first : second;
        digests[i] = sm3_digest(bytes_of(known->sm2_cipher, i));
        claims[i] = (Sm2Claim){sm2_public_key(keys[i]), &digests[i], &signatures[i]};
    }
    if (!sm2_sign_many(keys, digests, COUNT, random_system(), signatures, err)) {
        return false;
    }
    bool right = true;
    for (size_t i = 0; i < COUNT; i++) {
        right &= sm2_verify_digest(claims[i].key, claims[i].e, claims[i].signature);
    }
    claims[WRONG].e = &digests[WRONG - 1];
    sm2_verify_many(claims, COUNT, are_valid);
    for (size_t i = 0; i < COUNT; i++) {
        right &= are_valid[i] == (i != WRONG);
    }
    return right;
}
