// SPDX-License-Identifier: Apache-2.0
//
// CRC-32 of ISO 3309, as zip and PNG have it.
#ifndef ASSENT_WASM_INFLATE_CRC32_H
#define ASSENT_WASM_INFLATE_CRC32_H

#include "base/core/bytes.h"

// Of `data` after what `crc` is of, 0 at first.
uint32_t crc32_update(uint32_t crc, Bytes data);

#endif
