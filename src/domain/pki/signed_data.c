// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/signed_data.h"

#include "base/codec/der.h"
#include "base/crypto/digest.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_object.h"

enum {
    SIGNED_ATTRIBUTES = DER_CONTEXT_CONSTRUCTED(0),
    UNSIGNED_ATTRIBUTES = DER_CONTEXT_CONSTRUCTED(1)
};

static const char signed_data_clause[] = "GM/T 0010-2012 8; RFC 5652 5";

static bool malformed(Error *err, const char *part)
{
    return error_set(err, ERROR_INPUT, "signed_data.malformed", signed_data_clause,
                     "%s of the signed data is malformed", part);
}

static bool refuse_algorithm(Error *err, const char *role, Bytes oid)
{
    char dotted[DER_OID_TEXT_SIZE];
    der_oid_text(oid, dotted);
    return error_set(err, ERROR_INPUT, "signed_data.algorithm", signed_data_clause,
                     "the %s algorithm is %s", role, dotted);
}

// ESSCertIDv2 of the first certificate. Source: RFC 5035 4.
static bool read_signing_certificate(SignedData *ret, Reader value)
{
    Reader content = der_enter(&value, DER_SEQUENCE);
    Reader certificates = der_enter(&content, DER_SEQUENCE);
    Reader first = der_enter(&certificates, DER_SEQUENCE);
    ret->signing_certificate_algorithm = OID_SHA256;  // the default
    if (der_peek(&first) == DER_SEQUENCE) {
        ret->signing_certificate_algorithm = algorithm_read(&first).oid;
    }
    ret->signing_certificate_digest = der_octet_string(&first);
    return !first.failed && reader_done(&value) && ret->signing_certificate_digest.len > 0;
}

// ESSCertID of the first certificate, as tokens from before RFC 5816 have it. Source: RFC 2634 5.4.
static bool read_old_signing_certificate(SignedData *ret, Reader value)
{
    Reader content = der_enter(&value, DER_SEQUENCE);
    Reader certificates = der_enter(&content, DER_SEQUENCE);
    Reader first = der_enter(&certificates, DER_SEQUENCE);
    ret->old_certificate_digest = der_octet_string(&first);
    return !first.failed && reader_done(&value) && ret->old_certificate_digest.len == SHA1_SIZE;
}

// Read one attribute into the field that keeps it; those that are not known are passed over.
static bool read_signed_attribute(SignedData *ret, Reader *attributes)
{
    Reader attribute = der_enter(attributes, DER_SEQUENCE);
    Bytes oid = der_oid(&attribute);
    Reader values = der_enter(&attribute, DER_SET);
    if (attributes->failed || !reader_done(&attribute)) {
        return false;
    }
    if (bytes_equal(oid, OID_CONTENT_TYPE)) {
        bool first = ret->signed_content_type.len == 0;
        ret->signed_content_type = der_oid(&values);
        return first && reader_done(&values);
    }
    if (bytes_equal(oid, OID_MESSAGE_DIGEST)) {
        bool first = ret->message_digest.len == 0;
        ret->message_digest = der_octet_string(&values);
        return first && reader_done(&values) && ret->message_digest.len == SM3_SIZE;
    }
    if (bytes_equal(oid, OID_SIGNING_TIME)) {
        bool first = !ret->has_signing_time;
        ret->has_signing_time = true;
        ret->signing_time = der_time(&values);
        return first && reader_done(&values);
    }
    if (bytes_equal(oid, OID_SIGNING_CERTIFICATE_V2)) {
        return ret->signing_certificate_digest.len == 0 && read_signing_certificate(ret, values);
    }
    if (bytes_equal(oid, OID_SIGNING_CERTIFICATE)) {
        return ret->old_certificate_digest.len == 0 && read_old_signing_certificate(ret, values);
    }
    return true;
}

static bool read_signed_attributes(SignedData *ret, DerElement element)
{
    ret->signed_attributes = element.whole;
    Reader attributes = reader_of(element.content);
    while (attributes.rest.len > 0) {
        if (!read_signed_attribute(ret, &attributes)) {
            return false;
        }
    }
    return ret->signed_content_type.len > 0 && ret->message_digest.len > 0;
}

static bool read_signer_identifier(SignedData *ret, Reader *signer)
{
    if (der_peek(signer) == DER_CONTEXT(0)) {
        ret->signer_key_identifier = der_any(signer).content;
        return ret->dialect == SIGNED_DATA_CMS && ret->signer_key_identifier.len > 0;
    }
    Reader identifier = der_enter(signer, DER_SEQUENCE);
    ret->signer_issuer = der_element(&identifier, DER_SEQUENCE).whole;
    ret->signer_serial = der_integer(&identifier);
    return reader_done(&identifier) && name_is_valid(ret->signer_issuer);
}

static bool read_signer(SignedData *ret, Reader signer, Error *err)
{
    uint64_t version = der_u64(&signer);
    if (signer.failed || (version != 1 && version != 3) || !read_signer_identifier(ret, &signer)) {
        return malformed(err, "the signer's identifier");
    }
    Algorithm digest = algorithm_read(&signer);
    if (der_peek(&signer) == SIGNED_ATTRIBUTES && !read_signed_attributes(ret, der_any(&signer))) {
        return malformed(err, "a signed attribute");
    }
    Algorithm algorithm = algorithm_read(&signer);
    ret->signature_octets = der_octet_string(&signer);
    if (der_peek(&signer) == UNSIGNED_ATTRIBUTES) {
        ret->unsigned_attributes = der_any(&signer).content;
    }
    if (!reader_done(&signer)) {
        return malformed(err, "the signer information");
    }
    if (!algorithm_is(&digest, OID_SM3)) {
        return refuse_algorithm(err, "digest", digest.oid);
    }
    if (!algorithm_is(&algorithm, OID_SM2_WITH_SM3) && !algorithm_is(&algorithm, OID_SM2_SIGN)) {
        return refuse_algorithm(err, "signature", algorithm.oid);
    }
    if (!sm2_signature_parse(ret->signature_octets, &ret->signature, NULL)) {
        return malformed(err, "the signature value");
    }
    return true;
}

static bool read_signers(SignedData *ret, Reader signers, Error *err)
{
    Reader signer = der_enter(&signers, DER_SEQUENCE);
    if (signers.failed || signers.rest.len > 0) {
        return error_set(err, ERROR_INPUT, "signed_data.signers", signed_data_clause,
                         "the signed data does not have exactly one signer");
    }
    return read_signer(ret, signer, err);
}

static void read_content(SignedData *ret, Reader *body)
{
    Reader info = der_enter(body, DER_SEQUENCE);
    ret->content_type = der_oid(&info);
    if (der_peek(&info) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader wrapper = der_enter(&info, DER_CONTEXT_CONSTRUCTED(0));
        ret->has_content = true;
        ret->content = der_octet_string(&wrapper);
        body->failed = body->failed || !reader_done(&wrapper);
    }
    body->failed = body->failed || !reader_done(&info);
}

// The signer's digest has to be among them: nothing else about them is signed.
// Source: RFC 5652 5.1.
static bool digest_algorithms_are_valid(Reader algorithms, bool *ret_has_sm3)
{
    *ret_has_sm3 = false;
    while (algorithms.rest.len > 0 && !algorithms.failed) {
        Algorithm algorithm = algorithm_read(&algorithms);
        *ret_has_sm3 = *ret_has_sm3 || algorithm_is(&algorithm, OID_SM3);
    }
    return !algorithms.failed;
}

static bool elements_are_valid(Bytes elements, size_t max)
{
    Reader reader = reader_of(elements);
    size_t count = 0;
    while (reader.rest.len > 0 && !reader.failed) {
        der_element(&reader, DER_SEQUENCE);
        count++;
    }
    return !reader.failed && count <= max;
}

static bool read_body(SignedData *ret, Reader body, Error *err)
{
    bool has_sm3 = false;
    uint64_t version = der_u64(&body);
    Reader digests = der_enter(&body, DER_SET);
    read_content(ret, &body);
    if (der_peek(&body) == DER_CONTEXT_CONSTRUCTED(0)) {
        ret->certificates = der_any(&body).content;
    }
    if (der_peek(&body) == DER_CONTEXT_CONSTRUCTED(1)) {
        ret->crls = der_any(&body).content;
    }
    Reader signers = der_enter(&body, DER_SET);
    if (!reader_done(&body) || version < 1 || version > 5 ||
        !digest_algorithms_are_valid(digests, &has_sm3) ||
        !elements_are_valid(ret->certificates, SIGNED_DATA_MAX_CERTIFICATES) ||
        !elements_are_valid(ret->crls, SIGNED_DATA_MAX_CERTIFICATES)) {
        return malformed(err, "the structure");
    }
    return read_signers(ret, signers, err) &&
           (has_sm3 || malformed(err, "the set of digest algorithms"));
}

bool signed_data_parse(Bytes der, SignedData *ret, Error *err)
{
    SignedData parsed = {.der = der};
    Reader whole = reader_of(der);
    Reader info = der_enter(&whole, DER_SEQUENCE);
    Bytes type = der_oid(&info);
    Reader wrapper = der_enter(&info, DER_CONTEXT_CONSTRUCTED(0));
    Reader body = der_enter(&wrapper, DER_SEQUENCE);
    if (!reader_done(&whole) || !reader_done(&info) || !reader_done(&wrapper)) {
        return malformed(err, "the outer structure");
    }
    if (bytes_equal(type, OID_GM_SIGNED_DATA)) {
        parsed.dialect = SIGNED_DATA_GM;
    } else if (bytes_equal(type, OID_CMS_SIGNED_DATA)) {
        parsed.dialect = SIGNED_DATA_CMS;
    } else {
        return malformed(err, "the content type");
    }
    if (!read_body(&parsed, body, err)) {
        return false;
    }
    *ret = parsed;
    return true;
}

static bool is_signer(const SignedData *signed_data, const Certificate *certificate)
{
    if (signed_data->signer_key_identifier.len > 0) {
        return bytes_equal(signed_data->signer_key_identifier, certificate->subject_key_identifier);
    }
    return bytes_equal(signed_data->signer_serial, certificate->serial) &&
           name_equal(signed_data->signer_issuer, certificate->issuer);
}

bool signed_data_signer_certificate(const SignedData *signed_data, Certificate *ret, Error *err)
{
    Reader certificates = reader_of(signed_data->certificates);
    while (certificates.rest.len > 0) {
        Certificate certificate;
        if (!certificate_parse(der_any(&certificates).whole, &certificate, err)) {
            return false;
        }
        if (is_signer(signed_data, &certificate)) {
            *ret = certificate;
            return true;
        }
    }
    return error_set(err, ERROR_NOT_FOUND, "signed_data.signer_certificate", signed_data_clause,
                     "the signed data does not hold its signer's certificate");
}

bool signed_data_trust(const SignedData *signed_data, Arena *arena, const TrustStore *base,
                       const TrustStore **ret, Error *err)
{
    TrustStore *store = trust_store_extend(arena, base);
    if (store == NULL) {
        return error_memory(err);
    }
    Reader certificates = reader_of(signed_data->certificates);
    while (certificates.rest.len > 0) {
        if (!trust_store_add_certificates(store, der_any(&certificates).whole, err)) {
            return false;
        }
    }
    Reader crls = reader_of(signed_data->crls);
    while (crls.rest.len > 0) {
        if (!trust_store_add_crls(store, der_any(&crls).whole, err)) {
            return false;
        }
    }
    *ret = store;
    return true;
}

static bool old_certificate_matches(const SignedData *signed_data, const Certificate *signer)
{
    uint8_t digest[SHA1_SIZE];
    Bytes claimed = signed_data->old_certificate_digest;
    return claimed.len == 0 ||
           (sha1_digest(signer->der, digest, NULL) && bytes_equal(claimed, BYTES_OF_ARRAY(digest)));
}

static bool signing_certificate_matches(const SignedData *signed_data, const Certificate *signer)
{
    Bytes claimed = signed_data->signing_certificate_digest;
    if (claimed.len == 0) {
        return true;
    }
    if (bytes_equal(signed_data->signing_certificate_algorithm, OID_SM3)) {
        Sm3Digest digest = certificate_fingerprint(signer);
        return bytes_equal(claimed, sm3_bytes(&digest));
    }
    uint8_t digest[SHA256_SIZE];
    return bytes_equal(signed_data->signing_certificate_algorithm, OID_SHA256) &&
           sha256_digest(signer->der, digest, NULL) && bytes_equal(claimed, BYTES_OF_ARRAY(digest));
}

static bool check_attributes(const SignedData *signed_data, const Certificate *signer,
                             Bytes content, Error *err)
{
    Sm3Digest digest = sm3_digest(content);
    if (!bytes_equal(signed_data->message_digest, sm3_bytes(&digest))) {
        return error_set(err, ERROR_UNTRUSTED, "signed_data.digest", signed_data_clause,
                         "the content is not the one that was signed");
    }
    if (!bytes_equal(signed_data->signed_content_type, signed_data->content_type)) {
        return error_set(err, ERROR_UNTRUSTED, "signed_data.attributes", signed_data_clause,
                         "the signed content type is not the one of the content");
    }
    if (!signing_certificate_matches(signed_data, signer) ||
        !old_certificate_matches(signed_data, signer)) {
        return error_set(err, ERROR_UNTRUSTED, "signed_data.attributes", "RFC 5035 5.4",
                         "the signed certificate digest is not the signer's");
    }
    return true;
}

// A signature over attributes would also hold over a message without attributes whose content is
// just that set: nobody signs such a content on purpose, so it is an attack.
static bool content_is_attributes(Bytes content)
{
    Reader reader = reader_of(content);
    SignedData parsed = {0};
    DerElement set = der_element(&reader, DER_SET);
    return reader_done(&reader) && read_signed_attributes(&parsed, set);
}

// e = SM3(Z || what was signed): the attributes with the tag of a SET OF in place of [0], or the
// content. The tag is put in while hashing; nothing is copied or encoded again.
static bool signed_digest(const Sm2PublicKey *key, Bytes attributes, Bytes content, Sm3Digest *ret,
                          Error *err)
{
    static const uint8_t set_of = DER_SET;
    Sm3Digest z;
    if (!sm2_z(key, SM2_DEFAULT_ID, &z, err)) {
        return false;
    }
    Sm3 sm3;
    sm3_start(&sm3);
    sm3_update(&sm3, sm3_bytes(&z));
    if (attributes.len > 0) {
        sm3_update(&sm3, bytes_of(&set_of, 1));
        sm3_update(&sm3, bytes_from(attributes, 1));
    } else {
        sm3_update(&sm3, content);
    }
    sm3_finish(&sm3, ret);
    return true;
}

bool signed_data_verify(const SignedData *signed_data, const Certificate *signer, Bytes detached,
                        Error *err)
{
    Bytes content = signed_data->has_content ? signed_data->content : detached;
    if (signed_data->has_content && detached.len > 0 && !bytes_equal(content, detached)) {
        return error_set(err, ERROR_INPUT, "signed_data.content", signed_data_clause,
                         "the content inside is not the content that was handed over");
    }
    if (!is_signer(signed_data, signer)) {
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
    Sm3Digest digest;
    if (!signed_digest(&signer->public_key, signed_data->signed_attributes, content, &digest,
                       err)) {
        return false;
    }
    if (!sm2_verify_digest(&signer->public_key, &digest, &signed_data->signature)) {
        return error_set(err, ERROR_UNTRUSTED, "signed_data.signature", signed_data_clause,
                         "the signature value does not hold");
    }
    return true;
}
