// SPDX-License-Identifier: Apache-2.0
//
// assent sm2 encrypt, assent sm2 decrypt
#include "base/crypto/signer.h"
#include "base/crypto/sm2_form.h"
#include "program/sm2_command.h"
#include "program/sm_data.h"
#include "program/sm_keys.h"

enum { CIPHER_MAX_SIZE = SM2_PLAINTEXT_MAX + 256 };

#define SET_ORDER (SM_SET(SM_DER) | SM_SET(SM_C1C3C2) | SM_SET(SM_C1C2C3))

static bool is_raw(const SmArguments *arguments)
{
    return sm_has(arguments, SM_C1C3C2) || sm_has(arguments, SM_C1C2C3);
}

static Sm2CipherOrder raw_order(const SmArguments *arguments)
{
    return sm_has(arguments, SM_C1C2C3) ? SM2_C1C2C3 : SM2_C1C3C2;
}

bool sm2_command_encrypt(SmArguments *arguments, int *ret_code, Error *err)
{
    (void)ret_code;
    Sm2PublicKey key;
    Bytes plaintext;
    CLEANUP(writer_free) Writer der = writer_new(CIPHER_MAX_SIZE);
    CLEANUP(writer_free) Writer raw = writer_new(CIPHER_MAX_SIZE);
    if (!sm_at_most_one(arguments, SET_ORDER, err) ||
        !sm_need_one(arguments, SM_SET(SM_PUB) | SM_SET(SM_KEY), err) ||
        !sm_public_key_load(arguments, sm_has(arguments, SM_PUB) ? SM_PUB : SM_KEY, &key, err) ||
        !sm_message_read(arguments, &plaintext, err) ||
        !sm2_encrypt(&key, random_system(), plaintext, &der, err)) {
        return false;
    }
    if (!is_raw(arguments)) {
        return sm_write(arguments, writer_bytes(&der), false, err);
    }
    return sm2_cipher_to_raw(writer_bytes(&der), raw_order(arguments), &raw, err) &&
           sm_write(arguments, writer_bytes(&raw), false, err);
}

// The ciphertext as bytes: no ciphertext is so short that its bytes could be taken for digits.
static bool read_ciphertext(SmArguments *arguments, Bytes *ret, Error *err)
{
    return sm_message_read(arguments, ret, err) &&
           (!sm_is_hex(*ret) || sm_hex_decode(arguments->arena, *ret, ret, err));
}

bool sm2_command_decrypt(SmArguments *arguments, int *ret_code, Error *err)
{
    (void)ret_code;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(writer_free) Writer der = writer_new(CIPHER_MAX_SIZE);
    CLEANUP(writer_free) Writer plaintext = writer_new(SM2_PLAINTEXT_MAX);
    Bytes ciphertext;
    if (!sm_at_most_one(arguments, SET_ORDER, err) ||
        !sm_need_one(arguments, SM_SET(SM_KEY), err) ||
        !sm_private_key_load(arguments, SM_KEY, &key, err) ||
        !read_ciphertext(arguments, &ciphertext, err)) {
        return false;
    }
    if (is_raw(arguments)) {
        if (!sm2_cipher_from_raw(ciphertext, raw_order(arguments), &der, err)) {
            return false;
        }
        ciphertext = writer_bytes(&der);
    }
    const Signer signer = signer_of_key(key);
    return signer_decrypt(&signer, ciphertext, &plaintext, err) &&
           sm_write(arguments, writer_bytes(&plaintext), true, err);
}
