// SPDX-License-Identifier: Apache-2.0
#include "base/codec/der.h"
#include "domain/pki/extension.h"
#include "domain/pki/ocsp.h"
#include "domain/pki/ocsp_extension.h"
#include "domain/pki/ocsp_oid.h"
#include "domain/pki/signed_object.h"

static bool malformed(Error *err, const char *part)
{
    return error_set(err, ERROR_INPUT, "ocsp.request", "RFC 6960 4.1",
                     "%s of the request is malformed", part);
}

// What a client may ask for beside a nonce changes nothing here: every client takes a basic
// response, there is one algorithm to sign with, and the issuer is ours.
static bool is_known(Bytes oid)
{
    return bytes_equal(oid, OID_OCSP_RESPONSE) || bytes_equal(oid, OID_OCSP_SERVICE_LOCATOR) ||
           bytes_equal(oid, OID_OCSP_PREFERRED_ALGORITHMS);
}

static bool read_extensions(Reader *content, uint8_t number, Bytes *ret_nonce)
{
    OcspExtensions extensions = ocsp_extensions_enter(content, number);
    CertificateExtension extension;
    while (ocsp_extensions_next(&extensions, &extension)) {
        if (ret_nonce != NULL && bytes_equal(extension.oid, OID_OCSP_NONCE)) {
            if (!ocsp_nonce_read(extension.value, ret_nonce)) {
                return false;
            }
        } else if (extension.is_critical && !is_known(extension.oid)) {
            return false;
        }
    }
    return !extensions.failed;
}

static bool read_one(Reader *list, OcspCertificateId *ret)
{
    Reader content = der_enter(list, DER_SEQUENCE);
    OcspCertificateId id = ocsp_certificate_id_read(&content);
    if (content.failed || !read_extensions(&content, 0, NULL) || !reader_done(&content)) {
        return false;
    }
    *ret = id;
    return true;
}

static bool read_list(OcspRequest *request, Reader *tbs)
{
    Reader list = der_enter(tbs, DER_SEQUENCE);
    request->list = list.rest;
    while (!list.failed && list.rest.len > 0) {
        OcspCertificateId id;
        if (!read_one(&list, &id)) {
            return false;
        }
        request->count++;
    }
    return request->count > 0;
}

// requestorName says who asks, which is of no interest: anyone may.
static bool read_head(Reader *tbs)
{
    if (der_peek(tbs) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader version = der_enter(tbs, DER_CONTEXT_CONSTRUCTED(0));
        if (der_u64(&version) != 0 || !reader_done(&version)) {
            return false;
        }
    }
    if (der_peek(tbs) == DER_CONTEXT_CONSTRUCTED(1)) {
        Reader requestor = der_enter(tbs, DER_CONTEXT_CONSTRUCTED(1));
        der_any(&requestor);
        return reader_done(&requestor);
    }
    return true;
}

static bool read_signature(OcspRequest *request, Reader *content)
{
    if (der_peek(content) != DER_CONTEXT_CONSTRUCTED(0)) {
        return true;
    }
    Reader wrapper = der_enter(content, DER_CONTEXT_CONSTRUCTED(0));
    Reader signature = der_enter(&wrapper, DER_SEQUENCE);
    algorithm_read(&signature);
    der_bit_string_octets(&signature);
    if (der_peek(&signature) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader certificates = der_enter(&signature, DER_CONTEXT_CONSTRUCTED(0));
        der_element(&certificates, DER_SEQUENCE);
        if (!reader_done(&certificates)) {
            return false;
        }
    }
    request->is_signed = true;
    return reader_done(&signature) && reader_done(&wrapper);
}

bool ocsp_request_parse(Bytes der, OcspRequest *ret, Error *err)
{
    if (der.len > OCSP_REQUEST_MAX_SIZE) {
        return malformed(err, "the size");
    }
    OcspRequest request = {.der = der};
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    Reader tbs = der_enter(&content, DER_SEQUENCE);
    if (!read_head(&tbs) || !read_list(&request, &tbs)) {
        return malformed(err, "the list of certificates");
    }
    if (!read_extensions(&tbs, 2, &request.nonce) || !reader_done(&tbs)) {
        return malformed(err, "an extension");
    }
    if (!read_signature(&request, &content) || !reader_done(&content) || !reader_done(&whole)) {
        return malformed(err, "the outer structure");
    }
    *ret = request;
    return true;
}

bool ocsp_request_next(const OcspRequest *request, size_t *position, OcspCertificateId *ret)
{
    Reader list = reader_of(bytes_from(request->list, *position));
    if (list.rest.len == 0 || !read_one(&list, ret)) {
        return false;
    }
    *position = request->list.len - list.rest.len;
    return true;
}

void ocsp_request_encode(const Bytes *ids, size_t count, Bytes nonce, Writer *ret)
{
    size_t whole = der_begin(ret, DER_SEQUENCE);
    size_t tbs = der_begin(ret, DER_SEQUENCE);
    size_t list = der_begin(ret, DER_SEQUENCE);
    for (size_t i = 0; i < count; i++) {
        size_t one = der_begin(ret, DER_SEQUENCE);
        writer_put(ret, ids[i]);
        der_end(ret, one);
    }
    der_end(ret, list);
    if (nonce.len > 0) {
        size_t wrapper = der_begin(ret, DER_CONTEXT_CONSTRUCTED(2));
        size_t extensions = der_begin(ret, DER_SEQUENCE);
        ocsp_nonce_put(nonce, ret);
        der_end(ret, extensions);
        der_end(ret, wrapper);
    }
    der_end(ret, tbs);
    der_end(ret, whole);
}
