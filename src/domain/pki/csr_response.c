// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/csr_response.h"

#include "base/codec/der.h"

static const char clause[] = "GM/T 0092-2020 annex A";

static bool malformed(Error *err, const char *what)
{
    return error_set(err, ERROR_INPUT, "csr_response.malformed", clause,
                     "%s of the response to the certification request is malformed", what);
}

static bool read_set(Bytes content, const char *what, CertificateSet *ret, Error *err)
{
    Reader reader = reader_of(content);
    CertificateSet set = {0};
    while (reader.rest.len > 0) {
        Certificate parsed;
        Bytes der = der_element(&reader, DER_SEQUENCE).whole;
        if (reader.failed || set.count == COUNT_OF(set.certificates)) {
            return malformed(err, what);
        }
        if (!certificate_parse(der, &parsed, err)) {
            return error_context(err, "%s", what);
        }
        set.certificates[set.count++] = der;
    }
    *ret = set;
    return set.count > 0 || malformed(err, what);
}

// [0]: one SEQUENCE and nothing else is the whole envelope, for its content has four elements.
static bool read_envelope(Bytes content, EnvelopedKey *ret, Error *err)
{
    Reader reader = reader_of(content);
    DerElement first = der_any(&reader);
    bool is_whole = first.tag == DER_SEQUENCE && reader_done(&reader);
    return is_whole ? enveloped_key_parse_content(first.content, ret, err)
                    : enveloped_key_parse_content(content, ret, err);
}

// [1]: a whole SET, or its content.
static bool read_encryption_set(Bytes content, CertificateSet *ret, Error *err)
{
    Reader reader = reader_of(content);
    if (der_peek(&reader) == DER_SET) {
        content = der_element(&reader, DER_SET).content;
        if (!reader_done(&reader)) {
            return malformed(err, "encryptCertificate");
        }
    }
    return read_set(content, "encryptCertificate", ret, err);
}

bool csr_response_parse(Bytes der, CsrResponse *ret, Error *err)
{
    CsrResponse response = {0};
    Bytes envelope = BYTES_EMPTY, encryption = BYTES_EMPTY;
    Reader whole = reader_of(der);
    Reader reader = der_enter(&whole, DER_SEQUENCE);
    Bytes sign = der_element(&reader, DER_SET).content;
    if (der_peek(&reader) == DER_CONTEXT_CONSTRUCTED(0)) {
        envelope = der_any(&reader).content;
    }
    if (der_peek(&reader) == DER_CONTEXT_CONSTRUCTED(1)) {
        encryption = der_any(&reader).content;
    }
    if (!reader_done(&reader) || !reader_done(&whole) || der.len > CSR_RESPONSE_MAX_SIZE) {
        return malformed(err, "the structure");
    }
    if ((envelope.len > 0) != (encryption.len > 0)) {
        return malformed(err, "the pair, of which one half is missing,");
    }
    response.has_pair = envelope.len > 0;
    if (!read_set(sign, "signCertificate", &response.sign, err) ||
        (response.has_pair && (!read_envelope(envelope, &response.enveloped_key, err) ||
                               !read_encryption_set(encryption, &response.encryption, err)))) {
        return false;
    }
    *ret = response;
    return true;
}

static void put_set(Writer *writer, uint8_t tag, const CertificateSet *set)
{
    size_t mark = der_begin(writer, tag);
    for (size_t i = 0; i < set->count; i++) {
        writer_put(writer, set->certificates[i]);
    }
    der_end(writer, mark);
}

bool csr_response_build(const CsrResponseTemplate *template, Writer *ret, Error *err)
{
    bool has_pair = template->enveloped_key.len > 0;
    if (template->sign.count == 0 || template->sign.count > CSR_RESPONSE_MAX_CERTIFICATES ||
        template->encryption.count > CSR_RESPONSE_MAX_CERTIFICATES ||
        has_pair != (template->encryption.count > 0)) {
        return error_set(err, ERROR_INPUT, "csr_response.template", clause,
                         "a response has a signing certificate, and both halves of a pair or none");
    }
    size_t whole = der_begin(ret, DER_SEQUENCE);
    put_set(ret, DER_SET, &template->sign);
    if (has_pair) {
        der_put(ret, DER_CONTEXT_CONSTRUCTED(0), template->enveloped_key);
        put_set(ret, DER_CONTEXT_CONSTRUCTED(1), &template->encryption);
    }
    der_end(ret, whole);
    return !ret->failed || error_set(err, ERROR_LIMIT, "csr_response.limit", NULL,
                                     "the response exceeds the writer's limit");
}

bool csr_response_find(const CertificateSet *set, const Sm2PublicKey *key, Certificate *ret)
{
    for (size_t i = 0; i < set->count; i++) {
        Certificate certificate;
        if (certificate_parse(set->certificates[i], &certificate, NULL) &&
            sm2_public_key_equal(&certificate.public_key, key)) {
            *ret = certificate;
            return true;
        }
    }
    return false;
}
