// SPDX-License-Identifier: Apache-2.0
#include "base/codec/hex.h"

#include <string.h>

#include "base/codec/hex_backend.h"
#include "base/core/cpu.h"

// Append `len` bytes to be written by the caller; NULL when the writer is full.
static uint8_t *append_room(Writer *writer, size_t len)
{
    return len == 0 || writer->failed ? NULL : writer_put_space(writer, len);
}

static bool check_written(const Writer *writer, Error *err)
{
    return !writer->failed ||
           error_set(err, ERROR_LIMIT, "codec.limit", NULL, "decoded bytes exceed their limit");
}

// Where a view starts; not NULL, so that a backend may add to it.
static const uint8_t *start_of(Bytes bytes)
{
    static const uint8_t nothing;
    return bytes.len == 0 ? &nothing : bytes.data;
}

const HexBackend *hex_backend(void)
{
    return cpu_has(CPU_AVX2) ? hex_backend_avx2() : &HEX_PORTABLE;
}

void hex_encode(Bytes bytes, Writer *ret)
{
    ret->failed |= bytes.len > SIZE_MAX / 2;
    uint8_t *text = append_room(ret, 2 * bytes.len);
    if (text != NULL) {
        hex_backend()->hex_encode(bytes.data, bytes.len, text);
    }
}

char *hex_text(Arena *arena, Bytes bytes)
{
    if (bytes.len > SIZE_MAX / 2 - 1) {
        return NULL;
    }
    char *text = arena_alloc(arena, 2 * bytes.len + 1);
    if (text != NULL) {
        hex_backend()->hex_encode(start_of(bytes), bytes.len, (uint8_t *)text);
    }
    return text;
}

bool hex_decode(Bytes text, Writer *ret, Error *err)
{
    const HexBackend *backend = hex_backend();
    if (text.len % 2 != 0 || !backend->hex_check(start_of(text), text.len)) {
        return error_set(err, ERROR_INPUT, "hex.malformed", "RFC 4648 8",
                         "%zu characters are not whole hexadecimal bytes", text.len);
    }
    uint8_t *decoded = append_room(ret, text.len / 2);
    if (decoded != NULL) {
        backend->hex_decode(text.data, text.len / 2, decoded);
    }
    return check_written(ret, err);
}

static size_t base64_size(Bytes bytes)
{
    return (bytes.len / 3 + (bytes.len % 3 != 0)) * 4;
}

static void base64_encode_into(Bytes bytes, uint8_t *ret)
{
    size_t groups = bytes.len / 3;
    size_t left = bytes.len % 3;
    hex_backend()->base64_encode(start_of(bytes), groups, ret);
    if (left > 0) {
        uint8_t padded[3] = {0};
        memcpy(padded, &bytes.data[3 * groups], left);
        HEX_PORTABLE.base64_encode(padded, 1, &ret[4 * groups]);
        memset(&ret[4 * groups + left + 1], '=', 3 - left);
    }
}

void base64_encode(Bytes bytes, Writer *ret)
{
    ret->failed |= bytes.len > SIZE_MAX / 2;
    uint8_t *text = append_room(ret, base64_size(bytes));
    if (text != NULL) {
        base64_encode_into(bytes, text);
    }
}

char *base64_text(Arena *arena, Bytes bytes)
{
    if (bytes.len > SIZE_MAX / 2) {
        return NULL;
    }
    char *text = arena_alloc(arena, base64_size(bytes) + 1);
    if (text != NULL) {
        base64_encode_into(bytes, (uint8_t *)text);
    }
    return text;
}

// A checked text: `groups` whole groups, then a group with `last_len` bytes (1 or 2) if not 0.
typedef struct {
    size_t groups;
    size_t last_len;
    uint8_t last[3];
} Base64Shape;

static bool base64_check(Bytes text, Base64Shape *ret, Error *err)
{
    const HexBackend *backend = hex_backend();
    size_t padding = 0;
    while (padding < 2 && padding < text.len && text.data[text.len - 1 - padding] == '=') {
        padding++;
    }
    *ret = (Base64Shape){.groups = text.len / 4 - (text.len >= 4 && padding > 0)};
    bool valid = text.len % 4 == 0 && backend->base64_check(start_of(text), text.len - padding);
    if (valid && padding > 0) {
        uint8_t last[4] = {'A', 'A', 'A', 'A'};
        memcpy(last, &text.data[4 * ret->groups], 4 - padding);
        HEX_PORTABLE.base64_decode(last, 1, ret->last);
        ret->last_len = 3 - padding;
        // Bits of the last digit that no byte uses must be 0.
        valid = (ret->last[1] & (padding == 2 ? 0xff : 0)) == 0 && ret->last[2] == 0;
    }
    return valid || error_set(err, ERROR_INPUT, "base64.malformed", "RFC 4648 4",
                              "%zu characters are not strict base64", text.len);
}

static void base64_decode_into(Bytes text, const Base64Shape *shape, uint8_t *ret)
{
    hex_backend()->base64_decode(start_of(text), shape->groups, ret);
    if (shape->last_len > 0) {
        memcpy(&ret[3 * shape->groups], shape->last, shape->last_len);
    }
}

bool base64_decode(Bytes text, Writer *ret, Error *err)
{
    Base64Shape shape;
    if (!base64_check(text, &shape, err)) {
        return false;
    }
    uint8_t *decoded = append_room(ret, 3 * shape.groups + shape.last_len);
    if (decoded != NULL) {
        base64_decode_into(text, &shape, decoded);
    }
    return check_written(ret, err);
}

bool base64_decode_arena(Arena *arena, Bytes text, Bytes *ret, Error *err)
{
    Base64Shape shape;
    if (!base64_check(text, &shape, err)) {
        return false;
    }
    size_t len = 3 * shape.groups + shape.last_len;
    uint8_t *decoded = arena_alloc(arena, len + 1);
    if (decoded == NULL) {
        return error_memory(err);
    }
    base64_decode_into(text, &shape, decoded);
    *ret = bytes_of(decoded, len);
    return true;
}
