// SPDX-License-Identifier: Apache-2.0
#include "domain/seal/element.h"

#include "base/codec/der.h"
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

void extension_data_read(Reader *reader, ExtensionData *ret)
{
    DerElement element = der_element(reader, DER_SEQUENCE);
    Reader list = reader_of(element.content);
    ret->content = element.content;
    while (!list.failed && list.rest.len > 0) {
        read_one(&list, ret);
    }
    if (list.failed) {
        reader->failed = true;
    }
}

Bytes signature_value_read(Reader *reader, Sm2Signature *ret)
{
    Bytes der = der_bit_string_octets(reader);
    if (!reader->failed && !sm2_signature_parse(der, ret, NULL)) {
        reader->failed = true;
    }
    return der;
}

void signature_algorithm_read(Reader *reader)
{
    Bytes oid = der_oid(reader);
    if (!reader->failed && !bytes_equal(oid, OID_SM2_WITH_SM3)) {
        reader->failed = true;
    }
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

// The code point that starts with `first`; a value past Unicode when it is malformed.
static uint32_t read_code_point(Reader *reader, uint8_t first)
{
    static const struct {
        uint8_t mask, lead;
        uint32_t smallest;
        int more;
    } forms[] = {{0x80, 0x00, 0, 0}, {0xe0, 0xc0, 0x80, 1}, {0xf0, 0xe0, 0x800, 2},
                 {0xf8, 0xf0, 0x10000, 3}};
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        if ((first & forms[i].mask) != forms[i].lead) {
            continue;
        }
        uint32_t point = first & (uint8_t)~forms[i].mask;
        for (int j = 0; j < forms[i].more; j++) {
            uint8_t next = reader_u8(reader);
            if ((next & 0xc0) != 0x80) {
                return UINT32_MAX;
            }
            point = point << 6 | (next & 0x3f);
        }
        return point < forms[i].smallest ? UINT32_MAX : point;
    }
    return UINT32_MAX;
}

bool text_is_utf8(Bytes text)
{
    Reader reader = reader_of(text);
    while (reader.rest.len > 0) {
        uint32_t point = read_code_point(&reader, reader_u8(&reader));
        bool is_surrogate = point >= 0xd800 && point <= 0xdfff;
        if (reader.failed || point > 0x10ffff || is_surrogate || point < 0x20 || point == 0x7f) {
            return false;
        }
    }
    return true;
}
