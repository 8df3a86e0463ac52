// SPDX-License-Identifier: Apache-2.0
//
// The part of jansson's interface that assent computes with, written anew for the browser: the
// same decisions about a text, the same line and column of a failure, the same canonical bytes.
// Compiled for WebAssembly this file is <jansson.h>; names.h lets a test hold
// both. Behaviour is that of jansson 2.14, whose manual
// (https://jansson.readthedocs.io/en/2.14/apiref.html) is the manual of these functions.
#ifndef ASSENT_WASM_JSON_JANSSON_H
#define ASSENT_WASM_JSON_JANSSON_H

#include <stddef.h>
#include <stdint.h>

#include "wasm/json/names.h"

typedef enum {
    JSON_OBJECT,
    JSON_ARRAY,
    JSON_STRING,
    JSON_INTEGER,
    JSON_REAL,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
} json_type;

typedef struct {
    json_type type;
    size_t refcount;  // SIZE_MAX: one of the three constants
} json_t;

typedef long long json_int_t;
#define JSON_INTEGER_FORMAT "lld"

#define json_typeof(json) ((json)->type)
#define json_is_object(json) ((json) != NULL && json_typeof(json) == JSON_OBJECT)
#define json_is_array(json) ((json) != NULL && json_typeof(json) == JSON_ARRAY)
#define json_is_string(json) ((json) != NULL && json_typeof(json) == JSON_STRING)
#define json_is_integer(json) ((json) != NULL && json_typeof(json) == JSON_INTEGER)
#define json_is_true(json) ((json) != NULL && json_typeof(json) == JSON_TRUE)
#define json_is_false(json) ((json) != NULL && json_typeof(json) == JSON_FALSE)
#define json_is_boolean(json) (json_is_true(json) || json_is_false(json))
#define json_boolean(value) ((value) ? json_true() : json_false())

// Objects keep the order in which keys were put in; finding one takes the logarithm of their
// number, whatever the keys are.
json_t *json_object(void);
size_t json_object_size(const json_t *object);
json_t *json_object_get(const json_t *object, const char *key);
json_t *json_object_getn(const json_t *object, const char *key, size_t key_len);
int json_object_set_new(json_t *object, const char *key, json_t *value);
int json_object_set_new_nocheck(json_t *object, const char *key, json_t *value);
int json_object_setn_new(json_t *object, const char *key, size_t key_len, json_t *value);
int json_object_clear(json_t *object);
void *json_object_iter(json_t *object);
void *json_object_iter_next(json_t *object, void *iter);
const char *json_object_iter_key(void *iter);
size_t json_object_iter_key_len(void *iter);
json_t *json_object_iter_value(void *iter);
void *json_object_key_to_iter(const char *key);
#define json_object_foreach(object, key, value)                                    \
    for ((key) = json_object_iter_key(json_object_iter(object));                   \
         (key) != NULL &&                                                          \
         ((value) = json_object_iter_value(json_object_key_to_iter(key))) != NULL; \
         (key) =                                                                   \
             json_object_iter_key(json_object_iter_next(object, json_object_key_to_iter(key))))

json_t *json_array(void);
size_t json_array_size(const json_t *array);
json_t *json_array_get(const json_t *array, size_t index);
int json_array_append_new(json_t *array, json_t *value);
#define json_array_foreach(array, index, value)                                                \
    for ((index) = 0;                                                                          \
         (index) < json_array_size(array) && ((value) = json_array_get(array, index)) != NULL; \
         (index)++)

json_t *json_string(const char *text);
json_t *json_stringn(const char *text, size_t len);
json_t *json_string_nocheck(const char *text);
json_t *json_stringn_nocheck(const char *text, size_t len);
const char *json_string_value(const json_t *string);
size_t json_string_length(const json_t *string);
json_t *json_integer(json_int_t value);
json_int_t json_integer_value(const json_t *integer);
json_t *json_true(void);
json_t *json_false(void);
json_t *json_null(void);

void json_delete(json_t *json);

static inline json_t *json_incref(json_t *json)
{
    if (json != NULL && json->refcount != SIZE_MAX) {
        json->refcount++;
    }
    return json;
}

static inline void json_decref(json_t *json)
{
    if (json != NULL && json->refcount != SIZE_MAX && --json->refcount == 0) {
        json_delete(json);
    }
}

// Of jansson's flags only those that the tree uses; others are not looked at.
#define JSON_REJECT_DUPLICATES 0x1
#define JSON_COMPACT 0x20
#define JSON_SORT_KEYS 0x80
#define JSON_ENCODE_ANY 0x200

enum json_error_code {
    json_error_unknown,
    json_error_out_of_memory,
    json_error_stack_overflow,
    json_error_invalid_utf8,
    json_error_premature_end_of_input,
    json_error_end_of_input_expected,
    json_error_invalid_syntax,
    json_error_duplicate_key,
    json_error_numeric_overflow,
    json_error_null_character,
    json_error_null_byte_in_key,
};

typedef struct {
    int line;    // -1: not from a text
    int column;  // in characters
    enum json_error_code code;
} json_error_t;

#define json_error_code(failure) ((failure)->code)

// An object or array that fills the text. Keys that occur twice are always refused.
json_t *json_loadb(const char *text, size_t len, size_t flags, json_error_t *failure);

typedef int (*json_dump_callback_t)(const char *part, size_t len, void *state);
// Always compact, always with sorted keys, of any value.
int json_dump_callback(const json_t *json, json_dump_callback_t put, void *state, size_t flags);

#endif
