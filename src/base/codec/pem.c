// SPDX-License-Identifier: Apache-2.0
#include "base/codec/pem.h"

#include <string.h>

#include "base/codec/hex.h"

enum { PEM_BYTES_PER_LINE = 48 };

#define PEM_BEGIN BYTES_LITERAL("-----BEGIN ")
#define PEM_END BYTES_LITERAL("-----END ")
#define PEM_DASHES BYTES_LITERAL("-----")

void pem_encode(const char *label, Bytes der, Writer *ret)
{
    writer_format(ret, "-----BEGIN %s-----\n", label);
    for (size_t i = 0; i < der.len; i += PEM_BYTES_PER_LINE) {
        size_t left = der.len - i;
        size_t len = left < PEM_BYTES_PER_LINE ? left : PEM_BYTES_PER_LINE;
        base64_encode(bytes_slice(der, i, len), ret);
        writer_put_u8(ret, '\n');
    }
    writer_format(ret, "-----END %s-----\n", label);
}

// Take the next line, without its line break and trailing blanks. False at the end.
static bool take_line(Bytes *text, Bytes *ret)
{
    if (text->len == 0) {
        return false;
    }
    size_t end = text->len;
    bool broken = bytes_find(*text, BYTES_LITERAL("\n"), 0, &end);
    Bytes line = bytes_slice(*text, 0, end);
    *text = bytes_from(*text, broken ? end + 1 : end);
    while (line.len > 0 && strchr(" \t\r", line.data[line.len - 1]) != NULL &&
           line.data[line.len - 1] != '\0') {
        line = bytes_slice(line, 0, line.len - 1);
    }
    *ret = line;
    return true;
}

// True if `line` is `prefix` label "-----"; the label goes to *ret_label.
static bool is_boundary(Bytes line, Bytes prefix, Bytes *ret_label)
{
    if (line.len < prefix.len + PEM_DASHES.len || !bytes_start_with(line, prefix) ||
        !bytes_equal(bytes_from(line, line.len - PEM_DASHES.len), PEM_DASHES)) {
        return false;
    }
    *ret_label = bytes_slice(line, prefix.len, line.len - prefix.len - PEM_DASHES.len);
    return true;
}

static bool pem_malformed(const char *label, const char *reason, Error *err)
{
    return error_set(err, ERROR_INPUT, "pem.malformed", "RFC 7468 2", "PEM block %s: %s", label,
                     reason);
}

// Decode the lines up to the END line, which has to name the same label.
static bool decode_body(Arena *arena, const char *label, Bytes *text, Bytes *ret, Error *err)
{
    CLEANUP(writer_free) Writer body = writer_new(text->len);
    for (Bytes line, end_label; take_line(text, &line);) {
        if (is_boundary(line, PEM_END, &end_label)) {
            if (!bytes_equal_text(end_label, label)) {
                return pem_malformed(label, "the END line names another label", err);
            }
            if (body.failed) {
                return error_memory(err);
            }
            return base64_decode_arena(arena, writer_bytes(&body), ret, err) ||
                   (err != NULL && err->kind == ERROR_INPUT
                        ? pem_malformed(label, "its content is not base64", err)
                        : false);
        }
        writer_put(&body, line);
    }
    return pem_malformed(label, "it has no END line", err);
}

// Move *text past the next BEGIN line. It is looked for as a whole: a text may be lines of nothing.
static bool next_begin(Bytes *text, Bytes *ret_label)
{
    size_t at = 0;
    while (bytes_find(*text, PEM_BEGIN, at, &at)) {
        bool is_at_line_start = at == 0 || text->data[at - 1] == '\n';
        Bytes rest = bytes_from(*text, at), line;
        if (is_at_line_start && take_line(&rest, &line) &&
            is_boundary(line, PEM_BEGIN, ret_label)) {
            *text = rest;
            return true;
        }
        at += PEM_BEGIN.len;
    }
    return false;
}

bool pem_decode_next(Arena *arena, const char *label, Bytes *text, Bytes *ret_der, Error *err)
{
    Bytes rest = *text;
    for (Bytes found; next_begin(&rest, &found);) {
        if (!bytes_equal_text(found, label)) {
            continue;
        }
        if (!decode_body(arena, label, &rest, ret_der, err)) {
            return false;
        }
        *text = rest;
        return true;
    }
    return error_set(err, ERROR_NOT_FOUND, "pem.not_found", NULL, "no PEM block %s", label);
}

bool pem_is_pem(Bytes text)
{
    Bytes label;
    return next_begin(&text, &label);
}
