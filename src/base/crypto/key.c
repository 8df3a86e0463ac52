// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/key.h"

bool signer_sign(const Signer *signer, Bytes message, Sm2Signature *ret, Error *err)
{
    Sm3Digest e;
    return sm2_message_digest(signer->public_key, SM2_DEFAULT_ID, message, &e, err) &&
           signer->sign_digest(signer, &e, ret, err);
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

static bool sign_with_key(const Signer *signer, const Sm3Digest *e, Sm2Signature *ret, Error *err)
{
    const Sm2PrivateKey *key = signer->state;
    return sm2_sign_digest(key, random_system(), e, ret, err);
}

Signer signer_of_key(const Sm2PrivateKey *key)
{
    return (Signer){sign_with_key, sm2_public_key(key), (void *)key};
}
