// SPDX-License-Identifier: Apache-2.0
//
// BER of others: the liberties that signature messages in the field take, indefinite lengths,
// lengths with more octets than they need and strings in pieces, taken away. Everything else stays
// as it was received, so that der.h then reads what was signed.
#ifndef ASSENT_BASE_CODEC_BER_H
#define ASSENT_BASE_CODEC_BER_H

#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"

enum { BER_MAX_DEPTH = 48 };

// Find the length of the element that `bytes` begins with; more may follow. Fails with ERROR_INPUT
// "ber.malformed".
bool ber_element_length(Bytes bytes, size_t *ret_len, Error *err) MUST_CHECK;
// True if such a length or a string in pieces is anywhere in the one element `ber`.
bool ber_is_loose(Bytes ber);
// Append the one element `ber` with definite lengths and strings in one piece. Fails with
// ERROR_INPUT "ber.malformed". Source: ITU-T X.690 8.1.3.5, 8.1.3.6, 8.7.3.
bool ber_tighten(Bytes ber, Writer *ret, Error *err) MUST_CHECK;

#endif
