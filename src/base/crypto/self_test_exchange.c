// SPDX-License-Identifier: Apache-2.0
//
// Known answer of the key exchange, from both sides.
#include "base/crypto/self_test_internal.h"
#include "base/crypto/sm2_exchange.h"

typedef struct {
    Sm2PrivateKey *key;
    Sm2PrivateKey *ephemeral;
} Side;

static void side_cleanup(Side *side)
{
    sm2_private_key_free(side->key);
    sm2_private_key_free(side->ephemeral);
}

static bool load_side(const uint8_t keys[2][SM2_SCALAR_SIZE], Side *ret, Error *err)
{
    return sm2_private_key_new(BYTES_OF_ARRAY(keys[0]), &ret->key, err) &&
           sm2_private_key_new(BYTES_OF_ARRAY(keys[1]), &ret->ephemeral, err);
}

static bool agree(Sm2Role role, const Side *own, const Side *peer, const KnownAnswers *known,
                  Sm2Confirmation *ret, Error *err)
{
    uint8_t agreed[sizeof known->exchange_agreed];
    const Sm2Exchange exchange = {.role = role,
                                  .ephemeral = own->ephemeral,
                                  .id = SM2_DEFAULT_ID,
                                  .peer_key = sm2_public_key(peer->key),
                                  .peer_ephemeral = sm2_public_key(peer->ephemeral),
                                  .peer_id = SM2_DEFAULT_ID};
    return sm2_exchange(own->key, &exchange, agreed, sizeof agreed, ret, err) &&
           bytes_equal(BYTES_OF_ARRAY(agreed), BYTES_OF_ARRAY(known->exchange_agreed));
}

bool self_test_sm2_exchange(const KnownAnswers *known, Error *err)
{
    CLEANUP(side_cleanup) Side initiator = {0};
    CLEANUP(side_cleanup) Side responder = {0};
    Sm2Confirmation first, second;
    return load_side(known->exchange_keys[0], &initiator, err) &&
           load_side(known->exchange_keys[1], &responder, err) &&
           agree(SM2_INITIATOR, &initiator, &responder, known, &first, err) &&
           agree(SM2_RESPONDER, &responder, &initiator, known, &second, err) &&
           sm3_digest_equal(&first.initiator, &second.initiator) &&
           sm3_digest_equal(&first.responder, &second.responder);
}
