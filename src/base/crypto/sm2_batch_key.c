// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/crypto/sm2_batch_internal.h"
#include "base/secret/crypto_state.h"
#include "base/secret/locked.h"

// One round of new keys; wiped after it.
typedef struct {
    uint8_t drawn[SM2_BATCH_SIZE][SM2_SCALAR_SIZE];
    Scalar d[SM2_BATCH_SIZE];
    Scalar inverses[SM2_BATCH_SIZE];  // of 1 + d, Montgomery form
    Scalar products[SM2_BATCH_SIZE];
    CurvePoint points[SM2_BATCH_SIZE];
    Sm2PublicKey keys[SM2_BATCH_SIZE];
    Sm3Digest e[SM2_BATCH_SIZE];
    Sm2Signature signatures[SM2_BATCH_SIZE];
    Sm2Claim claims[SM2_BATCH_SIZE];
    bool are_valid[SM2_BATCH_SIZE];
} Round;

// True if neither d nor 1 + d is 0 modulo n.
static bool is_private_scalar(const Scalar *d)
{
    Scalar d_plus_1;
    scalar_add(&d_plus_1, d, &SCALAR_ONE);
    bool usable = (scalar_is_zero(d) | scalar_is_zero(&d_plus_1)) == 0;
    secret_wipe(&d_plus_1, sizeof d_plus_1);
    return usable;
}

// Draw private scalars without bias, all with one draw but for the few that do not suit.
static bool draw_scalars(Random random, Round *round, size_t count, Error *err)
{
    if (!random_fill(random, round->drawn[0], count * SM2_SCALAR_SIZE, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        bool usable = scalar_load(&round->d[i], round->drawn[i]) != 0;
        while (!usable || !is_private_scalar(&round->d[i])) {
            if (!sm2_draw_scalar(random, &round->d[i], err)) {
                return false;
            }
            usable = true;
        }
    }
    return true;
}

// Draw private scalars and compute their public keys.
static bool draw_pairs(Random random, Round *round, size_t count, Error *err)
{
    if (!draw_scalars(random, round, count, err)) {
        return false;
    }
    size_t in_lanes = sm2_batch_share(count);
    size_t groups = (in_lanes + LANES_COUNT - 1) / LANES_COUNT;
    for (size_t i = count; i < groups * LANES_COUNT; i++) {
        round->d[i] = SCALAR_ONE;
    }
    if (groups > 0 && !lanes_multiply_base(round->points, round->d, groups)) {
        in_lanes = 0;
    }
    for (size_t i = in_lanes; i < count; i++) {
        curve_path()->multiply_base(&round->points[i], &round->d[i]);
    }
    for (size_t i = 0; i < count; i++) {
        curve_point_store(round->keys[i].point, &round->points[i]);
    }
    return true;
}

bool sm2_key_generate_raw_many(Random random, Scalar *ret_d, Sm2PublicKey *ret_key, size_t count,
                               Error *err)
{
    Round round;
    bool good = true;
    for (size_t done = 0; done < count && good; done += SM2_BATCH_SIZE) {
        size_t some = count - done < SM2_BATCH_SIZE ? count - done : SM2_BATCH_SIZE;
        good = draw_pairs(random, &round, some, err);
        if (good) {
            memcpy(&ret_d[done], round.d, some * sizeof *ret_d);
            memcpy(&ret_key[done], round.keys, some * sizeof *ret_key);
        }
    }
    secret_wipe(&round, sizeof round);
    return good;
}

// The inverses of all 1 + d with a single inversion; none of them is 0.
static void invert_1_plus_d(Round *round, size_t count)
{
    Scalar inverse;
    for (size_t i = 0; i < count; i++) {
        scalar_add(&round->inverses[i], &round->d[i], &SCALAR_ONE);
        scalar_to_montgomery(&round->inverses[i], &round->inverses[i]);
        round->products[i] = round->inverses[i];
        if (i > 0) {
            scalar_montgomery_mul(&round->products[i], &round->products[i - 1],
                                  &round->inverses[i]);
        }
    }
    scalar_montgomery_invert(&inverse, &round->products[count - 1]);
    for (size_t i = count - 1; i > 0; i--) {
        Scalar next;
        scalar_montgomery_mul(&next, &inverse, &round->inverses[i]);
        scalar_montgomery_mul(&round->inverses[i], &inverse, &round->products[i - 1]);
        inverse = next;
    }
    round->inverses[0] = inverse;
    secret_wipe(&inverse, sizeof inverse);
}

static bool make_key(const Round *round, size_t i, Sm2PrivateKey **ret, Error *err)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = locked_alloc(sizeof *key);
    if (key == NULL) {
        return error_memory(err);
    }
    key->d = round->d[i];
    key->inverse_1_plus_d = round->inverses[i];
    key->public_key = round->keys[i];
    uint8_t encoded[SM2_SCALAR_SIZE];
    scalar_store(encoded, &key->d);
    sm3_hmac_start(&key->nonce_hmac, BYTES_OF_ARRAY(encoded));
    secret_wipe(encoded, sizeof encoded);
    if (!sm2_z(&key->public_key, SM2_DEFAULT_ID, &key->z, err)) {
        return false;
    }
    *ret = key;
    key = NULL;
    return true;
}

// Sign and verify once with each: a fault in a key's computation must not leave the module.
// Source: GB/T 37092-2018 7.10.
static bool check_pairwise(Random random, Round *round, Sm2PrivateKey *const *keys, size_t count,
                           Error *err)
{
    for (size_t i = 0; i < count; i++) {
        round->e[i] = (Sm3Digest){"pairwise check of a new key pair"};
        round->claims[i] = (Sm2Claim){&keys[i]->public_key, &round->e[i], &round->signatures[i]};
    }
    if (!sm2_sign_many((const Sm2PrivateKey *const *)keys, round->e, count, random,
                       round->signatures, err)) {
        return false;
    }
    sm2_verify_many(round->claims, count, round->are_valid);
    for (size_t i = 0; i < count; i++) {
        if (!round->are_valid[i]) {
            crypto_state_fail("sm2.pairwise");
            return error_set(err, ERROR_INTERNAL, "sm2.pairwise", NULL,
                             "a new key pair does not verify its own signature");
        }
    }
    return true;
}

static bool generate_round(Random random, Round *round, Sm2PrivateKey **ret, size_t count,
                           Error *err)
{
    if (!draw_pairs(random, round, count, err)) {
        return false;
    }
    invert_1_plus_d(round, count);
    for (size_t i = 0; i < count; i++) {
        if (!make_key(round, i, &ret[i], err)) {
            return false;
        }
    }
    return check_pairwise(random, round, ret, count, err);
}

bool sm2_key_generate_many(Random random, Sm2PrivateKey **ret, size_t count, Error *err)
{
    Round round;
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        ret[i] = NULL;
    }
    for (size_t done = 0; done < count && good; done += SM2_BATCH_SIZE) {
        size_t some = count - done < SM2_BATCH_SIZE ? count - done : SM2_BATCH_SIZE;
        good = generate_round(random, &round, &ret[done], some, err);
    }
    secret_wipe(&round, sizeof round);
    for (size_t i = 0; i < count && !good; i++) {
        sm2_private_key_cleanup(&ret[i]);
    }
    return good;
}
