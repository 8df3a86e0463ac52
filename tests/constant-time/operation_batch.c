// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/crypto/sm2_batch.h"
#include "operation.h"

enum { KEYS_SIZE = OPERATION_BATCH * SM2_SCALAR_SIZE };

// The secret begins with the keys; randomness follows.
static void prepare_keys(Material *material)
{
    for (size_t i = 0; i < KEYS_SIZE; i += SM2_SCALAR_SIZE) {
        operation_tame_scalar(&material->secret[i]);
    }
    operation_conceal(material->secret, sizeof material->secret);
    for (size_t i = 0; i < OPERATION_BATCH; i++) {
        material->many[i] = operation_make_key(&material->secret[i * SM2_SCALAR_SIZE]);
    }
}

static void run_sign_many(Material *material)
{
    Error err = {0};
    Sm3Digest e[OPERATION_BATCH];
    Sm2Signature signatures[OPERATION_BATCH];
    memset(e, 0x5a, sizeof e);
    material->drawn = KEYS_SIZE;
    operation_must(sm2_sign_many((const Sm2PrivateKey *const *)material->many, e, OPERATION_BATCH,
                                 operation_random(material), signatures, &err));
    memcpy(material->output.data, signatures, sizeof signatures);
}

static void prepare_randomness(Material *material)
{
    operation_conceal(material->secret, sizeof material->secret);
}

static void run_generate_many(Material *material)
{
    enum { COUNT = 8 };
    Error err = {0};
    Sm2PrivateKey *keys[COUNT] = {NULL};
    material->drawn = 0;
    operation_must(sm2_key_generate_many(operation_random(material), keys, COUNT, &err));
    for (size_t i = 0; i < COUNT; i++) {
        sm2_private_key_free(keys[i]);
    }
}

const Operation OPERATIONS_BATCH[] = {
    {"SM2 signing of many", OPERATION_SECRET_MAX, prepare_keys, run_sign_many, PUBLIC_NOTHING},
    {"SM2 generation of many", OPERATION_SECRET_MAX, prepare_randomness, run_generate_many,
     PUBLIC_VERIFICATION},
    {0},
};
