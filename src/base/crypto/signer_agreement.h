// SPDX-License-Identifier: Apache-2.0
//
// Key agreement through the Signer: as every use of a private key it refuses in the error state and
// once the key is zeroised. Only a signer made for it agrees; that of a device does not, because a
// device keeps what it agreed on inside (SDF_GenerateKeyWithECC gives a handle), where nothing
// here encrypts, and gives no confirmations.
#ifndef ASSENT_BASE_CRYPTO_SIGNER_AGREEMENT_H
#define ASSENT_BASE_CRYPTO_SIGNER_AGREEMENT_H

#include "base/crypto/signer.h"
#include "base/crypto/sm2_exchange.h"

struct SignerAgreement {
    bool (*exchange)(const Signer *signer, const Sm2Exchange *exchange, uint8_t *ret_key,
                     size_t ret_len, Sm2Confirmation *ret, Error *err);
    bool (*ecdh)(const Signer *signer, const Sm2PublicKey *peer, uint8_t ret[SM2_SHARED_POINT_SIZE],
                 Error *err);
};

// Agree as sm2_exchange and sm2_ecdh do. Fail as these, with ERROR_FORBIDDEN, code
// "signer.not_for_agreement" or "signer.zeroised", or with "crypto.error_state"; nothing is written
// then.
bool signer_exchange(const Signer *signer, const Sm2Exchange *exchange, uint8_t *ret_key,
                     size_t ret_len, Sm2Confirmation *ret, Error *err) MUST_CHECK;
bool signer_ecdh(const Signer *signer, const Sm2PublicKey *peer, uint8_t ret[SM2_SHARED_POINT_SIZE],
                 Error *err) MUST_CHECK;

// As signer_of_key, and for key agreement as well.
Signer signer_of_agreement_key(const Sm2PrivateKey *key);

#endif
