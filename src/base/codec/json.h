// SPDX-License-Identifier: Apache-2.0
//
// JSON on jansson: strict parsing of hostile input, typed reading with clear errors, and one
// canonical text form (sorted keys, compact, UTF-8) that is what gets hashed and signed.
#ifndef ASSENT_BASE_CODEC_JSON_H
#define ASSENT_BASE_CODEC_JSON_H

#include <jansson.h>

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"

// For CLEANUP(json_cleanup) json_t *x = NULL;
void json_cleanup(json_t **value);

enum { JSON_MAX_DEPTH = 32, JSON_MAX_VALUES = 200000 };

// Parse one JSON object or array that fills `text`. Refuses duplicate keys, depth over
// JSON_MAX_DEPTH, invalid UTF-8, U+0000, and anything trailing. Fails with ERROR_INPUT, code
// "json.malformed", with line and column; ERROR_LIMIT "json.too_large" for JSON_MAX_VALUES or more
// (by its commas). The caller owns *ret (json_decref).
bool json_parse(Bytes text, json_t **ret, Error *err) MUST_CHECK;
// Append the canonical text: keys sorted by their UTF-8 bytes, no white space, non-ASCII as it
// is. Fails with ERROR_INTERNAL for a poisoned or missing value (see "Building"), ERROR_LIMIT
// when the writer is full.
bool json_write(const json_t *value, Writer *ret, Error *err) MUST_CHECK;
// Append one text (UTF-8) as json_write does, for who writes a large object without building it.
bool json_write_text(Bytes text, Writer *ret, Error *err) MUST_CHECK;
// Canonical text in the arena.
bool json_text(Arena *arena, const json_t *value, Bytes *ret, Error *err) MUST_CHECK;

// Typed reading of an object, in the manner of Reader: the first failure is recorded in the
// view, later reads return zero values, one check at the end. A key that was never read is an
// unknown field and fails json_view_done: what is not understood is refused. The failures are
// ERROR_INPUT, code "json.field" or "json.unknown_field"; they name the field, never its value.
enum { JSON_VIEW_MAX_KEYS = 48 };
typedef struct JsonView JsonView;
struct JsonView {
    const json_t *object;
    const char *path;  // for messages, for example "person"; borrowed
    Error *err;        // where the first failure goes
    bool failed;
    const char *seen[JSON_VIEW_MAX_KEYS];  // keys read so far; borrowed
    size_t seen_count;
};

// Start reading an object; fails at once (view.failed) when `value` is no object.
JsonView json_view(const json_t *value, const char *path, Error *err);
// Required text without control characters, 1 to max_bytes bytes of UTF-8. Borrowed from the
// JSON value. Returns "" after a failure.
const char *json_view_text(JsonView *view, const char *key, size_t max_bytes);
// Optional text: NULL when absent.
const char *json_view_optional_text(JsonView *view, const char *key, size_t max_bytes);
// Required integer in [min, max].
int64_t json_view_int(JsonView *view, const char *key, int64_t min, int64_t max);
bool json_view_bool(JsonView *view, const char *key);
bool json_view_optional_bool(JsonView *view, const char *key, bool otherwise);
Time json_view_time(JsonView *view, const char *key);
// Required base64 text decoded into the arena, at most max_bytes decoded.
Bytes json_view_base64(JsonView *view, Arena *arena, const char *key, size_t max_bytes);
// Required hexadecimal text of exactly `len` bytes decoded into ret.
void json_view_hex(JsonView *view, const char *key, uint8_t *ret, size_t len);
// Required value of any type / object / array (borrowed); NULL after a failure.
json_t *json_view_any(JsonView *view, const char *key);
json_t *json_view_object(JsonView *view, const char *key);
json_t *json_view_array(JsonView *view, const char *key, size_t max_items);
// Optional forms: NULL when absent.
json_t *json_view_optional_any(JsonView *view, const char *key);
json_t *json_view_optional_object(JsonView *view, const char *key);
json_t *json_view_optional_array(JsonView *view, const char *key, size_t max_items);
// Record a failure of the caller's own (a wrong value): ERROR_INPUT naming path and key.
void json_view_fail(JsonView *view, const char *key, const char *rule);
// False when anything failed or a key was not read.
bool json_view_done(JsonView *view) MUST_CHECK;

// Building. Each adds a key and steals nothing from the caller but `value` of json_put. When
// memory runs out, or a text is NULL or not UTF-8, the object is poisoned: writing it or anything
// that contains it fails, so a builder is a list of puts and one check. The caller owns the object.
json_t *json_make_object(void);
void json_put(json_t *object, const char *key, json_t *value);  // steals value
void json_put_text(json_t *object, const char *key, const char *text);
void json_put_int(json_t *object, const char *key, int64_t number);
void json_put_bool(json_t *object, const char *key, bool value);
void json_put_time(json_t *object, const char *key, Time time);
void json_put_base64(json_t *object, const char *key, Bytes bytes);
void json_put_hex(json_t *object, const char *key, Bytes bytes);

#endif
