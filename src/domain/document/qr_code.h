// SPDX-License-Identifier: Apache-2.0
//
// QR codes: bytes as a square of dark and light modules, with error correction of level M (about a
// seventh may be unreadable). The same content gives the same square.
// Source: ISO/IEC 18004.
#ifndef ASSENT_DOMAIN_DOCUMENT_QR_CODE_H
#define ASSENT_DOMAIN_DOCUMENT_QR_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"

enum {
    QR_VERSION_MAX = 40,
    QR_SIZE_MAX = 17 + 4 * QR_VERSION_MAX,
    QR_QUIET_ZONE = 4,  // light modules that have to be around the square
    QR_CONTENT_MAX = 2331,
};

typedef struct {
    int version;
    int mask;
    int size;                // modules on a side
    const uint8_t *modules;  // size * size, row by row from the top; 1: dark
} QrCode;

// Encode bytes in byte mode, in the smallest version that holds them. Everything is in the arena.
// Fails with ERROR_LIMIT "qr_code.too_long" above QR_CONTENT_MAX bytes.
bool qr_code_encode(Arena *arena, Bytes content, QrCode *ret, Error *err) MUST_CHECK;
// True where the square is dark.
bool qr_code_is_dark(const QrCode *code, int row, int column);

#endif
