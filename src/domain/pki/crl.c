// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/crl.h"

#include "base/codec/der.h"
#include "domain/pki/crl_entry.h"
#include "domain/pki/extension.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_object.h"

enum { VERSION_2 = 1, MAX_EXTENSIONS = 32 };

static const SignedObjectKind crl_kind = {
    .noun = "revocation list",
    .malformed_code = "crl.malformed",
    .algorithm_code = "crl.algorithm",
    .key_code = "crl.malformed",
    .clause = "RFC 5280 5",
    .max_size = CRL_MAX_SIZE,
};

// --- extensions of the list -------------------------------------------------------------------

static bool read_number(const CertificateExtension *extension, Bytes *ret)
{
    Reader reader = reader_of(extension->value);
    Bytes number = der_integer(&reader);
    // A leading zero octet of a number of 20 is no part of its value.
    bool has_zero = number.len > 0 && number.data[0] == 0;
    size_t most = has_zero ? SERIAL_MAX_SIZE + 1 : SERIAL_MAX_SIZE;
    *ret = number;
    return reader_done(&reader) && number.len <= most && number.data[0] < 0x80;
}

static bool read_crl_number(Crl *crl, const CertificateExtension *extension)
{
    return !extension->is_critical && read_number(extension, &crl->number);
}

static bool read_delta_indicator(Crl *crl, const CertificateExtension *extension)
{
    return read_number(extension, &crl->base_number);
}

static bool read_authority_key(Crl *crl, const CertificateExtension *extension)
{
    return extension_read_authority_key(extension->value, &crl->authority_key_identifier);
}

static bool read_scope(Crl *crl, const CertificateExtension *extension)
{
    crl->issuing_distribution_point = extension->value;
    return issuing_distribution_point_read(extension->value, &crl->scope);
}

static bool read_freshest(Crl *crl, const CertificateExtension *extension)
{
    Reader reader = reader_of(extension->value);
    Reader points = der_enter(&reader, DER_SEQUENCE);
    DistributionPoint point;
    crl->freshest_crl = extension->value;
    while (distribution_point_next(&points, &point)) {
    }
    return reader_done(&reader) && !points.failed;
}

typedef bool CrlExtensionReader(Crl *crl, const CertificateExtension *extension);

static CrlExtensionReader *extension_reader(Bytes oid)
{
    const struct {
        Bytes oid;
        CrlExtensionReader *read;
    } readers[] = {
        {OID_CRL_NUMBER, read_crl_number},
        {OID_DELTA_CRL_INDICATOR, read_delta_indicator},
        {OID_AUTHORITY_KEY_IDENTIFIER, read_authority_key},
        {OID_ISSUING_DISTRIBUTION_POINT, read_scope},
        {OID_FRESHEST_CRL, read_freshest},
    };
    for (size_t i = 0; i < COUNT_OF(readers); i++) {
        if (bytes_equal(readers[i].oid, oid)) {
            return readers[i].read;
        }
    }
    return NULL;
}

static bool read_extensions(Crl *crl, Reader extensions)
{
    Bytes seen[MAX_EXTENSIONS];
    size_t count = 0;
    crl->extensions = extensions.rest;
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
        CrlExtensionReader *read = extension_reader(extension.oid);
        if (read != NULL && !read(crl, &extension)) {
            return false;
        }
        if (read == NULL && extension.is_critical && crl->unknown_critical.len == 0) {
            crl->unknown_critical = extension.oid;
        }
    }
    return count > 0;
}

// --- the list ---------------------------------------------------------------------------------

static bool read_head(Crl *crl, const SignedObject *object, Reader *tbs)
{
    crl->version = 1;
    if (der_peek(tbs) == DER_INTEGER) {
        crl->version = 2;
        if (der_u64(tbs) != VERSION_2) {
            return false;
        }
    }
    crl->algorithm = der_element(tbs, DER_SEQUENCE).whole;
    crl->issuer = der_element(tbs, DER_SEQUENCE).whole;
    crl->this_update = der_time(tbs);
    crl->next_update = crl->this_update;
    int tag = der_peek(tbs);
    if (tag == DER_UTC_TIME || tag == DER_GENERALIZED_TIME) {
        crl->next_update = der_time(tbs);
        crl->has_next_update = true;
    }
    return !tbs->failed && bytes_equal(crl->algorithm, object->signature.algorithm) &&
           name_is_valid(crl->issuer) && crl->this_update <= crl->next_update;
}

static bool read_entries(Crl *crl, Reader entries, CrlEntryTraits *traits)
{
    crl->entries = entries.rest;
    while (entries.rest.len > 0) {
        CrlEntry entry;
        if (!crl_entry_read(&entries, &entry, traits)) {
            return false;
        }
        crl->entry_count++;
    }
    if (crl->unknown_critical.len == 0) {
        crl->unknown_critical = traits->unknown_critical;
    }
    return true;
}

// What the extensions of the list say about its entries.
static bool entries_fit(Crl *crl, const CrlEntryTraits *traits)
{
    if (traits->has_issuer && !crl->scope.is_indirect && crl->unknown_critical.len == 0) {
        // Entries of others in a list that is not indirect: whatever it means, it is not known
        // here.
        crl->unknown_critical = OID_CERTIFICATE_ISSUER;
    }
    return !traits->has_removal || crl_is_delta(crl);
}

static bool read_tail(Crl *crl, Reader *tbs, CrlEntryTraits *traits)
{
    if (der_peek(tbs) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader wrapper = der_enter(tbs, DER_CONTEXT_CONSTRUCTED(0));
        Reader extensions = der_enter(&wrapper, DER_SEQUENCE);
        if (!reader_done(&wrapper) || crl->version == 1 || !read_extensions(crl, extensions)) {
            return false;
        }
    }
    return reader_done(tbs) && (crl->version == 2 || !traits->has_extensions) &&
           entries_fit(crl, traits);
}

static bool parse_content(const SignedObjectKind *kind, SignedObject *object, Crl *ret, Error *err)
{
    Crl crl = {.tbs = object->signed_der,
               .scope = {.reasons = REASONS_ALL},
               .signature = object->signature};
    CrlEntryTraits traits = {0};
    Reader *tbs = &object->signed_content;
    if (!read_head(&crl, object, tbs)) {
        return signed_object_malformed(kind, "the part before the entries", err);
    }
    if (der_peek(tbs) == DER_SEQUENCE) {
        Reader entries = der_enter(tbs, DER_SEQUENCE);
        if (tbs->failed || !read_entries(&crl, entries, &traits)) {
            return signed_object_malformed(kind, "an entry", err);
        }
    }
    if (!read_tail(&crl, tbs, &traits)) {
        return signed_object_malformed(kind, "the list of extensions", err);
    }
    *ret = crl;
    return true;
}

static bool parse(const SignedObjectKind *kind, Bytes der, Crl *ret, Error *err)
{
    SignedObject object;
    if (!signed_object_parse(kind, der, &object, err) || !parse_content(kind, &object, ret, err)) {
        return false;
    }
    ret->der = der;
    return true;
}

bool crl_parse_unsigned(Bytes tbs, Crl *ret, Error *err)
{
    Reader whole = reader_of(tbs);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    if (!reader_done(&whole)) {
        return signed_object_malformed(&crl_kind, "the outer structure", err);
    }
    SignedObject object = {.signed_der = tbs, .signed_content = content};
    if (der_peek(&content) == DER_INTEGER) {
        der_any(&content);
    }
    object.signature.algorithm = der_element(&content, DER_SEQUENCE).whole;
    return parse_content(&crl_kind, &object, ret, err);
}

bool crl_parse(Bytes der, Crl *ret, Error *err)
{
    return parse(&crl_kind, der, ret, err);
}

bool crl_parse_any(Bytes der, Crl *ret, Error *err)
{
    SignedObjectKind kind = crl_kind;
    kind.takes_foreign = true;
    return parse(&kind, der, ret, err);
}

bool crl_load(Arena *arena, Bytes der_or_pem, Crl *ret, Error *err)
{
    Bytes der;
    return signed_object_load(arena, "X509 CRL", der_or_pem, &der, err) && crl_parse(der, ret, err);
}

bool crl_load_any(Arena *arena, Bytes der_or_pem, Crl *ret, Error *err)
{
    Bytes der;
    return signed_object_load(arena, "X509 CRL", der_or_pem, &der, err) &&
           crl_parse_any(der, ret, err);
}

bool crl_is_delta(const Crl *crl)
{
    return crl->base_number.len > 0;
}

int crl_number_compare(Bytes a, Bytes b)
{
    a = bytes_from(a, a.len > 1 && a.data[0] == 0 ? 1 : 0);
    b = bytes_from(b, b.len > 1 && b.data[0] == 0 ? 1 : 0);
    return a.len != b.len ? (a.len < b.len ? -1 : 1) : bytes_compare(a, b);
}

bool crl_verify_signature(const Crl *crl, const Certificate *signer, Error *err)
{
    return certificate_verify_signed(signer, crl->tbs, &crl->signature, NULL) ||
           error_set(err, ERROR_UNTRUSTED, "crl.signature", "RFC 5280 6.3.3 (g)",
                     "the signature on the revocation list does not hold");
}

bool crl_verify(const Crl *crl, const Certificate *issuer, Error *err)
{
    if (!name_matches(crl->issuer, issuer->subject)) {
        return error_set(err, ERROR_UNTRUSTED, "crl.issuer", "RFC 5280 6.3.3 (b)",
                         "the revocation list is another issuer's");
    }
    if (issuer->has_key_usage && (issuer->key_usage & USAGE_CRL_SIGN) == 0) {
        return error_set(err, ERROR_UNTRUSTED, "crl.key_usage", "RFC 5280 6.3.3 (f)",
                         "the issuer's key is not for signing revocation lists");
    }
    if (crl->unknown_critical.len > 0) {
        char dotted[DER_OID_TEXT_SIZE];
        der_oid_text(crl->unknown_critical, dotted);
        return error_set(err, ERROR_UNTRUSTED, "crl.critical_extension", "RFC 5280 5.2",
                         "the revocation list has the unknown critical extension %s", dotted);
    }
    return crl_verify_signature(crl, issuer, err);
}
