// SPDX-License-Identifier: Apache-2.0
//
// Characters of UTF-8 text: personal names and masks are counted in characters, not bytes.
#ifndef ASSENT_DOMAIN_PRIVACY_UTF8_H
#define ASSENT_DOMAIN_PRIVACY_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#include "base/core/bytes.h"

// Take one character. False, with reader->failed set, on overlong forms, surrogates, values
// over U+10FFFF, truncation or the end of the text.
bool utf8_next(Reader *reader, uint32_t *ret);
// Count the characters of valid UTF-8. False when it is not valid.
bool utf8_count(Bytes text, size_t *ret);
// Append one character; a surrogate or a value over U+10FFFF makes the writer fail.
void utf8_put(Writer *writer, uint32_t character);

#endif
