// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "operation.h"

enum { NONCE_ROOM = 1024 };

static const Sm3Digest digest = {{1, 2, 3, 4, 5, 6, 7, 8, 9}};

static void prepare_scalar(Material *material)
{
    operation_tame_scalar(material->secret);
    operation_conceal(material->secret, sizeof material->secret);
}

static void run_key_new(Material *material)
{
    sm2_private_key_free(operation_make_key(material->secret));
}

static void run_key_generate(Material *material)
{
    Error err = {0};
    Sm2PrivateKey *key = NULL;
    material->drawn = 0;
    operation_must(sm2_key_generate(operation_random(material), &key, &err));
    sm2_private_key_free(key);
}

static void prepare_key(Material *material)
{
    prepare_scalar(material);
    material->key = operation_make_key(material->secret);
}

static void run_sign(Material *material)
{
    Error err = {0};
    Sm2Signature signature;
    material->drawn = SM2_SCALAR_SIZE;
    operation_must(
        sm2_sign_digest(material->key, operation_random(material), &digest, &signature, &err));
    material->output.len = 0;
    writer_put(&material->output, BYTES_OF_ARRAY(signature.r));
    writer_put(&material->output, BYTES_OF_ARRAY(signature.s));
}

static void run_scalar(Material *material)
{
    Error err = {0};
    Secret *scalar = NULL;
    operation_must(sm2_private_key_scalar(material->key, &scalar, &err));
    secret_free(scalar);
}

static bool fill_with_count(void *state, uint8_t *ret, size_t len, Error *err)
{
    (void)state, (void)err;
    for (size_t i = 0; i < len; i++) {
        ret[i] = (uint8_t)(7 * i + 1);
    }
    return true;
}

// The ciphertext is public, and made before the key becomes secret.
static void prepare_decrypt(Material *material)
{
    static const uint8_t plaintext[100] = {1, 2, 3};
    Error err = {0};
    operation_tame_scalar(material->secret);
    Sm2PrivateKey *open_key = operation_make_key(material->secret);
    operation_must(sm2_encrypt(sm2_public_key(open_key), (Random){fill_with_count, NULL},
                               BYTES_OF_ARRAY(plaintext), &material->input, &err));
    sm2_private_key_free(open_key);
    prepare_key(material);
}

static void run_decrypt(Material *material)
{
    Error err = {0};
    material->output.len = 0;
    operation_must(
        sm2_decrypt(material->key, writer_bytes(&material->input), &material->output, &err));
}

static void run_encrypt(Material *material)
{
    Error err = {0};
    material->drawn = 0;
    material->output.len = 0;
    operation_must(sm2_encrypt(&material->public_key, operation_random(material),
                               bytes_of(&material->secret[NONCE_ROOM], 100), &material->output,
                               &err));
}

// Whether both coordinates of the first part are INTEGERs of 32 bytes.
static bool is_of_common_length(const Writer *ciphertext)
{
    const uint8_t *der = ciphertext->data;
    return ciphertext->len > 38 && der[3] == 0x02 && der[4] == SM2_SCALAR_SIZE && der[37] == 0x02 &&
           der[38] == SM2_SCALAR_SIZE;
}

// The plaintext is 100 bytes of the secret, the nonce comes from it too; the key is public. The
// length of the ciphertext is public as well and takes time to write: nonces are passed over until
// it is the same for all, so that what is timed differs in secrets alone.
static void prepare_encrypt(Material *material)
{
    static const uint8_t d[SM2_SCALAR_SIZE] = {5, 6, 7};
    Sm2PrivateKey *key = operation_make_key(d);
    material->public_key = *sm2_public_key(key);
    sm2_private_key_free(key);
    prepare_scalar(material);
    for (run_encrypt(material); !is_of_common_length(&material->output); run_encrypt(material)) {
        material->secret[1]++;
        prepare_scalar(material);
    }
}

const Operation OPERATIONS_SM2[] = {
    {"SM2 key from scalar", SM2_SCALAR_SIZE, prepare_scalar, run_key_new, PUBLIC_NOTHING},
    {"SM2 key generation", NONCE_ROOM, prepare_scalar, run_key_generate, PUBLIC_VERIFICATION},
    {"SM2 sign", NONCE_ROOM, prepare_key, run_sign, PUBLIC_NOTHING},
    {"SM2 scalar of key", SM2_SCALAR_SIZE, prepare_key, run_scalar, PUBLIC_NOTHING},
    {"SM2 decrypt", SM2_SCALAR_SIZE, prepare_decrypt, run_decrypt, PUBLIC_NOTHING},
    {"SM2 encrypt", NONCE_ROOM + 100, prepare_encrypt, run_encrypt, PUBLIC_ENCODING},
    {0},
};
