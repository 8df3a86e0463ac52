// SPDX-License-Identifier: Apache-2.0
#include "base/codec/json_plain.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec/json.h"
#include "base/codec/utf8.h"

enum { INTEGER_DIGITS_MAX = 15, KEYS_MAX = 64 };

typedef struct {
    Bytes text;
    size_t at;
    int depth;
} Plain;

static json_t *take_value(Plain *plain);

// The next byte, -1 at the end.
static int peek(const Plain *plain)
{
    return plain->at < plain->text.len ? plain->text.data[plain->at] : -1;
}

static int peek_after_space(Plain *plain)
{
    int c = peek(plain);
    while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        plain->at++;
        c = peek(plain);
    }
    return c;
}

static bool take(Plain *plain, int wanted)
{
    bool is_there = peek_after_space(plain) == wanted;
    plain->at += is_there ? 1 : 0;
    return is_there;
}

static bool is_plain(uint8_t c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

// Where plain ASCII ends that begins at `at`: at a quotation mark, a backslash, a control
// character, something that is not ASCII, or the end. Most of our JSON is long base64, so eight at
// a time.
static size_t plain_end(Bytes text, size_t at)
{
    const uint64_t ones = UINT64_MAX / 255, highs = ones * 0x80;
    for (; at + 8 <= text.len; at += 8) {
        uint64_t eight;
        memcpy(&eight, &text.data[at], sizeof eight);
        uint64_t quote = eight ^ (ones * '"'), backslash = eight ^ (ones * '\\');
        // A byte's highest bit is set where it is or may be what ends.
        uint64_t ends = eight | (eight - ones * 0x20) | (quote - ones) | (backslash - ones);
        if ((ends & highs) != 0) {
            break;
        }
    }
    while (at < text.len && is_plain(text.data[at])) {
        at++;
    }
    return at;
}

// What lies between quotes. False for escapes, control characters and a missing end.
static bool take_quoted(Plain *plain, Bytes *ret, bool *ret_is_ascii)
{
    if (!take(plain, '"')) {
        return false;
    }
    const uint8_t *data = plain->text.data;
    size_t begin = plain->at, end = plain_end(plain->text, begin);
    *ret_is_ascii = true;
    while (end < plain->text.len && data[end] >= 0x80) {
        *ret_is_ascii = false;
        end = plain_end(plain->text, end + 1);
    }
    if (end == plain->text.len || data[end] != '"') {
        return false;
    }
    *ret = bytes_slice(plain->text, begin, end - begin);
    plain->at = end + 1;
    return true;
}

static const char *characters(Bytes text)
{
    return text.len == 0 ? "" : (const char *)text.data;
}

// The letters of the short escapes, and what they stand for; \u is for jansson.
static const char escape_letters[] = "\"\\/bfnrt", escaped_bytes[] = "\"\\/\b\f\n\r\t";

static size_t escape_index(int c, const char *set)
{
    const char *found = c > 0 ? strchr(set, c) : NULL;
    return found == NULL ? sizeof escape_letters : (size_t)(found - set);
}

// A text with short escapes, such as the lines of a signed note.
static json_t *take_escaped(Plain *plain)
{
    CLEANUP(writer_free) Writer text = writer_new(plain->text.len);
    size_t at = plain->at + 1;
    bool is_ascii = true;
    for (;;) {
        size_t end = plain_end(plain->text, at);
        writer_put(&text, bytes_slice(plain->text, at, end - at));
        int c = end < plain->text.len ? plain->text.data[end] : -1;
        at = end + 1;
        if (c == '"') {
            break;
        }
        if (c >= 0x80) {
            is_ascii = false;
            writer_put_u8(&text, (uint8_t)c);
        } else if (c == '\\' && at < plain->text.len) {
            size_t index = escape_index(plain->text.data[at++], escape_letters);
            if (index == sizeof escape_letters) {
                return NULL;
            }
            writer_put_u8(&text, (uint8_t)escaped_bytes[index]);
        } else {
            return NULL;
        }
    }
    plain->at = at;
    Bytes whole = writer_bytes(&text);
    return text.failed ? NULL
           : is_ascii  ? json_stringn_nocheck(characters(whole), whole.len)
                       : json_stringn(characters(whole), whole.len);
}

// Where it is not ASCII, jansson checks that it is UTF-8.
static json_t *take_text(Plain *plain)
{
    Bytes text;
    bool is_ascii;
    size_t begin = plain->at;
    if (!take_quoted(plain, &text, &is_ascii)) {
        plain->at = begin;
        return take_escaped(plain);
    }
    return is_ascii ? json_stringn_nocheck(characters(text), text.len)
                    : json_stringn(characters(text), text.len);
}

static json_t *take_integer(Plain *plain)
{
    bool is_negative = peek(plain) == '-';
    plain->at += is_negative ? 1 : 0;
    size_t begin = plain->at;
    int64_t number = 0;
    int c = peek(plain);
    bool is_plain = c >= '1' || !is_negative;  // "-0" is for jansson
    for (; c >= '0' && c <= '9' && plain->at - begin < INTEGER_DIGITS_MAX; c = peek(plain)) {
        number = 10 * number + (c - '0');
        plain->at++;
    }
    size_t digits = plain->at - begin;
    bool has_leading_zero = digits > 1 && plain->text.data[begin] == '0';
    bool goes_on = (c >= '0' && c <= '9') || c == '.' || c == 'e' || c == 'E';
    return is_plain && digits > 0 && !has_leading_zero && !goes_on
               ? json_integer(is_negative ? -number : number)
               : NULL;
}

static bool take_word(Plain *plain, Bytes word)
{
    bool is_there = bytes_equal(bytes_slice(plain->text, plain->at, word.len), word);
    plain->at += is_there ? word.len : 0;
    return is_there;
}

static json_t *take_named(Plain *plain)
{
    return take_word(plain, BYTES_LITERAL("true"))    ? json_true()
           : take_word(plain, BYTES_LITERAL("false")) ? json_false()
           : take_word(plain, BYTES_LITERAL("null"))  ? json_null()
                                                      : NULL;
}

// One key with its value; a key that is there already is for jansson to refuse.
static bool take_member(Plain *plain, json_t *object)
{
    Bytes key;
    bool is_ascii;
    if (!take_quoted(plain, &key, &is_ascii) || !take(plain, ':') ||
        json_object_getn(object, characters(key), key.len) != NULL) {
        return false;
    }
    return json_object_setn_new(object, characters(key), key.len, take_value(plain)) == 0;
}

static bool take_element(Plain *plain, json_t *array)
{
    return json_array_append_new(array, take_value(plain)) == 0;
}

static json_t *take_all(Plain *plain, json_t *container, int closing,
                        bool (*take_one)(Plain *, json_t *))
{
    CLEANUP(json_cleanup) json_t *filled = container;
    if (filled == NULL || plain->depth == JSON_MAX_DEPTH) {
        return NULL;
    }
    plain->depth++;
    plain->at++;
    bool is_closed = take(plain, closing);
    while (!is_closed) {
        if (!take_one(plain, filled)) {
            return NULL;
        }
        is_closed = take(plain, closing);
        if (!is_closed && !take(plain, ',')) {
            return NULL;
        }
    }
    plain->depth--;
    filled = NULL;
    return container;
}

static json_t *take_value(Plain *plain)
{
    switch (peek_after_space(plain)) {
    case '{':
        return take_all(plain, json_object(), '}', take_member);
    case '[':
        return take_all(plain, json_array(), ']', take_element);
    case '"':
        return take_text(plain);
    case 't':
    case 'f':
    case 'n':
        return take_named(plain);
    default:
        return take_integer(plain);
    }
}

json_t *json_plain_parse(Bytes text)
{
    Plain plain = {.text = text};
    int first = peek_after_space(&plain);
    CLEANUP(json_cleanup) json_t *value = first == '{' || first == '[' ? take_value(&plain) : NULL;
    if (value == NULL || peek_after_space(&plain) >= 0) {
        return NULL;
    }
    return json_incref(value);
}

// --- writing ----------------------------------------------------------------------------------

static bool write_value(const json_t *value, int depth, Writer *ret);

static bool write_key(Bytes text, Writer *ret)
{
    if (plain_end(text, 0) != text.len) {
        return false;
    }
    writer_put_u8(ret, '"');
    writer_put(ret, text);
    writer_put_u8(ret, '"');
    return true;
}

static int write_part(const char *part, size_t len, void *writer)
{
    writer_put(writer, bytes_of(part, len));
    return ((Writer *)writer)->failed ? -1 : 0;
}

static bool is_ascii(uint8_t c)
{
    return c < 0x80;
}

// True for text whose only escapes are short.
static bool is_escapable(Bytes text)
{
    size_t at = plain_end(text, 0);
    while (at < text.len && (!is_ascii(text.data[at]) ||
                             escape_index(text.data[at], escaped_bytes) < sizeof escape_letters)) {
        at = plain_end(text, at + 1);
    }
    return at >= text.len && utf8_is_valid(text);
}

static bool write_escaped(Bytes text, Writer *ret)
{
    if (!is_escapable(text)) {
        return false;
    }
    writer_put_u8(ret, '"');
    for (size_t at = 0; at < text.len; at++) {
        size_t end = plain_end(text, at);
        writer_put(ret, bytes_slice(text, at, end - at));
        at = end;
        if (at < text.len && !is_ascii(text.data[at])) {
            writer_put_u8(ret, text.data[at]);
        } else if (at < text.len) {
            writer_put_u8(ret, '\\');
            writer_put_u8(ret, (uint8_t)escape_letters[escape_index(text.data[at], escaped_bytes)]);
        }
    }
    writer_put_u8(ret, '"');
    return true;
}

bool json_plain_write_text(Bytes text, Writer *ret)
{
    return write_key(text, ret) || write_escaped(text, ret);
}

// One text with other escapes, or that is not UTF-8, is for jansson, which checks it.
static bool write_text(const json_t *value, Writer *ret)
{
    Bytes text = bytes_of(json_string_value(value), json_string_length(value));
    return json_plain_write_text(text, ret) ||
           json_dump_callback(value, write_part, ret, JSON_COMPACT | JSON_ENCODE_ANY) == 0;
}

static bool write_array(const json_t *array, int depth, Writer *ret)
{
    writer_put_u8(ret, '[');
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i > 0) {
            writer_put_u8(ret, ',');
        }
        if (!write_value(json_array_get(array, i), depth, ret)) {
            return false;
        }
    }
    writer_put_u8(ret, ']');
    return true;
}

typedef struct {
    Bytes key;
    const json_t *value;
} Member;

static int compare_members(const void *a, const void *b)
{
    return bytes_compare(((const Member *)a)->key, ((const Member *)b)->key);
}

static bool write_object(const json_t *object, int depth, Writer *ret)
{
    Member members[KEYS_MAX];
    size_t count = 0;
    if (json_object_size(object) > KEYS_MAX) {
        return false;
    }
    void *at = json_object_iter((json_t *)(uintptr_t)object);
    for (; at != NULL; at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
        members[count++] =
            (Member){bytes_of(json_object_iter_key(at), json_object_iter_key_len(at)),
                     json_object_iter_value(at)};
    }
    qsort(members, count, sizeof *members, compare_members);
    writer_put_u8(ret, '{');
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            writer_put_u8(ret, ',');
        }
        if (!write_key(members[i].key, ret)) {
            return false;
        }
        writer_put_u8(ret, ':');
        if (!write_value(members[i].value, depth, ret)) {
            return false;
        }
    }
    writer_put_u8(ret, '}');
    return true;
}

static bool write_value(const json_t *value, int depth, Writer *ret)
{
    if (value == NULL || depth == JSON_MAX_DEPTH) {
        return false;
    }
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return write_object(value, depth + 1, ret);
    case JSON_ARRAY:
        return write_array(value, depth + 1, ret);
    case JSON_STRING:
        return write_text(value, ret);
    case JSON_INTEGER:
        writer_format(ret, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return true;
    case JSON_TRUE:
        writer_put_text(ret, "true");
        return true;
    case JSON_FALSE:
        writer_put_text(ret, "false");
        return true;
    case JSON_NULL:
        writer_put_text(ret, "null");
        return true;
    default:
        return false;
    }
}

bool json_plain_write(const json_t *value, Writer *ret)
{
    return write_value(value, 0, ret) && !ret->failed;
}
