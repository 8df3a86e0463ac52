// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/codec/hex.h"
#include "base/codec/json.h"

enum { FIELD_NAME_SHOWN = 48 };

// A name is shown only when it looks like one of a protocol: a stranger's key may be anything.
static bool is_field_name(const char *key)
{
    size_t len = strlen(key);
    return len > 0 && len <= FIELD_NAME_SHOWN &&
           strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") > 0 &&
           strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == len;
}

static void view_fail(JsonView *view, const char *code, const char *key, const char *rule)
{
    if (view->failed) {
        return;
    }
    view->failed = true;
    error_set(view->err, ERROR_INPUT, code, NULL, "JSON field %s%s%s %s", view->path,
              view->path[0] == '\0' ? "" : ".", is_field_name(key) ? key : "(name not shown)",
              rule);
}

JsonView json_view(const json_t *value, const char *path, Error *err)
{
    JsonView view = {.object = value, .path = path == NULL ? "" : path, .err = err};
    if (!json_is_object(value)) {
        view.failed = true;
        error_set(err, ERROR_INPUT, "json.field", NULL, "JSON %s is no object",
                  view.path[0] == '\0' ? "value" : view.path);
    }
    return view;
}

void json_view_fail(JsonView *view, const char *key, const char *rule)
{
    view_fail(view, "json.field", key, rule);
}

static bool was_seen(const JsonView *view, const char *key)
{
    for (size_t i = 0; i < view->seen_count; i++) {
        if (strcmp(view->seen[i], key) == 0) {
            return true;
        }
    }
    return false;
}

json_t *json_view_optional_any(JsonView *view, const char *key)
{
    if (view->failed) {
        return NULL;
    }
    if (!was_seen(view, key)) {
        if (view->seen_count == COUNT_OF(view->seen)) {
            view->failed = true;
            error_set(view->err, ERROR_INTERNAL, "json.view_full", NULL,
                      "more than %d fields are read of JSON %s", JSON_VIEW_MAX_KEYS, view->path);
            return NULL;
        }
        view->seen[view->seen_count++] = key;
    }
    return json_object_get(view->object, key);
}

json_t *json_view_any(JsonView *view, const char *key)
{
    json_t *value = json_view_optional_any(view, key);
    if (value == NULL) {
        json_view_fail(view, key, "is missing");
    }
    return value;
}

// Controls of ASCII, DEL, and U+0080 to U+009F.
static bool has_control_character(Bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (c < 0x20 || c == 0x7f) {
            return true;
        }
        if (c == 0xc2 && i + 1 < text.len && text.data[i + 1] < 0xa0) {
            return true;
        }
    }
    return false;
}

// The text of a value, or NULL after a failure or when the value is absent.
static const char *text_of(JsonView *view, const char *key, const json_t *value, size_t max_bytes)
{
    if (value == NULL) {
        return NULL;
    }
    if (!json_is_string(value)) {
        json_view_fail(view, key, "is no text");
        return NULL;
    }
    Bytes text = bytes_of(json_string_value(value), json_string_length(value));
    if (text.len == 0) {
        json_view_fail(view, key, "is empty");
    } else if (text.len > max_bytes) {
        json_view_fail(view, key, "is too long");
    } else if (has_control_character(text)) {
        json_view_fail(view, key, "contains a control character");
    }
    return view->failed ? NULL : json_string_value(value);
}

const char *json_view_text(JsonView *view, const char *key, size_t max_bytes)
{
    const char *text = text_of(view, key, json_view_any(view, key), max_bytes);
    return text == NULL ? "" : text;
}

const char *json_view_optional_text(JsonView *view, const char *key, size_t max_bytes)
{
    return text_of(view, key, json_view_optional_any(view, key), max_bytes);
}

int64_t json_view_int(JsonView *view, const char *key, int64_t min, int64_t max)
{
    const json_t *value = json_view_any(view, key);
    if (value == NULL) {
        return 0;
    }
    if (!json_is_integer(value)) {
        json_view_fail(view, key, "is no integer");
        return 0;
    }
    int64_t number = json_integer_value(value);
    if (number < min || number > max) {
        json_view_fail(view, key, "is out of range");
        return 0;
    }
    return number;
}

static bool bool_of(JsonView *view, const char *key, const json_t *value, bool otherwise)
{
    if (value != NULL && !json_is_boolean(value)) {
        json_view_fail(view, key, "is neither true nor false");
    }
    return view->failed ? false : value == NULL ? otherwise : json_is_true(value);
}

bool json_view_bool(JsonView *view, const char *key)
{
    return bool_of(view, key, json_view_any(view, key), false);
}

bool json_view_optional_bool(JsonView *view, const char *key, bool otherwise)
{
    return bool_of(view, key, json_view_optional_any(view, key), otherwise);
}

Time json_view_time(JsonView *view, const char *key)
{
    const char *text = json_view_text(view, key, TIME_TEXT_SIZE);
    Time time = 0;
    if (!view->failed && !time_from_text(bytes_of_text(text), &time, NULL)) {
        json_view_fail(view, key, "is no RFC 3339 time");
        return 0;
    }
    return time;
}

Bytes json_view_base64(JsonView *view, Arena *arena, const char *key, size_t max_bytes)
{
    const json_t *value = json_view_any(view, key);
    if (value == NULL) {
        return BYTES_EMPTY;
    }
    Bytes text = bytes_of(json_string_value(value), json_string_length(value));
    Bytes decoded = BYTES_EMPTY;
    Error why = {0};
    if (!json_is_string(value)) {
        json_view_fail(view, key, "is no text");
    } else if (text.len / 4 > max_bytes / 3 + 1) {
        json_view_fail(view, key, "is too long");
    } else if (text.len > 0 && !base64_decode_arena(arena, text, &decoded, &why)) {
        if (why.kind == ERROR_INPUT) {
            json_view_fail(view, key, "is no base64");
        } else {
            view->failed = true;
            error_memory(view->err);
        }
    } else if (decoded.len > max_bytes) {
        json_view_fail(view, key, "is too long");
    }
    return view->failed ? BYTES_EMPTY : decoded;
}

void json_view_hex(JsonView *view, const char *key, uint8_t *ret, size_t len)
{
    memset(ret, 0, len);
    const char *text = json_view_text(view, key, 2 * len);
    if (view->failed) {
        return;
    }
    CLEANUP(writer_free) Writer decoded = writer_new(len);
    if (strlen(text) != 2 * len || !hex_decode(bytes_of_text(text), &decoded, NULL) ||
        decoded.len != len) {
        json_view_fail(view, key, "is no hexadecimal text of the right length");
        return;
    }
    memcpy(ret, decoded.data, len);
}

static json_t *object_of(JsonView *view, const char *key, json_t *value)
{
    if (value != NULL && !json_is_object(value)) {
        json_view_fail(view, key, "is no object");
        return NULL;
    }
    return value;
}

static json_t *array_of(JsonView *view, const char *key, json_t *value, size_t max_items)
{
    if (value != NULL && !json_is_array(value)) {
        json_view_fail(view, key, "is no array");
        return NULL;
    }
    if (value != NULL && json_array_size(value) > max_items) {
        json_view_fail(view, key, "has too many items");
        return NULL;
    }
    return value;
}

json_t *json_view_object(JsonView *view, const char *key)
{
    return object_of(view, key, json_view_any(view, key));
}

json_t *json_view_array(JsonView *view, const char *key, size_t max_items)
{
    return array_of(view, key, json_view_any(view, key), max_items);
}

json_t *json_view_optional_object(JsonView *view, const char *key)
{
    return object_of(view, key, json_view_optional_any(view, key));
}

json_t *json_view_optional_array(JsonView *view, const char *key, size_t max_items)
{
    return array_of(view, key, json_view_optional_any(view, key), max_items);
}

bool json_view_done(JsonView *view)
{
    if (view->failed) {
        return false;
    }
    void *field = json_object_iter((json_t *)view->object);
    for (; field != NULL; field = json_object_iter_next((json_t *)view->object, field)) {
        if (!was_seen(view, json_object_iter_key(field))) {
            view_fail(view, "json.unknown_field", json_object_iter_key(field), "is not known");
            return false;
        }
    }
    return true;
}
