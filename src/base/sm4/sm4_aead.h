// SPDX-License-Identifier: Apache-2.0
//
// GCM and CCM with nonces and tags of other lengths than the 12 and 16 bytes that assent's own
// formats use (sm4.h): for files and test vectors from elsewhere.
#ifndef ASSENT_BASE_SM4_SM4_AEAD_H
#define ASSENT_BASE_SM4_SM4_AEAD_H

#include "base/sm4/sm4.h"

enum {
    SM4_GCM_NONCE_MAX = 1 << 16,  // bytes; at least 1
    SM4_GCM_TAG_MIN = 12,
    SM4_CCM_NONCE_MIN = 7,
    SM4_CCM_NONCE_MAX = 13,
    SM4_CCM_TAG_MIN = 4,  // even lengths
    SM4_AEAD_TAG_MAX = 16,
};

// Everything is borrowed.
typedef struct {
    Bytes nonce;  // never used twice with one key
    Bytes aad;
    size_t tag_len;
} Sm4AeadParameters;

// Append ciphertext || tag to `ret`. Fail with ERROR_INPUT, code "sm4.aead_parameters" (a length of
// nonce or tag that the mode does not have) or "sm4.aead_size" (more data than the counter has
// blocks), or ERROR_LIMIT when the writer is full.
// Source: NIST SP 800-38D 7.1; RFC 3610 2.
bool sm4_gcm_seal_any(const Sm4 *sm4, const Sm4AeadParameters *parameters, Bytes plaintext,
                      Writer *ret, Error *err) MUST_CHECK;
bool sm4_ccm_seal_any(const Sm4 *sm4, const Sm4AeadParameters *parameters, Bytes plaintext,
                      Writer *ret, Error *err) MUST_CHECK;
// Append the plaintext of ciphertext || tag. Fail also with ERROR_UNTRUSTED, code "sm4.gcm_tag" or
// "sm4.ccm_tag", when the tag does not match; nothing is appended then.
// Source: NIST SP 800-38D 7.2; RFC 3610 2.5.
bool sm4_gcm_open_any(const Sm4 *sm4, const Sm4AeadParameters *parameters, Bytes sealed,
                      Writer *ret, Error *err) MUST_CHECK;
bool sm4_ccm_open_any(const Sm4 *sm4, const Sm4AeadParameters *parameters, Bytes sealed,
                      Writer *ret, Error *err) MUST_CHECK;

#endif
