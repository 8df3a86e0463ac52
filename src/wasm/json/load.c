// SPDX-License-Identifier: Apache-2.0
//
// The grammar of JSON over the tokens of scan.h.
#include <string.h>

#include "wasm/json/scan.h"
#include "wasm/json/value.h"

enum { DEPTH_MAX = 2048 };

static json_t *refuse(Scan *scan, enum json_error_code code)
{
    scan_fail(scan, code);
    return NULL;
}

// --- values -----------------------------------------------------------------------------------

static json_t *load_value(Scan *scan);

static bool take_member(Scan *scan, JsonObject *object)
{
    if (scan->kind != TOKEN_STRING) {
        scan_fail(scan, json_error_invalid_syntax);
        return false;
    }
    CLEANUP(writer_free) Writer key = scan->string;
    scan->string = writer_new(0);
    if (key.len > 0 && memchr(key.data, 0, key.len) != NULL) {
        scan_fail(scan, json_error_null_byte_in_key);
        return false;
    }
    if (json_object_getn(&object->json, key.len == 0 ? "" : (const char *)key.data, key.len) !=
        NULL) {
        scan_fail(scan, json_error_duplicate_key);
        return false;
    }
    scan_token(scan);
    if (!scan_is_mark(scan, ':')) {
        scan_fail(scan, json_error_invalid_syntax);
        return false;
    }
    scan_token(scan);
    json_t *value = load_value(scan);
    return value != NULL && json_value_put(object, writer_bytes(&key), value) == 0;
}

static bool take_members(Scan *scan, json_t *object)
{
    scan_token(scan);
    if (scan_is_mark(scan, '}')) {
        return true;
    }
    for (;;) {
        if (!take_member(scan, (JsonObject *)(void *)object)) {
            return false;
        }
        scan_token(scan);
        if (!scan_is_mark(scan, ',')) {
            break;
        }
        scan_token(scan);
    }
    if (!scan_is_mark(scan, '}')) {
        scan_fail(scan, json_error_invalid_syntax);
        return false;
    }
    return true;
}

static bool take_elements(Scan *scan, json_t *array)
{
    scan_token(scan);
    if (scan_is_mark(scan, ']')) {
        return true;
    }
    while (scan->kind != TOKEN_END) {
        json_t *value = load_value(scan);
        if (value == NULL || json_array_append_new(array, value) != 0) {
            return false;
        }
        scan_token(scan);
        if (!scan_is_mark(scan, ',')) {
            break;
        }
        scan_token(scan);
    }
    if (!scan_is_mark(scan, ']')) {
        scan_fail(scan, json_error_invalid_syntax);
        return false;
    }
    return true;
}

static json_t *load_container(Scan *scan)
{
    bool is_object = scan->mark == '{';
    json_t *container = is_object ? json_object() : json_array();
    if (container == NULL || (is_object ? take_members : take_elements)(scan, container)) {
        return container;
    }
    json_decref(container);
    return NULL;
}

static json_t *load_text(Scan *scan)
{
    Bytes text = writer_bytes(&scan->string);
    if (text.len > 0 && memchr(text.data, 0, text.len) != NULL) {
        return refuse(scan, json_error_null_character);
    }
    return json_value_text(text);
}

static json_t *load_one(Scan *scan)
{
    switch (scan->kind) {
    case TOKEN_STRING:
        return load_text(scan);
    case TOKEN_INTEGER:
        return json_integer(scan->integer);
    case TOKEN_REAL:
        return json_value_real(scan->real);
    case TOKEN_TRUE:
        return json_true();
    case TOKEN_FALSE:
        return json_false();
    case TOKEN_NULL:
        return json_null();
    case TOKEN_MARK:
        return scan->mark == '{' || scan->mark == '[' ? load_container(scan)
                                                      : refuse(scan, json_error_invalid_syntax);
    default:
        return refuse(scan, json_error_invalid_syntax);
    }
}

static json_t *load_value(Scan *scan)
{
    if (++scan->depth > DEPTH_MAX) {
        return refuse(scan, json_error_stack_overflow);
    }
    json_t *value = load_one(scan);
    scan->depth--;
    return value;
}

static json_t *load_document(Scan *scan)
{
    scan_token(scan);
    if (!scan_is_mark(scan, '[') && !scan_is_mark(scan, '{')) {
        return refuse(scan, json_error_invalid_syntax);
    }
    json_t *value = load_value(scan);
    if (value == NULL) {
        return NULL;
    }
    scan_token(scan);
    if (scan->kind != TOKEN_END) {
        json_decref(value);
        return refuse(scan, json_error_end_of_input_expected);
    }
    return value;
}

json_t *json_loadb(const char *text, size_t len, size_t flags, json_error_t *failure)
{
    (void)flags;
    Scan scan = {.text = bytes_of(text, len), .line = 1, .failure = failure};
    if (failure != NULL) {
        *failure = (json_error_t){-1, -1, json_error_unknown};
    }
    json_t *value = load_document(&scan);
    writer_free(&scan.string);
    return value;
}
