// SPDX-License-Identifier: Apache-2.0
//
// Reed-Solomon error correction of QR codes. Internal to qr_code.h.
#ifndef ASSENT_DOMAIN_DOCUMENT_QR_CORRECTION_H
#define ASSENT_DOMAIN_DOCUMENT_QR_CORRECTION_H

#include <stddef.h>

#include "base/core/bytes.h"

enum { QR_CORRECTION_MAX = 30 };

// Compute `count` (1 to QR_CORRECTION_MAX) correction codewords of a block of data codewords.
// Source: ISO/IEC 18004 7.5 and Annex A: GF(256) with x^8 + x^4 + x^3 + x^2 + 1.
void qr_correction(Bytes data, size_t count, uint8_t *ret);

#endif
