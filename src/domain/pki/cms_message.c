// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/cms_message.h"

#include "base/codec/der.h"
#include "base/crypto/foreign.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_attributes.h"
#include "domain/pki/signed_object.h"

enum {
    FIRST = DER_CONTEXT_CONSTRUCTED(0),
    SECOND = DER_CONTEXT_CONSTRUCTED(1),
    MAX_ATTRIBUTES = 64,
};

static const char cms_clause[] = "RFC 5652 5";

// 1.3.14.3.2.26
#define OID_SHA1 BYTES_LITERAL("\x2b\x0e\x03\x02\x1a")
// 1.2.840.113549.1.9.16.2.14
#define OID_TIME_STAMP BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0e")
// 1.2.840.113583.1.1.8
#define OID_REVOCATION_ARCHIVE BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x2f\x01\x01\x08")

static bool malformed(Error *err, const char *part)
{
    return error_set(err, ERROR_INPUT, "cms.malformed", cms_clause,
                     "%s of the signature message is malformed", part);
}

// Source: RFC 2634 5.4; RFC 5035 4.
static bool read_certificate_id(Reader value, bool is_new, CmsCertificateId *ret)
{
    Reader content = der_enter(&value, DER_SEQUENCE);
    Reader ids = der_enter(&content, DER_SEQUENCE);
    Reader first = der_enter(&ids, DER_SEQUENCE);
    bool is_first = ret->digest.len == 0;
    ret->algorithm = is_new ? OID_SHA256 : OID_SHA1;
    if (is_new && der_peek(&first) == DER_SEQUENCE) {
        ret->algorithm = algorithm_read(&first).oid;
    }
    ret->digest = der_octet_string(&first);
    return is_first && !first.failed && ret->digest.len > 0;
}

// One attribute; those that are known stand there once, the others are passed over.
static bool read_signed_attribute(CmsMessage *ret, Reader *attributes)
{
    Reader attribute = der_enter(attributes, DER_SEQUENCE);
    Bytes oid = der_oid(&attribute);
    Reader values = der_enter(&attribute, DER_SET);
    if (attributes->failed || !reader_done(&attribute)) {
        return false;
    }
    if (bytes_equal(oid, OID_CONTENT_TYPE)) {
        bool is_first = ret->signed_content_type.len == 0;
        ret->signed_content_type = der_oid(&values);
        return is_first && reader_done(&values);
    }
    if (bytes_equal(oid, OID_MESSAGE_DIGEST)) {
        bool is_first = ret->message_digest.len == 0;
        ret->message_digest = der_octet_string(&values);
        return is_first && reader_done(&values) && ret->message_digest.len > 0;
    }
    if (bytes_equal(oid, OID_SIGNING_TIME)) {
        bool is_first = !ret->has_signing_time;
        ret->has_signing_time = true;
        ret->signing_time = der_time(&values);
        return is_first && reader_done(&values);
    }
    if (bytes_equal(oid, OID_SIGNING_CERTIFICATE)) {
        return read_certificate_id(values, false, &ret->certificate_id);
    }
    if (bytes_equal(oid, OID_SIGNING_CERTIFICATE_V2)) {
        return read_certificate_id(values, true, &ret->certificate_id_v2);
    }
    if (bytes_equal(oid, OID_REVOCATION_ARCHIVE)) {
        ret->revocation_archive = values.rest;
    }
    return true;
}

static bool read_signed_attributes(CmsMessage *ret, DerElement element)
{
    Reader attributes = reader_of(element.content);
    ret->signed_attributes = element.whole;
    for (size_t count = 0; attributes.rest.len > 0; count++) {
        if (count == MAX_ATTRIBUTES || !read_signed_attribute(ret, &attributes)) {
            return false;
        }
    }
    return ret->signed_content_type.len > 0 && ret->message_digest.len > 0;
}

// Nothing protects these: what cannot be read is as good as absent.
static void read_unsigned_attributes(CmsMessage *ret, Bytes content)
{
    Reader attributes = reader_of(content);
    for (size_t i = 0; i < MAX_ATTRIBUTES && attributes.rest.len > 0 && !attributes.failed; i++) {
        Reader attribute = der_enter(&attributes, DER_SEQUENCE);
        Bytes oid = der_oid(&attribute);
        Reader values = der_enter(&attribute, DER_SET);
        DerElement first = der_any(&values);
        if (!values.failed && bytes_equal(oid, OID_TIME_STAMP)) {
            ret->time_stamp = first.whole;
        }
    }
}

static bool read_identifier(CmsMessage *ret, Reader *signer)
{
    if (der_peek(signer) == DER_CONTEXT(0)) {
        ret->signer_key_identifier = der_any(signer).content;
        return ret->signer_key_identifier.len > 0;
    }
    Reader identifier = der_enter(signer, DER_SEQUENCE);
    ret->signer_issuer = der_element(&identifier, DER_SEQUENCE).whole;
    ret->signer_serial = der_integer(&identifier);
    return reader_done(&identifier);
}

static bool read_signer(CmsMessage *ret, Reader signer, Error *err)
{
    uint64_t version = der_u64(&signer);
    if (signer.failed || version > 5 || !read_identifier(ret, &signer)) {
        return malformed(err, "the signer's identifier");
    }
    ret->digest_algorithm = algorithm_read(&signer).oid;
    if (der_peek(&signer) == FIRST && !read_signed_attributes(ret, der_any(&signer))) {
        return malformed(err, "a signed attribute");
    }
    ret->signature_algorithm = der_element(&signer, DER_SEQUENCE).whole;
    ret->signature = der_octet_string(&signer);
    if (der_peek(&signer) == SECOND) {
        read_unsigned_attributes(ret, der_any(&signer).content);
    }
    return reader_done(&signer) || malformed(err, "the signer information");
}

static void read_content(CmsMessage *ret, Reader *body)
{
    Reader info = der_enter(body, DER_SEQUENCE);
    ret->content_type = der_oid(&info);
    if (der_peek(&info) == FIRST) {
        Reader wrapper = der_enter(&info, FIRST);
        ret->has_content = true;
        ret->content = der_octet_string(&wrapper);
        body->failed = body->failed || !reader_done(&wrapper);
    }
    body->failed = body->failed || !reader_done(&info);
}

bool cms_message_parse(Bytes der, CmsMessage *ret, Error *err)
{
    CmsMessage parsed = {0};
    Reader whole = reader_of(der);
    Reader info = der_enter(&whole, DER_SEQUENCE);
    Bytes type = der_oid(&info);
    Reader wrapper = der_enter(&info, FIRST);
    Reader body = der_enter(&wrapper, DER_SEQUENCE);
    (void)der_u64(&body);
    (void)der_element(&body, DER_SET);  // digest algorithms: nothing relies on them
    read_content(&parsed, &body);
    if (der_peek(&body) == FIRST) {
        parsed.certificates = der_any(&body).content;
    }
    if (der_peek(&body) == SECOND) {
        parsed.crls = der_any(&body).content;
    }
    Reader signers = der_enter(&body, DER_SET);
    if (!reader_done(&whole) || !reader_done(&info) || !reader_done(&wrapper) ||
        !reader_done(&body) || !bytes_equal(type, OID_CMS_SIGNED_DATA)) {
        return malformed(err, "the structure");
    }
    Reader signer = der_enter(&signers, DER_SEQUENCE);
    if (signers.failed || signers.rest.len > 0) {
        return error_set(err, ERROR_INPUT, "cms.signers", cms_clause,
                         "the signature message does not have exactly one signer");
    }
    if (!read_signer(&parsed, signer, err)) {
        return false;
    }
    *ret = parsed;
    return true;
}

static bool is_signer(const CmsMessage *message, const Certificate *certificate)
{
    if (message->signer_key_identifier.len > 0) {
        return bytes_equal(message->signer_key_identifier, certificate->subject_key_identifier);
    }
    return bytes_equal(message->signer_serial, certificate->serial) &&
           name_equal(message->signer_issuer, certificate->issuer);
}

bool cms_message_find_signer(const CmsMessage *message, const TrustStore *trust, Certificate *ret,
                             Error *err)
{
    Reader certificates = reader_of(message->certificates);
    for (size_t i = 0; i < CMS_MAX_CERTIFICATES && certificates.rest.len > 0; i++) {
        DerElement element = der_any(&certificates);
        Certificate certificate;
        // What stands beside the signer's certificate need not be readable.
        if (!certificates.failed && element.tag == DER_SEQUENCE &&
            certificate_parse_any(element.whole, &certificate, NULL) &&
            is_signer(message, &certificate)) {
            *ret = certificate;
            return true;
        }
    }
    const Certificate *known;
    for (size_t i = 0; (known = trust_store_certificate(trust, i)) != NULL; i++) {
        if (is_signer(message, known)) {
            *ret = *known;
            return true;
        }
    }
    return error_set(err, ERROR_NOT_FOUND, "cms.signer_certificate", "RFC 5652 5.3",
                     "the certificate of the signer is not at hand");
}

static bool check_certificate_id(const CmsCertificateId *id, const Certificate *signer, Error *err)
{
    ForeignDigest digest = {0};
    if (id->digest.len == 0) {
        return true;
    }
    if (!foreign_digest(id->algorithm, &signer->der, 1, &digest, err)) {
        return false;
    }
    return bytes_equal(id->digest, bytes_of(digest.octets, digest.len)) ||
           error_set(err, ERROR_UNTRUSTED, "cms.attributes", "RFC 5035 5.4",
                     "the signed certificate digest is not the signer's");
}

// What the signature value is over: the attributes with the tag of a SET OF, or the content.
static Bytes signed_bytes(const CmsMessage *message, const Bytes *parts, size_t part_count,
                          Writer *out)
{
    static const uint8_t set_of = DER_SET;
    if (message->signed_attributes.len > 0) {
        writer_put(out, bytes_of(&set_of, 1));
        writer_put(out, bytes_from(message->signed_attributes, 1));
    } else {
        for (size_t i = 0; i < part_count; i++) {
            writer_put(out, parts[i]);
        }
    }
    return writer_bytes(out);
}

static bool check_attributes(const CmsMessage *message, const Certificate *signer,
                             const Bytes *parts, size_t part_count, bool *ret_is_weak, Error *err)
{
    ForeignDigest digest = {0};
    if (!foreign_digest(message->digest_algorithm, parts, part_count, &digest, err)) {
        return false;
    }
    *ret_is_weak = digest.is_weak;
    if (!bytes_equal(message->message_digest, bytes_of(digest.octets, digest.len))) {
        return error_set(err, ERROR_UNTRUSTED, "cms.digest", "RFC 5652 5.4",
                         "the content is not the one that was signed");
    }
    if (!bytes_equal(message->signed_content_type, message->content_type)) {
        return error_set(err, ERROR_UNTRUSTED, "cms.attributes", "RFC 5652 11.1",
                         "the signed content type is not the one of the content");
    }
    return check_certificate_id(&message->certificate_id, signer, err) &&
           check_certificate_id(&message->certificate_id_v2, signer, err);
}

// A signature over attributes would also hold over a message without attributes whose content is
// that set: nobody signs such a content on purpose.
static bool content_is_attributes(Bytes content)
{
    Reader reader = reader_of(content);
    CmsMessage parsed = {0};
    DerElement set = der_element(&reader, DER_SET);
    return reader_done(&reader) && read_signed_attributes(&parsed, set);
}

// Some write the attributes in another order than the DER that they sign.
static bool verify_over(const CmsMessage *message, const ForeignSignature *signature, Bytes to_sign,
                        bool *ret_is_weak, Error *err)
{
    if (foreign_signature_judge(signature, to_sign, ret_is_weak, err)) {
        return true;
    }
    CLEANUP(writer_free) Writer sorted = writer_new(to_sign.len + 16);
    if (message->signed_attributes.len > 0) {
        signed_attributes_put(message->signed_attributes, true, &sorted);
    }
    return sorted.len > 0 && !sorted.failed && !bytes_equal(writer_bytes(&sorted), to_sign) &&
           foreign_signature_judge(signature, writer_bytes(&sorted), ret_is_weak, err);
}

bool cms_message_verify(const CmsMessage *message, const Certificate *signer, const Bytes *parts,
                        size_t part_count, bool *ret_is_weak, Error *err)
{
    bool over_weak = false, is_weak = false;
    size_t len = message->content.len + message->signed_attributes.len + 1;
    for (size_t i = 0; i < part_count; i++) {
        len += parts[i].len;
    }
    CLEANUP(writer_free) Writer given = writer_new(len), out = writer_new(len);
    if (message->has_content && part_count > 0) {
        for (size_t i = 0; i < part_count; i++) {
            writer_put(&given, parts[i]);
        }
        if (given.failed || !bytes_equal(writer_bytes(&given), message->content)) {
            return error_set(err, ERROR_INPUT, "cms.content", cms_clause,
                             "the content inside is not the content that was handed over");
        }
    }
    if (message->has_content) {
        parts = &message->content;
        part_count = 1;
    }
    bool has_attributes = message->signed_attributes.len > 0;
    if (has_attributes && !check_attributes(message, signer, parts, part_count, &over_weak, err)) {
        return false;
    }
    Bytes to_sign = signed_bytes(message, parts, part_count, &out);
    if (out.failed) {
        return error_memory(err);
    }
    if (!has_attributes && content_is_attributes(to_sign)) {
        return error_set(err, ERROR_UNTRUSTED, "cms.attributes", cms_clause,
                         "the content is a set of signed attributes without their tag");
    }
    ForeignSignature signature = {signer->public_key_info, message->signature_algorithm,
                                  message->digest_algorithm, message->signature};
    if (!verify_over(message, &signature, to_sign, &is_weak, err)) {
        return false;
    }
    *ret_is_weak = is_weak || over_weak;
    return true;
}

// What cannot be read is as good as absent.
static void add_item(TrustStore *store, bool (*add)(TrustStore *, Bytes, Error *), Bytes item)
{
    if (!add(store, item, NULL)) {
        return;
    }
}

// RevocationInfoArchival ::= SEQUENCE { crl [0] SEQUENCE OF, ocsp [1] SEQUENCE OF, other [2] }.
// Source: ISO 32000-1 12.8.3.3.2.
static void add_archive(TrustStore *store, Bytes archive)
{
    Reader value = reader_of(archive);
    Reader content = der_enter(&value, DER_SEQUENCE);
    for (int i = 0; i < 2; i++) {
        if (der_peek(&content) != DER_CONTEXT_CONSTRUCTED(i)) {
            continue;
        }
        Reader wrapper = der_enter(&content, (uint8_t)DER_CONTEXT_CONSTRUCTED(i));
        Reader items = der_enter(&wrapper, DER_SEQUENCE);
        while (items.rest.len > 0 && !items.failed) {
            add_item(store, i == 0 ? trust_store_add_crls : trust_store_add_ocsp,
                     der_any(&items).whole);
        }
    }
}

TrustStore *cms_message_trust(const CmsMessage *message, Arena *arena, const TrustStore *base)
{
    TrustStore *store = trust_store_extend(arena, base);
    if (store == NULL) {
        return NULL;
    }
    trust_store_take_foreign(store);
    Reader certificates = reader_of(message->certificates);
    for (size_t i = 0; i < CMS_MAX_CERTIFICATES && certificates.rest.len > 0; i++) {
        add_item(store, trust_store_add_certificates, der_any(&certificates).whole);
    }
    Reader crls = reader_of(message->crls);
    while (crls.rest.len > 0 && !crls.failed) {
        add_item(store, trust_store_add_crls, der_any(&crls).whole);
    }
    add_archive(store, message->revocation_archive);
    return store;
}

bool cms_stamp_read(const CmsMessage *token, CmsStamp *ret, Error *err)
{
    Reader whole = reader_of(token->content);
    Reader info = der_enter(&whole, DER_SEQUENCE);
    (void)der_u64(&info);
    (void)der_oid(&info);
    Reader imprint = der_enter(&info, DER_SEQUENCE);
    CmsStamp stamp = {.imprint_algorithm = algorithm_read(&imprint).oid};
    stamp.imprint = der_octet_string(&imprint);
    bool is_sound = reader_done(&imprint) && bytes_equal(token->content_type, OID_TST_INFO);
    (void)der_integer(&info);
    stamp.time = der_generalized_time(&info);
    if (!is_sound || info.failed || !reader_done(&whole)) {
        return error_set(err, ERROR_INPUT, "cms.stamp", "RFC 3161 2.4.2",
                         "what the time stamp says is malformed");
    }
    *ret = stamp;
    return true;
}
