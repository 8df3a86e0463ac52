// SPDX-License-Identifier: Apache-2.0
//
// Within the codec module: a quick parser and writer for plain JSON, which is nearly all that we
// exchange.
#ifndef ASSENT_BASE_CODEC_JSON_PLAIN_H
#define ASSENT_BASE_CODEC_JSON_PLAIN_H

#include <jansson.h>

#include "base/core/bytes.h"

// Parse an object or array that fills the text and is plain: no escapes but
// short ones and none in keys, no numbers but short integers, nothing wrong. The result is the one
// that jansson would give. NULL says nothing but that the text has to be given to jansson, which
// also knows how to put what is wrong.
json_t *json_plain_parse(Bytes text);

// Append the text that jansson would write (compact, sorted keys) when it is plain: only objects
// with keys of ASCII, arrays, texts, integers, booleans and null. False when something else is
// there or there is no room; what was appended by then is to be taken back.
bool json_plain_write(const json_t *value, Writer *ret);
// Append one text as jansson would write it; as above for one that is not UTF-8 or has other
// escapes than short ones.
bool json_plain_write_text(Bytes text, Writer *ret);

#endif
