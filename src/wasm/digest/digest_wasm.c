// SPDX-License-Identifier: Apache-2.0
//
// base/crypto/digest.h without libcrypto; nothing here fails.
#include "wasm/digest/sha.h"

bool sha1_digest(Bytes message, uint8_t ret[SHA1_SIZE], Error *err)
{
    (void)err;
    sha1_compute(message, ret);
    return true;
}

bool sha256_digest(Bytes message, uint8_t ret[SHA256_SIZE], Error *err)
{
    (void)err;
    sha256_compute(message, ret);
    return true;
}

bool sha384_digest(Bytes message, uint8_t ret[SHA384_SIZE], Error *err)
{
    (void)err;
    sha384_compute(message, ret);
    return true;
}

bool sha512_digest(Bytes message, uint8_t ret[SHA512_SIZE], Error *err)
{
    (void)err;
    sha512_compute(message, ret);
    return true;
}
