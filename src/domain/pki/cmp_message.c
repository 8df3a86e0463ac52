// SPDX-License-Identifier: Apache-2.0
#include "base/codec/der.h"
#include "base/codec/utf8.h"
#include "domain/pki/cmp.h"
#include "domain/pki/cmp_oid.h"
#include "domain/pki/signed_object.h"

enum { LAST_GENERAL_NAME_TAG = 8, FAILURE_BITS = 27, VERSION_2 = 2, VERSION_3 = 3 };

// --- names ------------------------------------------------------------------------------------

void cmp_put_directory_name(Bytes name, Writer *ret)
{
    der_put(ret, DER_CONTEXT_CONSTRUCTED(4), name);
}

bool cmp_directory_name(Bytes general_name, Bytes *ret)
{
    Reader whole = reader_of(general_name);
    Reader content = der_enter(&whole, DER_CONTEXT_CONSTRUCTED(4));
    Bytes name = der_element(&content, DER_SEQUENCE).whole;
    if (!reader_done(&content) || !reader_done(&whole) || !name_is_valid(name)) {
        return false;
    }
    *ret = name;
    return true;
}

static Bytes read_general_name(Reader *reader)
{
    DerElement element = der_any(reader);
    Bytes name;
    bool is_choice = (element.tag & 0xc0) == 0x80 && (element.tag & 0x1f) <= LAST_GENERAL_NAME_TAG;
    if (!is_choice ||
        (element.tag == DER_CONTEXT_CONSTRUCTED(4) && !cmp_directory_name(element.whole, &name))) {
        reader->failed = true;
        return BYTES_EMPTY;
    }
    return element.whole;
}

// --- header -----------------------------------------------------------------------------------

// Enter an optional explicitly tagged field of the header; false when it is absent.
static bool enter_field(Reader *header, uint8_t number, Reader *ret)
{
    if (der_peek(header) != DER_CONTEXT_CONSTRUCTED(number)) {
        return false;
    }
    *ret = der_enter(header, DER_CONTEXT_CONSTRUCTED(number));
    return true;
}

static void leave_field(Reader *header, const Reader *field)
{
    if (!reader_done(field)) {
        header->failed = true;
    }
}

static Bytes read_octets(Reader *header, uint8_t number)
{
    Reader field;
    if (!enter_field(header, number, &field)) {
        return BYTES_EMPTY;
    }
    Bytes octets = der_octet_string(&field);
    leave_field(header, &field);
    if (octets.len == 0 || octets.len > CMP_IDENTIFIER_MAX_SIZE) {
        header->failed = true;
    }
    return octets;
}

static void read_time(Reader *header, CmpHeader *ret)
{
    Reader field;
    ret->has_time = enter_field(header, 0, &field);
    if (ret->has_time) {
        ret->time = der_generalized_time(&field);
        leave_field(header, &field);
    }
}

static void read_algorithm(Reader *header, CmpHeader *ret)
{
    Reader field;
    if (enter_field(header, 1, &field)) {
        ret->protection_algorithm = field.rest;
        algorithm_read(&field);
        leave_field(header, &field);
    }
}

static void skip_free_text(Reader *header)
{
    Reader field;
    if (enter_field(header, 7, &field)) {
        Reader texts = der_enter(&field, DER_SEQUENCE);
        do {
            Bytes text = der_element(&texts, DER_UTF8_STRING).content;
            texts.failed = texts.failed || !utf8_is_valid(text);
        } while (texts.rest.len > 0 && !texts.failed);
        leave_field(header, &texts);
        leave_field(header, &field);
    }
}

// InfoTypeAndValue ::= SEQUENCE { infoType OID, infoValue ANY OPTIONAL }.
static void read_general_info(Reader *header, CmpHeader *ret)
{
    Reader field;
    if (!enter_field(header, 8, &field)) {
        return;
    }
    Reader infos = der_enter(&field, DER_SEQUENCE);
    do {
        Reader info = der_enter(&infos, DER_SEQUENCE);
        Bytes type = der_oid(&info);
        Bytes value = info.rest.len > 0 ? der_any(&info).whole : BYTES_EMPTY;
        leave_field(&infos, &info);
        if (bytes_equal(type, OID_IMPLICIT_CONFIRM)) {
            ret->implicit_confirm = true;
            infos.failed =
                infos.failed || (value.len > 0 && !bytes_equal(value, BYTES_LITERAL("\x05\x00")));
        }
    } while (infos.rest.len > 0 && !infos.failed);
    leave_field(header, &infos);
    leave_field(header, &field);
}

// False when it is malformed; the version is judged by the caller.
static bool read_header(Bytes content, CmpHeader *ret, uint64_t *ret_version)
{
    Reader header = reader_of(content);
    *ret_version = der_u64(&header);
    ret->sender = read_general_name(&header);
    ret->recipient = read_general_name(&header);
    read_time(&header, ret);
    read_algorithm(&header, ret);
    ret->sender_key = read_octets(&header, 2);
    ret->recipient_key = read_octets(&header, 3);
    ret->transaction_id = read_octets(&header, 4);
    ret->sender_nonce = read_octets(&header, 5);
    ret->recipient_nonce = read_octets(&header, 6);
    skip_free_text(&header);
    read_general_info(&header, ret);
    return reader_done(&header);
}

static void put_octets(Writer *writer, uint8_t number, Bytes octets)
{
    if (octets.len > 0) {
        size_t field = der_begin(writer, DER_CONTEXT_CONSTRUCTED(number));
        der_put(writer, DER_OCTET_STRING, octets);
        der_end(writer, field);
    }
}

static void put_implicit_confirm(Writer *writer)
{
    size_t field = der_begin(writer, DER_CONTEXT_CONSTRUCTED(8));
    size_t infos = der_begin(writer, DER_SEQUENCE);
    size_t info = der_begin(writer, DER_SEQUENCE);
    der_put_oid(writer, OID_IMPLICIT_CONFIRM);
    der_put_null(writer);
    der_end(writer, info);
    der_end(writer, infos);
    der_end(writer, field);
}

void cmp_header_encode(const CmpHeader *header, Writer *ret)
{
    size_t mark = der_begin(ret, DER_SEQUENCE);
    der_put_u64(ret, (uint64_t)header->version);
    writer_put(ret, header->sender);
    writer_put(ret, header->recipient);
    if (header->has_time) {
        size_t field = der_begin(ret, DER_CONTEXT_CONSTRUCTED(0));
        der_put_generalized_time(ret, header->time, false);
        der_end(ret, field);
    }
    if (header->protection_algorithm.len > 0) {
        der_put(ret, DER_CONTEXT_CONSTRUCTED(1), header->protection_algorithm);
    }
    put_octets(ret, 2, header->sender_key);
    put_octets(ret, 3, header->recipient_key);
    put_octets(ret, 4, header->transaction_id);
    put_octets(ret, 5, header->sender_nonce);
    put_octets(ret, 6, header->recipient_nonce);
    if (header->implicit_confirm) {
        put_implicit_confirm(ret);
    }
    der_end(ret, mark);
}

// --- message ----------------------------------------------------------------------------------

static bool malformed(Error *err, const char *part)
{
    return error_set(err, ERROR_INPUT, "cmp.malformed", "RFC 4210 5.1", "%s is malformed", part);
}

static bool read_body(Reader *message, CmpMessage *ret)
{
    DerElement element = der_any(message);
    Reader content = reader_of(element.content);
    uint8_t number = element.tag & 0x1f;
    ret->body_der = element.whole;
    ret->body = der_any(&content).whole;
    ret->type = (CmpBodyType)number;
    return !message->failed && (element.tag & 0xe0) == 0xa0 && number <= CMP_LAST_BODY_TYPE &&
           reader_done(&content);
}

bool cmp_next_certificate(Reader *certificates, Bytes *ret)
{
    if (certificates->rest.len == 0 || certificates->failed) {
        return false;
    }
    *ret = der_element(certificates, DER_SEQUENCE).whole;
    return !certificates->failed;
}

static bool read_extra_certificates(Reader *message, CmpMessage *ret)
{
    if (der_peek(message) != DER_CONTEXT_CONSTRUCTED(1)) {
        return true;
    }
    Reader field = der_enter(message, DER_CONTEXT_CONSTRUCTED(1));
    ret->extra_certificates = der_element(&field, DER_SEQUENCE).content;
    Reader certificates = reader_of(ret->extra_certificates);
    size_t count = 0;
    for (Bytes one; cmp_next_certificate(&certificates, &one);) {
        count++;
    }
    return reader_done(&field) && reader_done(&certificates) && count > 0 &&
           count <= CMP_EXTRA_CERTIFICATES_MAX;
}

static bool read_protection(Reader *message, CmpMessage *ret)
{
    if (der_peek(message) != DER_CONTEXT_CONSTRUCTED(0)) {
        return true;
    }
    Reader field = der_enter(message, DER_CONTEXT_CONSTRUCTED(0));
    ret->protection = der_bit_string_octets(&field);
    return reader_done(&field) && ret->protection.len > 0;
}

bool cmp_message_parse(Bytes der, CmpMessage *ret, Error *err)
{
    if (der.len > CMP_MAX_SIZE) {
        return error_set(err, ERROR_INPUT, "cmp.malformed", "RFC 4210 5.1",
                         "the message has %zu bytes, more than %d", der.len, CMP_MAX_SIZE);
    }
    CmpMessage message = {.der = der};
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    DerElement header = der_element(&content, DER_SEQUENCE);
    uint64_t version = 0;
    message.header_der = header.whole;
    if (content.failed || !read_header(header.content, &message.header, &version)) {
        return malformed(err, "the header of the message");
    }
    if (version != VERSION_2 && version != VERSION_3) {
        return error_set(err, ERROR_INPUT, "cmp.version", "RFC 4210 7",
                         "the message is of another version than 2 and 3");
    }
    message.header.version = (int)version;
    if (!read_body(&content, &message) || !read_protection(&content, &message) ||
        !read_extra_certificates(&content, &message) || !reader_done(&content) ||
        !reader_done(&whole)) {
        return malformed(err, "the message after its header");
    }
    if ((message.protection.len > 0) != (message.header.protection_algorithm.len > 0)) {
        return malformed(err, "the protection of the message");
    }
    *ret = message;
    return true;
}

void cmp_put_protected_part(Bytes header_der, Bytes body_der, Writer *ret)
{
    size_t mark = der_begin(ret, DER_SEQUENCE);
    writer_put(ret, header_der);
    writer_put(ret, body_der);
    der_end(ret, mark);
}

// --- status -----------------------------------------------------------------------------------

static Bytes read_status_text(Reader *info)
{
    Bytes first = BYTES_EMPTY;
    Reader texts = der_enter(info, DER_SEQUENCE);
    do {
        const DerElement text = der_element(&texts, DER_UTF8_STRING);
        first = first.len == 0 ? text.content : first;
        texts.failed = texts.failed || !utf8_is_valid(text.content);
    } while (texts.rest.len > 0 && !texts.failed);
    leave_field(info, &texts);
    return first;
}

void cmp_status_read(Reader *reader, CmpStatus *ret)
{
    Reader info = der_enter(reader, DER_SEQUENCE);
    uint64_t status = der_u64(&info);
    *ret = (CmpStatus){.status = (CmpStatusValue)(status & 0xff)};
    if (der_peek(&info) == DER_SEQUENCE) {
        ret->text = read_status_text(&info);
    }
    if (der_peek(&info) == DER_BIT_STRING) {
        ret->failures = der_named_bits(&info);
    }
    if (!reader_done(&info) || status > CMP_KEY_UPDATE_WARNING ||
        ret->failures >> FAILURE_BITS != 0) {
        reader->failed = true;
    }
}

void cmp_status_encode(const CmpStatus *status, Writer *ret)
{
    size_t mark = der_begin(ret, DER_SEQUENCE);
    der_put_u64(ret, (uint64_t)status->status);
    if (status->text.len > 0) {
        size_t texts = der_begin(ret, DER_SEQUENCE);
        der_put(ret, DER_UTF8_STRING, status->text);
        der_end(ret, texts);
    }
    if (status->failures != 0) {
        der_put_named_bits(ret, status->failures);
    }
    der_end(ret, mark);
}
