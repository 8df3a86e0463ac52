// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/crl.h"

#include "base/codec/der.h"
#include "domain/pki/extension.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_object.h"

enum { VERSION_2 = 1 };

static const SignedObjectKind crl_kind = {
    .noun = "revocation list",
    .malformed_code = "crl.malformed",
    .algorithm_code = "crl.algorithm",
    .key_code = "crl.malformed",
    .clause = "RFC 5280 5",
    .max_size = CRL_MAX_SIZE,
};

static bool read_reason(Bytes value, RevocationReason *ret)
{
    Reader reader = reader_of(value);
    Bytes reason = der_element(&reader, DER_ENUMERATED).content;
    // removeFromCRL (8) belongs in delta lists only; 7 is not assigned.
    if (!reader_done(&reader) || reason.len != 1 || reason.data[0] > REASON_AA_COMPROMISE ||
        reason.data[0] == 7 || reason.data[0] == 8) {
        return false;
    }
    *ret = (RevocationReason)reason.data[0];
    return true;
}

// Read crlEntryExtensions. A critical one that is not known makes the list unusable (RFC 5280
// 5.3), which *unknown_critical remembers.
static bool read_entry_extensions(Reader extensions, Revocation *entry, Bytes *unknown_critical)
{
    while (extensions.rest.len > 0) {
        CertificateExtension extension;
        if (!extension_read(&extensions, &extension)) {
            return false;
        }
        if (bytes_equal(extension.oid, OID_CRL_REASON)) {
            if (!read_reason(extension.value, &entry->reason)) {
                return false;
            }
        } else if (extension.is_critical && unknown_critical->len == 0) {
            *unknown_critical = extension.oid;
        }
    }
    return true;
}

static bool read_entry(Reader *entries, Revocation *ret, Bytes *unknown_critical)
{
    Reader content = der_enter(entries, DER_SEQUENCE);
    Revocation entry = {.serial = der_integer(&content)};
    entry.revoked_at = der_time(&content);
    if (content.rest.len > 0) {
        Reader extensions = der_enter(&content, DER_SEQUENCE);
        if (content.failed || extensions.rest.len == 0 ||
            !read_entry_extensions(extensions, &entry, unknown_critical)) {
            return false;
        }
    }
    if (entries->failed || !reader_done(&content) || entry.serial.len > SERIAL_MAX_SIZE) {
        return false;
    }
    *ret = entry;
    return true;
}

static bool read_entries(Crl *crl, Reader entries)
{
    crl->entries = entries.rest;
    while (entries.rest.len > 0) {
        Revocation entry;
        if (!read_entry(&entries, &entry, &crl->unknown_critical)) {
            return false;
        }
        crl->entry_count++;
    }
    return true;
}

static bool read_crl_extensions(Crl *crl, Reader extensions)
{
    while (extensions.rest.len > 0) {
        CertificateExtension extension;
        if (!extension_read(&extensions, &extension)) {
            return false;
        }
        if (bytes_equal(extension.oid, OID_CRL_NUMBER)) {
            Reader number = reader_of(extension.value);
            crl->number = der_integer(&number);
            if (!reader_done(&number) || crl->number.len > SERIAL_MAX_SIZE) {
                return false;
            }
        } else if (bytes_equal(extension.oid, OID_AUTHORITY_KEY_IDENTIFIER)) {
            if (!extension_read_authority_key(extension.value, &crl->authority_key_identifier)) {
                return false;
            }
        } else if (extension.is_critical && crl->unknown_critical.len == 0) {
            crl->unknown_critical = extension.oid;  // among them partitioned and delta lists
        }
    }
    return crl->number.len > 0;
}

static bool read_head(Crl *crl, const SignedObject *object, Reader *tbs)
{
    uint64_t version = der_u64(tbs);
    Bytes algorithm = der_element(tbs, DER_SEQUENCE).whole;
    crl->issuer = der_element(tbs, DER_SEQUENCE).whole;
    crl->this_update = der_time(tbs);
    crl->next_update = der_time(tbs);
    return !tbs->failed && version == VERSION_2 &&
           bytes_equal(algorithm, object->signature.algorithm) && name_is_valid(crl->issuer) &&
           crl->this_update <= crl->next_update;
}

static bool parse(const SignedObjectKind *kind, Bytes der, Crl *ret, Error *err)
{
    SignedObject object;
    if (!signed_object_parse(kind, der, &object, err)) {
        return false;
    }
    Crl crl = {.der = der, .tbs = object.signed_der, .signature = object.signature};
    Reader *tbs = &object.signed_content;
    if (!read_head(&crl, &object, tbs)) {
        return signed_object_malformed(kind, "the part before the entries", err);
    }
    if (der_peek(tbs) == DER_SEQUENCE) {
        Reader entries = der_enter(tbs, DER_SEQUENCE);
        if (tbs->failed || !read_entries(&crl, entries)) {
            return signed_object_malformed(kind, "an entry", err);
        }
    }
    Reader wrapper = der_enter(tbs, DER_CONTEXT_CONSTRUCTED(0));
    Reader extensions = der_enter(&wrapper, DER_SEQUENCE);
    if (!reader_done(tbs) || !reader_done(&wrapper) || !read_crl_extensions(&crl, extensions)) {
        return signed_object_malformed(kind, "the list of extensions", err);
    }
    *ret = crl;
    return true;
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
    if (!certificate_verify_signed(issuer, crl->tbs, &crl->signature, NULL)) {
        return error_set(err, ERROR_UNTRUSTED, "crl.signature", "RFC 5280 6.3.3 (g)",
                         "the signature on the revocation list does not hold");
    }
    return true;
}

bool crl_next(const Crl *crl, size_t *position, Revocation *ret)
{
    Reader entries = reader_of(bytes_from(crl->entries, *position));
    Bytes unknown_critical = BYTES_EMPTY;
    if (entries.rest.len == 0 || !read_entry(&entries, ret, &unknown_critical)) {
        return false;
    }
    *position = crl->entries.len - entries.rest.len;
    return true;
}

bool crl_find(const Crl *crl, Bytes serial, Revocation *ret)
{
    // Most entries are passed over by their serial numbers alone.
    Reader entries = reader_of(crl->entries);
    while (entries.rest.len > 0) {
        Reader start = entries;
        Reader content = der_enter(&entries, DER_SEQUENCE);
        if (entries.failed) {
            return false;
        }
        if (bytes_equal(der_integer(&content), serial)) {
            Bytes unknown_critical = BYTES_EMPTY;
            return read_entry(&start, ret, &unknown_critical);
        }
    }
    return false;
}

const char *revocation_reason_name(RevocationReason reason)
{
    static const char *const names[] = {
        [REASON_UNSPECIFIED] = "unspecified",
        [REASON_KEY_COMPROMISE] = "keyCompromise",
        [REASON_CA_COMPROMISE] = "cACompromise",
        [REASON_AFFILIATION_CHANGED] = "affiliationChanged",
        [REASON_SUPERSEDED] = "superseded",
        [REASON_CESSATION_OF_OPERATION] = "cessationOfOperation",
        [REASON_CERTIFICATE_HOLD] = "certificateHold",
        [REASON_PRIVILEGE_WITHDRAWN] = "privilegeWithdrawn",
        [REASON_AA_COMPROMISE] = "aACompromise",
    };
    const char *name = (unsigned)reason < COUNT_OF(names) ? names[reason] : NULL;
    return name == NULL ? "unspecified" : name;
}

static void put_entry(Writer *writer, const Revocation *entry)
{
    size_t content = der_begin(writer, DER_SEQUENCE);
    der_put(writer, DER_INTEGER, entry->serial);
    der_put_time(writer, entry->revoked_at);
    if (entry->reason != REASON_UNSPECIFIED) {
        uint8_t reason = (uint8_t)entry->reason;
        size_t extensions = der_begin(writer, DER_SEQUENCE);
        ExtensionMark mark = extension_begin(writer, OID_CRL_REASON, false);
        der_put(writer, DER_ENUMERATED, bytes_of(&reason, 1));
        extension_end(writer, mark);
        der_end(writer, extensions);
    }
    der_end(writer, content);
}

static bool put_crl_extensions(Writer *writer, const CrlTemplate *template, Error *err)
{
    uint8_t computed[KEY_IDENTIFIER_SIZE];
    Bytes identifier = template->issuer->subject_key_identifier;
    if (identifier.len == 0) {
        if (!key_identifier(&template->issuer->public_key, computed, err)) {
            return false;
        }
        identifier = BYTES_OF_ARRAY(computed);
    }
    size_t wrapper = der_begin(writer, DER_CONTEXT_CONSTRUCTED(0));
    size_t extensions = der_begin(writer, DER_SEQUENCE);
    extension_put_authority_key(writer, identifier);
    ExtensionMark mark = extension_begin(writer, OID_CRL_NUMBER, false);
    der_put_u64(writer, template->number);
    extension_end(writer, mark);
    der_end(writer, extensions);
    der_end(writer, wrapper);
    return true;
}

bool crl_build(const CrlTemplate *template, const Signer *issuer, Writer *ret, Error *err)
{
    if (!sm2_public_key_equal(issuer->public_key, &template->issuer->public_key)) {
        return error_set(err, ERROR_INPUT, "crl_template.signer", NULL,
                         "the signer's key is not the issuer's");
    }
    if (template->this_update > template->next_update) {
        return error_set(err, ERROR_INPUT, "crl_template.times", NULL,
                         "the revocation list ends before it begins");
    }
    CLEANUP(writer_free) Writer tbs = writer_new(CRL_MAX_SIZE);
    size_t mark = der_begin(&tbs, DER_SEQUENCE);
    der_put_u64(&tbs, VERSION_2);
    algorithm_put(&tbs, OID_SM2_WITH_SM3);
    writer_put(&tbs, template->issuer->subject);
    der_put_time(&tbs, template->this_update);
    der_put_time(&tbs, template->next_update);
    if (template->entry_count > 0) {  // an empty list is left out (RFC 5280 5.1.2.6)
        size_t entries = der_begin(&tbs, DER_SEQUENCE);
        for (size_t i = 0; i < template->entry_count; i++) {
            put_entry(&tbs, &template->entries[i]);
        }
        der_end(&tbs, entries);
    }
    if (!put_crl_extensions(&tbs, template, err)) {
        return false;
    }
    der_end(&tbs, mark);
    if (tbs.failed) {
        return error_set(err, ERROR_LIMIT, "crl_template.size", NULL,
                         "%zu entries do not fit into a revocation list", template->entry_count);
    }
    return signed_object_build(writer_bytes(&tbs), issuer, ret, err);
}
