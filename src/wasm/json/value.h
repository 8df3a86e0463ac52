// SPDX-License-Identifier: Apache-2.0
//
// What lies behind a json_t, for the files of this folder.
#ifndef ASSENT_WASM_JSON_VALUE_H
#define ASSENT_WASM_JSON_VALUE_H

#include "base/core/bytes.h"
#include "wasm/json/jansson.h"

typedef struct JsonMember JsonMember;

// Members lie in an AA tree by their keys and in a list by their age.
// Source: A. Andersson, Balanced Search Trees Made Simple, 1993.
struct JsonMember {
    JsonMember *left, *right;
    JsonMember *next;
    unsigned level;
    json_t *value;
    size_t key_len;
    char key[];  // with a terminating zero
};

typedef struct {
    json_t json;
    size_t size;
    JsonMember *root;
    JsonMember *first, *last;
} JsonObject;

typedef struct {
    json_t json;
    size_t size, capacity;
    json_t **items;
} JsonArray;

typedef struct {
    json_t json;
    size_t len;
    char text[];  // with a terminating zero
} JsonString;

typedef struct {
    json_t json;
    json_int_t value;
} JsonInteger;

typedef struct {
    json_t json;
    double value;
} JsonReal;

// A text that is taken as it is. NULL without memory.
json_t *json_value_text(Bytes text);
json_t *json_value_real(double value);
// As json_object_setn_new, of a key that is known to be UTF-8 and not NULL.
int json_value_put(JsonObject *object, Bytes key, json_t *value);
const JsonObject *json_value_object(const json_t *json);

#endif
