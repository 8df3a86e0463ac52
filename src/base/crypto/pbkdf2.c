// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/pbkdf2.h"

#include <limits.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/secret/secret.h"
#include "base/sm3/sm3.h"

// T_number = U_1 ^ ... ^ U_c with U_1 = PRF(salt || number), U_j = PRF(U_(j-1)).
static void derive_block(const Sm3Hmac *keyed, Bytes salt, uint32_t number, uint64_t iterations,
                         uint8_t ret[SM3_SIZE])
{
    const uint8_t encoded[4] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16),
                                (uint8_t)(number >> 8), (uint8_t)number};
    Sm3Hmac hmac = *keyed;
    Sm3Digest u;
    sm3_hmac_update(&hmac, salt);
    sm3_hmac_update(&hmac, BYTES_OF_ARRAY(encoded));
    sm3_hmac_finish(&hmac, &u);
    memcpy(ret, u.bytes, SM3_SIZE);
    for (uint64_t i = 1; i < iterations; i++) {
        hmac = *keyed;
        sm3_hmac_update(&hmac, sm3_bytes(&u));
        sm3_hmac_finish(&hmac, &u);
        for (size_t j = 0; j < SM3_SIZE; j++) {
            ret[j] ^= u.bytes[j];
        }
    }
    secret_wipe(&u, sizeof u);
}

static void derive_with_sm3(Bytes password, Bytes salt, uint64_t iterations, uint8_t *ret,
                            size_t ret_len)
{
    Sm3Hmac keyed;
    uint8_t block[SM3_SIZE];
    uint32_t number = 0;
    sm3_hmac_start(&keyed, password);
    for (size_t done = 0; done < ret_len; done += SM3_SIZE) {
        derive_block(&keyed, salt, ++number, iterations, block);
        size_t left = ret_len - done;
        memcpy(&ret[done], block, left < SM3_SIZE ? left : SM3_SIZE);
    }
    secret_wipe(&keyed, sizeof keyed);
    secret_wipe(block, sizeof block);
}

bool pbkdf2_derive(Pbkdf2Prf prf, Bytes password, Bytes salt, uint64_t iterations, uint8_t *ret,
                   size_t ret_len, Error *err)
{
    if (iterations == 0 || iterations > PBKDF2_MAX_ITERATIONS || password.len > INT_MAX ||
        salt.len > INT_MAX || ret_len > INT_MAX) {
        return error_set(err, ERROR_INPUT, "key.iterations", "RFC 8018 5.2",
                         "the iteration count is not in 1 to %d", PBKDF2_MAX_ITERATIONS);
    }
    if (prf == PBKDF2_HMAC_SM3) {
        derive_with_sm3(password, salt, iterations, ret, ret_len);
        return true;
    }
    return PKCS5_PBKDF2_HMAC((const char *)password.data, (int)password.len, salt.data,
                             (int)salt.len, (int)iterations, EVP_sha256(), (int)ret_len,
                             ret) == 1 ||
           error_set(err, ERROR_INTERNAL, "digest.failed", NULL, "libcrypto cannot derive a key");
}
