// SPDX-License-Identifier: Apache-2.0
#include "base/codec/json.h"

#include <string.h>

#include "base/codec/hex.h"
#include "base/codec/json_plain.h"

enum { JSON_TEXT_LIMIT = ARENA_DEFAULT_LIMIT };

void json_cleanup(json_t **value)
{
    json_decref(*value);
    *value = NULL;
}

// Our own words for a failure: jansson's text quotes the input, which may be personal data.
static const char *parse_failure(enum json_error_code code)
{
    switch (code) {
    case json_error_out_of_memory:
        return "out of memory";
    case json_error_stack_overflow:
        return "nested too deeply";
    case json_error_premature_end_of_input:
        return "the text ends early";
    case json_error_end_of_input_expected:
        return "something follows the value";
    case json_error_invalid_utf8:
        return "not UTF-8";
    case json_error_duplicate_key:
        return "a key occurs twice";
    case json_error_numeric_overflow:
        return "a number is out of range";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "U+0000 in a text";
    default:
        return "not JSON";
    }
}

// jansson bounds the nesting of parsed values, and so this recursion, at 2048.
static bool is_deeper(const json_t *value, int levels)
{
    if (!json_is_object(value) && !json_is_array(value)) {
        return false;
    }
    if (levels == 0) {
        return true;
    }
    if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++) {
            if (is_deeper(json_array_get(value, i), levels - 1)) {
                return true;
            }
        }
        return false;
    }
    void *object = json_object_iter((json_t *)value);
    for (; object != NULL; object = json_object_iter_next((json_t *)value, object)) {
        if (is_deeper(json_object_iter_value(object), levels - 1)) {
            return true;
        }
    }
    return false;
}

// A value takes a hundred times the memory of the two characters that make it, so their number is
// bounded before any is made. What stands in strings is counted with them.
static bool has_too_many_values(Bytes text)
{
    size_t commas = 0;
    if (text.len < JSON_MAX_VALUES) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        commas += text.data[i] == ',';
    }
    return commas >= JSON_MAX_VALUES;
}

bool json_parse(Bytes text, json_t **ret, Error *err)
{
    if (has_too_many_values(text)) {
        return error_set(err, ERROR_LIMIT, "json.too_large", NULL, "JSON has over %d values",
                         JSON_MAX_VALUES);
    }
    json_t *plain = json_plain_parse(text);
    if (plain != NULL) {
        *ret = plain;
        return true;
    }
    json_error_t failure = {0};
    CLEANUP(json_cleanup)
    json_t *value = json_loadb(text.data == NULL ? "" : (const char *)text.data, text.len,
                               JSON_REJECT_DUPLICATES, &failure);
    if (value == NULL) {
        enum json_error_code code = json_error_code(&failure);
        if (code == json_error_out_of_memory) {
            return error_memory(err);
        }
        return error_set(err, ERROR_INPUT, "json.malformed", NULL, "JSON, line %d, column %d: %s",
                         failure.line, failure.column, parse_failure(code));
    }
    if (is_deeper(value, JSON_MAX_DEPTH)) {
        return error_set(err, ERROR_INPUT, "json.malformed", NULL,
                         "JSON is nested more than %d levels deep", JSON_MAX_DEPTH);
    }
    *ret = value;
    value = NULL;
    return true;
}

static int write_part(const char *part, size_t len, void *writer)
{
    writer_put(writer, bytes_of(part, len));
    return ((Writer *)writer)->failed ? -1 : 0;
}

bool json_write(const json_t *value, Writer *ret, Error *err)
{
    if (ret->failed) {
        return error_set(err, ERROR_LIMIT, "json.too_large", NULL, "there is no room for JSON");
    }
    const size_t flags = JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY;
    const size_t start = ret->len;
    if (json_plain_write(value, ret)) {
        return true;
    }
    if (!ret->failed) {
        ret->len = start;
    }
    if (value != NULL && json_dump_callback(value, write_part, ret, flags) == 0) {
        return true;
    }
    if (ret->failed) {
        return error_set(err, ERROR_LIMIT, "json.too_large", NULL,
                         "JSON does not fit into %zu bytes", ret->limit);
    }
    // What was written of a value that cannot be written must not be taken for the whole.
    ret->failed = true;
    return error_set(err, ERROR_INTERNAL, "json.incomplete", NULL,
                     "a JSON value could not be built completely");
}

bool json_write_text(Bytes text, Writer *ret, Error *err)
{
    const size_t start = ret->len;
    if (json_plain_write_text(text, ret) && !ret->failed) {
        return true;
    }
    if (!ret->failed) {
        ret->len = start;
    }
    CLEANUP(json_cleanup) json_t *value = json_stringn((const char *)text.data, text.len);
    return json_write(value, ret, err);
}

bool json_text(Arena *arena, const json_t *value, Bytes *ret, Error *err)
{
    CLEANUP(writer_free) Writer writer = writer_new(JSON_TEXT_LIMIT);
    if (!json_write(value, &writer, err)) {
        return false;
    }
    Bytes copy = arena_adopt(arena, &writer);
    if (copy.data == NULL) {
        return error_memory(err);
    }
    *ret = copy;
    return true;
}

json_t *json_make_object(void)
{
    return json_object();
}

// Leave nothing in the object but a text that is not UTF-8, which jansson refuses to write, under a
// key that no put can replace. When there is no memory even for that, the type becomes one that
// jansson does not know: it refuses to write such a value, and also to free it.
static void poison(json_t *object)
{
    json_object_clear(object);
    if (json_object_set_new_nocheck(object, "\xff", json_string_nocheck("\xff")) != 0) {
        object->type = (json_type)0x7f;
    }
}

void json_put(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0 && json_is_object(object)) {
        poison(object);
    }
}

void json_put_text(json_t *object, const char *key, const char *text)
{
    json_put(object, key, json_string(text));
}

void json_put_int(json_t *object, const char *key, int64_t number)
{
    json_put(object, key, json_integer(number));
}

void json_put_bool(json_t *object, const char *key, bool value)
{
    json_put(object, key, json_boolean(value));
}

void json_put_time(json_t *object, const char *key, Time time)
{
    char text[TIME_TEXT_SIZE];
    time_to_text(time, text);
    json_put_text(object, key, text);
}

static void put_encoded(json_t *object, const char *key, Bytes bytes,
                        void (*encode)(Bytes, Writer *))
{
    CLEANUP(writer_free) Writer writer = writer_new(2 * bytes.len + 4);
    encode(bytes, &writer);
    Bytes text = writer_bytes(&writer);
    json_t *value = writer.failed   ? NULL
                    : text.len == 0 ? json_string("")
                                    : json_stringn_nocheck((const char *)text.data, text.len);
    json_put(object, key, value);
}

void json_put_base64(json_t *object, const char *key, Bytes bytes)
{
    put_encoded(object, key, bytes, base64_encode);
}

void json_put_hex(json_t *object, const char *key, Bytes bytes)
{
    put_encoded(object, key, bytes, hex_encode);
}
