// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/crypto/sm2_exchange.h"
#include "base/curve/curve.h"
#include "operation.h"

// The secret is d, and r after it; the peer is public.
static void prepare_agreement(Material *material)
{
    static const uint8_t d[SM2_SCALAR_SIZE] = {9, 8, 7};
    Sm2PrivateKey *peer = operation_make_key(d);
    material->public_key = *sm2_public_key(peer);
    sm2_private_key_free(peer);
    operation_tame_scalar(material->secret);
    operation_tame_scalar(&material->secret[SM2_SCALAR_SIZE]);
    operation_conceal(material->secret, sizeof material->secret);
    material->key = operation_make_key(material->secret);
    material->ephemeral = operation_make_key(&material->secret[SM2_SCALAR_SIZE]);
}

static void run_ecdh(Material *material)
{
    Error err = {0};
    uint8_t shared[SM2_SHARED_POINT_SIZE];
    operation_must(sm2_ecdh(material->key, &material->public_key, shared, &err));
    memcpy(material->output.data, shared, sizeof shared);
}

static void run_exchange(Material *material)
{
    Error err = {0};
    Sm2Confirmation confirmation;
    const Sm2Exchange exchange = {.role = SM2_INITIATOR,
                                  .ephemeral = material->ephemeral,
                                  .id = SM2_DEFAULT_ID,
                                  .peer_key = &material->public_key,
                                  .peer_ephemeral = &material->public_key,
                                  .peer_id = SM2_DEFAULT_ID};
    operation_must(
        sm2_exchange(material->key, &exchange, material->output.data, 48, &confirmation, &err));
}

// The path of WebAssembly, which no level chooses on a 64-bit CPU.
static void run_narrow(Material *material)
{
    const CurvePath *path = curve_path_named("narrow");
    CurvePoint product;
    Scalar k;
    uint64_t in_range = scalar_load(&k, material->secret);
    operation_must(in_range != 0);
    path->multiply_base(&product, &k);
    memcpy(material->output.data, &product, sizeof product);
    path->multiply(&product, &k, &CURVE_BASE);
    memcpy(&material->output.data[sizeof product], &product, sizeof product);
}

const Operation OPERATIONS_EXCHANGE[] = {
    {"SM2 ECDH", 2 * SM2_SCALAR_SIZE, prepare_agreement, run_ecdh, PUBLIC_NOTHING},
    {"SM2 key exchange", 2 * SM2_SCALAR_SIZE, prepare_agreement, run_exchange, PUBLIC_NOTHING},
    {"multiplications, narrow path", 2 * SM2_SCALAR_SIZE, prepare_agreement, run_narrow,
     PUBLIC_NOTHING},
    {0},
};
