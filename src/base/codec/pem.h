// SPDX-License-Identifier: Apache-2.0
//
// PEM (RFC 7468): textual armour around DER.
#ifndef ASSENT_BASE_CODEC_PEM_H
#define ASSENT_BASE_CODEC_PEM_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"

// Append one block with 64-character lines. `label` for example "CERTIFICATE".
void pem_encode(const char *label, Bytes der, Writer *ret);
// Decode the next block with this label from *text and advance *text past it; other labels and
// text between blocks are skipped. Returns false with err->kind ERROR_NOT_FOUND when there is
// none, ERROR_INPUT when a block is malformed.
bool pem_decode_next(Arena *arena, const char *label, Bytes *text, Bytes *ret_der,
                     Error *err) MUST_CHECK;
// True if the text has a PEM block of any label.
bool pem_is_pem(Bytes text);

#endif
