// SPDX-License-Identifier: Apache-2.0
//
// SM3 and SM4 over secret keys and secret data of lengths that go through every loop of a variant.
#include <string.h>

#include "operation.h"

enum { DATA_AT = 64, DATA_SIZE = OPERATION_DATA_MAX - 3, SECRET_SIZE = DATA_AT + DATA_SIZE };

static const uint8_t iv[SM4_BLOCK_SIZE] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                           0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf0};

static Bytes data_of(const Material *material)
{
    return bytes_of(&material->secret[DATA_AT], DATA_SIZE);
}

static Bytes key_of(const Material *material)
{
    return bytes_of(material->secret, 32);
}

static void run_sm3(Material *material)
{
    material->digests[0] = sm3_digest(data_of(material));
}

// Messages of different lengths, which are public.
static void run_sm3_many(Material *material)
{
    Bytes messages[COUNT_OF(material->digests)];
    for (size_t i = 0; i < COUNT_OF(messages); i++) {
        messages[i] = bytes_slice(data_of(material), 7 * i, 65 + i % 3 * 64);
    }
    sm3_digest_many(messages, material->digests, COUNT_OF(messages));
}

static void run_hmac(Material *material)
{
    material->digests[0] = sm3_hmac(key_of(material), data_of(material));
}

static void run_kdf(Material *material)
{
    uint8_t derived[200];
    sm3_kdf(bytes_of(material->secret, 64), derived, sizeof derived);
    material->digests[0].bytes[0] = derived[199];
}

static void run_equal(Material *material)
{
    bool same = secret_equal(key_of(material), bytes_slice(data_of(material), 0, 32));
    __asm__ volatile("" : : "r"(same));
}

static void run_init(Material *material)
{
    sm4_init(&material->sm4, material->secret);
}

static void prepare_sm4(Material *material)
{
    operation_conceal(material->secret, SECRET_SIZE);
    sm4_init(&material->sm4, material->secret);
}

static void run_block(Material *material)
{
    uint8_t block[SM4_BLOCK_SIZE];
    sm4_encrypt_block(&material->sm4, data_of(material).data, block);
    sm4_decrypt_block(&material->sm4, block, block);
}

static void run_ctr(Material *material)
{
    sm4_ctr(&material->sm4, iv, data_of(material), material->output.data);
}

static void run_cbc_encrypt(Material *material)
{
    material->output.len = 0;
    sm4_cbc_encrypt(&material->sm4, iv, data_of(material), &material->output);
}

static void run_gcm_seal(Material *material)
{
    material->output.len = 0;
    sm4_gcm_seal(&material->sm4, iv, BYTES_OF_ARRAY(iv), data_of(material), &material->output);
}

static void run_ccm_seal(Material *material)
{
    material->output.len = 0;
    sm4_ccm_seal(&material->sm4, iv, BYTES_OF_ARRAY(iv), data_of(material), &material->output);
}

typedef void Seal(const Sm4 *sm4, const uint8_t nonce[12], Bytes aad, Bytes plaintext, Writer *ret);

// The ciphertext is public, and made before the key becomes secret.
static void prepare_sealed(Material *material, Seal *seal)
{
    sm4_init(&material->sm4, material->secret);
    if (seal != NULL) {
        seal(&material->sm4, iv, BYTES_OF_ARRAY(iv), data_of(material), &material->input);
    } else {
        sm4_cbc_encrypt(&material->sm4, iv, data_of(material), &material->input);
    }
    prepare_sm4(material);
}

static void prepare_cbc(Material *material)
{
    prepare_sealed(material, NULL);
}

static void prepare_gcm(Material *material)
{
    prepare_sealed(material, sm4_gcm_seal);
}

static void prepare_ccm(Material *material)
{
    prepare_sealed(material, sm4_ccm_seal);
}

static void run_cbc_decrypt(Material *material)
{
    Error err = {0};
    material->output.len = 0;
    operation_must(sm4_cbc_decrypt(&material->sm4, iv, writer_bytes(&material->input),
                                   &material->output, &err));
}

static void run_gcm_open(Material *material)
{
    Error err = {0};
    material->output.len = 0;
    operation_must(sm4_gcm_open(&material->sm4, iv, BYTES_OF_ARRAY(iv),
                                writer_bytes(&material->input), &material->output, &err));
}

static void run_ccm_open(Material *material)
{
    Error err = {0};
    material->output.len = 0;
    operation_must(sm4_ccm_open(&material->sm4, iv, BYTES_OF_ARRAY(iv),
                                writer_bytes(&material->input), &material->output, &err));
}

const Operation OPERATIONS_SYMMETRIC[] = {
    {"comparison of secrets", SECRET_SIZE, NULL, run_equal, PUBLIC_NOTHING},
    {"SM3", SECRET_SIZE, NULL, run_sm3, PUBLIC_NOTHING},
    {"SM3 of many", SECRET_SIZE, NULL, run_sm3_many, PUBLIC_NOTHING},
    {"HMAC-SM3", SECRET_SIZE, NULL, run_hmac, PUBLIC_NOTHING},
    {"KDF", SECRET_SIZE, NULL, run_kdf, PUBLIC_NOTHING},
    {"SM4 key schedule", SECRET_SIZE, NULL, run_init, PUBLIC_NOTHING},
    {"SM4 block", SECRET_SIZE, prepare_sm4, run_block, PUBLIC_NOTHING},
    {"SM4-CTR", SECRET_SIZE, prepare_sm4, run_ctr, PUBLIC_NOTHING},
    {"SM4-CBC encrypt", SECRET_SIZE, prepare_sm4, run_cbc_encrypt, PUBLIC_NOTHING},
    {"SM4-CBC decrypt", SECRET_SIZE, prepare_cbc, run_cbc_decrypt, PUBLIC_NOTHING},
    {"SM4-GCM seal", SECRET_SIZE, prepare_sm4, run_gcm_seal, PUBLIC_NOTHING},
    {"SM4-GCM open", SECRET_SIZE, prepare_gcm, run_gcm_open, PUBLIC_NOTHING},
    {"SM4-CCM seal", SECRET_SIZE, prepare_sm4, run_ccm_seal, PUBLIC_NOTHING},
    {"SM4-CCM open", SECRET_SIZE, prepare_ccm, run_ccm_open, PUBLIC_NOTHING},
    {0},
};
