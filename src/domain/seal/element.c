// SPDX-License-Identifier: Apache-2.0
#include "domain/seal/element.h"

#include "base/codec/der.h"
#include "base/codec/utf8.h"
#include "base/crypto/sm2_form.h"
#include "domain/pki/oid.h"
#include "domain/seal/seal.h"

static void read_one(Reader *reader, ExtensionData *ret)
{
    Reader data = der_enter(reader, DER_SEQUENCE);
    (void)der_oid(&data);
    if (der_peek(&data) == DER_BOOLEAN) {
        if (der_boolean(&data)) {
            ret->has_critical = true;
        } else {
            ret->dialects |= SEAL_DIALECT_EXPLICIT_FALSE;
        }
    }
    (void)der_octet_string(&data);
    if (!reader_done(&data)) {
        reader->failed = true;
    }
}

static void read_list(Reader *reader, Bytes content, ExtensionData *ret)
{
    Reader list = reader_of(content);
    ret->content = content;
    while (!list.failed && list.rest.len > 0) {
        read_one(&list, ret);
    }
    if (list.failed) {
        reader->failed = true;
    }
}

void extension_data_read(Reader *reader, ExtensionData *ret)
{
    DerElement element = der_element(reader, DER_SEQUENCE);
    read_list(reader, element.content, ret);
}

// With IMPLICIT tagging the members stand in [0] directly, and a member begins with its OID.
void extension_data_read_tagged(Reader *reader, ExtensionData *ret)
{
    Reader wrapped = der_enter(reader, DER_CONTEXT_CONSTRUCTED(0));
    Reader ahead = wrapped;
    Reader first = der_enter(&ahead, DER_SEQUENCE);
    if (der_peek(&first) == DER_OID) {
        ret->dialects |= SEAL_DIALECT_EXTENSIONS_IMPLICIT;
        read_list(reader, wrapped.rest, ret);
        return;
    }
    extension_data_read(&wrapped, ret);
    reader->failed = reader->failed || !reader_done(&wrapped);
}

static bool is_string(int tag)
{
    enum { NUMERIC = 0x12, GRAPHIC = 0x19, VISIBLE = 0x1a, GENERAL = 0x1b };
    static const int tags[] = {DER_UTF8_STRING, DER_PRINTABLE_STRING, DER_IA5_STRING, NUMERIC,
                               DER_T61_STRING,  DER_BMP_STRING,       GRAPHIC,        VISIBLE,
                               GENERAL};
    for (size_t i = 0; i < COUNT_OF(tags); i++) {
        if (tag == tags[i]) {
            return true;
        }
    }
    return false;
}

Bytes text_read(Reader *reader, uint8_t tag, unsigned *dialects)
{
    int found = der_peek(reader);
    if (!is_string(found)) {
        reader->failed = true;
        return BYTES_EMPTY;
    }
    Bytes text = der_any(reader).content;
    *dialects |= found != tag ? SEAL_DIALECT_TEXT_TYPE : 0;
    bool is_text = found == DER_UTF8_STRING ? text_is_utf8(text) : text_is_printable_ascii(text);
    *dialects |= !is_text ? SEAL_DIALECT_TEXT_ENCODING : 0;
    return text;
}

static int read_digits(Reader *text, size_t count)
{
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        int digit = reader_u8(text) - '0';
        if (digit < 0 || digit > 9) {
            text->failed = true;
        }
        value = value * 10 + digit;
    }
    return text->failed ? 0 : value;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

// Seconds may be missing, a fraction may follow (it is dropped), and the end is Z or an offset.
static Time read_loose_moment(Reader *reader, uint8_t tag)
{
    Reader text = der_enter(reader, tag);
    CivilTime civil = {0};
    civil.year = read_digits(&text, tag == DER_UTC_TIME ? 2 : 4);
    civil.year += tag == DER_UTC_TIME ? (civil.year < 50 ? 2000 : 1900) : 0;
    civil.month = read_digits(&text, 2);
    civil.day = read_digits(&text, 2);
    civil.hour = read_digits(&text, 2);
    civil.minute = read_digits(&text, 2);
    civil.second = is_digit(reader_peek(&text)) ? read_digits(&text, 2) : 0;
    if (reader_peek(&text) == '.') {
        do {
            (void)reader_u8(&text);
        } while (is_digit(reader_peek(&text)));
    }
    int sign = reader_u8(&text);
    Time offset = 0;
    if (sign == '+' || sign == '-') {
        offset = read_digits(&text, 2) * TIME_HOUR;
        offset += read_digits(&text, 2) * TIME_MINUTE;
        offset = sign == '-' ? -offset : offset;
    }
    Time time = 0;
    if ((sign != 'Z' && sign != '+' && sign != '-') || !reader_done(&text) ||
        !civil_to_time(civil, &time, NULL)) {
        reader->failed = true;
        return 0;
    }
    return time - offset;
}

Time moment_read(Reader *reader, uint8_t tag, unsigned *dialects)
{
    int found = der_peek(reader);
    if (found != DER_UTC_TIME && found != DER_GENERALIZED_TIME) {
        reader->failed = true;
        return 0;
    }
    *dialects |= found != tag ? SEAL_DIALECT_TIME_TYPE : 0;
    Reader strict = *reader;
    Time time = der_time(&strict);
    if (!strict.failed) {
        *reader = strict;
        return time;
    }
    *dialects |= SEAL_DIALECT_TIME_FORM;
    return read_loose_moment(reader, (uint8_t)found);
}

Bytes certificate_octets_read(Reader *reader, unsigned *dialects)
{
    int found = der_peek(reader);
    if (found == DER_OCTET_STRING) {
        return der_octet_string(reader);
    }
    *dialects |= SEAL_DIALECT_CERTIFICATE_WRAPPING;
    return found == DER_BIT_STRING ? der_bit_string_octets(reader)
                                   : der_element(reader, DER_SEQUENCE).whole;
}

Bytes digest_octets_read(Reader *reader, unsigned *dialects)
{
    if (der_peek(reader) == DER_OCTET_STRING) {
        *dialects |= SEAL_DIALECT_DIGEST_WRAPPING;
        return der_octet_string(reader);
    }
    return der_bit_string_octets(reader);
}

Bytes signature_value_read(Reader *reader, Sm2Signature *ret, unsigned *dialects)
{
    Bytes octets;
    Sm2SignatureForm form = SM2_SIGNATURE_DER;
    int found = der_peek(reader);
    if (found == DER_BIT_STRING) {
        octets = der_bit_string_octets(reader);
    } else {
        *dialects |= SEAL_DIALECT_VALUE_WRAPPING;
        octets = found == DER_OCTET_STRING ? der_octet_string(reader)
                                           : der_element(reader, DER_SEQUENCE).whole;
    }
    if (reader->failed || !sm2_signature_decode(octets, ret, &form, NULL)) {
        reader->failed = true;
        return BYTES_EMPTY;
    }
    *dialects |= form == SM2_SIGNATURE_RAW     ? SEAL_DIALECT_VALUE_RAW
                 : form == SM2_SIGNATURE_LOOSE ? SEAL_DIALECT_VALUE_LOOSE
                                               : 0;
    return octets;
}

Bytes signature_algorithm_read(Reader *reader, unsigned *dialects)
{
    Bytes oid;
    if (der_peek(reader) == DER_SEQUENCE) {
        *dialects |= SEAL_DIALECT_ALGORITHM_WRAPPING;
        Reader identifier = der_enter(reader, DER_SEQUENCE);
        oid = der_oid(&identifier);
        if (identifier.rest.len > 0) {
            der_null(&identifier);
        }
        reader->failed = reader->failed || !reader_done(&identifier);
    } else {
        oid = der_oid(reader);
    }
    if (reader->failed || bytes_equal(oid, OID_SM2_WITH_SM3)) {
        return BYTES_EMPTY;
    }
    if (bytes_equal(oid, OID_SM2_SIGN) || bytes_equal(oid, OID_SM2)) {
        *dialects |= SEAL_DIALECT_ALGORITHM_OID;
        return BYTES_EMPTY;
    }
    return oid;
}

Bytes stamp_read(Reader *reader, unsigned *dialects)
{
    Reader wrapped = *reader;
    bool is_tagged = der_peek(reader) == DER_CONTEXT_CONSTRUCTED(0);
    Bytes stamp;
    if (der_peek(reader) == -1) {
        return BYTES_EMPTY;
    }
    if (is_tagged) {
        wrapped = der_enter(reader, DER_CONTEXT_CONSTRUCTED(0));
    } else {
        *dialects |= SEAL_DIALECT_STAMP_UNTAGGED;
    }
    if (der_peek(&wrapped) == DER_BIT_STRING) {
        stamp = der_bit_string_octets(&wrapped);
    } else {
        *dialects |= SEAL_DIALECT_STAMP_WRAPPING;
        stamp = der_peek(&wrapped) == DER_OCTET_STRING ? der_octet_string(&wrapped)
                                                       : der_element(&wrapped, DER_SEQUENCE).whole;
    }
    if (!is_tagged) {
        *reader = wrapped;
    } else if (!reader_done(&wrapped)) {
        reader->failed = true;
    }
    reader->failed = reader->failed || stamp.len == 0;
    // A token begins with an OID, a response with its status.
    Reader whole = reader_of(stamp);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    *dialects |= der_peek(&content) == DER_SEQUENCE ? SEAL_DIALECT_STAMP_RESPONSE : 0;
    return stamp;
}

bool text_is_printable_ascii(Bytes text)
{
    Reader reader = reader_of(text);
    while (reader.rest.len > 0) {
        uint8_t c = reader_u8(&reader);
        if (c < 0x20 || c > 0x7e) {
            return false;
        }
    }
    return true;
}

bool text_is_utf8(Bytes text)
{
    Reader reader = reader_of(text);
    while (reader.rest.len > 0) {
        uint32_t character = 0;
        if (!utf8_next(&reader, &character) || character < 0x20 || character == 0x7f) {
            return false;
        }
    }
    return true;
}
