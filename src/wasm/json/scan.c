// SPDX-License-Identifier: Apache-2.0
#include "wasm/json/scan.h"

#include <string.h>

#include "base/codec/utf8.h"
#include "wasm/json/real.h"

enum {
    END = -1,     // where a byte was expected
    BROKEN = -2,  // no UTF-8
};

// Only the first failure is kept.
void scan_fail(Scan *scan, enum json_error_code code)
{
    if (scan->failure == NULL || scan->has_failed) {
        return;
    }
    bool has_token = scan->token_len > 0 && scan->text.data[scan->token_at] != 0;
    if (!has_token && code == json_error_invalid_syntax) {
        code = json_error_premature_end_of_input;
    }
    *scan->failure = (json_error_t){scan->line, scan->column, code};
    scan->has_failed = true;
}

// --- bytes ------------------------------------------------------------------------------------

static bool begins_character(int c)
{
    return c < 0x80 || c >= 0xc0;
}

static int next(Scan *scan)
{
    if (scan->is_broken) {
        return BROKEN;
    }
    if (scan->at >= scan->text.len) {
        return END;
    }
    if (scan->at >= scan->character_end) {
        Reader reader = reader_of(bytes_from(scan->text, scan->at));
        uint32_t character;
        if (!utf8_next(&reader, &character)) {
            scan->is_broken = true;
            scan_fail(scan, json_error_invalid_utf8);
            return BROKEN;
        }
        scan->character_end = scan->text.len - reader.rest.len;
    }
    int c = scan->text.data[scan->at++];
    if (c == '\n') {
        scan->line++;
        scan->last_column = scan->column;
        scan->column = 0;
    } else if (begins_character(c)) {
        scan->column++;
    }
    return c;
}

static void back(Scan *scan, int c)
{
    if (c < 0) {
        return;
    }
    scan->at--;
    if (c == '\n') {
        scan->line--;
        scan->column = scan->last_column;
    } else if (begins_character(c)) {
        scan->column--;
    }
    // A zero that was given back is not seen again.
    scan->at += c == 0 ? 1 : 0;
}

// The next byte as part of the token.
static int keep(Scan *scan)
{
    int c = next(scan);
    scan->token_len += c < 0 ? 0 : 1;
    return c;
}

static void unkeep(Scan *scan, int c)
{
    scan->token_len -= c < 0 ? 0 : 1;
    back(scan, c);
}

static Bytes token(const Scan *scan)
{
    return bytes_slice(scan->text, scan->token_at, scan->token_len);
}

// --- tokens -----------------------------------------------------------------------------------

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int hex_value(int c)
{
    return is_digit(c)              ? c - '0'
           : (c >= 'a' && c <= 'f') ? c - 'a' + 10
           : (c >= 'A' && c <= 'F') ? c - 'A' + 10
                                    : -1;
}

static bool scan_escape(Scan *scan)
{
    int c = keep(scan);
    if (c != 'u') {
        return c > 0 && strchr("\"\\/bfnrt", c) != NULL;
    }
    for (int i = 0; i < 4; i++) {
        if (hex_value(keep(scan)) < 0) {
            return false;
        }
    }
    return true;
}

// To the closing quotation mark.
static bool scan_quoted(Scan *scan)
{
    for (int c = keep(scan); c != '"'; c = keep(scan)) {
        if (c == BROKEN) {
            return false;
        }
        if (c == END) {
            scan_fail(scan, json_error_premature_end_of_input);
            return false;
        }
        if (c < 0x20) {
            unkeep(scan, c);
            scan_fail(scan, json_error_invalid_syntax);
            return false;
        }
        if (c == '\\' && !scan_escape(scan)) {
            scan_fail(scan, json_error_invalid_syntax);
            return false;
        }
    }
    return true;
}

static uint32_t take_hex(Reader *reader)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        value = value << 4 | (uint32_t)hex_value(reader_u8(reader));
    }
    return value;
}

// What follows "\u". False for a surrogate without its other half.
static bool take_unicode(Reader *reader, Writer *ret)
{
    uint32_t value = take_hex(reader);
    if (value >= 0xd800 && value <= 0xdbff) {
        if (!bytes_start_with(reader->rest, BYTES_LITERAL("\\u"))) {
            return false;
        }
        (void)reader_bytes(reader, 2);
        uint32_t low = take_hex(reader);
        if (low < 0xdc00 || low > 0xdfff) {
            return false;
        }
        value = ((value - 0xd800) << 10) + (low - 0xdc00) + 0x10000;
    }
    if (value >= 0xdc00 && value <= 0xdfff) {
        return false;
    }
    utf8_put(ret, value);
    return true;
}

// What a text that was scanned means.
static bool unescape(Bytes quoted, Writer *ret)
{
    static const char names[] = "bfnrt", meanings[] = "\b\f\n\r\t";
    Reader reader = reader_of(quoted);
    while (reader.rest.len > 0) {
        uint8_t c = reader_u8(&reader);
        if (c != '\\') {
            writer_put_u8(ret, c);
            continue;
        }
        c = reader_u8(&reader);
        const char *name = strchr(names, c);
        if (c == 'u') {
            if (!take_unicode(&reader, ret)) {
                return false;
            }
        } else {
            writer_put_u8(ret, name == NULL ? c : (uint8_t)meanings[name - names]);
        }
    }
    return true;
}

static void scan_string(Scan *scan)
{
    if (!scan_quoted(scan)) {
        return;
    }
    writer_free(&scan->string);
    scan->string = writer_new(scan->token_len);
    if (!unescape(bytes_slice(token(scan), 1, scan->token_len - 2), &scan->string)) {
        scan_fail(scan, json_error_invalid_syntax);
        return;
    }
    scan->kind = scan->string.failed ? TOKEN_INVALID : TOKEN_STRING;
}

static int keep_digits(Scan *scan)
{
    int c;
    do {
        c = keep(scan);
    } while (is_digit(c));
    return c;
}

static void scan_integer(Scan *scan)
{
    Bytes digits = token(scan);
    bool is_negative = digits.data[0] == '-';
    // Below zero there is room for one more.
    uint64_t value = 0, limit = (uint64_t)INT64_MAX + (is_negative ? 1 : 0);
    for (size_t i = is_negative ? 1 : 0; i < digits.len; i++) {
        uint64_t digit = digits.data[i] - (uint64_t)'0';
        if (value > (limit - digit) / 10) {
            scan_fail(scan, json_error_numeric_overflow);
            return;
        }
        value = 10 * value + digit;
    }
    scan->integer = is_negative ? (json_int_t)(~value + 1) : (json_int_t)value;
    scan->kind = TOKEN_INTEGER;
}

// From the point or the exponent on, which `c` is.
static void scan_real(Scan *scan, int c)
{
    if (c == '.') {
        // jansson takes this point out of its saved text only after it knows a digit follows.
        c = next(scan);
        if (!is_digit(c)) {
            back(scan, c);
            return;
        }
        scan->token_len++;
        c = keep_digits(scan);
    }
    if (c == 'e' || c == 'E') {
        c = keep(scan);
        if (c == '+' || c == '-') {
            c = keep(scan);
        }
        if (!is_digit(c)) {
            unkeep(scan, c);
            return;
        }
        c = keep_digits(scan);
    }
    unkeep(scan, c);
    if (!real_parse(token(scan), &scan->real)) {
        scan_fail(scan, json_error_numeric_overflow);
        return;
    }
    scan->kind = TOKEN_REAL;
}

static void scan_number(Scan *scan, int c)
{
    if (c == '-') {
        c = keep(scan);
    }
    if (!is_digit(c)) {
        unkeep(scan, c);
        return;
    }
    bool is_zero = c == '0';
    c = is_zero ? keep(scan) : keep_digits(scan);
    if (is_zero && is_digit(c)) {
        unkeep(scan, c);
        return;
    }
    if (c == '.' || c == 'e' || c == 'E') {
        scan_real(scan, c);
        return;
    }
    unkeep(scan, c);
    scan_integer(scan);
}

static void scan_word(Scan *scan)
{
    static const struct {
        const char *word;
        TokenKind kind;
    } words[] = {{"true", TOKEN_TRUE}, {"false", TOKEN_FALSE}, {"null", TOKEN_NULL}};
    int c;
    do {
        c = keep(scan);
    } while (is_letter(c));
    unkeep(scan, c);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (bytes_equal_text(token(scan), words[i].word)) {
            scan->kind = words[i].kind;
        }
    }
}

void scan_token(Scan *scan)
{
    int c;
    scan->token_len = 0;
    scan->kind = TOKEN_INVALID;
    do {
        c = next(scan);
    } while (c == ' ' || c == '\t' || c == '\n' || c == '\r');
    if (c < 0) {
        scan->kind = c == END ? TOKEN_END : TOKEN_INVALID;
        return;
    }
    scan->token_at = scan->at - 1;
    scan->token_len = 1;
    if (c > 0 && strchr("{}[]:,", c) != NULL) {
        scan->kind = TOKEN_MARK;
        scan->mark = (char)c;
    } else if (c == '"') {
        scan_string(scan);
    } else if (is_digit(c) || c == '-') {
        scan_number(scan, c);
    } else if (is_letter(c)) {
        scan_word(scan);
    } else {
        scan->at = scan->character_end;
    }
}

bool scan_is_mark(const Scan *scan, char mark)
{
    return scan->kind == TOKEN_MARK && scan->mark == mark;
}
