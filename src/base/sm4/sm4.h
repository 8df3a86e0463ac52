// SPDX-License-Identifier: Apache-2.0
//
// SM4 (GB/T 32907-2016) in the modes that assent's formats use. All paths run in time that
// does not depend on key or data.
#ifndef ASSENT_BASE_SM4_SM4_H
#define ASSENT_BASE_SM4_SM4_H

#include <stdint.h>

#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"

enum { SM4_KEY_SIZE = 16, SM4_BLOCK_SIZE = 16, SM4_GCM_NONCE_SIZE = 12, SM4_GCM_TAG_SIZE = 16 };

// 2^32 - 2 blocks: the counter has 32 bits. Source: NIST SP 800-38D 5.2.1.1.
#define SM4_GCM_MAX_SIZE (((uint64_t)1 << 36) - 32)

// An expanded key. Wipe with sm4_wipe.
typedef struct {
    uint32_t round_keys[32];
} Sm4;

// Expand a key of exactly 16 bytes.
void sm4_init(Sm4 *sm4, const uint8_t key[SM4_KEY_SIZE]);
void sm4_wipe(Sm4 *sm4);
// One block, for vectors and for ECB in SM2EnvelopedKey. `ret` may be `block`.
void sm4_encrypt_block(const Sm4 *sm4, const uint8_t block[SM4_BLOCK_SIZE],
                       uint8_t ret[SM4_BLOCK_SIZE]);
void sm4_decrypt_block(const Sm4 *sm4, const uint8_t block[SM4_BLOCK_SIZE],
                       uint8_t ret[SM4_BLOCK_SIZE]);

// Encrypt or decrypt (the same) in counter mode; big-endian 128-bit counter. `ret` has
// data.len bytes and may be the data.
void sm4_ctr(const Sm4 *sm4, const uint8_t counter[SM4_BLOCK_SIZE], Bytes data, uint8_t *ret);
// CBC with PKCS#7 padding. Appends to `ret`.
void sm4_cbc_encrypt(const Sm4 *sm4, const uint8_t iv[SM4_BLOCK_SIZE], Bytes plaintext,
                     Writer *ret);
// Fails with ERROR_INPUT on a wrong length or padding; callers authenticate first.
bool sm4_cbc_decrypt(const Sm4 *sm4, const uint8_t iv[SM4_BLOCK_SIZE], Bytes ciphertext,
                     Writer *ret, Error *err) MUST_CHECK;

// Authenticated encryption, GCM with 96-bit nonce and 128-bit tag (NIST SP 800-38D, RFC 8998).
// `ret` has as many bytes as the plaintext, which it may be. A nonce is never used twice under one
// key; at most SM4_GCM_MAX_SIZE bytes.
void sm4_gcm_encrypt(const Sm4 *sm4, const uint8_t nonce[SM4_GCM_NONCE_SIZE], Bytes aad,
                     Bytes plaintext, uint8_t *ret, uint8_t ret_tag[SM4_GCM_TAG_SIZE]);
// Decrypt. `ret` has as many bytes as the ciphertext, which it may be. False when the tag does not
// match: then `ret` is all zero.
bool sm4_gcm_decrypt(const Sm4 *sm4, const uint8_t nonce[SM4_GCM_NONCE_SIZE], Bytes aad,
                     Bytes ciphertext, const uint8_t tag[SM4_GCM_TAG_SIZE],
                     uint8_t *ret) MUST_CHECK;
// The same appended to a writer: ciphertext || tag.
void sm4_gcm_seal(const Sm4 *sm4, const uint8_t nonce[SM4_GCM_NONCE_SIZE], Bytes aad,
                  Bytes plaintext, Writer *ret);
// Appends the plaintext of ciphertext || tag. Fails with ERROR_UNTRUSTED when the tag does not
// match; nothing is appended then.
bool sm4_gcm_open(const Sm4 *sm4, const uint8_t nonce[SM4_GCM_NONCE_SIZE], Bytes aad, Bytes sealed,
                  Writer *ret, Error *err) MUST_CHECK;
// CCM with 12-byte nonce and 16-byte tag (RFC 8998).
void sm4_ccm_seal(const Sm4 *sm4, const uint8_t nonce[12], Bytes aad, Bytes plaintext, Writer *ret);
bool sm4_ccm_open(const Sm4 *sm4, const uint8_t nonce[12], Bytes aad, Bytes sealed, Writer *ret,
                  Error *err) MUST_CHECK;

#endif
