// SPDX-License-Identifier: Apache-2.0
//
// UTF-8, strictly: overlong forms, surrogates and values over U+10FFFF are no characters.
#ifndef ASSENT_BASE_CODEC_UTF8_H
#define ASSENT_BASE_CODEC_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#include "base/core/bytes.h"

// Take one character. False, with reader->failed set, when there is none: what is not UTF-8,
// truncation, the end of the text.
bool utf8_next(Reader *reader, uint32_t *ret);
// True for well-formed UTF-8 (an empty text is).
bool utf8_is_valid(Bytes text);
// Count the characters of valid UTF-8. False when it is not valid.
bool utf8_count(Bytes text, size_t *ret);
// Append one character; a surrogate or a value over U+10FFFF makes the writer fail.
void utf8_put(Writer *writer, uint32_t character);

#endif
