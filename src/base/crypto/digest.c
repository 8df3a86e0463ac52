// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/digest.h"

#include <openssl/evp.h>

static bool digest(const EVP_MD *algorithm, Bytes message, uint8_t *ret, Error *err)
{
    unsigned len = 0;
    if (EVP_Digest(message.data, message.len, ret, &len, algorithm, NULL) != 1) {
        return error_set(err, ERROR_INTERNAL, "digest.failed", NULL, "libcrypto cannot hash");
    }
    return true;
}

bool sha1_digest(Bytes message, uint8_t ret[SHA1_SIZE], Error *err)
{
    return digest(EVP_sha1(), message, ret, err);
}

bool sha256_digest(Bytes message, uint8_t ret[SHA256_SIZE], Error *err)
{
    return digest(EVP_sha256(), message, ret, err);
}

bool sha384_digest(Bytes message, uint8_t ret[SHA384_SIZE], Error *err)
{
    return digest(EVP_sha384(), message, ret, err);
}

bool sha512_digest(Bytes message, uint8_t ret[SHA512_SIZE], Error *err)
{
    return digest(EVP_sha512(), message, ret, err);
}
