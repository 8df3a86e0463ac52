// SPDX-License-Identifier: Apache-2.0
//
// The canonical text: compact, members in the order of their keys, nothing escaped that need not
// be.
#include "base/codec/utf8.h"
#include "wasm/json/real.h"
#include "wasm/json/value.h"

typedef struct {
    json_dump_callback_t put;
    void *state;
} Dump;

static bool dump_value(const Dump *dump, const json_t *json);

static bool put(const Dump *dump, Bytes part)
{
    return dump->put((const char *)part.data, part.len, dump->state) == 0;
}

static bool put_text(const Dump *dump, const char *text)
{
    return put(dump, bytes_of_text(text));
}

static bool put_escaped(const Dump *dump, uint8_t c)
{
    static const char hex[] = "0123456789ABCDEF";
    switch (c) {
    case '"':
        return put_text(dump, "\\\"");
    case '\\':
        return put_text(dump, "\\\\");
    case '\b':
        return put_text(dump, "\\b");
    case '\f':
        return put_text(dump, "\\f");
    case '\n':
        return put_text(dump, "\\n");
    case '\r':
        return put_text(dump, "\\r");
    case '\t':
        return put_text(dump, "\\t");
    default:
        return put(dump,
                   bytes_of((const char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6));
    }
}

static bool dump_text(const Dump *dump, Bytes text)
{
    if (!utf8_is_valid(text) || !put_text(dump, "\"")) {
        return false;
    }
    size_t plain = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (c >= 0x20 && c != '"' && c != '\\') {
            continue;
        }
        if ((i > plain && !put(dump, bytes_slice(text, plain, i - plain))) ||
            !put_escaped(dump, c)) {
            return false;
        }
        plain = i + 1;
    }
    return (plain == text.len || put(dump, bytes_from(text, plain))) && put_text(dump, "\"");
}

// The members of a subtree in the order of their keys.
static bool dump_members(const Dump *dump, const JsonMember *top, bool *is_first)
{
    if (top == NULL) {
        return true;
    }
    if (!dump_members(dump, top->left, is_first) || (!*is_first && !put_text(dump, ","))) {
        return false;
    }
    *is_first = false;
    return dump_text(dump, bytes_of(top->key, top->key_len)) && put_text(dump, ":") &&
           dump_value(dump, top->value) && dump_members(dump, top->right, is_first);
}

static bool dump_object(const Dump *dump, const JsonObject *object)
{
    bool is_first = true;
    return put_text(dump, "{") && dump_members(dump, object->root, &is_first) &&
           put_text(dump, "}");
}

static bool dump_array(const Dump *dump, const json_t *array)
{
    if (!put_text(dump, "[")) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        if ((i > 0 && !put_text(dump, ",")) || !dump_value(dump, json_array_get(array, i))) {
            return false;
        }
    }
    return put_text(dump, "]");
}

static bool dump_integer(const Dump *dump, json_int_t value)
{
    CLEANUP(writer_free) Writer text = writer_new(24);
    writer_format(&text, "%" JSON_INTEGER_FORMAT, value);
    return !text.failed && put(dump, writer_bytes(&text));
}

static bool dump_value(const Dump *dump, const json_t *json)
{
    char real[REAL_TEXT_SIZE];
    if (json == NULL) {
        return false;
    }
    switch (json->type) {
    case JSON_OBJECT:
        return dump_object(dump, json_value_object(json));
    case JSON_ARRAY:
        return dump_array(dump, json);
    case JSON_STRING:
        return dump_text(dump, bytes_of(json_string_value(json), json_string_length(json)));
    case JSON_INTEGER:
        return dump_integer(dump, json_integer_value(json));
    case JSON_REAL:
        real_to_text(((const JsonReal *)(const void *)json)->value, real);
        return put_text(dump, real);
    case JSON_TRUE:
        return put_text(dump, "true");
    case JSON_FALSE:
        return put_text(dump, "false");
    case JSON_NULL:
        return put_text(dump, "null");
    default:
        return false;
    }
}

int json_dump_callback(const json_t *json, json_dump_callback_t put_part, void *state, size_t flags)
{
    (void)flags;
    const Dump dump = {put_part, state};
    return dump_value(&dump, json) ? 0 : -1;
}
