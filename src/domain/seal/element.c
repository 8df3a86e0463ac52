// SPDX-License-Identifier: Apache-2.0
#include "domain/seal/element.h"

#include "base/codec/der.h"
#include "base/codec/utf8.h"
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
