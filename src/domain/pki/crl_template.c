// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/crl_template.h"

#include "base/codec/der.h"
#include "domain/pki/crl_entry.h"
#include "domain/pki/crl_lint.h"
#include "domain/pki/extension.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_object.h"

enum { VERSION_2 = 1 };

static bool refuse(Error *err, const char *code, const char *rule)
{
    return error_set(err, ERROR_INPUT, code, "RFC 5280 5", "%s", rule);
}

static bool check(const CrlTemplate *template, const Signer *issuer, Error *err)
{
    if (!sm2_public_key_equal(issuer->public_key, &template->issuer->public_key)) {
        return refuse(err, "crl_template.signer", "the signer's key is not the issuer's");
    }
    if (template->this_update > template->next_update) {
        return refuse(err, "crl_template.times", "the revocation list ends before it begins");
    }
    if (template->base_number > 0 &&
        (template->base_number >= template->number || template->freshest_url != NULL)) {
        return refuse(err, "crl_template.delta",
                      "a delta list is newer than its base and names no other delta list");
    }
    return true;
}

static bool put_issuer_key(Writer *writer, const Certificate *issuer, Error *err)
{
    uint8_t computed[KEY_IDENTIFIER_SIZE];
    Bytes identifier = issuer->subject_key_identifier;
    if (identifier.len == 0) {
        if (!key_identifier(&issuer->public_key, computed, err)) {
            return false;
        }
        identifier = BYTES_OF_ARRAY(computed);
    }
    extension_put_authority_key(writer, identifier);
    return true;
}

static void put_number(Writer *writer, Bytes oid, bool is_critical, uint64_t number)
{
    ExtensionMark mark = extension_begin(writer, oid, is_critical);
    der_put_u64(writer, number);
    extension_end(writer, mark);
}

static bool put_extensions(Writer *writer, const CrlTemplate *template, Error *err)
{
    size_t wrapper = der_begin(writer, DER_CONTEXT_CONSTRUCTED(0));
    size_t extensions = der_begin(writer, DER_SEQUENCE);
    if (!put_issuer_key(writer, template->issuer, err)) {
        return false;
    }
    put_number(writer, OID_CRL_NUMBER, false, template->number);
    if (template->base_number > 0) {
        put_number(writer, OID_DELTA_CRL_INDICATOR, true, template->base_number);
    }
    if (template->scope != NULL) {
        ExtensionMark mark = extension_begin(writer, OID_ISSUING_DISTRIBUTION_POINT, true);
        issuing_distribution_point_put(template->scope, writer);
        extension_end(writer, mark);
    }
    if (template->freshest_url != NULL) {
        ExtensionMark mark = extension_begin(writer, OID_FRESHEST_CRL, false);
        distribution_points_put_url(template->freshest_url, writer);
        extension_end(writer, mark);
    }
    der_end(writer, extensions);
    der_end(writer, wrapper);
    return true;
}

// Entries come after one another into the list itself; an empty list of them is left out
// (RFC 5280 5.1.2.6).
static bool put_entries(Writer *writer, const CrlTemplate *template, Error *err)
{
    size_t start = writer->len;
    size_t entries = der_begin(writer, DER_SEQUENCE);
    size_t first = writer->len;
    for (size_t i = 0; i < template->entry_count; i++) {
        crl_entry_put(writer, &(CrlEntry){.revocation = template->entries[i]});
    }
    bool is_end = template->source == NULL;
    while (!is_end && !writer->failed) {
        CrlEntry entry = {0};
        if (!template->source->next(template->source->context, &entry, &is_end, err)) {
            return false;
        }
        if (!is_end) {
            crl_entry_put(writer, &entry);
        }
    }
    if (writer->len == first) {
        writer->len = start;
    } else {
        der_end(writer, entries);
    }
    return true;
}

// What would be signed, read back by the reader that relying parties use.
static bool lint(const CrlTemplate *template, Bytes tbs, Error *err)
{
    Crl candidate;
    return !template->is_linted || (crl_parse_unsigned(tbs, &candidate, err) &&
                                    crl_lint_check(&candidate, template->issuer, err));
}

bool crl_build(const CrlTemplate *template, const Signer *issuer, Writer *ret, Error *err)
{
    if (!check(template, issuer, err)) {
        return false;
    }
    // What is signed is written where it stays, so that a large list is in memory once.
    size_t whole = der_begin(ret, DER_SEQUENCE);
    size_t start = ret->len;
    size_t tbs = der_begin(ret, DER_SEQUENCE);
    der_put_u64(ret, VERSION_2);
    algorithm_put(ret, OID_SM2_WITH_SM3);
    writer_put(ret, template->issuer->subject);
    der_put_time(ret, template->this_update);
    der_put_time(ret, template->next_update);
    if (!put_entries(ret, template, err) || !put_extensions(ret, template, err)) {
        return false;
    }
    der_end(ret, tbs);
    uint8_t signature[SM2_SIGNATURE_DER_MAX];
    size_t signature_len = 0;
    Bytes to_sign = bytes_from(writer_bytes(ret), start);
    if (!ret->failed && (!lint(template, to_sign, err) ||
                         !signer_sign_der(issuer, to_sign, signature, &signature_len, err))) {
        return false;
    }
    algorithm_put(ret, OID_SM2_WITH_SM3);
    der_put_bit_string(ret, bytes_of(signature, signature_len));
    der_end(ret, whole);
    return !ret->failed || error_set(err, ERROR_LIMIT, "crl_template.size", NULL,
                                     "the entries do not fit into a revocation list");
}
