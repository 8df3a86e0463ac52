// SPDX-License-Identifier: Apache-2.0
#include "wasm/json/value.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec/utf8.h"

static void *value_new(size_t size, json_type type)
{
    json_t *json = malloc(size);
    if (json != NULL) {
        *json = (json_t){type, 1};
    }
    return json;
}

// --- objects ----------------------------------------------------------------------------------

const JsonObject *json_value_object(const json_t *json)
{
    return json_is_object(json) ? (const JsonObject *)(const void *)json : NULL;
}

static JsonObject *object_of(json_t *json)
{
    return json_is_object(json) ? (JsonObject *)(void *)json : NULL;
}

json_t *json_object(void)
{
    JsonObject *object = value_new(sizeof *object, JSON_OBJECT);
    if (object == NULL) {
        return NULL;
    }
    *object = (JsonObject){.json = object->json};
    return &object->json;
}

size_t json_object_size(const json_t *json)
{
    const JsonObject *object = json_value_object(json);
    return object == NULL ? 0 : object->size;
}

static Bytes key_of(const JsonMember *member)
{
    return bytes_of(member->key, member->key_len);
}

static JsonMember *find(const JsonObject *object, Bytes key)
{
    JsonMember *at = object->root;
    while (at != NULL) {
        int order = bytes_compare(key, key_of(at));
        if (order == 0) {
            return at;
        }
        at = order < 0 ? at->left : at->right;
    }
    return NULL;
}

json_t *json_object_getn(const json_t *json, const char *key, size_t key_len)
{
    const JsonObject *object = json_value_object(json);
    const JsonMember *member =
        object == NULL || key == NULL ? NULL : find(object, bytes_of(key, key_len));
    return member == NULL ? NULL : member->value;
}

json_t *json_object_get(const json_t *json, const char *key)
{
    return key == NULL ? NULL : json_object_getn(json, key, strlen(key));
}

static JsonMember *skew(JsonMember *top)
{
    JsonMember *left = top->left;
    if (left == NULL || left->level != top->level) {
        return top;
    }
    top->left = left->right;
    left->right = top;
    return left;
}

static JsonMember *split(JsonMember *top)
{
    JsonMember *right = top->right;
    if (right == NULL || right->right == NULL || right->right->level != top->level) {
        return top;
    }
    top->right = right->left;
    right->left = top;
    right->level++;
    return right;
}

// The depth is at most twice the logarithm of the number of members.
static JsonMember *insert(JsonMember *top, JsonMember *member)
{
    if (top == NULL) {
        return member;
    }
    if (bytes_compare(key_of(member), key_of(top)) < 0) {
        top->left = insert(top->left, member);
    } else {
        top->right = insert(top->right, member);
    }
    return split(skew(top));
}

static JsonMember *member_new(Bytes key, json_t *value)
{
    JsonMember *member = malloc(sizeof *member + key.len + 1);
    if (member == NULL) {
        return NULL;
    }
    *member = (JsonMember){.level = 1, .value = value, .key_len = key.len};
    if (key.len > 0) {
        memcpy(member->key, key.data, key.len);
    }
    member->key[key.len] = '\0';
    return member;
}

int json_value_put(JsonObject *object, Bytes key, json_t *value)
{
    JsonMember *member = find(object, key);
    if (member != NULL) {
        json_decref(member->value);
        member->value = value;
        return 0;
    }
    member = member_new(key, value);
    if (member == NULL) {
        json_decref(value);
        return -1;
    }
    object->root = insert(object->root, member);
    if (object->last == NULL) {
        object->first = member;
    } else {
        object->last->next = member;
    }
    object->last = member;
    object->size++;
    return 0;
}

static int set_new(json_t *json, const char *key, size_t key_len, json_t *value)
{
    JsonObject *object = object_of(json);
    if (value == NULL) {
        return -1;
    }
    if (object == NULL || key == NULL || value == json) {
        json_decref(value);
        return -1;
    }
    return json_value_put(object, bytes_of(key, key_len), value);
}

int json_object_setn_new(json_t *json, const char *key, size_t key_len, json_t *value)
{
    if (key == NULL || !utf8_is_valid(bytes_of(key, key_len))) {
        json_decref(value);
        return -1;
    }
    return set_new(json, key, key_len, value);
}

int json_object_set_new(json_t *json, const char *key, json_t *value)
{
    return json_object_setn_new(json, key, key == NULL ? 0 : strlen(key), value);
}

int json_object_set_new_nocheck(json_t *json, const char *key, json_t *value)
{
    return set_new(json, key, key == NULL ? 0 : strlen(key), value);
}

int json_object_clear(json_t *json)
{
    JsonObject *object = object_of(json);
    if (object == NULL) {
        return -1;
    }
    for (JsonMember *member = object->first; member != NULL;) {
        JsonMember *next = member->next;
        json_decref(member->value);
        free(member);
        member = next;
    }
    *object = (JsonObject){.json = object->json};
    return 0;
}

void *json_object_iter(json_t *json)
{
    JsonObject *object = object_of(json);
    return object == NULL ? NULL : object->first;
}

void *json_object_iter_next(json_t *json, void *iter)
{
    return !json_is_object(json) || iter == NULL ? NULL : ((JsonMember *)iter)->next;
}

const char *json_object_iter_key(void *iter)
{
    return iter == NULL ? NULL : ((JsonMember *)iter)->key;
}

size_t json_object_iter_key_len(void *iter)
{
    return iter == NULL ? 0 : ((JsonMember *)iter)->key_len;
}

json_t *json_object_iter_value(void *iter)
{
    return iter == NULL ? NULL : ((JsonMember *)iter)->value;
}

void *json_object_key_to_iter(const char *key)
{
    return key == NULL ? NULL : (void *)(uintptr_t)(key - offsetof(JsonMember, key));
}

// --- arrays -----------------------------------------------------------------------------------

static const JsonArray *array_of(const json_t *json)
{
    return json_is_array(json) ? (const JsonArray *)(const void *)json : NULL;
}

json_t *json_array(void)
{
    JsonArray *array = value_new(sizeof *array, JSON_ARRAY);
    if (array == NULL) {
        return NULL;
    }
    *array = (JsonArray){.json = array->json};
    return &array->json;
}

size_t json_array_size(const json_t *json)
{
    const JsonArray *array = array_of(json);
    return array == NULL ? 0 : array->size;
}

json_t *json_array_get(const json_t *json, size_t index)
{
    const JsonArray *array = array_of(json);
    return array == NULL || index >= array->size ? NULL : array->items[index];
}

static bool array_grow(JsonArray *array)
{
    if (array->size < array->capacity) {
        return true;
    }
    size_t capacity = array->capacity == 0 ? 8 : 2 * array->capacity;
    json_t **items = capacity > SIZE_MAX / sizeof *items
                         ? NULL
                         : realloc(array->items, capacity * sizeof *items);
    if (items == NULL) {
        return false;
    }
    array->items = items;
    array->capacity = capacity;
    return true;
}

int json_array_append_new(json_t *json, json_t *value)
{
    JsonArray *array = (JsonArray *)(uintptr_t)array_of(json);
    if (value == NULL) {
        return -1;
    }
    if (array == NULL || json == value || !array_grow(array)) {
        json_decref(value);
        return -1;
    }
    array->items[array->size++] = value;
    return 0;
}

// --- texts and numbers ------------------------------------------------------------------------

json_t *json_value_text(Bytes text)
{
    JsonString *string = value_new(sizeof *string + text.len + 1, JSON_STRING);
    if (string == NULL) {
        return NULL;
    }
    string->len = text.len;
    if (text.len > 0) {
        memcpy(string->text, text.data, text.len);
    }
    string->text[text.len] = '\0';
    return &string->json;
}

json_t *json_stringn(const char *text, size_t len)
{
    return text != NULL && utf8_is_valid(bytes_of(text, len)) ? json_value_text(bytes_of(text, len))
                                                              : NULL;
}

json_t *json_string(const char *text)
{
    return text == NULL ? NULL : json_stringn(text, strlen(text));
}

json_t *json_stringn_nocheck(const char *text, size_t len)
{
    return text == NULL ? NULL : json_value_text(bytes_of(text, len));
}

json_t *json_string_nocheck(const char *text)
{
    return text == NULL ? NULL : json_value_text(bytes_of_text(text));
}

const char *json_string_value(const json_t *json)
{
    return json_is_string(json) ? ((const JsonString *)(const void *)json)->text : NULL;
}

size_t json_string_length(const json_t *json)
{
    return json_is_string(json) ? ((const JsonString *)(const void *)json)->len : 0;
}

json_t *json_integer(json_int_t value)
{
    JsonInteger *integer = value_new(sizeof *integer, JSON_INTEGER);
    if (integer == NULL) {
        return NULL;
    }
    integer->value = value;
    return &integer->json;
}

json_int_t json_integer_value(const json_t *json)
{
    return json_is_integer(json) ? ((const JsonInteger *)(const void *)json)->value : 0;
}

json_t *json_value_real(double value)
{
    JsonReal *real = value_new(sizeof *real, JSON_REAL);
    if (real == NULL) {
        return NULL;
    }
    real->value = value;
    return &real->json;
}

// --- constants and ends -----------------------------------------------------------------------

// Never counted and never written to.
static json_t *constant(const json_t *json)
{
    return (json_t *)(uintptr_t)json;
}

json_t *json_true(void)
{
    static const json_t value = {JSON_TRUE, SIZE_MAX};
    return constant(&value);
}

json_t *json_false(void)
{
    static const json_t value = {JSON_FALSE, SIZE_MAX};
    return constant(&value);
}

json_t *json_null(void)
{
    static const json_t value = {JSON_NULL, SIZE_MAX};
    return constant(&value);
}

static void array_delete(JsonArray *array)
{
    for (size_t i = 0; i < array->size; i++) {
        json_decref(array->items[i]);
    }
    free(array->items);
    free(array);
}

// A type that is none of these is not freed: see poison() in base/codec/json.c.
void json_delete(json_t *json)
{
    switch (json->type) {
    case JSON_OBJECT:
        (void)json_object_clear(json);
        free(json);
        break;
    case JSON_ARRAY:
        array_delete((JsonArray *)(void *)json);
        break;
    case JSON_STRING:
    case JSON_INTEGER:
    case JSON_REAL:
        free(json);
        break;
    default:
        break;
    }
}
