// SPDX-License-Identifier: Apache-2.0
//
// Within the codec module: a quick parser for plain JSON, which is nearly all that we exchange.
#ifndef ASSENT_BASE_CODEC_JSON_PLAIN_H
#define ASSENT_BASE_CODEC_JSON_PLAIN_H

#include <jansson.h>

#include "base/core/bytes.h"

// Parse an object or array that fills the text and is plain: no escapes, no numbers but short
// integers, nothing wrong. The result is the one that jansson would give. NULL says nothing but
// that the text has to be given to jansson, which also knows how to put what is wrong.
json_t *json_plain_parse(Bytes text);

#endif
