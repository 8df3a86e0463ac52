// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/sm2_exchange.h"

#include <string.h>

#include "base/crypto/sm2_internal.h"
#include "base/secret/crypto_state.h"

// What both sides hash, in the order of the initiator and the responder whoever we are.
typedef struct {
    uint8_t shared[SM2_SHARED_POINT_SIZE];  // xU || yU; secret
    Sm3Digest z[2];
    const Sm2PublicKey *ephemeral[2];
} Transcript;

static bool load_peer(const Sm2PublicKey *peer, CurvePoint *ret, Error *err)
{
    return curve_point_load(ret, peer->point) ||
           error_set(err, ERROR_INPUT, "sm2.public_key", "GB/T 32918.1-2016 6.2.1",
                     "the peer's key is not a point on sm2p256v1");
}

// x with its upper half replaced by 1: 2^127 + (x & (2^127 - 1)), for w = 127.
static void load_half(const Sm2PublicKey *ephemeral, Scalar *ret)
{
    uint8_t half[SM2_SCALAR_SIZE] = {0};
    memcpy(&half[16], &ephemeral->point[1 + 16], 16);
    half[16] |= 0x80;
    (void)scalar_load(ret, half);  // below 2^128
}

static void store_shared(const CurvePoint *point, uint8_t ret[SM2_SHARED_POINT_SIZE])
{
    limbs_store(ret, point->x);
    limbs_store(&ret[32], point->y);
}

static bool fail_infinity(Error *err)
{
    return error_set(err, ERROR_UNTRUSTED, "sm2.exchange_infinity", "GB/T 32918.3-2016 6.1",
                     "the peer's points lead to the point at infinity");
}

// P + [x] R of the peer, which is public. False for infinity, which a peer can aim for.
static bool combine_peer(const Sm2Exchange *exchange, CurvePoint *ret, Error *err)
{
    CurvePoint key, ephemeral, product;
    Scalar half;
    if (!load_peer(exchange->peer_key, &key, err) ||
        !load_peer(exchange->peer_ephemeral, &ephemeral, err)) {
        return false;
    }
    load_half(exchange->peer_ephemeral, &half);
    curve_path()->multiply(&product, &half, &ephemeral);
    curve_path()->add(ret, &key, &product);
    return !curve_point_is_infinite(ret) || fail_infinity(err);
}

// U = [h t] (P + [x2] R) with t = d + x1 r modulo n, and the cofactor h is 1.
static bool compute_shared(const Sm2PrivateKey *key, const Sm2Exchange *exchange,
                           uint8_t ret[SM2_SHARED_POINT_SIZE], Error *err)
{
    CurvePoint combined, product;
    Scalar half, t;
    if (!combine_peer(exchange, &combined, err)) {
        return false;
    }
    load_half(sm2_public_key(exchange->ephemeral), &half);
    scalar_to_montgomery(&half, &half);
    scalar_montgomery_mul(&t, &half, &exchange->ephemeral->d);
    scalar_add(&t, &t, &key->d);
    curve_path()->multiply(&product, &t, &combined);
    bool is_infinite = curve_point_is_infinite(&product);
    store_shared(&product, ret);
    secret_wipe(&t, sizeof t);
    secret_wipe(&product, sizeof product);
    return !is_infinite || fail_infinity(err);
}

// SM3(tag || yU || SM3(xU || ZA || ZB || x1 || y1 || x2 || y2))
static void compute_confirmation(const Transcript *transcript, uint8_t tag, Sm3Digest *ret)
{
    Sm3 sm3;
    Sm3Digest inner;
    sm3_start(&sm3);
    sm3_update(&sm3, bytes_of(transcript->shared, 32));
    sm3_update(&sm3, sm3_bytes(&transcript->z[SM2_INITIATOR]));
    sm3_update(&sm3, sm3_bytes(&transcript->z[SM2_RESPONDER]));
    for (size_t i = 0; i < 2; i++) {
        sm3_update(&sm3, bytes_from(sm2_public_key_bytes(transcript->ephemeral[i]), 1));
    }
    sm3_finish(&sm3, &inner);
    sm3_start(&sm3);
    sm3_update(&sm3, bytes_of(&tag, 1));
    sm3_update(&sm3, bytes_of(&transcript->shared[32], 32));
    sm3_update(&sm3, sm3_bytes(&inner));
    sm3_finish(&sm3, ret);
    secret_wipe(&sm3, sizeof sm3);
    secret_wipe(&inner, sizeof inner);
}

static void derive_key(const Transcript *transcript, uint8_t *ret, size_t ret_len)
{
    uint8_t input[SM2_SHARED_POINT_SIZE + 2 * SM3_SIZE];
    memcpy(input, transcript->shared, SM2_SHARED_POINT_SIZE);
    memcpy(&input[SM2_SHARED_POINT_SIZE], transcript->z, 2 * SM3_SIZE);
    sm3_kdf(BYTES_OF_ARRAY(input), ret, ret_len);
    secret_wipe(input, sizeof input);
}

bool sm2_exchange(const Sm2PrivateKey *key, const Sm2Exchange *exchange, uint8_t *ret_key,
                  size_t ret_len, Sm2Confirmation *ret, Error *err)
{
    const Sm2Role own = exchange->role;
    const Sm2Role peer = own == SM2_INITIATOR ? SM2_RESPONDER : SM2_INITIATOR;
    Transcript transcript;
    transcript.ephemeral[own] = sm2_public_key(exchange->ephemeral);
    transcript.ephemeral[peer] = exchange->peer_ephemeral;
    if (!crypto_state_check(err)) {
        return false;
    }
    if (ret_len == 0 || ret_len > SM2_EXCHANGE_KEY_MAX) {
        return error_set(err, ERROR_INPUT, "sm2.exchange_length", "GB/T 32918.3-2016 5.4.3",
                         "a key exchange gives 1 to %d bytes, not %zu", SM2_EXCHANGE_KEY_MAX,
                         ret_len);
    }
    if (!sm2_z(sm2_public_key(key), exchange->id, &transcript.z[own], err) ||
        !sm2_z(exchange->peer_key, exchange->peer_id, &transcript.z[peer], err)) {
        return false;
    }
    bool agreed = compute_shared(key, exchange, transcript.shared, err);
    if (agreed) {
        derive_key(&transcript, ret_key, ret_len);
        compute_confirmation(&transcript, 0x02, &ret->responder);
        compute_confirmation(&transcript, 0x03, &ret->initiator);
    }
    secret_wipe(&transcript, sizeof transcript);
    return agreed;
}

// No infinity here: the order of the group is prime, the peer's point is finite and 1 <= d < n.
bool sm2_ecdh(const Sm2PrivateKey *key, const Sm2PublicKey *peer,
              uint8_t ret[SM2_SHARED_POINT_SIZE], Error *err)
{
    CurvePoint point, product;
    if (!crypto_state_check(err) || !load_peer(peer, &point, err)) {
        return false;
    }
    curve_path()->multiply(&product, &key->d, &point);
    store_shared(&product, ret);
    secret_wipe(&product, sizeof product);
    return true;
}
