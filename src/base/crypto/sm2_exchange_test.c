// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/sm2_exchange.h"

#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <string.h>

#include "base/crypto/sm2_internal.h"
#include "base/test/test.h"

// GB/T 32918.5-2017 annex B: the initiator's and the responder's d and r, then what they agree on.
#define VECTOR_DA "81EB26E941BB5AF16DF116495F90695272AE2CD63D6C4AE1678418BE48230029"
#define VECTOR_RA "D4DE15474DB74D06491C440D305E012400990F3E390C7E87153C12DB2EA60BB3"
#define VECTOR_DB "785129917D45A9EA5437A59356B82338EAADDA6CEB199088F14AE10DEFA229B5"
#define VECTOR_RB "7E07124814B309489125EAED101113164EBF0F3458C5BD88335C1F9D596243D6"
#define VECTOR_POINT_DA                                                  \
    "04160E12897DF4EDB61DD812FEB96748FBD3CCF4FFE26AA6F6DB9540AF49C94232" \
    "4A7DAD08BB9A459531694BEB20AA489D6649975E1BFCF8C4741B78B4B223007F"
#define VECTOR_POINT_RA                                                  \
    "0464CED1BDBC99D590049B434D0FD73428CF608A5DB8FE5CE07F15026940BAE40E" \
    "376629C7AB21E7DB260922499DDB118F07CE8EAAE3E7720AFEF6A5CC062070C0"
#define VECTOR_POINT_DB                                                  \
    "046AE848C57C53C7B1B5FA99EB2286AF078BA64C64591B8B566F7357D576F16DFB" \
    "EE489D771621A27B36C5C7992062E9CD09A9264386F3FBEA54DFF69305621C4D"
#define VECTOR_POINT_RB                                                  \
    "04ACC27688A6F7B706098BC91FF3AD1BFF7DC2802CDB14CCCCDB0A90471F9BD707" \
    "2FEDAC0494B2FFC4D6853876C79B8F301C6573AD0AA50F39FC87181E1A1B46FE"
#define VECTOR_KEY "6C89347354DE2484C60B4AB1FDE4C6E5"
#define VECTOR_SB "D3A0FE15DEE185CEAE907A6B595CC32A266ED7B3367E9983A896DC32FA20F8EB"
#define VECTOR_SA "18C7894B3816DF16CF07B05C5EC0BEF5D655D58F779CC1B400A4F3884644DB88"

// Two sides, each with what it has of the other.
typedef struct {
    Sm2PrivateKey *keys[2];
    Sm2PrivateKey *ephemerals[2];
    Sm2Exchange sides[2];
} Pair;

static void pair_cleanup(Pair *pair)
{
    for (size_t i = 0; i < 2; i++) {
        sm2_private_key_cleanup(&pair->keys[i]);
        sm2_private_key_cleanup(&pair->ephemerals[i]);
    }
}

static void pair_connect(Pair *pair)
{
    static const char *const ids[2] = {"1234567812345678", "1234567812345678"};
    for (size_t i = 0; i < 2; i++) {
        pair->sides[i] = (Sm2Exchange){
            .role = i == 0 ? SM2_INITIATOR : SM2_RESPONDER,
            .ephemeral = pair->ephemerals[i],
            .id = bytes_of_text(ids[i]),
            .peer_key = sm2_public_key(pair->keys[1 - i]),
            .peer_ephemeral = sm2_public_key(pair->ephemerals[1 - i]),
            .peer_id = bytes_of_text(ids[1 - i]),
        };
    }
}

static void vector_pair(Pair *ret)
{
    Error err = {0};
    *ret = (Pair){0};
    CHECK_OK(sm2_private_key_new(test_hex(VECTOR_DA), &ret->keys[0], &err));
    CHECK_OK(sm2_private_key_new(test_hex(VECTOR_RA), &ret->ephemerals[0], &err));
    CHECK_OK(sm2_private_key_new(test_hex(VECTOR_DB), &ret->keys[1], &err));
    CHECK_OK(sm2_private_key_new(test_hex(VECTOR_RB), &ret->ephemerals[1], &err));
    pair_connect(ret);
}

// Covers: GB/T 32918.3-2016 6.1.
TEST(both_sides_agree_on_the_key_and_confirmations_of_the_standard)
{
    Error err = {0};
    CLEANUP(pair_cleanup) Pair pair;
    vector_pair(&pair);
    const char *points[] = {VECTOR_POINT_DA, VECTOR_POINT_DB, VECTOR_POINT_RA, VECTOR_POINT_RB};
    for (size_t i = 0; i < 2; i++) {
        CHECK_BYTES(sm2_public_key_bytes(sm2_public_key(pair.keys[i])), test_hex(points[i]));
        CHECK_BYTES(sm2_public_key_bytes(sm2_public_key(pair.ephemerals[i])),
                    test_hex(points[2 + i]));
        uint8_t key[16];
        Sm2Confirmation confirmation;
        CHECK_OK(sm2_exchange(pair.keys[i], &pair.sides[i], key, sizeof key, &confirmation, &err));
        CHECK_BYTES(BYTES_OF_ARRAY(key), test_hex(VECTOR_KEY));
        CHECK_BYTES(sm3_bytes(&confirmation.responder), test_hex(VECTOR_SB));
        CHECK_BYTES(sm3_bytes(&confirmation.initiator), test_hex(VECTOR_SA));
    }
}

TEST(fresh_keys_agree_and_any_difference_shows)
{
    Error err = {0};
    CLEANUP(pair_cleanup) Pair pair = {0};
    for (size_t i = 0; i < 2; i++) {
        CHECK_OK(sm2_key_generate(random_system(), &pair.keys[i], &err));
        CHECK_OK(sm2_key_generate(random_system(), &pair.ephemerals[i], &err));
    }
    pair_connect(&pair);
    uint8_t a[100], b[100];
    Sm2Confirmation of_a, of_b;
    CHECK_OK(sm2_exchange(pair.keys[0], &pair.sides[0], a, sizeof a, &of_a, &err));
    CHECK_OK(sm2_exchange(pair.keys[1], &pair.sides[1], b, sizeof b, &of_b, &err));
    CHECK_BYTES(BYTES_OF_ARRAY(a), BYTES_OF_ARRAY(b));
    CHECK(memcmp(&of_a, &of_b, sizeof of_a) == 0);
    // Another name, the same role twice, another ephemeral key: no common key.
    Sm2Exchange other_id = pair.sides[1], other_role = pair.sides[1], other_key = pair.sides[1];
    other_id.peer_id = BYTES_EMPTY;
    other_role.role = SM2_INITIATOR;
    other_key.ephemeral = pair.keys[1];
    const Sm2Exchange *others[] = {&other_id, &other_role, &other_key};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        CHECK_OK(sm2_exchange(pair.keys[1], others[i], b, sizeof b, &of_b, &err));
        CHECK(memcmp(a, b, sizeof a) != 0);
        CHECK(!sm3_digest_equal(&of_a.responder, &of_b.responder));
        CHECK(!sm3_digest_equal(&of_a.initiator, &of_b.initiator));
    }
}

TEST(lengths_ids_and_points_out_of_range_are_refused)
{
    Error err = {0};
    CLEANUP(pair_cleanup) Pair pair;
    vector_pair(&pair);
    static uint8_t key[SM2_EXCHANGE_KEY_MAX + 1], long_id[8192];
    Sm2Confirmation confirmation;
    Sm2Exchange side = pair.sides[0];
    CHECK_FAILS_WITH(sm2_exchange(pair.keys[0], &side, key, 0, &confirmation, &err), ERROR_INPUT,
                     "sm2.exchange_length");
    CHECK_FAILS_WITH(sm2_exchange(pair.keys[0], &side, key, sizeof key, &confirmation, &err),
                     ERROR_INPUT, "sm2.exchange_length");
    side.peer_id = BYTES_OF_ARRAY(long_id);
    CHECK_FAILS_WITH(sm2_exchange(pair.keys[0], &side, key, 16, &confirmation, &err), ERROR_INPUT,
                     "sm2.id");
    Sm2PublicKey off_curve = *pair.sides[0].peer_key;
    off_curve.point[64] ^= 1;
    side = pair.sides[0];
    side.peer_key = &off_curve;
    CHECK_FAILS_WITH(sm2_exchange(pair.keys[0], &side, key, 16, &confirmation, &err), ERROR_INPUT,
                     "sm2.public_key");
    side = pair.sides[0];
    side.peer_ephemeral = &off_curve;
    CHECK_FAILS_WITH(sm2_exchange(pair.keys[0], &side, key, 16, &confirmation, &err), ERROR_INPUT,
                     "sm2.public_key");
    CHECK_FAILS_WITH(sm2_ecdh(pair.keys[0], &off_curve, key, &err), ERROR_INPUT, "sm2.public_key");
}

// d = -(2^127 + x) r makes the d + x r of the standard 0, and P + x R infinite for the other side.
static Sm2PrivateKey *key_that_cancels(const Sm2PrivateKey *ephemeral)
{
    Error err = {0};
    Scalar half, product, zero = {{0}};
    uint8_t bytes[SM2_SCALAR_SIZE] = {0};
    memcpy(&bytes[16], &sm2_public_key(ephemeral)->point[17], 16);
    bytes[16] |= 0x80;
    CHECK(scalar_load(&half, bytes) != 0);
    scalar_to_montgomery(&half, &half);
    scalar_montgomery_mul(&product, &half, &ephemeral->d);
    scalar_sub(&product, &zero, &product);
    scalar_store(bytes, &product);
    Sm2PrivateKey *key = NULL;
    CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(bytes), &key, &err));
    return key;
}

TEST(infinity_is_refused_on_both_sides)
{
    Error err = {0};
    CLEANUP(pair_cleanup) Pair pair;
    vector_pair(&pair);
    sm2_private_key_cleanup(&pair.keys[1]);
    pair.keys[1] = key_that_cancels(pair.ephemerals[1]);
    pair_connect(&pair);
    for (size_t i = 0; i < 2; i++) {
        uint8_t key[16] = {0}, untouched[16] = {0};
        Sm2Confirmation confirmation;
        CHECK_FAILS_WITH(
            sm2_exchange(pair.keys[i], &pair.sides[i], key, sizeof key, &confirmation, &err),
            ERROR_UNTRUSTED, "sm2.exchange_infinity");
        CHECK_BYTES(BYTES_OF_ARRAY(key), BYTES_OF_ARRAY(untouched));
    }
}

TEST(ecdh_is_the_same_from_both_sides_and_by_openssl)
{
    Error err = {0};
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_sm2);
    EC_POINT *peer = EC_POINT_new(group), *product = EC_POINT_new(group);
    BIGNUM *d = NULL;
    CLEANUP(pair_cleanup) Pair pair;
    vector_pair(&pair);
    uint8_t a[SM2_SHARED_POINT_SIZE], b[SM2_SHARED_POINT_SIZE], expected[SM2_POINT_SIZE];
    CHECK_OK(sm2_ecdh(pair.keys[0], sm2_public_key(pair.keys[1]), a, &err));
    CHECK_OK(sm2_ecdh(pair.keys[1], sm2_public_key(pair.keys[0]), b, &err));
    CHECK_BYTES(BYTES_OF_ARRAY(a), BYTES_OF_ARRAY(b));
    Bytes encoded = test_hex(VECTOR_POINT_DB);
    CHECK(EC_POINT_oct2point(group, peer, encoded.data, encoded.len, NULL) == 1);
    CHECK(BN_hex2bn(&d, VECTOR_DA) == 64);
    CHECK(EC_POINT_mul(group, product, NULL, peer, d, NULL) == 1);
    CHECK_INT(EC_POINT_point2oct(group, product, POINT_CONVERSION_UNCOMPRESSED, expected,
                                 sizeof expected, NULL),
              65);
    CHECK_BYTES(BYTES_OF_ARRAY(a), bytes_from(BYTES_OF_ARRAY(expected), 1));
    BN_free(d);
    EC_POINT_free(peer);
    EC_POINT_free(product);
    EC_GROUP_free(group);
}
