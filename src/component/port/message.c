// SPDX-License-Identifier: Apache-2.0
#include "component/port/message.h"

#include "base/codec/hex.h"
#include "base/sm3/sm3.h"

static const char *copy_text(JsonView *view, Arena *arena, const char *key, const char *text)
{
    const char *copy = arena_text(arena, bytes_of_text(text));
    if (copy == NULL) {
        json_view_fail(view, key, "does not fit into memory");
        return "";
    }
    return copy;
}

const char *message_text(JsonView *view, Arena *arena, const char *key, size_t max_bytes)
{
    return copy_text(view, arena, key, json_view_text(view, key, max_bytes));
}

const char *message_optional_text(JsonView *view, Arena *arena, const char *key, size_t max_bytes)
{
    const char *text = json_view_optional_text(view, key, max_bytes);
    return text == NULL ? "" : copy_text(view, arena, key, text);
}

void message_put_text(json_t *json, const char *key, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        json_put_text(json, key, text);
    }
}

Bytes message_optional_base64(JsonView *view, Arena *arena, const char *key, size_t max_bytes)
{
    if (view->failed || json_object_get(view->object, key) == NULL) {
        return BYTES_EMPTY;
    }
    return json_view_base64(view, arena, key, max_bytes);
}

Bytes message_optional_digest(JsonView *view, Arena *arena, const char *key)
{
    uint8_t digest[SM3_SIZE];
    if (view->failed || json_object_get(view->object, key) == NULL) {
        return BYTES_EMPTY;
    }
    json_view_hex(view, key, digest, sizeof digest);
    if (view->failed) {
        return BYTES_EMPTY;
    }
    Bytes copy = arena_copy(arena, BYTES_OF_ARRAY(digest));
    if (copy.data == NULL) {
        json_view_fail(view, key, "does not fit into memory");
    }
    return copy;
}

json_t *message_chain_to_json(const Bytes *chain, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count && array != NULL; i++) {
        CLEANUP(writer_free) Writer text = writer_new(2 * MESSAGE_CERTIFICATE_SIZE);
        base64_encode(chain[i], &text);
        Bytes encoded = writer_bytes(&text);
        json_array_append_new(array, json_stringn((const char *)encoded.data, encoded.len));
    }
    return array;
}

size_t message_chain_parse(JsonView *view, Arena *arena, const char *key, Bytes *ret,
                           size_t max_count)
{
    json_t *array = json_view_array(view, key, max_count);
    size_t count = array == NULL ? 0 : json_array_size(array);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(array, i);
        Bytes text = bytes_of(json_string_value(item), json_string_length(item));
        bool ok = json_is_string(item) && text.len <= 2 * MESSAGE_CERTIFICATE_SIZE &&
                  base64_decode_arena(arena, text, &ret[i], NULL);
        if (!ok) {
            json_view_fail(view, key, "is an array of base64 certificates");
            return 0;
        }
    }
    return count;
}
