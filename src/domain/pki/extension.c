// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/extension.h"

#include "base/codec/der.h"
#include "base/codec/hex.h"
#include "base/crypto/digest.h"
#include "domain/pki/oid.h"

bool extension_read(Reader *extensions, CertificateExtension *ret)
{
    Reader content = der_enter(extensions, DER_SEQUENCE);
    CertificateExtension extension = {.oid = der_oid(&content)};
    if (der_peek(&content) == DER_BOOLEAN) {
        extension.is_critical = der_boolean(&content);
    }
    extension.value = der_octet_string(&content);
    if (extensions->failed || !reader_done(&content)) {
        return false;
    }
    *ret = extension;
    return true;
}

bool extension_read_authority_key(Bytes value, Bytes *ret)
{
    Reader reader = reader_of(value);
    Reader content = der_enter(&reader, DER_SEQUENCE);
    *ret = BYTES_EMPTY;
    if (der_peek(&content) == DER_CONTEXT(0)) {
        *ret = der_any(&content).content;
    }
    while (!content.failed && content.rest.len > 0) {
        der_any(&content);  // authorityCertIssuer and its serial number
    }
    return reader_done(&reader) && !content.failed;
}

ExtensionMark extension_begin(Writer *writer, Bytes oid, bool is_critical)
{
    ExtensionMark mark = {.extension = der_begin(writer, DER_SEQUENCE)};
    der_put_oid(writer, oid);
    if (is_critical) {
        der_put_boolean(writer, true);
    }
    mark.value = der_begin(writer, DER_OCTET_STRING);
    return mark;
}

void extension_end(Writer *writer, ExtensionMark mark)
{
    der_end(writer, mark.value);
    der_end(writer, mark.extension);
}

void extension_put(Writer *writer, Bytes oid, bool is_critical, Bytes value)
{
    ExtensionMark mark = extension_begin(writer, oid, is_critical);
    writer_put(writer, value);
    extension_end(writer, mark);
}

void extension_put_authority_key(Writer *writer, Bytes key_identifier)
{
    ExtensionMark mark = extension_begin(writer, OID_AUTHORITY_KEY_IDENTIFIER, false);
    size_t content = der_begin(writer, DER_SEQUENCE);
    der_put(writer, DER_CONTEXT(0), key_identifier);
    der_end(writer, content);
    extension_end(writer, mark);
}

bool certificate_find_extension(const Certificate *certificate, Bytes oid,
                                CertificateExtension *ret)
{
    Reader extensions = reader_of(certificate->extensions);
    CertificateExtension extension;
    while (extension_read(&extensions, &extension)) {
        if (bytes_equal(extension.oid, oid)) {
            *ret = extension;
            return true;
        }
    }
    return false;
}

bool certificate_has_extended_key_usage(const Certificate *certificate, Bytes oid)
{
    Reader oids = reader_of(certificate->extended_key_usage);
    while (oids.rest.len > 0 && !oids.failed) {
        if (bytes_equal(der_oid(&oids), oid)) {
            return true;
        }
    }
    return false;
}

bool certificate_has_sole_extended_key_usage(const Certificate *certificate, Bytes oid)
{
    Reader oids = reader_of(certificate->extended_key_usage);
    return bytes_equal(der_oid(&oids), oid) && reader_done(&oids);
}

bool extension_next_policy(Reader *policies, Bytes *ret)
{
    if (policies->rest.len == 0) {
        return false;
    }
    Reader policy = der_enter(policies, DER_SEQUENCE);
    *ret = der_oid(&policy);
    return !policy.failed;
}

bool certificate_has_policy(const Certificate *certificate, Bytes oid)
{
    Reader policies = reader_of(certificate->policies);
    Bytes policy;
    while (extension_next_policy(&policies, &policy)) {
        if (bytes_equal(policy, oid)) {
            return true;
        }
    }
    return false;
}

bool certificate_find_policy(const Certificate *certificate, Bytes *ret_oid)
{
    Reader policies = reader_of(certificate->policies);
    Bytes policy;
    if (!extension_next_policy(&policies, &policy)) {
        return false;
    }
    *ret_oid = policy;
    return true;
}

enum { GENERAL_NAME_DNS = DER_CONTEXT(2), GENERAL_NAME_URI = DER_CONTEXT(6) };

// Find the first GeneralName of one kind.
static bool find_general_name(Reader names, uint8_t tag, Bytes *ret)
{
    while (names.rest.len > 0 && !names.failed) {
        DerElement name = der_any(&names);
        if (name.tag == tag && name.content.len > 0) {
            *ret = name.content;
            return true;
        }
    }
    return false;
}

bool certificate_find_crl_url(const Certificate *certificate, Bytes *ret)
{
    Reader points = reader_of(certificate->crl_distribution_points);
    while (points.rest.len > 0 && !points.failed) {
        Reader point = der_enter(&points, DER_SEQUENCE);
        Reader name = der_enter(&point, DER_CONTEXT_CONSTRUCTED(0));
        Reader full_name = der_enter(&name, DER_CONTEXT_CONSTRUCTED(0));
        if (find_general_name(full_name, GENERAL_NAME_URI, ret)) {
            return true;
        }
    }
    return false;
}

bool certificate_find_access_url(const Certificate *certificate, Bytes method, Bytes *ret)
{
    Reader descriptions = reader_of(certificate->authority_info_access);
    while (descriptions.rest.len > 0 && !descriptions.failed) {
        Reader description = der_enter(&descriptions, DER_SEQUENCE);
        bool matches = bytes_equal(der_oid(&description), method);
        if (matches && find_general_name(description, GENERAL_NAME_URI, ret)) {
            return true;
        }
    }
    return false;
}

bool certificate_find_dns_name(const Certificate *certificate, Bytes *ret)
{
    return find_general_name(reader_of(certificate->subject_alt_name), GENERAL_NAME_DNS, ret);
}

bool certificate_find_identify_code(const Certificate *certificate, Bytes *ret)
{
    Reader value = reader_of(certificate->identify_code);
    DerElement element = der_any(&value);
    if (!reader_done(&value)) {
        return false;
    }
    if (element.tag >= DER_CONTEXT_CONSTRUCTED(0) && element.tag <= DER_CONTEXT_CONSTRUCTED(2)) {
        Reader inner = reader_of(element.content);
        element = der_any(&inner);
        if (!reader_done(&inner)) {
            return false;
        }
    } else if (element.tag >= DER_CONTEXT(0) && element.tag <= DER_CONTEXT(2)) {
        element.tag = DER_UTF8_STRING;  // the implicit tag stands in for the string type
    }
    if (element.tag != DER_UTF8_STRING && element.tag != DER_PRINTABLE_STRING) {
        return false;
    }
    *ret = element.content;
    return true;
}

const char *certificate_serial_text(Arena *arena, const Certificate *certificate)
{
    char *text = hex_text(arena, certificate->serial);
    for (char *c = text; c != NULL && *c != '\0'; c++) {
        *c = *c >= 'a' && *c <= 'f' ? (char)(*c - 'a' + 'A') : *c;
    }
    return text;
}

bool key_identifier(const Sm2PublicKey *key, uint8_t ret[KEY_IDENTIFIER_SIZE], Error *err)
{
    return sha1_digest(sm2_public_key_bytes(key), ret, err);
}
