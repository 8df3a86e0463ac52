// SPDX-License-Identifier: Apache-2.0
//
// The writing half of der.h.
#include <string.h>

#include "base/codec/der.h"

// Write the octets of a length that needs the long form, most significant first.
static size_t long_length(size_t len, uint8_t ret[sizeof(size_t)])
{
    size_t count = 0;
    for (size_t rest = len; rest != 0; rest >>= 8) {
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        ret[i] = (uint8_t)(len >> (8 * (count - 1 - i)));
    }
    return count;
}

static void put_length(Writer *writer, size_t len)
{
    if (len < 0x80) {
        writer_put_u8(writer, (uint8_t)len);
        return;
    }
    uint8_t octets[sizeof(size_t)];
    size_t count = long_length(len, octets);
    writer_put_u8(writer, (uint8_t)(0x80 | count));
    writer_put(writer, bytes_of(octets, count));
}

size_t der_begin(Writer *writer, uint8_t tag)
{
    writer_put_u8(writer, tag);
    writer_put_u8(writer, 0);
    return writer->len;
}

// The length is only known here: one octet was left for it by der_begin, and the content moves
// up when that is not enough.
void der_end(Writer *writer, size_t mark)
{
    if (writer->failed) {
        return;
    }
    size_t len = writer->len - mark;
    if (len < 0x80) {
        uint8_t octet = (uint8_t)len;
        writer_patch(writer, mark - 1, bytes_of(&octet, 1));
        return;
    }
    uint8_t octets[1 + sizeof(size_t)];
    size_t count = long_length(len, octets + 1);
    octets[0] = (uint8_t)(0x80 | count);
    writer_put_repeated(writer, 0, count);
    if (writer->failed) {
        return;
    }
    memmove(writer->data + mark + count, writer->data + mark, len);
    writer_patch(writer, mark - 1, bytes_of(octets, 1 + count));
}

void der_put(Writer *writer, uint8_t tag, Bytes content)
{
    writer_put_u8(writer, tag);
    put_length(writer, content.len);
    writer_put(writer, content);
}

void der_put_unsigned(Writer *writer, Bytes big_endian)
{
    while (big_endian.len > 0 && big_endian.data[0] == 0) {
        big_endian = bytes_from(big_endian, 1);
    }
    bool needs_sign_octet = big_endian.len == 0 || big_endian.data[0] >= 0x80;
    writer_put_u8(writer, DER_INTEGER);
    put_length(writer, big_endian.len + (needs_sign_octet ? 1 : 0));
    if (needs_sign_octet) {
        writer_put_u8(writer, 0);
    }
    writer_put(writer, big_endian);
}

void der_put_u64(Writer *writer, uint64_t value)
{
    uint8_t octets[8];
    for (size_t i = 0; i < sizeof octets; i++) {
        octets[i] = (uint8_t)(value >> (8 * (sizeof octets - 1 - i)));
    }
    der_put_unsigned(writer, BYTES_OF_ARRAY(octets));
}

void der_put_boolean(Writer *writer, bool value)
{
    uint8_t octet = value ? 0xff : 0x00;
    der_put(writer, DER_BOOLEAN, bytes_of(&octet, 1));
}

void der_put_oid(Writer *writer, Bytes oid)
{
    der_put(writer, DER_OID, oid);
}

void der_put_null(Writer *writer)
{
    der_put(writer, DER_NULL, BYTES_EMPTY);
}

void der_put_bit_string(Writer *writer, Bytes octets)
{
    writer_put_u8(writer, DER_BIT_STRING);
    put_length(writer, octets.len + 1);
    writer_put_u8(writer, 0);
    writer_put(writer, octets);
}

void der_put_named_bits(Writer *writer, uint32_t bits)
{
    uint8_t content[5] = {0};
    size_t count = 0;
    for (size_t bit = 0; bit < 32; bit++) {
        if (bits >> bit & 1) {
            content[1 + bit / 8] = (uint8_t)(content[1 + bit / 8] | 0x80 >> bit % 8);
            count = bit + 1;
        }
    }
    content[0] = (uint8_t)((8 - count % 8) % 8);
    der_put(writer, DER_BIT_STRING, bytes_of(content, 1 + (count + 7) / 8));
}

void der_put_text(Writer *writer, uint8_t tag, const char *text)
{
    der_put(writer, tag, bytes_of_text(text));
}

void der_put_time(Writer *writer, Time time)
{
    CivilTime civil = civil_from_time(time);
    if (civil.year < 1950 || civil.year >= 2050) {
        der_put_generalized_time(writer, time, false);
        return;
    }
    size_t mark = der_begin(writer, DER_UTC_TIME);
    writer_format(writer, "%02d%02d%02d%02d%02d%02dZ", civil.year % 100, civil.month, civil.day,
                  civil.hour, civil.minute, civil.second);
    der_end(writer, mark);
}

void der_put_generalized_time(Writer *writer, Time time, bool with_fraction)
{
    CivilTime civil = civil_from_time(time);
    size_t mark = der_begin(writer, DER_GENERALIZED_TIME);
    writer_format(writer, "%04d%02d%02d%02d%02d%02d", civil.year, civil.month, civil.day,
                  civil.hour, civil.minute, civil.second);
    if (with_fraction && civil.microsecond != 0) {
        int fraction = civil.microsecond;
        int width = 6;
        while (fraction % 10 == 0) {
            fraction /= 10;
            width--;
        }
        writer_format(writer, ".%0*d", width, fraction);
    }
    writer_put_u8(writer, 'Z');
    der_end(writer, mark);
}

static void reverse(uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len / 2; i++) {
        uint8_t octet = data[i];
        data[i] = data[len - 1 - i];
        data[len - 1 - i] = octet;
    }
}

// Bring the last `tail` bytes to the front.
static void rotate(uint8_t *data, size_t len, size_t tail)
{
    reverse(data, len - tail);
    reverse(data + (len - tail), tail);
    reverse(data, len);
}

// Selection sort in place: sets are small, and no second buffer is needed.
// Source: X.690 11.6.
void der_end_set_of(Writer *writer, size_t mark)
{
    for (size_t sorted = mark; !writer->failed && sorted < writer->len;) {
        Reader reader = reader_of(bytes_from(writer_bytes(writer), sorted));
        DerElement least = der_any(&reader);
        size_t least_end = writer->len - reader.rest.len;
        while (!reader.failed && reader.rest.len > 0) {
            DerElement candidate = der_any(&reader);
            if (!reader.failed && bytes_compare(candidate.whole, least.whole) < 0) {
                least = candidate;
                least_end = writer->len - reader.rest.len;
            }
        }
        if (reader.failed) {
            writer->failed = true;
            return;
        }
        size_t least_len = least.whole.len;
        rotate(writer->data + sorted, least_end - sorted, least_len);
        sorted += least_len;
    }
    der_end(writer, mark);
}

enum { OID_MAX_ARCS = 32 };

// One decimal arc without leading zeros; the dot after it is taken too.
static bool take_arc(Reader *text, uint32_t *ret)
{
    uint64_t value = 0;
    size_t digits = 0;
    bool leads_with_zero = reader_peek(text) == '0';
    while (reader_peek(text) >= '0' && reader_peek(text) <= '9') {
        value = value * 10 + (uint64_t)(reader_u8(text) - '0');
        digits++;
        if (value > INT32_MAX) {
            return false;
        }
    }
    *ret = (uint32_t)value;
    bool is_last = reader_peek(text) < 0;
    bool is_separated = !is_last && reader_u8(text) == '.' && reader_peek(text) >= 0;
    return digits > 0 && !(leads_with_zero && digits > 1) && (is_last || is_separated);
}

static void put_base128(Writer *writer, uint32_t value)
{
    int shift = 28;
    while (shift > 0 && value >> shift == 0) {
        shift -= 7;
    }
    for (; shift >= 0; shift -= 7) {
        writer_put_u8(writer, (uint8_t)((value >> shift & 0x7f) | (shift > 0 ? 0x80 : 0)));
    }
}

bool der_put_dotted(Writer *writer, const char *dotted)
{
    Reader text = reader_of(bytes_of_text(dotted));
    uint32_t arcs[OID_MAX_ARCS];
    size_t count = 0;
    bool ok = true;
    while (ok && reader_peek(&text) >= 0) {
        ok = count < OID_MAX_ARCS && take_arc(&text, &arcs[count]);
        count += ok ? 1 : 0;
    }
    if (!ok || count < 2 || arcs[0] > 2 || (arcs[0] < 2 && arcs[1] > 39) ||
        arcs[1] > INT32_MAX - 80) {
        return false;
    }
    put_base128(writer, arcs[0] * 40 + arcs[1]);
    for (size_t i = 2; i < count; i++) {
        put_base128(writer, arcs[i]);
    }
    return !writer->failed;
}
