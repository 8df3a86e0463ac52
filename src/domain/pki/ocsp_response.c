// SPDX-License-Identifier: Apache-2.0
//
// The reading half of ocsp_response.h.
#include "domain/pki/ocsp_response.h"

#include "base/codec/der.h"
#include "domain/pki/ocsp_extension.h"
#include "domain/pki/ocsp_oid.h"
#include "domain/pki/signed_object.h"

static bool malformed(Error *err, const char *part)
{
    return error_set(err, ERROR_INPUT, "ocsp.malformed", "RFC 6960 4.2",
                     "%s of the OCSP response is malformed", part);
}

// GeneralizedTime to the second, as in certificates: RFC 6960 4.2.2.1.
static Time read_time(Reader *reader)
{
    if (der_peek(reader) != DER_GENERALIZED_TIME) {
        reader->failed = true;
        return 0;
    }
    return der_time(reader);
}

static uint8_t read_enumerated(Reader *reader)
{
    Bytes content = der_element(reader, DER_ENUMERATED).content;
    if (content.len != 1) {
        reader->failed = true;
        return 0;
    }
    return content.data[0];
}

static bool read_reason(Reader *reader, RevocationReason *ret)
{
    uint8_t reason = read_enumerated(reader);
    // removeFromCRL (8) is of delta lists only; 7 is not assigned.
    if (reason > REASON_AA_COMPROMISE || reason == 7 || reason == 8) {
        return false;
    }
    *ret = (RevocationReason)reason;
    return !reader->failed;
}

static bool read_revoked(Reader *content, OcspAnswer *answer)
{
    Reader info = der_enter(content, DER_CONTEXT_CONSTRUCTED(1));
    answer->status = OCSP_REVOKED;
    answer->revoked_at = read_time(&info);
    if (der_peek(&info) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader reason = der_enter(&info, DER_CONTEXT_CONSTRUCTED(0));
        if (!read_reason(&reason, &answer->reason) || !reader_done(&reason)) {
            return false;
        }
    }
    return reader_done(&info);
}

static bool read_status(Reader *content, OcspAnswer *answer)
{
    switch (der_peek(content)) {
    case DER_CONTEXT(0):
        answer->status = OCSP_GOOD;
        return der_any(content).content.len == 0;
    case DER_CONTEXT_CONSTRUCTED(1):
        return read_revoked(content, answer);
    case DER_CONTEXT(2):
        answer->status = OCSP_UNKNOWN;
        return der_any(content).content.len == 0;
    default:
        return false;
    }
}

static bool is_known_of_answer(Bytes oid)
{
    return bytes_equal(oid, OID_OCSP_CRL) || bytes_equal(oid, OID_CRL_REASON) ||
           bytes_equal(oid, OID_INVALIDITY_DATE);
}

static bool read_answer_extensions(Reader *content, OcspAnswer *answer)
{
    OcspExtensions extensions = ocsp_extensions_enter(content, 1);
    CertificateExtension extension;
    while (ocsp_extensions_next(&extensions, &extension)) {
        if (bytes_equal(extension.oid, OID_OCSP_ARCHIVE_CUTOFF)) {
            Reader value = reader_of(extension.value);
            answer->archive_cutoff = read_time(&value);
            if (!reader_done(&value)) {
                return false;
            }
        } else if (extension.is_critical && !is_known_of_answer(extension.oid) &&
                   answer->unknown_critical.len == 0) {
            answer->unknown_critical = extension.oid;
        }
    }
    return !extensions.failed;
}

static bool read_answer(Reader *list, OcspAnswer *ret)
{
    Reader content = der_enter(list, DER_SEQUENCE);
    OcspAnswer answer = {.id = ocsp_certificate_id_read(&content)};
    if (content.failed || !read_status(&content, &answer)) {
        return false;
    }
    answer.this_update = read_time(&content);
    if (der_peek(&content) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader wrapper = der_enter(&content, DER_CONTEXT_CONSTRUCTED(0));
        answer.next_update = read_time(&wrapper);
        if (!reader_done(&wrapper) || answer.next_update < answer.this_update) {
            return false;
        }
    }
    if (!read_answer_extensions(&content, &answer) || !reader_done(&content)) {
        return false;
    }
    *ret = answer;
    return true;
}

static bool read_answers(OcspResponse *response, Reader *data)
{
    Reader list = der_enter(data, DER_SEQUENCE);
    response->answers = list.rest;
    while (!list.failed && list.rest.len > 0) {
        OcspAnswer answer;
        if (!read_answer(&list, &answer)) {
            return false;
        }
        response->answer_count++;
    }
    return response->answer_count > 0;
}

static bool read_extensions(OcspResponse *response, Reader *data)
{
    OcspExtensions extensions = ocsp_extensions_enter(data, 1);
    CertificateExtension extension;
    while (ocsp_extensions_next(&extensions, &extension)) {
        if (bytes_equal(extension.oid, OID_OCSP_NONCE)) {
            if (!ocsp_nonce_read(extension.value, &response->nonce)) {
                return false;
            }
        } else if (bytes_equal(extension.oid, OID_OCSP_EXTENDED_REVOKE)) {
            response->revokes_unissued = true;
        } else if (extension.is_critical && response->unknown_critical.len == 0) {
            response->unknown_critical = extension.oid;
        }
    }
    return !extensions.failed;
}

static bool read_responder(OcspResponse *response, Reader *data)
{
    uint8_t tag = der_peek(data) == DER_CONTEXT_CONSTRUCTED(1) ? DER_CONTEXT_CONSTRUCTED(1)
                                                               : DER_CONTEXT_CONSTRUCTED(2);
    Reader responder = der_enter(data, tag);
    if (tag == DER_CONTEXT_CONSTRUCTED(1)) {
        response->responder_name = der_element(&responder, DER_SEQUENCE).whole;
        return reader_done(&responder) && name_is_valid(response->responder_name);
    }
    response->responder_key = der_octet_string(&responder);
    return reader_done(&responder) && response->responder_key.len == KEY_IDENTIFIER_SIZE;
}

static bool read_data(OcspResponse *response, Reader data)
{
    if (der_peek(&data) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader version = der_enter(&data, DER_CONTEXT_CONSTRUCTED(0));
        if (der_u64(&version) != 0 || !reader_done(&version)) {
            return false;
        }
    }
    if (!read_responder(response, &data)) {
        return false;
    }
    response->produced_at = read_time(&data);
    return read_answers(response, &data) && read_extensions(response, &data) && reader_done(&data);
}

static bool read_certificates(OcspResponse *response, Reader *content)
{
    if (der_peek(content) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader wrapper = der_enter(content, DER_CONTEXT_CONSTRUCTED(0));
        Reader list = der_enter(&wrapper, DER_SEQUENCE);
        response->certificates = list.rest;
        while (!list.failed && list.rest.len > 0) {
            der_element(&list, DER_SEQUENCE);
        }
        if (!reader_done(&wrapper) || list.failed) {
            return false;
        }
    }
    return reader_done(content);
}

static bool read_basic(OcspResponse *response, Bytes der, Error *err)
{
    const SignedObjectKind kind = {.noun = "OCSP response",
                                   .malformed_code = "ocsp.malformed",
                                   .algorithm_code = "ocsp.algorithm",
                                   .key_code = "ocsp.malformed",
                                   .clause = "RFC 6960 4.2",
                                   .max_size = OCSP_RESPONSE_MAX_SIZE,
                                   .takes_foreign = response->takes_foreign};
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    DerElement data = der_element(&content, DER_SEQUENCE);
    if (!object_signature_read(&kind, &content, &response->signature, err)) {
        return false;
    }
    if (!read_certificates(response, &content) || !reader_done(&whole)) {
        return malformed(err, "the outer structure");
    }
    response->tbs = data.whole;
    return read_data(response, reader_of(data.content)) || malformed(err, "the signed part");
}

static bool read_body(OcspResponse *response, Reader *content, Error *err)
{
    Reader wrapper = der_enter(content, DER_CONTEXT_CONSTRUCTED(0));
    Reader body = der_enter(&wrapper, DER_SEQUENCE);
    Bytes type = der_oid(&body);
    Bytes basic = der_octet_string(&body);
    if (!reader_done(&body) || !reader_done(&wrapper) || !bytes_equal(type, OID_OCSP_BASIC)) {
        return malformed(err, "the type");
    }
    return read_basic(response, basic, err);
}

static bool parse(Bytes der, bool takes_foreign, OcspResponse *ret, Error *err)
{
    if (der.len > OCSP_RESPONSE_MAX_SIZE) {
        return error_set(err, ERROR_LIMIT, "ocsp.too_large", "RFC 6960 4.2",
                         "the OCSP response has %zu bytes, more than %d", der.len,
                         OCSP_RESPONSE_MAX_SIZE);
    }
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    uint8_t status = read_enumerated(&content);
    OcspResponse response = {
        .der = der, .status = (OcspResponseStatus)status, .takes_foreign = takes_foreign};
    if (content.failed || status > OCSP_UNAUTHORIZED || status == 4) {  // 4 is not assigned
        return malformed(err, "the status");
    }
    if (status == OCSP_SUCCESSFUL && !read_body(&response, &content, err)) {
        return false;
    }
    // An error comes without an answer: there is nobody who would have signed it.
    if (!reader_done(&content) || !reader_done(&whole)) {
        return malformed(err, "the end");
    }
    *ret = response;
    return true;
}

bool ocsp_response_parse(Bytes der, OcspResponse *ret, Error *err)
{
    return parse(der, false, ret, err);
}

bool ocsp_response_parse_any(Bytes der, OcspResponse *ret, Error *err)
{
    return parse(der, true, ret, err);
}

bool ocsp_response_load_any(Arena *arena, Bytes der_or_pem, OcspResponse *ret, Error *err)
{
    Bytes der;
    return signed_object_load(arena, "OCSP RESPONSE", der_or_pem, &der, err) &&
           ocsp_response_parse_any(der, ret, err);
}

bool ocsp_response_next(const OcspResponse *response, size_t *position, OcspAnswer *ret)
{
    Reader list = reader_of(bytes_from(response->answers, *position));
    if (list.rest.len == 0 || !read_answer(&list, ret)) {
        return false;
    }
    *position = response->answers.len - list.rest.len;
    return true;
}

const char *ocsp_response_status_name(OcspResponseStatus status)
{
    static const char *const names[] = {
        [OCSP_SUCCESSFUL] = "successful",          [OCSP_MALFORMED_REQUEST] = "malformedRequest",
        [OCSP_INTERNAL_ERROR] = "internalError",   [OCSP_TRY_LATER] = "tryLater",
        [OCSP_SIGNATURE_REQUIRED] = "sigRequired", [OCSP_UNAUTHORIZED] = "unauthorized",
    };
    const char *name = (unsigned)status < COUNT_OF(names) ? names[status] : NULL;
    return name == NULL ? "unknown" : name;
}

const char *ocsp_certificate_status_name(OcspCertificateStatus status)
{
    static const char *const names[] = {"good", "revoked", "unknown"};
    return (unsigned)status < COUNT_OF(names) ? names[status] : "unknown";
}
