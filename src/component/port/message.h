// SPDX-License-Identifier: Apache-2.0
//
// What the messages between components have in common: size limits, and reading into an arena.
#ifndef ASSENT_COMPONENT_PORT_MESSAGE_H
#define ASSENT_COMPONENT_PORT_MESSAGE_H

#include "base/codec/json.h"
#include "base/core/arena.h"
#include "base/core/bytes.h"

enum {
    MESSAGE_ID_SIZE = 80,
    MESSAGE_NAME_SIZE = 200,
    MESSAGE_CSR_SIZE = 4096,
    MESSAGE_CERTIFICATE_SIZE = 8192,
    MESSAGE_CSR_RESPONSE_SIZE = 64 * 1024,
    MESSAGE_STATEMENT_SIZE = 256 * 1024,
};

// json_view_text copied into the arena; "" after a failure.
const char *message_text(JsonView *view, Arena *arena, const char *key, size_t max_bytes);
// The same, "" when absent.
const char *message_optional_text(JsonView *view, Arena *arena, const char *key, size_t max_bytes);
// json_put_text, unless the text is NULL or "".
void message_put_text(json_t *json, const char *key, const char *text);
// json_view_base64, the empty view when absent.
Bytes message_optional_base64(JsonView *view, Arena *arena, const char *key, size_t max_bytes);
// Bytes of a digest in hexadecimal, the empty view when absent.
Bytes message_optional_digest(JsonView *view, Arena *arena, const char *key);
// An array of base64 certificates. The caller owns the result.
json_t *message_chain_to_json(const Bytes *chain, size_t count);
// Read at most max_count certificates; returns how many.
size_t message_chain_parse(JsonView *view, Arena *arena, const char *key, Bytes *ret,
                           size_t max_count);

#endif
