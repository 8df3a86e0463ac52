// SPDX-License-Identifier: Apache-2.0
#include "base/codec/der.h"

#include <stdio.h>
#include <string.h>

enum {
    LONG_LENGTH = 0x80,
    MULTI_BYTE_TAG = 0x1f,
    MAX_LENGTH_OCTETS = 4,
    OID_MAX_SIZE = 64,
};

// Read the length octets of X.690 10.1: definite, and in the fewest octets possible.
static size_t read_length(Reader *reader)
{
    uint8_t first = reader_u8(reader);
    if (first < LONG_LENGTH) {
        return first;
    }
    size_t count = first & 0x7f;
    if (count == 0 || count > MAX_LENGTH_OCTETS) {
        reader->failed = true;
        return 0;
    }
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        len = len << 8 | reader_u8(reader);
    }
    size_t least = count == 1 ? LONG_LENGTH : (size_t)1 << (8 * (count - 1));
    if (len < least) {
        reader->failed = true;
        return 0;
    }
    return len;
}

DerElement der_any(Reader *reader)
{
    Bytes start = reader->rest;
    uint8_t tag = reader_u8(reader);
    if (tag == 0 || (tag & MULTI_BYTE_TAG) == MULTI_BYTE_TAG) {
        reader->failed = true;
    }
    size_t len = read_length(reader);
    Bytes content = reader_bytes(reader, len);
    if (reader->failed) {
        return (DerElement){0};
    }
    return (DerElement){tag, content, bytes_slice(start, 0, start.len - reader->rest.len)};
}

int der_peek(const Reader *reader)
{
    return reader_peek(reader);
}

DerElement der_element(Reader *reader, uint8_t tag)
{
    if (reader_peek(reader) != tag) {
        reader->failed = true;
        return (DerElement){0};
    }
    return der_any(reader);
}

Reader der_enter(Reader *reader, uint8_t tag)
{
    DerElement element = der_element(reader, tag);
    return (Reader){element.content, reader->failed};
}

Bytes der_integer(Reader *reader)
{
    Bytes content = der_element(reader, DER_INTEGER).content;
    if (content.len == 0) {
        reader->failed = true;
        return BYTES_EMPTY;
    }
    bool padded = content.len > 1 && ((content.data[0] == 0x00 && content.data[1] < 0x80) ||
                                      (content.data[0] == 0xff && content.data[1] >= 0x80));
    if (padded) {
        reader->failed = true;
        return BYTES_EMPTY;
    }
    return content;
}

// The digits of a non-negative INTEGER without its sign octet.
static Bytes read_unsigned(Reader *reader)
{
    Bytes content = der_integer(reader);
    if (content.len > 0 && content.data[0] >= 0x80) {
        reader->failed = true;
        return BYTES_EMPTY;
    }
    return content.len > 1 && content.data[0] == 0 ? bytes_from(content, 1) : content;
}

uint64_t der_u64(Reader *reader)
{
    Bytes digits = read_unsigned(reader);
    if (digits.len > 8 || (digits.len == 8 && digits.data[0] >= 0x80)) {
        reader->failed = true;
        return 0;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        value = value << 8 | digits.data[i];
    }
    return value;
}

void der_unsigned(Reader *reader, uint8_t *ret, size_t size)
{
    Bytes digits = read_unsigned(reader);
    memset(ret, 0, size);
    if (digits.len > size) {
        reader->failed = true;
    } else if (digits.len > 0) {
        memcpy(ret + (size - digits.len), digits.data, digits.len);
    }
}

bool der_boolean(Reader *reader)
{
    Bytes content = der_element(reader, DER_BOOLEAN).content;
    if (content.len != 1 || (content.data[0] != 0x00 && content.data[0] != 0xff)) {
        reader->failed = true;
        return false;
    }
    return content.data[0] == 0xff;
}

// X.690 8.19: each subidentifier ends inside the content and has no leading zero group.
static bool oid_is_valid(Bytes oid)
{
    bool at_start = true;
    for (size_t i = 0; i < oid.len; i++) {
        if (at_start && oid.data[i] == 0x80) {
            return false;
        }
        at_start = oid.data[i] < 0x80;
    }
    return oid.len > 0 && oid.len <= OID_MAX_SIZE && at_start;
}

Bytes der_oid(Reader *reader)
{
    Bytes oid = der_element(reader, DER_OID).content;
    if (!oid_is_valid(oid)) {
        reader->failed = true;
        return BYTES_EMPTY;
    }
    return oid;
}

Bytes der_bit_string_octets(Reader *reader)
{
    Bytes content = der_element(reader, DER_BIT_STRING).content;
    if (content.len == 0 || content.data[0] != 0) {
        reader->failed = true;
        return BYTES_EMPTY;
    }
    return bytes_from(content, 1);
}

uint32_t der_named_bits(Reader *reader)
{
    Bytes content = der_element(reader, DER_BIT_STRING).content;
    if (content.len == 0 || content.len > 5 || content.data[0] > 7) {
        reader->failed = true;
        return 0;
    }
    uint8_t unused = content.data[0];
    if (content.len == 1) {
        reader->failed = reader->failed || unused != 0;
        return 0;
    }
    uint8_t last = content.data[content.len - 1];
    if ((last & ((1u << (unused + 1)) - 1)) != 1u << unused) {
        reader->failed = true;  // a set padding bit, or a trailing zero bit
        return 0;
    }
    uint32_t mask = 0;
    for (size_t bit = 0; bit < (content.len - 1) * 8; bit++) {
        if (content.data[1 + bit / 8] >> (7 - bit % 8) & 1) {
            mask |= (uint32_t)1 << bit;
        }
    }
    return mask;
}

Bytes der_octet_string(Reader *reader)
{
    return der_element(reader, DER_OCTET_STRING).content;
}

void der_null(Reader *reader)
{
    if (der_element(reader, DER_NULL).content.len != 0) {
        reader->failed = true;
    }
}

static int read_digits(Reader *reader, size_t count)
{
    Bytes digits = reader_bytes(reader, count);
    int value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9') {
            reader->failed = true;
            return 0;
        }
        value = value * 10 + (digits.data[i] - '0');
    }
    return value;
}

// Read MMDDHHMMSS after the year.
static CivilTime read_civil(Reader *text, int year)
{
    CivilTime civil = {.year = year};
    civil.month = read_digits(text, 2);
    civil.day = read_digits(text, 2);
    civil.hour = read_digits(text, 2);
    civil.minute = read_digits(text, 2);
    civil.second = read_digits(text, 2);
    return civil;
}

// Read ".digits" without a trailing zero; digits after the sixth are cut off.
static int read_fraction(Reader *text)
{
    reader_u8(text);
    int microseconds = 0;
    int scale = 100000;
    int digit = -1;
    while (reader_peek(text) >= '0' && reader_peek(text) <= '9') {
        digit = reader_u8(text) - '0';
        microseconds += digit * scale;
        scale /= 10;
    }
    if (digit <= 0) {
        text->failed = true;
    }
    return microseconds;
}

static Time finish_time(Reader *reader, Reader *text, CivilTime civil)
{
    Time time = 0;
    if (reader_u8(text) != 'Z' || !reader_done(text) || !civil_to_time(civil, &time, NULL)) {
        reader->failed = true;
        return 0;
    }
    return time;
}

Time der_generalized_time(Reader *reader)
{
    Reader text = der_enter(reader, DER_GENERALIZED_TIME);
    CivilTime civil = read_civil(&text, read_digits(&text, 4));
    if (reader_peek(&text) == '.') {
        civil.microsecond = read_fraction(&text);
    }
    return finish_time(reader, &text, civil);
}

Time der_time(Reader *reader)
{
    if (der_peek(reader) == DER_UTC_TIME) {
        Reader text = der_enter(reader, DER_UTC_TIME);
        int year = read_digits(&text, 2);
        CivilTime civil = read_civil(&text, year < 50 ? 2000 + year : 1900 + year);
        return finish_time(reader, &text, civil);
    }
    Reader text = der_enter(reader, DER_GENERALIZED_TIME);
    CivilTime civil = read_civil(&text, read_digits(&text, 4));
    return finish_time(reader, &text, civil);
}

bool der_parse_whole(Bytes der, uint8_t tag, Reader *ret_content, Error *err)
{
    Reader reader = reader_of(der);
    Reader content = der_enter(&reader, tag);
    if (!reader_done(&reader)) {
        return error_set(err, ERROR_INPUT, "der.malformed", "X.690 10",
                         "%zu bytes are not one DER element of tag %02x", der.len, tag);
    }
    *ret_content = content;
    return true;
}

bool der_check_done(const Reader *reader, const char *what, const char *clause, Error *err)
{
    if (reader->failed) {
        return error_set(err, ERROR_INPUT, "der.malformed", clause, "%s is malformed", what);
    }
    if (!reader_done(reader)) {
        return error_set(err, ERROR_INPUT, "der.malformed", clause,
                         "%s is followed by %zu unexpected bytes", what, reader->rest.len);
    }
    return true;
}

void der_oid_text(Bytes oid, char ret[DER_OID_TEXT_SIZE])
{
    ret[0] = '\0';
    if (!oid_is_valid(oid)) {
        return;
    }
    size_t len = 0;
    uint64_t value = 0;
    for (size_t i = 0; i < oid.len; i++) {
        if (value >> 56 != 0) {
            ret[0] = '\0';
            return;
        }
        value = value << 7 | (oid.data[i] & 0x7f);
        if (oid.data[i] >= 0x80) {
            continue;
        }
        int written = 0;
        if (len == 0) {
            uint64_t top = value < 80 ? value / 40 : 2;
            written = snprintf(ret, DER_OID_TEXT_SIZE, "%llu.%llu", (unsigned long long)top,
                               (unsigned long long)(value - top * 40));
        } else {
            written =
                snprintf(ret + len, DER_OID_TEXT_SIZE - len, ".%llu", (unsigned long long)value);
        }
        len += (size_t)written;
        if (len >= DER_OID_TEXT_SIZE) {
            ret[0] = '\0';
            return;
        }
        value = 0;
    }
}
