// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/crl_entry.h"

#include "base/codec/der.h"
#include "domain/pki/extension.h"
#include "domain/pki/oid.h"

enum { ENTRY_MAX_EXTENSIONS = 16, GENERAL_NAME_DIRECTORY = DER_CONTEXT_CONSTRUCTED(4) };

// --- reading ----------------------------------------------------------------------------------

static bool read_reason(Bytes value, RevocationReason *ret)
{
    Reader reader = reader_of(value);
    Bytes reason = der_element(&reader, DER_ENUMERATED).content;
    if (!reader_done(&reader) || reason.len != 1 || reason.data[0] > REASON_AA_COMPROMISE ||
        reason.data[0] == 7) {  // 7 is not assigned
        return false;
    }
    *ret = (RevocationReason)reason.data[0];
    return true;
}

static bool read_invalidity(Bytes value, Time *ret)
{
    Reader reader = reader_of(value);
    if (der_peek(&reader) != DER_GENERALIZED_TIME) {
        return false;
    }
    *ret = der_time(&reader);
    return reader_done(&reader);
}

static bool read_issuer(Bytes value, Bytes *ret)
{
    Reader reader = reader_of(value);
    Reader names = der_enter(&reader, DER_SEQUENCE);
    return reader_done(&reader) && general_names_directory_name(names.rest, 0, ret);
}

static bool read_known(const CertificateExtension *extension, CrlEntry *entry, bool *ret_known)
{
    *ret_known = true;
    if (bytes_equal(extension->oid, OID_CRL_REASON)) {
        return read_reason(extension->value, &entry->revocation.reason);
    }
    if (bytes_equal(extension->oid, OID_INVALIDITY_DATE)) {
        return read_invalidity(extension->value, &entry->invalid_since);
    }
    if (bytes_equal(extension->oid, OID_CERTIFICATE_ISSUER)) {
        return read_issuer(extension->value, &entry->certificate_issuer);
    }
    *ret_known = false;
    return true;
}

static bool read_extensions(Reader extensions, CrlEntry *entry, CrlEntryTraits *traits)
{
    Bytes seen[ENTRY_MAX_EXTENSIONS];
    size_t count = 0;
    while (extensions.rest.len > 0) {
        CertificateExtension extension;
        bool known;
        if (count == ENTRY_MAX_EXTENSIONS || !extension_read(&extensions, &extension) ||
            !read_known(&extension, entry, &known)) {
            return false;
        }
        for (size_t i = 0; i < count; i++) {
            if (bytes_equal(seen[i], extension.oid)) {
                return false;
            }
        }
        seen[count++] = extension.oid;
        if (!known && extension.is_critical && traits->unknown_critical.len == 0) {
            traits->unknown_critical = extension.oid;
        }
    }
    return count > 0;
}

bool crl_entry_read(Reader *entries, CrlEntry *ret, CrlEntryTraits *traits)
{
    Reader content = der_enter(entries, DER_SEQUENCE);
    CrlEntry entry = {.revocation = {.serial = der_integer(&content)}};
    entry.revocation.revoked_at = der_time(&content);
    if (content.rest.len > 0) {
        traits->has_extensions = true;
        Reader extensions = der_enter(&content, DER_SEQUENCE);
        if (content.failed || !read_extensions(extensions, &entry, traits)) {
            return false;
        }
    }
    if (entries->failed || !reader_done(&content)) {
        return false;
    }
    traits->has_issuer = traits->has_issuer || entry.certificate_issuer.len > 0;
    traits->has_removal = traits->has_removal || entry.revocation.reason == REASON_REMOVE_FROM_CRL;
    *ret = entry;
    return true;
}

// --- looking up -------------------------------------------------------------------------------

bool crl_next(const Crl *crl, CrlCursor *cursor, CrlEntry *ret)
{
    Reader entries = reader_of(bytes_from(crl->entries, cursor->position));
    CrlEntryTraits traits = {0};
    CrlEntry entry;
    if (entries.rest.len == 0 || !crl_entry_read(&entries, &entry, &traits)) {
        return false;
    }
    if (entry.certificate_issuer.len > 0) {
        cursor->certificate_issuer = entry.certificate_issuer;
    }
    entry.certificate_issuer = cursor->certificate_issuer;
    cursor->position = crl->entries.len - entries.rest.len;
    *ret = entry;
    return true;
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
        [REASON_REMOVE_FROM_CRL] = "removeFromCRL",
        [REASON_PRIVILEGE_WITHDRAWN] = "privilegeWithdrawn",
        [REASON_AA_COMPROMISE] = "aACompromise",
    };
    const char *name = (unsigned)reason < COUNT_OF(names) ? names[reason] : NULL;
    return name == NULL ? "unspecified" : name;
}

// --- writing ----------------------------------------------------------------------------------

static void put_extensions(Writer *ret, const CrlEntry *entry)
{
    if (entry->revocation.reason != REASON_UNSPECIFIED) {
        uint8_t reason = (uint8_t)entry->revocation.reason;
        ExtensionMark mark = extension_begin(ret, OID_CRL_REASON, false);
        der_put(ret, DER_ENUMERATED, bytes_of(&reason, 1));
        extension_end(ret, mark);
    }
    if (entry->invalid_since != 0) {
        ExtensionMark mark = extension_begin(ret, OID_INVALIDITY_DATE, false);
        der_put_generalized_time(ret, entry->invalid_since, false);
        extension_end(ret, mark);
    }
    if (entry->certificate_issuer.len > 0) {
        ExtensionMark mark = extension_begin(ret, OID_CERTIFICATE_ISSUER, true);
        size_t names = der_begin(ret, DER_SEQUENCE);
        der_put(ret, GENERAL_NAME_DIRECTORY, entry->certificate_issuer);
        der_end(ret, names);
        extension_end(ret, mark);
    }
}

void crl_entry_put(Writer *ret, const CrlEntry *entry)
{
    size_t content = der_begin(ret, DER_SEQUENCE);
    der_put(ret, DER_INTEGER, entry->revocation.serial);
    der_put_time(ret, entry->revocation.revoked_at);
    if (entry->revocation.reason != REASON_UNSPECIFIED || entry->invalid_since != 0 ||
        entry->certificate_issuer.len > 0) {
        size_t extensions = der_begin(ret, DER_SEQUENCE);
        put_extensions(ret, entry);
        der_end(ret, extensions);
    }
    der_end(ret, content);
}
