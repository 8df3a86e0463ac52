// SPDX-License-Identifier: Apache-2.0
//
// What the extensions of a certificate say.
#include <limits.h>
#include <string.h>

#include "base/codec/der.h"
#include "domain/pki/extension.h"
#include "domain/pki/oid.h"

enum { MAX_EXTENSIONS = 32 };

// Named bits, of which some CAs write those at the end that are not set (DER would not).
static bool read_key_usage(Certificate *certificate, const CertificateExtension *extension)
{
    enum { USAGE_BYTES = 2, BITS = 8 };
    Reader reader = reader_of(extension->value);
    Bytes content = der_element(&reader, DER_BIT_STRING).content;
    if (!reader_done(&reader) || content.len == 0 || content.len > 1 + USAGE_BYTES) {
        return false;
    }
    size_t unused = content.data[0], bits = (content.len - 1) * BITS;
    if (unused >= BITS || unused > bits) {
        return false;
    }
    uint16_t usage = 0;
    for (size_t bit = 0; bit < bits; bit++) {
        bool is_set = (content.data[1 + bit / BITS] >> (BITS - 1 - bit % BITS) & 1) != 0;
        if (is_set && bit >= bits - unused) {
            return false;
        }
        usage = (uint16_t)(usage | (is_set ? 1U << bit : 0));
    }
    certificate->has_key_usage = true;
    certificate->key_usage_is_critical = extension->is_critical;
    certificate->key_usage = usage;
    return true;
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

// A count of certificates, of which more than fit an int are as good as that many.
static int read_count(Reader *reader)
{
    uint64_t count = der_u64(reader);
    return count > INT_MAX ? INT_MAX : (int)count;
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
        certificate->path_len = read_count(&content);
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

static bool read_policy_mappings(Certificate *certificate, const CertificateExtension *extension)
{
    bool ok = read_sequence(extension->value, &certificate->policy_mappings);
    Reader items = reader_of(certificate->policy_mappings);
    ok = ok && items.rest.len > 0;
    while (ok && items.rest.len > 0) {
        Reader mapping = der_enter(&items, DER_SEQUENCE);
        // anyPolicy stands for all and is mapped to nothing: RFC 5280 6.1.4 (a).
        Bytes from = der_oid(&mapping), to = der_oid(&mapping);
        ok = reader_done(&mapping) && !bytes_equal(from, OID_ANY_POLICY) &&
             !bytes_equal(to, OID_ANY_POLICY);
    }
    return ok;
}

static bool read_policy_constraints(Certificate *certificate, const CertificateExtension *extension)
{
    Reader reader = reader_of(extension->value);
    Reader content = der_enter(&reader, DER_SEQUENCE);
    int *const counts[2] = {&certificate->require_explicit_policy,
                            &certificate->inhibit_policy_mapping};
    bool has_any = false;
    for (uint8_t number = 0; number < 2; number++) {
        if (der_peek(&content) == DER_CONTEXT(number)) {
            // An implicit tag: the content is an INTEGER's.
            uint8_t integer[2 + 8] = {DER_INTEGER};
            Bytes value = der_any(&content).content;
            if (value.len == 0 || value.len > sizeof integer - 2) {
                return false;
            }
            integer[1] = (uint8_t)value.len;
            memcpy(&integer[2], value.data, value.len);
            Reader number_reader = reader_of(bytes_of(integer, 2 + value.len));
            *counts[number] = read_count(&number_reader);
            has_any = reader_done(&number_reader);
            if (!has_any) {
                return false;
            }
        }
    }
    return has_any && reader_done(&reader) && reader_done(&content);
}

static bool read_inhibit_any_policy(Certificate *certificate, const CertificateExtension *extension)
{
    Reader reader = reader_of(extension->value);
    certificate->inhibit_any_policy = read_count(&reader);
    return reader_done(&reader);
}

// GeneralSubtrees, each a base of one of the nine kinds; what may follow a base is judged where
// it is used.
static bool read_subtrees(Reader *content, uint8_t number, Bytes *ret)
{
    if (der_peek(content) != DER_CONTEXT_CONSTRUCTED(number)) {
        return true;
    }
    Reader subtrees = der_enter(content, DER_CONTEXT_CONSTRUCTED(number));
    *ret = subtrees.rest;
    bool ok = subtrees.rest.len > 0;
    while (ok && subtrees.rest.len > 0) {
        Reader subtree = der_enter(&subtrees, DER_SEQUENCE);
        der_any(&subtree);
        ok = !subtree.failed;
    }
    return ok;
}

static bool read_name_constraints(Certificate *certificate, const CertificateExtension *extension)
{
    Reader reader = reader_of(extension->value);
    Reader content = der_enter(&reader, DER_SEQUENCE);
    return content.rest.len > 0 && read_subtrees(&content, 0, &certificate->permitted_names) &&
           read_subtrees(&content, 1, &certificate->excluded_names) && reader_done(&content) &&
           reader_done(&reader);
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
        {OID_POLICY_MAPPINGS, read_policy_mappings},
        {OID_POLICY_CONSTRAINTS, read_policy_constraints},
        {OID_INHIBIT_ANY_POLICY, read_inhibit_any_policy},
        {OID_NAME_CONSTRAINTS, read_name_constraints},
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

bool extension_read_all(Certificate *certificate, Reader extensions)
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
