// SPDX-License-Identifier: Apache-2.0
//
// Compressed points of sm2p256v1, for the SM core only.
#ifndef ASSENT_BASE_CURVE_COMPRESSED_H
#define ASSENT_BASE_CURVE_COMPRESSED_H

#include "base/curve/curve.h"

enum { CURVE_COMPRESSED_SIZE = 33 };  // 02 (y is even) or 03 (odd) || X

// Load 02 || X or 03 || X. False when it is not that, X is not below p, or no point has that x.
// Not constant-time: points are public. Source: GB/T 32918.1-2016 4.2.10.
bool curve_point_load_compressed(CurvePoint *ret, const uint8_t encoded[CURVE_COMPRESSED_SIZE]);

#endif
