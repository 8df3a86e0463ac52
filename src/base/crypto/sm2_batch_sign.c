// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/crypto/sm2_batch_internal.h"

// What one round of signatures needs; wiped after it.
typedef struct {
    uint8_t fresh[SM2_BATCH_SIZE][SM2_NONCE_RANDOM_SIZE];
    Scalar k[SM2_BATCH_SIZE];
    bool is_unsuited[SM2_BATCH_SIZE];
    CurvePoint products[SM2_BATCH_SIZE];
} Round;

size_t sm2_batch_share(size_t count)
{
    size_t rest = count % LANES_COUNT;
    if (!lanes_available()) {
        return 0;
    }
    return rest >= SM2_BATCH_LEAST ? count : count - rest;
}

// r = e + x1 and s = (1+d)^-1 (r + k) - r. False when the nonce does not suit.
// Source: GB/T 32918.2 6.1.
static bool finish_signature(const Sm2PrivateKey *key, const Sm3Digest *e, const Scalar *k,
                             const CurvePoint *product, Sm2Signature *ret)
{
    Scalar r, s, r_plus_k, digest;
    scalar_reduce(&r, product->x);
    (void)scalar_load(&digest, e->bytes);
    scalar_add(&r, &r, &digest);
    scalar_add(&r_plus_k, &r, k);
    scalar_montgomery_mul(&s, &key->inverse_1_plus_d, &r_plus_k);
    scalar_sub(&s, &s, &r);
    uint64_t unsuited = scalar_is_zero(&r) | scalar_is_zero(&r_plus_k) | scalar_is_zero(&s);
    secret_wipe(&r_plus_k, sizeof r_plus_k);
    if (unsuited != 0) {
        return false;
    }
    scalar_store(ret->r, &r);
    scalar_store(ret->s, &s);
    return true;
}

// Sign `count` digests in lanes with the random bytes of the round; those whose nonce does not suit
// are marked.
static void sign_in_lanes(const Sm2PrivateKey *const *keys, const Sm3Digest *e, size_t count,
                          Round *round, Sm2Signature *ret)
{
    size_t groups = (count + LANES_COUNT - 1) / LANES_COUNT;
    sm2_batch_nonces(keys, (const uint8_t(*)[SM2_NONCE_RANDOM_SIZE])round->fresh, e, count,
                     round->k);
    for (size_t i = 0; i < groups * LANES_COUNT; i++) {
        round->is_unsuited[i] = i >= count || scalar_is_zero(&round->k[i]) != 0;
        if (round->is_unsuited[i]) {
            round->k[i] = SCALAR_ONE;
        }
    }
    bool multiplied = lanes_multiply_base(round->products, round->k, groups);
    for (size_t i = 0; i < count; i++) {
        round->is_unsuited[i] =
            round->is_unsuited[i] || !multiplied ||
            !finish_signature(keys[i], &e[i], &round->k[i], &round->products[i], &ret[i]);
    }
}

bool sm2_sign_many(const Sm2PrivateKey *const *keys, const Sm3Digest *e, size_t count,
                   Random random, Sm2Signature *ret, Error *err)
{
    Round round;
    bool good = true;
    for (size_t done = 0; done < count && good;) {
        size_t left = count - done;
        size_t some = left < SM2_BATCH_SIZE ? left : SM2_BATCH_SIZE;
        size_t in_lanes = sm2_batch_share(some);
        if (in_lanes > 0) {
            good = random_fill(random, round.fresh[0], in_lanes * SM2_NONCE_RANDOM_SIZE, err);
        }
        if (good && in_lanes > 0) {
            sign_in_lanes(&keys[done], &e[done], in_lanes, &round, &ret[done]);
        }
        for (size_t i = 0; i < some && good; i++) {
            if (i >= in_lanes || round.is_unsuited[i]) {
                good = sm2_sign_digest(keys[done + i], random, &e[done + i], &ret[done + i], err);
            }
        }
        done += some;
    }
    secret_wipe(&round, sizeof round);
    return good;
}
