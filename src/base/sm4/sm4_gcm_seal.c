// SPDX-License-Identifier: Apache-2.0
#include "base/sm4/sm4.h"

void sm4_gcm_seal(const Sm4 *sm4, const uint8_t nonce[SM4_GCM_NONCE_SIZE], Bytes aad,
                  Bytes plaintext, Writer *ret)
{
    ret->failed |= plaintext.len > SM4_GCM_MAX_SIZE;
    uint8_t *sealed = writer_put_space(ret, plaintext.len + SM4_GCM_TAG_SIZE);
    if (sealed != NULL) {
        sm4_gcm_encrypt(sm4, nonce, aad, plaintext, sealed, &sealed[plaintext.len]);
    }
}

bool sm4_gcm_open(const Sm4 *sm4, const uint8_t nonce[SM4_GCM_NONCE_SIZE], Bytes aad, Bytes sealed,
                  Writer *ret, Error *err)
{
    const size_t start = ret->len;
    const size_t len = sealed.len < SM4_GCM_TAG_SIZE ? 0 : sealed.len - SM4_GCM_TAG_SIZE;
    const bool size_fits = sealed.len >= SM4_GCM_TAG_SIZE && len <= SM4_GCM_MAX_SIZE;
    uint8_t *plaintext = size_fits && len > 0 ? writer_put_space(ret, len) : NULL;
    if (ret->failed) {
        return error_set(err, ERROR_LIMIT, "sm4.limit", NULL,
                         "plaintext exceeds the writer's limit");
    }
    if (!size_fits || !sm4_gcm_decrypt(sm4, nonce, aad, bytes_slice(sealed, 0, len),
                                       &sealed.data[len], plaintext)) {
        ret->len = start;
        return error_set(err, ERROR_UNTRUSTED, "sm4.gcm_tag", "NIST SP 800-38D 7.2",
                         "the SM4-GCM tag does not match");
    }
    return true;
}
