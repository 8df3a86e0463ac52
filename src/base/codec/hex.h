// SPDX-License-Identifier: Apache-2.0
//
// Hexadecimal and base64 (RFC 4648), strict. A failed decode appends nothing; ERROR_LIMIT when
// the writer is full. No table is indexed by the data, which may be secret.
#ifndef ASSENT_BASE_CODEC_HEX_H
#define ASSENT_BASE_CODEC_HEX_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"

// Append lower-case hexadecimal.
void hex_encode(Bytes bytes, Writer *ret);
// Lower-case hexadecimal as arena text. NULL when the arena is exhausted.
char *hex_text(Arena *arena, Bytes bytes) MUST_CHECK;
// Decode upper or lower case, even length. Fails with ERROR_INPUT.
bool hex_decode(Bytes text, Writer *ret, Error *err) MUST_CHECK;

// Append standard base64 with padding, without line breaks.
void base64_encode(Bytes bytes, Writer *ret);
char *base64_text(Arena *arena, Bytes bytes) MUST_CHECK;
// Decode standard base64 with padding; no white space, zero unused bits. Fails with ERROR_INPUT.
bool base64_decode(Bytes text, Writer *ret, Error *err) MUST_CHECK;
// base64_decode into the arena.
bool base64_decode_arena(Arena *arena, Bytes text, Bytes *ret, Error *err) MUST_CHECK;

#endif
