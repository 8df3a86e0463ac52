// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_parse.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec/hex.h"

enum { BYTES_PER_OBJECT = 32 };  // of what is only scanned, in the budget of objects
enum { NUMBER_MAX_DIGITS = 10, NAME_MAX_LEN = 127, DICTIONARY_MAX = 512, MAX_DIGITS = 18 };

static int peek(const PdfCursor *cursor, size_t ahead)
{
    return cursor->at + ahead < cursor->file.len ? cursor->file.data[cursor->at + ahead] : -1;
}

static bool is_space(int byte)
{
    return byte == 0 || byte == '\t' || byte == '\n' || byte == '\f' || byte == '\r' || byte == ' ';
}

static bool is_delimiter(int byte)
{
    return byte > 0 && strchr("()<>[]{}/%", byte) != NULL;
}

static bool is_digit(int byte)
{
    return byte >= '0' && byte <= '9';
}

static int hex_value(int byte)
{
    if (is_digit(byte)) {
        return byte - '0';
    }
    int lower = byte | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Objects may overlap: that many of them contain one long string or comment has to end some time.
static void charge(PdfCursor *cursor, size_t start)
{
    size_t price = (cursor->at - start) / BYTES_PER_OBJECT;
    *cursor->budget -= price < *cursor->budget ? price : *cursor->budget;
}

void pdf_skip_space(PdfCursor *cursor)
{
    size_t start = cursor->at;
    for (;;) {
        int byte = peek(cursor, 0);
        if (byte == '%') {
            while (byte != -1 && byte != '\n' && byte != '\r') {
                cursor->at++;
                byte = peek(cursor, 0);
            }
        } else if (byte != -1 && is_space(byte)) {
            cursor->at++;
        } else {
            charge(cursor, start);
            return;
        }
    }
}

void pdf_skip_blanks(PdfCursor *cursor)
{
    while (peek(cursor, 0) != -1 && is_space(peek(cursor, 0))) {
        cursor->at++;
    }
}

bool pdf_take_keyword(PdfCursor *cursor, const char *keyword)
{
    Bytes wanted = bytes_of_text(keyword);
    if (!bytes_start_with(bytes_from(cursor->file, cursor->at), wanted)) {
        return false;
    }
    int next = peek(cursor, wanted.len);
    if (next != -1 && !is_space(next) && !is_delimiter(next)) {
        return false;
    }
    cursor->at += wanted.len;
    return true;
}

bool pdf_take_integer(PdfCursor *cursor, uint64_t *ret)
{
    uint64_t value = 0;
    size_t digits = 0;
    while (digits <= NUMBER_MAX_DIGITS && is_digit(peek(cursor, digits))) {
        value = value * 10 + (uint64_t)(peek(cursor, digits) - '0');
        digits++;
    }
    if (digits == 0 || digits > NUMBER_MAX_DIGITS) {
        return pdf_malformed(cursor->err, cursor->at, "not an integer of 1 to 10 digits");
    }
    cursor->at += digits;
    *ret = value;
    return true;
}

bool pdf_take_line_end(PdfCursor *cursor)
{
    size_t start = cursor->at;
    if (peek(cursor, 0) == '\r') {
        cursor->at++;
    }
    if (peek(cursor, 0) == '\n') {
        cursor->at++;
    }
    return cursor->at > start;
}

static PdfObject *object_new(PdfCursor *cursor, PdfKind kind)
{
    if (*cursor->budget == 0) {
        (void)error_set(cursor->err, ERROR_LIMIT, "pdf.too_many_objects", NULL,
                        "the PDF has too many objects");
        return NULL;
    }
    (*cursor->budget)--;
    PdfObject *object = arena_alloc(cursor->arena, sizeof *object);
    if (object == NULL) {
        (void)error_set(cursor->err, ERROR_LIMIT, "pdf.too_large", NULL,
                        "the PDF needs more memory than a request may use");
        return NULL;
    }
    object->kind = kind;
    object->offset = cursor->at;
    return object;
}

static bool set_bytes(PdfCursor *cursor, PdfObject *object, const Writer *writer)
{
    object->bytes = arena_copy(cursor->arena, writer_bytes(writer));
    return !writer->failed && (object->bytes.data != NULL || writer->len == 0)
               ? true
               : error_memory(cursor->err);
}

// Nothing but pairs of digits, as the contents of a signature are: decoded at once.
static bool take_plain_hex(PdfCursor *cursor, Writer *out)
{
    Bytes rest = bytes_from(cursor->file, cursor->at + 1);
    size_t len;
    if (!bytes_find(rest, BYTES_LITERAL(">"), 0, &len) || len % 2 != 0 ||
        !hex_decode(bytes_slice(rest, 0, len), out, NULL)) {
        out->len = 0;
        return false;
    }
    cursor->at += len + 2;
    return true;
}

static bool parse_hex_string(PdfCursor *cursor, PdfObject *object)
{
    CLEANUP(writer_free) Writer out = writer_new(cursor->file.len);
    int half = -1;
    if (take_plain_hex(cursor, &out)) {
        return set_bytes(cursor, object, &out);
    }
    for (cursor->at++;; cursor->at++) {
        int byte = peek(cursor, 0), value = hex_value(byte);
        if (byte == '>') {
            break;
        }
        if (byte == -1 || (value < 0 && !is_space(byte))) {
            return pdf_malformed(cursor->err, cursor->at, "bad hexadecimal string");
        }
        if (value < 0) {
            continue;
        }
        if (half >= 0) {
            writer_put_u8(&out, (uint8_t)(half << 4 | value));
            half = -1;
        } else {
            half = value;
        }
    }
    if (half >= 0) {
        writer_put_u8(&out, (uint8_t)(half << 4));  // Source: ISO 32000-1 7.3.4.3
    }
    cursor->at++;
    return set_bytes(cursor, object, &out);
}

// After a backslash: puts what it stands for.
static void take_escape(PdfCursor *cursor, Writer *out)
{
    static const char letters[] = "nrtbf", values[] = "\n\r\t\b\f";
    int byte = peek(cursor, 0);
    const char *letter = byte > 0 ? strchr(letters, byte) : NULL;
    if (letter != NULL) {
        writer_put_u8(out, (uint8_t)values[letter - letters]);
        cursor->at++;
    } else if (byte >= '0' && byte <= '7') {
        unsigned value = 0;
        for (int i = 0; i < 3 && peek(cursor, 0) >= '0' && peek(cursor, 0) <= '7'; i++) {
            value = value * 8 + (unsigned)(peek(cursor, 0) - '0');
            cursor->at++;
        }
        writer_put_u8(out, (uint8_t)value);
    } else if (!pdf_take_line_end(cursor) && byte != -1) {
        writer_put_u8(out, (uint8_t)byte);
        cursor->at++;
    }
}

static bool parse_literal_string(PdfCursor *cursor, PdfObject *object)
{
    CLEANUP(writer_free) Writer out = writer_new(cursor->file.len);
    size_t open = 1;
    cursor->at++;
    while (open > 0) {
        int byte = peek(cursor, 0);
        if (byte == -1) {
            return pdf_malformed(cursor->err, object->offset, "string without an end");
        }
        cursor->at++;
        if (byte == '\\') {
            take_escape(cursor, &out);
            continue;
        }
        open += byte == '(' ? 1 : 0;
        open -= byte == ')' ? 1 : 0;
        if (open > 0) {
            writer_put_u8(&out, (uint8_t)byte);
        }
    }
    return set_bytes(cursor, object, &out);
}

static bool parse_name(PdfCursor *cursor, Bytes *ret)
{
    uint8_t name[NAME_MAX_LEN] = {0};
    size_t len = 0;
    cursor->at++;
    for (;;) {
        int byte = peek(cursor, 0);
        if (byte == -1 || is_space(byte) || is_delimiter(byte)) {
            break;
        }
        cursor->at++;
        if (byte == '#') {
            int high = hex_value(peek(cursor, 0)), low = hex_value(peek(cursor, 1));
            byte = high < 0 || low < 0 ? 0 : high << 4 | low;
            cursor->at += 2;
        }
        if (byte == 0 || len == NAME_MAX_LEN) {
            return pdf_malformed(cursor->err, cursor->at, "bad name");
        }
        name[len++] = (uint8_t)byte;
    }
    *ret = arena_copy(cursor->arena, bytes_of(name, len));
    return ret->data != NULL || len == 0 ? true : error_memory(cursor->err);
}

// Sign, digits, at most one point: no exponents, nothing else.
static bool parse_number(PdfCursor *cursor, PdfObject *object)
{
    size_t start = cursor->at, digits = 0;
    int sign = 1;
    double scale = 0;
    if (peek(cursor, 0) == '+' || peek(cursor, 0) == '-') {
        sign = peek(cursor, 0) == '-' ? -1 : 1;
        cursor->at++;
    }
    for (;; cursor->at++) {
        int byte = peek(cursor, 0);
        if (is_digit(byte)) {
            digits++;
            bool counts = digits <= MAX_DIGITS;
            object->real = counts ? object->real * 10 + (byte - '0') : object->real;
            object->integer = counts ? object->integer * 10 + (byte - '0') : 0;
            scale *= counts ? 10 : 1;
        } else if (byte == '.' && scale < 1) {
            scale = 1;
        } else {
            break;
        }
    }
    int next = peek(cursor, 0);
    if (digits == 0 || (digits > MAX_DIGITS && scale < 1) || digits > 4 * MAX_DIGITS ||
        (next != -1 && !is_space(next) && !is_delimiter(next))) {
        return pdf_malformed(cursor->err, start, "bad number");
    }
    object->kind = scale >= 1 ? PDF_REAL : PDF_INTEGER;
    object->real = sign * object->real / (scale >= 1 ? scale : 1);
    object->integer = object->kind == PDF_INTEGER ? sign * object->integer : 0;
    return true;
}

// "12 0 R" where only "12" has been taken.
static void try_reference(PdfCursor *cursor, PdfObject *object)
{
    PdfCursor ahead = *cursor;
    Error ignored;
    uint64_t generation = 0;
    ahead.err = &ignored;
    pdf_skip_space(&ahead);
    if (!is_digit(peek(&ahead, 0)) || !pdf_take_integer(&ahead, &generation)) {
        return;
    }
    pdf_skip_space(&ahead);
    if (pdf_take_keyword(&ahead, "R") && generation <= 65535) {
        object->kind = PDF_REFERENCE;
        object->generation = (uint32_t)generation;
        cursor->at = ahead.at;
    }
}

// Room for one more of `count` pointers or entries; arrays double at powers of two.
static void *grow(PdfCursor *cursor, void *array, size_t count, size_t size)
{
    if (count != 0 && (count < 8 || (count & (count - 1)) != 0)) {
        return array;
    }
    void *grown = arena_alloc(cursor->arena, (count < 8 ? 8 : 2 * count) * size);
    if (grown == NULL) {
        (void)error_memory(cursor->err);
    } else if (count > 0) {
        memcpy(grown, array, count * size);
    }
    return grown;
}

static bool parse_array(PdfCursor *cursor, int depth, PdfObject *object)
{
    cursor->at++;
    for (;;) {
        pdf_skip_space(cursor);
        if (peek(cursor, 0) == ']') {
            cursor->at++;
            return true;
        }
        object->items = grow(cursor, object->items, object->count, sizeof *object->items);
        if (object->items == NULL ||
            !pdf_parse_object(cursor, depth + 1, &object->items[object->count])) {
            return false;
        }
        object->count++;
    }
}

// Which keys a dictionary may have already, so that large ones are not searched for each.
typedef struct {
    uint64_t words[64];
} KeyFilter;

static bool filter_may_have(KeyFilter *filter, Bytes key)
{
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < key.len; i++) {
        hash = (hash ^ key.data[i]) * 16777619U;
    }
    uint64_t *word = &filter->words[hash >> 6 & 63], bit = (uint64_t)1 << (hash & 63);
    bool may_have = (*word & bit) != 0;
    *word |= bit;
    return may_have;
}

static bool has_key(const PdfObject *dictionary, Bytes key)
{
    for (size_t i = 0; i < dictionary->count; i++) {
        if (bytes_equal(dictionary->entries[i].key, key)) {
            return true;
        }
    }
    return false;
}

static int entry_compare(const void *left, const void *right)
{
    return bytes_compare(((const PdfEntry *)left)->key, ((const PdfEntry *)right)->key);
}

// Small ones stay as they are written; in large ones what is looked for is found at once, however
// often two of them are compared.
static void sort_entries(PdfObject *dictionary)
{
    if (dictionary->count > PDF_UNSORTED_MAX) {
        qsort(dictionary->entries, dictionary->count, sizeof *dictionary->entries, entry_compare);
    }
}

static bool parse_dictionary(PdfCursor *cursor, int depth, PdfObject *object)
{
    KeyFilter filter = {0};
    cursor->at += 2;
    for (;;) {
        pdf_skip_space(cursor);
        if (peek(cursor, 0) == '>' && peek(cursor, 1) == '>') {
            cursor->at += 2;
            sort_entries(object);
            return true;
        }
        if (peek(cursor, 0) != '/') {
            return pdf_malformed(cursor->err, cursor->at, "dictionary key is not a name");
        }
        object->entries = grow(cursor, object->entries, object->count, sizeof *object->entries);
        Bytes key;
        if (object->entries == NULL || !parse_name(cursor, &key)) {
            return false;
        }
        if (filter_may_have(&filter, key) && has_key(object, key)) {
            return pdf_malformed(cursor->err, cursor->at, "dictionary key given twice");
        }
        if (object->count == DICTIONARY_MAX) {
            return pdf_malformed(cursor->err, cursor->at, "dictionary with too many keys");
        }
        PdfEntry *entry = &object->entries[object->count];
        entry->key = key;
        if (!pdf_parse_object(cursor, depth + 1, &entry->value)) {
            return false;
        }
        object->count++;
    }
}

static bool parse_keyword(PdfCursor *cursor, PdfObject *object)
{
    if (pdf_take_keyword(cursor, "true")) {
        object->kind = PDF_BOOLEAN;
        object->boolean = true;
    } else if (pdf_take_keyword(cursor, "false")) {
        object->kind = PDF_BOOLEAN;
    } else if (!pdf_take_keyword(cursor, "null")) {
        return pdf_malformed(cursor->err, cursor->at, "not an object");
    }
    return true;
}

static bool parse_by_first_byte(PdfCursor *cursor, int depth, PdfObject *object)
{
    int byte = peek(cursor, 0);
    if (byte == '<' && peek(cursor, 1) == '<') {
        object->kind = PDF_DICTIONARY;
        return parse_dictionary(cursor, depth, object);
    }
    switch (byte) {
    case '<':
    case '(': {
        size_t start = cursor->at;
        object->kind = PDF_STRING;
        bool ok =
            byte == '<' ? parse_hex_string(cursor, object) : parse_literal_string(cursor, object);
        charge(cursor, start);
        return ok;
    }
    case '/':
        object->kind = PDF_NAME;
        return parse_name(cursor, &object->bytes);
    case '[':
        object->kind = PDF_ARRAY;
        return parse_array(cursor, depth, object);
    default:
        break;
    }
    if (!is_digit(byte) && byte != '+' && byte != '-' && byte != '.') {
        return parse_keyword(cursor, object);
    }
    if (!parse_number(cursor, object)) {
        return false;
    }
    if (object->kind == PDF_INTEGER && object->integer >= 0) {
        try_reference(cursor, object);
    }
    return true;
}

bool pdf_parse_object(PdfCursor *cursor, int depth, PdfObject **ret)
{
    pdf_skip_space(cursor);
    if (depth > PDF_MAX_DEPTH) {
        return error_set(cursor->err, ERROR_LIMIT, "pdf.too_deep", NULL,
                         "objects are nested deeper than %d at offset %zu", PDF_MAX_DEPTH,
                         cursor->at);
    }
    PdfObject *object = object_new(cursor, PDF_NULL);
    if (object == NULL || !parse_by_first_byte(cursor, depth, object)) {
        return false;
    }
    object->end = cursor->at;
    *ret = object;
    return true;
}
