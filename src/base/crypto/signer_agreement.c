// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/signer_agreement.h"

#include "base/crypto/key_use.h"
#include "base/secret/crypto_state.h"

static bool check_agrees(const Signer *signer, Error *err)
{
    if (signer->agreement == NULL) {
        return error_set(err, ERROR_FORBIDDEN, "signer.not_for_agreement", NULL,
                         "the key is not for key agreement");
    }
    return crypto_state_check(err);
}

bool signer_exchange(const Signer *signer, const Sm2Exchange *exchange, uint8_t *ret_key,
                     size_t ret_len, Sm2Confirmation *ret, Error *err)
{
    return check_agrees(signer, err) &&
           signer->agreement->exchange(signer, exchange, ret_key, ret_len, ret, err);
}

bool signer_ecdh(const Signer *signer, const Sm2PublicKey *peer, uint8_t ret[SM2_SHARED_POINT_SIZE],
                 Error *err)
{
    return check_agrees(signer, err) && signer->agreement->ecdh(signer, peer, ret, err);
}

static bool exchange_with_key(const Signer *signer, const Sm2Exchange *exchange, uint8_t *ret_key,
                              size_t ret_len, Sm2Confirmation *ret, Error *err)
{
    const Sm2PrivateKey *key = signer->state;
    if (!key_use_begin(key, err)) {
        return false;
    }
    bool agreed = sm2_exchange(key, exchange, ret_key, ret_len, ret, err);
    key_use_end(key);
    return agreed;
}

static bool ecdh_with_key(const Signer *signer, const Sm2PublicKey *peer,
                          uint8_t ret[SM2_SHARED_POINT_SIZE], Error *err)
{
    const Sm2PrivateKey *key = signer->state;
    if (!key_use_begin(key, err)) {
        return false;
    }
    bool agreed = sm2_ecdh(key, peer, ret, err);
    key_use_end(key);
    return agreed;
}

Signer signer_of_agreement_key(const Sm2PrivateKey *key)
{
    static const SignerAgreement in_memory = {exchange_with_key, ecdh_with_key};
    Signer signer = signer_of_key(key);
    signer.agreement = &in_memory;
    return signer;
}
