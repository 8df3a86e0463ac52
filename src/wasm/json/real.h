// SPDX-License-Identifier: Apache-2.0
//
// Decimal text to IEEE 754 doubles and back, correctly rounded: what strtod and "%.17g" give. JSON
// of others may hold such numbers; nothing of ours does, so this is exact and plain, not fast.
#ifndef ASSENT_WASM_JSON_REAL_H
#define ASSENT_WASM_JSON_REAL_H

#include "base/core/bytes.h"

enum { REAL_TEXT_SIZE = 32 };

// Read a JSON number: [-]digits[.digits][(e|E)[+|-]digits], whatever its length. What is too small
// is rounded to a subnormal or to a zero of its sign. False for what is too large for a double.
bool real_parse(Bytes text, double *ret);
// As jansson writes it: 17 significant digits without trailing zeros, a point or an exponent
// always, exponents without plus sign and leading zeros. `value` is finite.
void real_to_text(double value, char ret[REAL_TEXT_SIZE]);

#endif
