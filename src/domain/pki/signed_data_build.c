// SPDX-License-Identifier: Apache-2.0
//
// The writing half of signed_data.h.
#include "base/codec/der.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_data.h"
#include "domain/pki/signed_object.h"

enum { OVERHEAD_MAX_SIZE = 1024 * 1024 };

static Bytes content_type_of(const SignedDataTemplate *template)
{
    if (template->content_type.len > 0) {
        return template->content_type;
    }
    return template->dialect == SIGNED_DATA_GM ? OID_GM_DATA : OID_CMS_DATA;
}

typedef struct {
    size_t attribute;
    size_t values;
} AttributeMark;

static AttributeMark attribute_begin(Writer *writer, Bytes oid)
{
    AttributeMark mark = {.attribute = der_begin(writer, DER_SEQUENCE)};
    der_put_oid(writer, oid);
    mark.values = der_begin(writer, DER_SET);
    return mark;
}

static void attribute_end(Writer *writer, AttributeMark mark)
{
    der_end(writer, mark.values);
    der_end(writer, mark.attribute);
}

// ESSCertIDv2 with SM3, issuer and serial number. Source: RFC 5035 4.
static void put_signing_certificate(Writer *writer, const Certificate *signer)
{
    Sm3Digest fingerprint = certificate_fingerprint(signer);
    AttributeMark mark = attribute_begin(writer, OID_SIGNING_CERTIFICATE_V2);
    size_t content = der_begin(writer, DER_SEQUENCE);
    size_t certificates = der_begin(writer, DER_SEQUENCE);
    size_t certificate = der_begin(writer, DER_SEQUENCE);
    algorithm_put(writer, OID_SM3);
    der_put(writer, DER_OCTET_STRING, sm3_bytes(&fingerprint));
    size_t issuer_serial = der_begin(writer, DER_SEQUENCE);
    size_t names = der_begin(writer, DER_SEQUENCE);
    der_put(writer, DER_CONTEXT_CONSTRUCTED(4), signer->issuer);
    der_end(writer, names);
    der_put(writer, DER_INTEGER, signer->serial);
    der_end(writer, issuer_serial);
    der_end(writer, certificate);
    der_end(writer, certificates);
    der_end(writer, content);
    attribute_end(writer, mark);
}

// Write the attributes as the SET OF that is signed; sending them, the tag becomes [0].
static void put_attributes(Writer *writer, const SignedDataTemplate *template)
{
    size_t set = der_begin(writer, DER_SET);
    AttributeMark mark = attribute_begin(writer, OID_CONTENT_TYPE);
    der_put_oid(writer, content_type_of(template));
    attribute_end(writer, mark);
    if (template->has_signing_time) {
        mark = attribute_begin(writer, OID_SIGNING_TIME);
        der_put_time(writer, template->signing_time);
        attribute_end(writer, mark);
    }
    Sm3Digest digest = sm3_digest(template->content);
    mark = attribute_begin(writer, OID_MESSAGE_DIGEST);
    der_put(writer, DER_OCTET_STRING, sm3_bytes(&digest));
    attribute_end(writer, mark);
    put_signing_certificate(writer, template->signer);
    der_end_set_of(writer, set);
}

static bool put_signer(Writer *writer, const SignedDataTemplate *template, const Signer *signer,
                       Error *err)
{
    CLEANUP(writer_free) Writer attributes = writer_new(OVERHEAD_MAX_SIZE);
    if (template->has_attributes) {
        put_attributes(&attributes, template);
    }
    if (attributes.failed) {
        return error_memory(err);
    }
    Bytes to_sign = template->has_attributes ? writer_bytes(&attributes) : template->content;
    uint8_t signature[SM2_SIGNATURE_DER_MAX];
    size_t signature_len = 0;
    if (!signer_sign_der(signer, to_sign, signature, &signature_len, err)) {
        return false;
    }
    size_t content = der_begin(writer, DER_SEQUENCE);
    der_put_u64(writer, 1);
    size_t identifier = der_begin(writer, DER_SEQUENCE);
    writer_put(writer, template->signer->issuer);
    der_put(writer, DER_INTEGER, template->signer->serial);
    der_end(writer, identifier);
    algorithm_put(writer, OID_SM3);
    if (template->has_attributes) {
        writer_put_u8(writer, DER_CONTEXT_CONSTRUCTED(0));
        writer_put(writer, bytes_from(to_sign, 1));
    }
    algorithm_put(writer, template->dialect == SIGNED_DATA_GM ? OID_SM2_SIGN : OID_SM2_WITH_SM3);
    der_put(writer, DER_OCTET_STRING, bytes_of(signature, signature_len));
    der_end(writer, content);
    return true;
}

static void put_content(Writer *writer, const SignedDataTemplate *template)
{
    size_t info = der_begin(writer, DER_SEQUENCE);
    der_put_oid(writer, content_type_of(template));
    if (!template->is_detached) {
        size_t wrapper = der_begin(writer, DER_CONTEXT_CONSTRUCTED(0));
        der_put(writer, DER_OCTET_STRING, template->content);
        der_end(writer, wrapper);
    }
    der_end(writer, info);
}

static void put_certificates(Writer *writer, const SignedDataTemplate *template)
{
    if (template->omits_certificates) {
        return;
    }
    size_t set = der_begin(writer, DER_CONTEXT_CONSTRUCTED(0));
    writer_put(writer, template->signer->der);
    for (size_t i = 0; i < template->chain_count; i++) {
        writer_put(writer, template->chain[i].der);
    }
    der_end_set_of(writer, set);
}

static bool put_signed_data(Writer *writer, const SignedDataTemplate *template,
                            const Signer *signer, Error *err)
{
    bool is_data = bytes_equal(content_type_of(template), OID_CMS_DATA);
    size_t info = der_begin(writer, DER_SEQUENCE);
    der_put_oid(writer,
                template->dialect == SIGNED_DATA_GM ? OID_GM_SIGNED_DATA : OID_CMS_SIGNED_DATA);
    size_t wrapper = der_begin(writer, DER_CONTEXT_CONSTRUCTED(0));
    size_t body = der_begin(writer, DER_SEQUENCE);
    // RFC 5652 5.1: 3 when the content is not id-data; GM/T 0010 always writes 1.
    der_put_u64(writer, template->dialect == SIGNED_DATA_CMS && !is_data ? 3 : 1);
    size_t digests = der_begin(writer, DER_SET);
    algorithm_put(writer, OID_SM3);
    der_end(writer, digests);
    put_content(writer, template);
    put_certificates(writer, template);
    size_t signers = der_begin(writer, DER_SET);
    if (!put_signer(writer, template, signer, err)) {
        return false;
    }
    der_end(writer, signers);
    der_end(writer, body);
    der_end(writer, wrapper);
    der_end(writer, info);
    return writer->failed ? error_memory(err) : true;
}

bool signed_data_build(const SignedDataTemplate *template, const Signer *signer, Writer *ret,
                       Error *err)
{
    if (!sm2_public_key_equal(signer->public_key, &template->signer->public_key)) {
        return error_set(err, ERROR_INPUT, "signed_data_template.signer", NULL,
                         "the signer's key is not the one in the certificate");
    }
    // A content that is not data is only ever signed together with its type.
    if (!template->has_attributes && template->dialect == SIGNED_DATA_CMS &&
        !bytes_equal(content_type_of(template), OID_CMS_DATA)) {
        return error_set(err, ERROR_INPUT, "signed_data_template.attributes", "RFC 5652 5.3",
                         "content other than data needs signed attributes");
    }
    CLEANUP(writer_free) Writer der = writer_new(template->content.len + OVERHEAD_MAX_SIZE);
    if (!put_signed_data(&der, template, signer, err)) {
        return false;
    }
    writer_put(ret, writer_bytes(&der));
    return ret->failed ? error_memory(err) : true;
}
