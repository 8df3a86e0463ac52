// SPDX-License-Identifier: Apache-2.0
//
// The cipher half of the portable backend; see Sm4Backend.
#ifndef ASSENT_BASE_SM4_SM4_PORTABLE_H
#define ASSENT_BASE_SM4_SM4_PORTABLE_H

#include <stddef.h>
#include <stdint.h>

uint32_t sm4_substitute_portable(uint32_t word);
void sm4_encrypt_portable(const uint32_t round_keys[32], const uint8_t *blocks, uint8_t *ret,
                          size_t count);

#endif
