// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/certificate.h"

#include <limits.h>

#include "base/codec/der.h"
#include "domain/pki/extension.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_object.h"

enum { VERSION_3 = 2, MAX_EXTENSIONS = 32 };

static const SignedObjectKind certificate_kind = {
    .noun = "certificate",
    .malformed_code = "certificate.malformed",
    .algorithm_code = "certificate.algorithm",
    .key_code = "certificate.key",
    .clause = "GM/T 0015-2012",
    .max_size = CERTIFICATE_MAX_SIZE,
};

static bool read_key_usage(Certificate *certificate, const CertificateExtension *extension)
{
    Reader reader = reader_of(extension->value);
    uint32_t bits = der_named_bits(&reader);
    certificate->has_key_usage = true;
    certificate->key_usage_is_critical = extension->is_critical;
    certificate->key_usage = (uint16_t)bits;
    return reader_done(&reader) && bits <= UINT16_MAX;
}

static bool read_extended_key_usage(Certificate *certificate, const CertificateExtension *extension)
{
    Reader reader = reader_of(extension->value);
    Reader oids = der_enter(&reader, DER_SEQUENCE);
    certificate->extended_key_usage = oids.rest;
    certificate->extended_key_usage_is_critical = extension->is_critical;
    if (oids.rest.len == 0) {
        return false;
    }
    while (!oids.failed && oids.rest.len > 0) {
        der_oid(&oids);
    }
    return reader_done(&reader) && !oids.failed;
}

static bool read_basic_constraints(Certificate *certificate, const CertificateExtension *extension)
{
    Reader reader = reader_of(extension->value);
    Reader content = der_enter(&reader, DER_SEQUENCE);
    certificate->has_basic_constraints = true;
    if (der_peek(&content) == DER_BOOLEAN) {
        certificate->is_ca = der_boolean(&content);  // an explicit FALSE is seen in the field
    }
    if (der_peek(&content) == DER_INTEGER) {
        uint64_t path_len = der_u64(&content);
        certificate->path_len = path_len > INT_MAX ? INT_MAX : (int)path_len;
    }
    return reader_done(&reader) && reader_done(&content);
}

static bool read_authority_key_identifier(Certificate *certificate,
                                          const CertificateExtension *extension)
{
    return extension_read_authority_key(extension->value, &certificate->authority_key_identifier);
}

static bool read_subject_key_identifier(Certificate *certificate,
                                        const CertificateExtension *extension)
{
    Reader reader = reader_of(extension->value);
    certificate->subject_key_identifier = der_octet_string(&reader);
    return reader_done(&reader);
}

// Read SEQUENCE OF anything constructed or not, and keep its content for later.
static bool read_sequence(Bytes value, Bytes *ret)
{
    Reader reader = reader_of(value);
    Reader items = der_enter(&reader, DER_SEQUENCE);
    *ret = items.rest;
    while (!items.failed && items.rest.len > 0) {
        der_any(&items);
    }
    return reader_done(&reader) && !items.failed;
}

static bool read_policies(Certificate *certificate, const CertificateExtension *extension)
{
    Reader items = {0};
    bool ok = read_sequence(extension->value, &certificate->policies);
    items.rest = certificate->policies;
    while (ok && items.rest.len > 0) {
        Reader policy = der_enter(&items, DER_SEQUENCE);
        der_oid(&policy);
        ok = !policy.failed;
    }
    return ok;
}

static bool read_crl_distribution_points(Certificate *certificate,
                                         const CertificateExtension *extension)
{
    return read_sequence(extension->value, &certificate->crl_distribution_points);
}

static bool read_authority_info_access(Certificate *certificate,
                                       const CertificateExtension *extension)
{
    return read_sequence(extension->value, &certificate->authority_info_access);
}

static bool read_subject_alt_name(Certificate *certificate, const CertificateExtension *extension)
{
    return read_sequence(extension->value, &certificate->subject_alt_name);
}

static bool read_identify_code(Certificate *certificate, const CertificateExtension *extension)
{
    certificate->identify_code = extension->value;
    return true;
}

typedef bool ExtensionReader(Certificate *certificate, const CertificateExtension *extension);

static ExtensionReader *extension_reader(Bytes oid)
{
    const struct {
        Bytes oid;
        ExtensionReader *read;
    } readers[] = {
        {OID_KEY_USAGE, read_key_usage},
        {OID_EXTENDED_KEY_USAGE, read_extended_key_usage},
        {OID_BASIC_CONSTRAINTS, read_basic_constraints},
        {OID_AUTHORITY_KEY_IDENTIFIER, read_authority_key_identifier},
        {OID_SUBJECT_KEY_IDENTIFIER, read_subject_key_identifier},
        {OID_CERTIFICATE_POLICIES, read_policies},
        {OID_CRL_DISTRIBUTION_POINTS, read_crl_distribution_points},
        {OID_AUTHORITY_INFO_ACCESS, read_authority_info_access},
        {OID_SUBJECT_ALT_NAME, read_subject_alt_name},
        {OID_IDENTIFY_CODE, read_identify_code},
    };
    for (size_t i = 0; i < COUNT_OF(readers); i++) {
        if (bytes_equal(readers[i].oid, oid)) {
            return readers[i].read;
        }
    }
    return NULL;
}

static bool read_extensions(Certificate *certificate, Reader extensions)
{
    certificate->extensions = extensions.rest;
    Bytes seen[MAX_EXTENSIONS];
    size_t count = 0;
    while (extensions.rest.len > 0) {
        CertificateExtension extension;
        if (count == MAX_EXTENSIONS || !extension_read(&extensions, &extension)) {
            return false;
        }
        for (size_t i = 0; i < count; i++) {
            if (bytes_equal(seen[i], extension.oid)) {
                return false;
            }
        }
        seen[count++] = extension.oid;
        ExtensionReader *read = extension_reader(extension.oid);
        if (read != NULL && !read(certificate, &extension)) {
            return false;
        }
        if (read == NULL && extension.is_critical && certificate->unknown_critical.len == 0) {
            certificate->unknown_critical = extension.oid;
        }
    }
    return true;
}

// Read the optional fields after the key: the unique identifiers, which nobody may write but
// everybody has to read, and the extensions.
static bool read_tail(Certificate *certificate, Reader *tbs)
{
    for (uint8_t number = 1; number <= 2; number++) {
        if (der_peek(tbs) == DER_CONTEXT(number)) {
            der_any(tbs);
        }
    }
    if (der_peek(tbs) == DER_CONTEXT_CONSTRUCTED(3)) {
        Reader wrapper = der_enter(tbs, DER_CONTEXT_CONSTRUCTED(3));
        Reader extensions = der_enter(&wrapper, DER_SEQUENCE);
        if (!reader_done(&wrapper) || extensions.rest.len == 0 ||
            !read_extensions(certificate, extensions)) {
            return false;
        }
    }
    return reader_done(tbs);
}

static bool read_head(Certificate *certificate, const SignedObject *object, Reader *tbs)
{
    Reader version = der_enter(tbs, DER_CONTEXT_CONSTRUCTED(0));
    bool is_version_3 = der_u64(&version) == VERSION_3 && reader_done(&version);
    certificate->serial = der_integer(tbs);
    Bytes algorithm = der_element(tbs, DER_SEQUENCE).whole;
    certificate->issuer = der_element(tbs, DER_SEQUENCE).whole;
    Reader validity = der_enter(tbs, DER_SEQUENCE);
    certificate->not_before = der_time(&validity);
    certificate->not_after = der_time(&validity);
    certificate->subject = der_element(tbs, DER_SEQUENCE).whole;
    return !tbs->failed && is_version_3 && reader_done(&validity) &&
           certificate->serial.len <= SERIAL_MAX_SIZE && certificate->serial.data[0] < 0x80 &&
           bytes_equal(algorithm, object->algorithm) && name_is_valid(certificate->issuer) &&
           name_is_valid(certificate->subject);
}

bool certificate_parse(Bytes der, Certificate *ret, Error *err)
{
    SignedObject object;
    if (!signed_object_parse(&certificate_kind, der, &object, err)) {
        return false;
    }
    Certificate certificate = {
        .der = der, .tbs = object.signed_der, .path_len = -1, .signature = object.signature};
    Reader *tbs = &object.signed_content;
    if (!read_head(&certificate, &object, tbs)) {
        return signed_object_malformed(&certificate_kind, "the part before the key", err);
    }
    if (!public_key_info_read(&certificate_kind, tbs, &certificate.public_key, err)) {
        return false;
    }
    if (!read_tail(&certificate, tbs)) {
        return signed_object_malformed(&certificate_kind, "the list of extensions", err);
    }
    *ret = certificate;
    return true;
}

bool certificate_load(Arena *arena, Bytes der_or_pem, Certificate *ret, Error *err)
{
    Bytes der;
    return signed_object_load(arena, "CERTIFICATE", der_or_pem, &der, err) &&
           certificate_parse(der, ret, err);
}

bool certificate_verify_signature(const Certificate *certificate, const Sm2PublicKey *issuer_key,
                                  Error *err)
{
    if (!sm2_verify(issuer_key, certificate->tbs, &certificate->signature)) {
        return error_set(err, ERROR_UNTRUSTED, "certificate.signature", "RFC 5280 6.1.3 (a)(1)",
                         "the signature on the certificate does not hold");
    }
    return true;
}

bool certificate_is_self_issued(const Certificate *certificate)
{
    return name_equal(certificate->issuer, certificate->subject);
}

bool certificate_equal(const Certificate *a, const Certificate *b)
{
    return bytes_equal(a->der, b->der);
}

bool certificate_is_valid_at(const Certificate *certificate, Time at)
{
    // notAfter names a whole second, and the certificate is valid through it.
    return certificate->not_before <= at && at < certificate->not_after + TIME_SECOND;
}

Sm3Digest certificate_fingerprint(const Certificate *certificate)
{
    return sm3_digest(certificate->der);
}

bool certificate_is_for_encryption(const Certificate *certificate)
{
    return (certificate->key_usage & (USAGE_KEY_ENCIPHERMENT | USAGE_DATA_ENCIPHERMENT |
                                      USAGE_ENCIPHER_ONLY | USAGE_DECIPHER_ONLY)) != 0;
}
