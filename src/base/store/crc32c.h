// SPDX-License-Identifier: Apache-2.0
//
// Within the store: CRC-32C (Castagnoli), which tells a torn record from a whole one.
#ifndef ASSENT_BASE_STORE_CRC32C_H
#define ASSENT_BASE_STORE_CRC32C_H

#include "base/core/bytes.h"

// Go on with a checksum over more bytes. Start with UINT32_MAX and invert the result.
uint32_t crc32c_update(uint32_t crc, Bytes data);
// The same on any CPU.
uint32_t crc32c_update_portable(uint32_t crc, Bytes data);

#endif
