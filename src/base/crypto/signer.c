// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/signer.h"

#include "base/crypto/key_use.h"
#include "base/secret/crypto_state.h"

bool signer_sign_digest(const Signer *signer, const Sm3Digest *e, Sm2Signature *ret, Error *err)
{
    return crypto_state_check(err) && signer->sign_digest(signer, e, ret, err);
}

bool signer_sign_digests(const Signer *signer, const Sm3Digest *e, size_t count, Sm2Signature *ret,
                         Error *err)
{
    if (!crypto_state_check(err)) {
        return false;
    }
    if (signer->sign_many != NULL && count > 1) {
        return signer->sign_many(signer, e, count, ret, err);
    }
    for (size_t i = 0; i < count; i++) {
        if (!signer->sign_digest(signer, &e[i], &ret[i], err)) {
            return false;
        }
    }
    return true;
}

bool signer_sign_id(const Signer *signer, Bytes id, Bytes message, Sm2Signature *ret, Error *err)
{
    Sm3Digest e;
    return sm2_message_digest(signer->public_key, id, message, &e, err) &&
           signer_sign_digest(signer, &e, ret, err);
}

bool signer_sign(const Signer *signer, Bytes message, Sm2Signature *ret, Error *err)
{
    return signer_sign_id(signer, SM2_DEFAULT_ID, message, ret, err);
}

bool signer_sign_der(const Signer *signer, Bytes message, uint8_t ret[SM2_SIGNATURE_DER_MAX],
                     size_t *ret_len, Error *err)
{
    Sm2Signature signature;
    if (!signer_sign(signer, message, &signature, err)) {
        return false;
    }
    *ret_len = sm2_signature_encode(&signature, ret);
    return true;
}

bool signer_decrypt(const Signer *signer, Bytes der, Writer *ret, Error *err)
{
    if (signer->decrypt == NULL) {
        return error_set(err, ERROR_FORBIDDEN, "signer.not_for_decryption", NULL,
                         "the key is not for decryption");
    }
    return crypto_state_check(err) && signer->decrypt(signer, der, ret, err);
}

void signer_zeroise(const Signer *signer)
{
    if (signer->zeroise != NULL) {
        signer->zeroise(signer);
    }
}

static bool sign_with_key(const Signer *signer, const Sm3Digest *e, Sm2Signature *ret, Error *err)
{
    const Sm2PrivateKey *key = signer->state;
    if (!key_use_begin(key, err)) {
        return false;
    }
    bool made = sm2_sign_digest(key, signer->random, e, ret, err);
    key_use_end(key);
    return made;
}

static bool decrypt_with_key(const Signer *signer, Bytes der, Writer *ret, Error *err)
{
    const Sm2PrivateKey *key = signer->state;
    if (!key_use_begin(key, err)) {
        return false;
    }
    bool made = sm2_decrypt(key, der, ret, err);
    key_use_end(key);
    return made;
}

static void zeroise_key(const Signer *signer)
{
    key_use_zeroise(signer->state);
}

Signer signer_of_key(const Sm2PrivateKey *key)
{
    return signer_of_key_with(key, random_system());
}

Signer signer_of_key_with(const Sm2PrivateKey *key, Random random)
{
    return (Signer){.sign_digest = sign_with_key,
                    .public_key = sm2_public_key(key),
                    .state = (void *)key,
                    .decrypt = decrypt_with_key,
                    .zeroise = zeroise_key,
                    .random = random};
}
