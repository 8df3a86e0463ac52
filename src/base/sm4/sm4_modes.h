// SPDX-License-Identifier: Apache-2.0
//
// The modes of GB/T 17964-2021 that assent's own formats do not use (those are in sm4.h), for files
// and test vectors from elsewhere. None of them authenticates anything.
#ifndef ASSENT_BASE_SM4_SM4_MODES_H
#define ASSENT_BASE_SM4_SM4_MODES_H

#include "base/sm4/sm4.h"

// Encrypt and decrypt whole blocks, without padding. `ret` has data.len bytes, and is not
// `data`. Fail with
// ERROR_INPUT, code "sm4.length", when data.len is not a multiple of 16. Source: GB/T 17964-2021
// 5, 6.
bool sm4_ecb_encrypt(const Sm4 *sm4, Bytes data, uint8_t *ret, Error *err) MUST_CHECK;
bool sm4_ecb_decrypt(const Sm4 *sm4, Bytes data, uint8_t *ret, Error *err) MUST_CHECK;
bool sm4_cbc_encrypt_blocks(const Sm4 *sm4, const uint8_t iv[SM4_BLOCK_SIZE], Bytes data,
                            uint8_t *ret, Error *err) MUST_CHECK;
bool sm4_cbc_decrypt_blocks(const Sm4 *sm4, const uint8_t iv[SM4_BLOCK_SIZE], Bytes data,
                            uint8_t *ret, Error *err) MUST_CHECK;

// Cipher feedback of 128 bits, and output feedback, in which both directions are the same. Any
// length; `ret` has data.len bytes, and is not `data`. Source: GB/T 17964-2021 7, 8.
void sm4_cfb_encrypt(const Sm4 *sm4, const uint8_t iv[SM4_BLOCK_SIZE], Bytes data, uint8_t *ret);
void sm4_cfb_decrypt(const Sm4 *sm4, const uint8_t iv[SM4_BLOCK_SIZE], Bytes data, uint8_t *ret);
void sm4_ofb(const Sm4 *sm4, const uint8_t iv[SM4_BLOCK_SIZE], Bytes data, uint8_t *ret);

#endif
