// SPDX-License-Identifier: Apache-2.0
//
// The judging half of signed_data.h.
#include <string.h>

#include "base/codec/der.h"
#include "base/crypto/digest.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_attributes.h"
#include "domain/pki/signed_data_foreign.h"

static const char signed_data_clause[] = "GM/T 0010-2012 8; RFC 5652 5";

bool signed_data_is_by(const SignedData *signed_data, const Certificate *certificate)
{
    if (signed_data->signer_key_identifier.len > 0) {
        return bytes_equal(signed_data->signer_key_identifier, certificate->subject_key_identifier);
    }
    return bytes_equal(signed_data->signer_serial, certificate->serial) &&
           name_equal(signed_data->signer_issuer, certificate->issuer);
}

// Others put whatever they have beside the signer's certificate; that one decides.
bool signed_data_signer_certificate(const SignedData *signed_data, Certificate *ret, Error *err)
{
    Error unread = {0};
    bool all_read = true;
    Reader certificates = reader_of(signed_data->certificates);
    while (certificates.rest.len > 0) {
        Certificate certificate;
        Bytes der = der_any(&certificates).whole;
        if (!certificate_parse_any(der, &certificate, all_read ? &unread : NULL)) {
            all_read = false;
        } else if (signed_data_is_by(signed_data, &certificate)) {
            return (signed_data->is_foreign ? certificate_parse_any : certificate_parse)(der, ret,
                                                                                         err);
        }
    }
    if (!all_read) {
        return error_set(err, unread.kind, unread.code, unread.clause, "%s", unread.text);
    }
    return error_set(err, ERROR_NOT_FOUND, "signed_data.signer_certificate", signed_data_clause,
                     "the signed data does not hold its signer's certificate");
}

typedef bool AddMaterial(TrustStore *store, Bytes der, Error *err);

static bool add_material(TrustStore *store, Bytes elements, AddMaterial *add, Error *err)
{
    for (Reader reader = reader_of(elements); reader.rest.len > 0 && !reader.failed;) {
        Error unread = {0};
        if (!add(store, der_any(&reader).whole, &unread) && unread.kind != ERROR_INPUT) {
            return error_set(err, unread.kind, unread.code, unread.clause, "%s", unread.text);
        }
    }
    return true;
}

// RevocationInfoArchival ::= SEQUENCE { crl [0] SEQUENCE OF, ocsp [1] SEQUENCE OF, other [2] }.
// Source: ISO 32000-1 12.8.3.3.2.
static bool add_archive(TrustStore *store, Bytes archive, Error *err)
{
    static AddMaterial *const adders[] = {trust_store_add_crls, trust_store_add_ocsp};
    Reader value = reader_of(archive);
    Reader content = der_enter(&value, DER_SEQUENCE);
    for (int i = 0; i < (int)COUNT_OF(adders); i++) {
        if (der_peek(&content) != DER_CONTEXT_CONSTRUCTED(i)) {
            continue;
        }
        Reader wrapper = der_enter(&content, (uint8_t)DER_CONTEXT_CONSTRUCTED(i));
        Bytes items = der_element(&wrapper, DER_SEQUENCE).content;
        if (!add_material(store, items, adders[i], err)) {
            return false;
        }
    }
    return true;
}

bool signed_data_trust(const SignedData *signed_data, Arena *arena, const TrustStore *base,
                       const TrustStore **ret, Error *err)
{
    TrustStore *store = trust_store_extend(arena, base);
    if (store == NULL) {
        return error_memory(err);
    }
    if (!add_material(store, signed_data->certificates, trust_store_add_certificates, err) ||
        !add_material(store, signed_data->crls, trust_store_add_crls, err) ||
        !add_archive(store, signed_data->revocation_archive, err)) {
        return false;
    }
    *ret = store;
    return true;
}

static bool hash_sm3(Bytes message, uint8_t *ret, Error *err)
{
    (void)err;
    Sm3Digest digest = sm3_digest(message);
    memcpy(ret, digest.bytes, SM3_SIZE);
    return true;
}

typedef struct {
    Bytes oid;
    size_t size;
    bool (*digest)(Bytes message, uint8_t *ret, Error *err);
} DigestRow;

// Those that are computed everywhere; others are foreign.h's.
static const DigestRow digest_rows[] = {
    {{(const uint8_t *)"\x2a\x81\x1c\xcf\x55\x01\x83\x11", 8}, SM3_SIZE, hash_sm3},
    {{(const uint8_t *)"\x60\x86\x48\x01\x65\x03\x04\x02\x01", 9}, SHA256_SIZE, sha256_digest},
    {{(const uint8_t *)"\x60\x86\x48\x01\x65\x03\x04\x02\x02", 9}, SHA384_SIZE, sha384_digest},
    {{(const uint8_t *)"\x60\x86\x48\x01\x65\x03\x04\x02\x03", 9}, SHA512_SIZE, sha512_digest},
};

// NULL when the algorithm is not among them.
static const DigestRow *find_digest(Bytes algorithm)
{
    for (size_t i = 0; i < COUNT_OF(digest_rows); i++) {
        if (bytes_equal(algorithm, digest_rows[i].oid)) {
            return &digest_rows[i];
        }
    }
    return NULL;
}

static bool digest_is(const DigestRow *row, Bytes content, Bytes claimed)
{
    uint8_t digest[SHA512_SIZE];
    return row != NULL && row->digest(content, digest, NULL) &&
           bytes_equal(claimed, bytes_of(digest, row->size));
}

static bool refuse_certificate(Error *err)
{
    return error_set(err, ERROR_UNTRUSTED, "signed_data.attributes", "RFC 5035 5.4",
                     "the signed certificate digest is not the signer's");
}

static bool old_certificate_matches(const SignedData *signed_data, const Certificate *signer)
{
    uint8_t digest[SHA1_SIZE];
    Bytes claimed = signed_data->old_certificate_digest;
    return claimed.len == 0 ||
           (sha1_digest(signer->der, digest, NULL) && bytes_equal(claimed, BYTES_OF_ARRAY(digest)));
}

static bool signing_certificate_matches(const SignedData *signed_data, const Certificate *signer,
                                        Error *err)
{
    Bytes algorithm = signed_data->signing_certificate_algorithm;
    Bytes claimed = signed_data->signing_certificate_digest;
    const DigestRow *digest = find_digest(algorithm);
    if (claimed.len == 0 || digest_is(digest, signer->der, claimed)) {
        return true;
    }
    Error reason = {0};
    if (digest == NULL && signed_data_foreign_digest_is(algorithm, signer->der, claimed, &reason)) {
        return true;
    }
    return reason.kind == ERROR_UNAVAILABLE
               ? error_set(err, reason.kind, reason.code, reason.clause, "%s", reason.text)
               : refuse_certificate(err);
}

static bool check_attributes(const SignedData *signed_data, const Certificate *signer,
                             Bytes content, Error *err)
{
    const DigestRow *digest = find_digest(signed_data->digest_algorithm);
    if (digest == NULL) {
        if (!signed_data_foreign_digest_is(signed_data->digest_algorithm, content,
                                           signed_data->message_digest, err)) {
            return false;
        }
    } else if (!digest_is(digest, content, signed_data->message_digest)) {
        return error_set(err, ERROR_UNTRUSTED, "signed_data.digest", signed_data_clause,
                         "the content is not the one that was signed");
    }
    if (!bytes_equal(signed_data->signed_content_type, signed_data->content_type)) {
        return error_set(err, ERROR_UNTRUSTED, "signed_data.attributes", signed_data_clause,
                         "the signed content type is not the one of the content");
    }
    return signing_certificate_matches(signed_data, signer, err) &&
           (old_certificate_matches(signed_data, signer) || refuse_certificate(err));
}

// A signature over attributes would also hold over a message without attributes whose content is
// just that set: nobody signs such a content on purpose, so it is an attack.
static bool content_is_attributes(Bytes content)
{
    Reader reader = reader_of(content);
    SignedData parsed = {0};
    DerElement set = der_element(&reader, DER_SET);
    return reader_done(&reader) && signed_attributes_read(&parsed, set);
}

// The signature over the attributes in the order received, or as DER has them: makers who write
// them out of order have signed either.
static bool signature_holds(const SignedData *signed_data, const Sm2PublicKey *key, Bytes content)
{
    Bytes attributes = signed_data->signed_attributes;
    if (attributes.len == 0) {
        return sm2_verify(key, content, &signed_data->signature);
    }
    bool is_unsorted = (signed_data->deviations & SIGNED_DATA_UNSORTED_ATTRIBUTES) != 0;
    for (int is_sorted = 0; is_sorted <= (is_unsorted ? 1 : 0); is_sorted++) {
        CLEANUP(writer_free) Writer set = writer_new(attributes.len + 16);
        signed_attributes_put(attributes, is_sorted != 0, &set);
        if (!set.failed && sm2_verify(key, writer_bytes(&set), &signed_data->signature)) {
            return true;
        }
    }
    return false;
}

bool signed_data_verify(const SignedData *signed_data, const Certificate *signer, Bytes detached,
                        Error *err)
{
    Bytes content = signed_data->has_content ? signed_data->content : detached;
    if (signed_data->has_content && detached.len > 0 && !bytes_equal(content, detached)) {
        return error_set(err, ERROR_INPUT, "signed_data.content", signed_data_clause,
                         "the content inside is not the content that was handed over");
    }
    if (!signed_data_is_by(signed_data, signer)) {
        return error_set(err, ERROR_UNTRUSTED, "signed_data.signer", signed_data_clause,
                         "the certificate is not the one that the signer names");
    }
    if (signed_data->signed_attributes.len > 0 &&
        !check_attributes(signed_data, signer, content, err)) {
        return false;
    }
    if (signed_data->signed_attributes.len == 0 && content_is_attributes(content)) {
        return error_set(err, ERROR_UNTRUSTED, "signed_data.attributes", signed_data_clause,
                         "the content is a set of signed attributes without their tag");
    }
    if (signed_data->is_foreign) {
        return signed_data_foreign_verify(signed_data, signer, content, err);
    }
    if (signer->has_foreign_key) {
        return error_set(err, ERROR_UNTRUSTED, "signed_data.signer", signed_data_clause,
                         "the signature is one of SM2, the key of the certificate is none");
    }
    if (!signature_holds(signed_data, &signer->public_key, content)) {
        return error_set(err, ERROR_UNTRUSTED, "signed_data.signature", signed_data_clause,
                         "the signature value does not hold");
    }
    return true;
}
