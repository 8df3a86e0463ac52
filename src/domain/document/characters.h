// SPDX-License-Identifier: Apache-2.0
//
// A whole text as characters, and the UTF-16 that PDF strings need.
#ifndef ASSENT_DOMAIN_DOCUMENT_CHARACTERS_H
#define ASSENT_DOMAIN_DOCUMENT_CHARACTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/core/arena.h"
#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"

typedef struct {
    uint32_t *code_points;
    size_t count;
} Characters;

// Decode a whole text into the arena. Fails with ERROR_INPUT "document.encoding".
bool characters_decode(Arena *arena, Bytes text, Characters *ret, Error *err) MUST_CHECK;

// Append one character as UTF-16BE (surrogate pair above U+FFFF).
void character_put_utf16(Writer *writer, uint32_t code_point);

#endif
