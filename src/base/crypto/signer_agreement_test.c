// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/signer_agreement.h"

#include <string.h>

#include "base/secret/crypto_state.h"
#include "base/test/test.h"

// Two sides with a key and an ephemeral key each.
typedef struct {
    Sm2PrivateKey *keys[2], *ephemerals[2];
    Signer signers[2];
    Sm2Exchange sides[2];
} Pair;

static void pair_cleanup(Pair *pair)
{
    for (size_t i = 0; i < 2; i++) {
        sm2_private_key_cleanup(&pair->keys[i]);
        sm2_private_key_cleanup(&pair->ephemerals[i]);
    }
}

static void pair_make(Pair *pair)
{
    Error err = {0};
    for (size_t i = 0; i < 2; i++) {
        CHECK_OK(sm2_key_generate(random_system(), &pair->keys[i], &err));
        CHECK_OK(sm2_key_generate(random_system(), &pair->ephemerals[i], &err));
        pair->signers[i] = signer_of_agreement_key(pair->keys[i]);
    }
    for (size_t i = 0; i < 2; i++) {
        pair->sides[i] = (Sm2Exchange){.role = i == 0 ? SM2_INITIATOR : SM2_RESPONDER,
                                       .ephemeral = pair->ephemerals[i],
                                       .id = SM2_DEFAULT_ID,
                                       .peer_key = sm2_public_key(pair->keys[1 - i]),
                                       .peer_ephemeral = sm2_public_key(pair->ephemerals[1 - i]),
                                       .peer_id = SM2_DEFAULT_ID};
    }
}

static bool exchange(Pair *pair, size_t side, uint8_t ret[48], Error *err)
{
    Sm2Confirmation confirmation;
    return signer_exchange(&pair->signers[side], &pair->sides[side], ret, 48, &confirmation, err);
}

static bool ecdh(Pair *pair, size_t side, uint8_t ret[SM2_SHARED_POINT_SIZE], Error *err)
{
    return signer_ecdh(&pair->signers[side], pair->signers[1 - side].public_key, ret, err);
}

// Covers: GB/T 32918.3-2016 6.1.
TEST(two_signers_agree_on_one_key_and_one_point)
{
    Error err = {0};
    CLEANUP(pair_cleanup) Pair pair = {0};
    uint8_t keys[2][48], points[2][SM2_SHARED_POINT_SIZE];
    pair_make(&pair);
    for (size_t i = 0; i < 2; i++) {
        CHECK_OK(exchange(&pair, i, keys[i], &err));
        CHECK_OK(ecdh(&pair, i, points[i], &err));
    }
    CHECK(memcmp(keys[0], keys[1], sizeof keys[0]) == 0);
    CHECK(memcmp(points[0], points[1], sizeof points[0]) == 0);
}

TEST(a_signer_that_was_not_made_for_it_does_not_agree)
{
    Error err = {0};
    CLEANUP(pair_cleanup) Pair pair = {0};
    uint8_t key[48] = {0}, point[SM2_SHARED_POINT_SIZE] = {0};
    static const uint8_t nothing[SM2_SHARED_POINT_SIZE];
    pair_make(&pair);
    pair.signers[0] = signer_of_key(pair.keys[0]);
    CHECK_FAILS_WITH(exchange(&pair, 0, key, &err), ERROR_FORBIDDEN, "signer.not_for_agreement");
    CHECK_FAILS_WITH(ecdh(&pair, 0, point, &err), ERROR_FORBIDDEN, "signer.not_for_agreement");
    CHECK(memcmp(key, nothing, sizeof key) == 0 && memcmp(point, nothing, sizeof point) == 0);
}

// Covers: GB/T 37092-2018 7.9; C28.
TEST(a_zeroised_key_agrees_no_more)
{
    Error err = {0};
    CLEANUP(pair_cleanup) Pair pair = {0};
    uint8_t key[48] = {0}, point[SM2_SHARED_POINT_SIZE] = {0};
    pair_make(&pair);
    signer_zeroise(&pair.signers[0]);
    CHECK_FAILS_WITH(exchange(&pair, 0, key, &err), ERROR_FORBIDDEN, "signer.zeroised");
    CHECK_FAILS_WITH(ecdh(&pair, 0, point, &err), ERROR_FORBIDDEN, "signer.zeroised");
    CHECK_OK(exchange(&pair, 1, key, &err));
}

static Pair child_pair;

static int agree_in_the_error_state(void)
{
    Error err = {0};
    uint8_t key[48], point[SM2_SHARED_POINT_SIZE];
    crypto_state_fail("test.injected");
    if (exchange(&child_pair, 0, key, &err) || strcmp(err.code, "crypto.error_state") != 0) {
        return 1;
    }
    return ecdh(&child_pair, 0, point, &err) || strcmp(err.code, "crypto.error_state") != 0 ? 2 : 0;
}

// Covers: GB/T 37092-2018 7.11.4; C29.
TEST(nobody_agrees_in_the_error_state)
{
    CLEANUP(pair_cleanup) Pair pair = {0};
    pair_make(&pair);
    child_pair = pair;
    CHECK_INT(test_in_child(agree_in_the_error_state), 0);
}
