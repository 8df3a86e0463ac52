// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/cmp_body.h"

#include "base/crypto/digest.h"
#include "domain/pki/cmp_oid.h"
#include "domain/pki/extension.h"
#include "domain/pki/signed_object.h"

enum { LAST_REASON = 10, REASON_NOT_ASSIGNED = 7, VALUE_MAX = 16 };

static bool malformed(Error *err, const char *body)
{
    return error_set(err, ERROR_INPUT, "cmp.malformed", "RFC 4210 5.3", "the %s is malformed",
                     body);
}

static bool not_one(Error *err, const char *body)
{
    return error_set(err, ERROR_INPUT, "cmp.not_one", "RFC 9483 4",
                     "the %s is about several certificates at once", body);
}

static Reader enter_body(const CmpMessage *message)
{
    Reader whole = reader_of(message->body);
    return der_enter(&whole, DER_SEQUENCE);
}

// An INTEGER that may be negative.
static int64_t read_id(Reader *reader)
{
    Bytes id = der_integer(reader);
    if (id.len == 0 || id.len > sizeof(int64_t)) {
        reader->failed = true;
        return 0;
    }
    uint64_t value = id.data[0] >= 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < id.len; i++) {
        value = value << 8 | id.data[i];
    }
    return (int64_t)value;
}

static void put_id(Writer *writer, int64_t id)
{
    if (id < 0) {
        der_put(writer, DER_INTEGER, BYTES_LITERAL("\xff"));
    } else {
        der_put_u64(writer, (uint64_t)id);
    }
}

// --- requests ---------------------------------------------------------------------------------

bool cmp_request_parse(const CmpMessage *message, CrmfRequest *ret, Error *err)
{
    Reader requests = enter_body(message);
    Bytes first = der_element(&requests, DER_SEQUENCE).whole;
    if (requests.failed) {
        return malformed(err, "list of certificate requests");
    }
    return requests.rest.len == 0 ? crmf_request_parse(first, ret, err)
                                  : not_one(err, "list of certificate requests");
}

void cmp_request_encode(Bytes request, Writer *ret)
{
    der_put(ret, DER_SEQUENCE, request);
}

// --- responses --------------------------------------------------------------------------------

// CertifiedKeyPair: of CertOrEncCert only a certificate; a private key is never sent here.
static Bytes read_certified_key(Reader *response)
{
    Reader pair = der_enter(response, DER_SEQUENCE);
    Reader choice = der_enter(&pair, DER_CONTEXT_CONSTRUCTED(0));
    Bytes certificate = der_element(&choice, DER_SEQUENCE).whole;
    if (!reader_done(&choice) || !reader_done(&pair)) {
        response->failed = true;
    }
    return certificate;
}

static Bytes read_ca_certificates(Reader *body)
{
    if (der_peek(body) != DER_CONTEXT_CONSTRUCTED(1)) {
        return BYTES_EMPTY;
    }
    Reader field = der_enter(body, DER_CONTEXT_CONSTRUCTED(1));
    const DerElement list = der_element(&field, DER_SEQUENCE);
    Reader certificates = reader_of(list.content);
    for (Bytes one; cmp_next_certificate(&certificates, &one);) {
    }
    if (!reader_done(&field) || !reader_done(&certificates)) {
        body->failed = true;
    }
    return list.content;
}

bool cmp_response_parse(const CmpMessage *message, CmpResponse *ret, Error *err)
{
    CmpResponse parsed = {0};
    Reader body = enter_body(message);
    parsed.ca_certificates = read_ca_certificates(&body);
    Reader responses = der_enter(&body, DER_SEQUENCE);
    Reader response = der_enter(&responses, DER_SEQUENCE);
    if (!body.failed && !responses.failed && responses.rest.len > 0) {
        return not_one(err, "answer");
    }
    parsed.request_id = read_id(&response);
    cmp_status_read(&response, &parsed.status);
    if (der_peek(&response) == DER_SEQUENCE) {
        parsed.certificate = read_certified_key(&response);
    }
    if (der_peek(&response) == DER_OCTET_STRING) {
        der_any(&response);  // rspInfo
    }
    bool is_granted = parsed.status.status <= CMP_GRANTED_WITH_MODS;
    if (!reader_done(&response) || !reader_done(&responses) || !reader_done(&body) ||
        is_granted != (parsed.certificate.len > 0)) {
        return malformed(err, "answer");
    }
    *ret = parsed;
    return true;
}

void cmp_response_encode(const CmpResponse *response, Writer *ret)
{
    size_t body = der_begin(ret, DER_SEQUENCE);
    if (response->ca_certificates.len > 0) {
        size_t field = der_begin(ret, DER_CONTEXT_CONSTRUCTED(1));
        der_put(ret, DER_SEQUENCE, response->ca_certificates);
        der_end(ret, field);
    }
    size_t responses = der_begin(ret, DER_SEQUENCE);
    size_t one = der_begin(ret, DER_SEQUENCE);
    put_id(ret, response->request_id);
    cmp_status_encode(&response->status, ret);
    if (response->certificate.len > 0) {
        size_t pair = der_begin(ret, DER_SEQUENCE);
        der_put(ret, DER_CONTEXT_CONSTRUCTED(0), response->certificate);
        der_end(ret, pair);
    }
    der_end(ret, one);
    der_end(ret, responses);
    der_end(ret, body);
}

// --- confirmation -----------------------------------------------------------------------------

static void read_hash_algorithm(Reader *entry, CmpConfirmation *ret)
{
    if (der_peek(entry) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader field = der_enter(entry, DER_CONTEXT_CONSTRUCTED(0));
        ret->hash_algorithm = algorithm_read(&field).oid;
        entry->failed = entry->failed || !reader_done(&field);
    }
}

bool cmp_confirmation_parse(const CmpMessage *message, CmpConfirmation *ret, Error *err)
{
    CmpConfirmation parsed = {.status = {.status = CMP_ACCEPTED}};
    Reader entries = enter_body(message);
    if (reader_done(&entries)) {
        *ret = (CmpConfirmation){.is_empty = true};
        return true;
    }
    Reader entry = der_enter(&entries, DER_SEQUENCE);
    if (!entries.failed && entries.rest.len > 0) {
        return not_one(err, "confirmation");
    }
    parsed.hash = der_octet_string(&entry);
    parsed.request_id = read_id(&entry);
    if (der_peek(&entry) == DER_SEQUENCE) {
        cmp_status_read(&entry, &parsed.status);
    }
    read_hash_algorithm(&entry, &parsed);
    if (!reader_done(&entry) || !reader_done(&entries)) {
        return malformed(err, "confirmation");
    }
    *ret = parsed;
    return true;
}

void cmp_confirmation_encode(const CmpConfirmation *confirmation, Writer *ret)
{
    size_t entries = der_begin(ret, DER_SEQUENCE);
    if (!confirmation->is_empty) {
        size_t entry = der_begin(ret, DER_SEQUENCE);
        der_put(ret, DER_OCTET_STRING, confirmation->hash);
        put_id(ret, confirmation->request_id);
        cmp_status_encode(&confirmation->status, ret);
        if (confirmation->hash_algorithm.len > 0) {
            size_t field = der_begin(ret, DER_CONTEXT_CONSTRUCTED(0));
            algorithm_put(ret, confirmation->hash_algorithm);
            der_end(ret, field);
        }
        der_end(ret, entry);
    }
    der_end(ret, entries);
}

bool cmp_confirmation_is_of(const CmpConfirmation *confirmation, Bytes certificate)
{
    Bytes algorithm = confirmation->hash_algorithm;
    uint8_t digest[SHA256_SIZE];
    if (algorithm.len == 0 || bytes_equal(algorithm, OID_SM3)) {
        const Sm3Digest own = sm3_digest(certificate);
        return bytes_equal(confirmation->hash, sm3_bytes(&own));
    }
    if (bytes_equal(algorithm, OID_SHA256)) {
        return sha256_digest(certificate, digest, NULL) &&
               bytes_equal(confirmation->hash, bytes_of(digest, SHA256_SIZE));
    }
    return bytes_equal(algorithm, OID_SHA1) && sha1_digest(certificate, digest, NULL) &&
           bytes_equal(confirmation->hash, bytes_of(digest, SHA1_SIZE));
}

// --- revocation -------------------------------------------------------------------------------

static bool read_reason(Reader *details, int *ret)
{
    *ret = 0;
    if (details->rest.len == 0) {
        return true;
    }
    Reader extensions = der_enter(details, DER_SEQUENCE);
    while (extensions.rest.len > 0 && !extensions.failed) {
        CertificateExtension extension;
        if (!extension_read(&extensions, &extension)) {
            return false;
        }
        Reader value = reader_of(extension.value);
        if (bytes_equal(extension.oid, OID_CRL_REASON)) {
            Bytes reason = der_element(&value, DER_ENUMERATED).content;
            *ret = reason.len == 1 ? reason.data[0] : REASON_NOT_ASSIGNED;
            if (!reader_done(&value) || *ret > LAST_REASON || *ret == REASON_NOT_ASSIGNED) {
                return false;
            }
        }
    }
    return reader_done(&extensions);
}

bool cmp_revocation_parse(const CmpMessage *message, CmpRevocation *ret, Error *err)
{
    CrmfTemplate template;
    CmpRevocation parsed;
    Reader list = enter_body(message);
    Reader details = der_enter(&list, DER_SEQUENCE);
    if (!list.failed && list.rest.len > 0) {
        return not_one(err, "revocation request");
    }
    Reader content = der_enter(&details, DER_SEQUENCE);
    if (details.failed || !crmf_template_read(content, &template, NULL) ||
        !read_reason(&details, &parsed.reason) || !reader_done(&details) || !reader_done(&list) ||
        template.serial.len == 0 || template.issuer.len == 0) {
        return malformed(err, "revocation request");
    }
    parsed.issuer = template.issuer;
    parsed.serial = template.serial;
    *ret = parsed;
    return true;
}

void cmp_revocation_encode(const CmpRevocation *revocation, Writer *ret)
{
    const uint8_t reason = (uint8_t)revocation->reason;
    size_t list = der_begin(ret, DER_SEQUENCE);
    size_t details = der_begin(ret, DER_SEQUENCE);
    size_t template = der_begin(ret, DER_SEQUENCE);
    der_put(ret, DER_CONTEXT(1), revocation->serial);
    der_put(ret, DER_CONTEXT_CONSTRUCTED(3), revocation->issuer);
    der_end(ret, template);
    if (revocation->reason != 0) {
        CLEANUP(writer_free) Writer value = writer_new(VALUE_MAX);
        der_put(&value, DER_ENUMERATED, bytes_of(&reason, 1));
        size_t extensions = der_begin(ret, DER_SEQUENCE);
        extension_put(ret, OID_CRL_REASON, false, writer_bytes(&value));
        der_end(ret, extensions);
    }
    der_end(ret, details);
    der_end(ret, list);
}

bool cmp_revocation_status_parse(const CmpMessage *message, CmpStatus *ret, Error *err)
{
    Reader body = enter_body(message);
    Reader statuses = der_enter(&body, DER_SEQUENCE);
    CmpStatus status;
    cmp_status_read(&statuses, &status);
    if (!body.failed && !statuses.failed && statuses.rest.len > 0) {
        return not_one(err, "answer to a revocation request");
    }
    while (!body.failed && (der_peek(&body) == DER_CONTEXT_CONSTRUCTED(0) ||
                            der_peek(&body) == DER_CONTEXT_CONSTRUCTED(1))) {
        der_any(&body);  // revCerts, crls
    }
    if (!reader_done(&statuses) || !reader_done(&body)) {
        return malformed(err, "answer to a revocation request");
    }
    *ret = status;
    return true;
}

void cmp_revocation_status_encode(const CmpStatus *status, Writer *ret)
{
    size_t body = der_begin(ret, DER_SEQUENCE);
    size_t statuses = der_begin(ret, DER_SEQUENCE);
    cmp_status_encode(status, ret);
    der_end(ret, statuses);
    der_end(ret, body);
}

// --- the rest ---------------------------------------------------------------------------------

bool cmp_error_parse(const CmpMessage *message, CmpStatus *ret, Error *err)
{
    Reader body = enter_body(message);
    CmpStatus status;
    cmp_status_read(&body, &status);
    if (der_peek(&body) == DER_INTEGER) {
        der_integer(&body);
    }
    if (der_peek(&body) == DER_SEQUENCE) {
        der_any(&body);
    }
    if (!reader_done(&body)) {
        return malformed(err, "error message");
    }
    *ret = status;
    return true;
}

void cmp_error_encode(const CmpStatus *status, Writer *ret)
{
    size_t body = der_begin(ret, DER_SEQUENCE);
    cmp_status_encode(status, ret);
    der_end(ret, body);
}

bool cmp_general_parse(const CmpMessage *message, bool *ret_wants_certificates, Error *err)
{
    Reader infos = enter_body(message);
    bool wants = false;
    while (infos.rest.len > 0 && !infos.failed) {
        Reader info = der_enter(&infos, DER_SEQUENCE);
        Bytes type = der_oid(&info);
        if (info.rest.len > 0) {
            der_any(&info);
        }
        wants = wants || bytes_equal(type, OID_CA_CERTIFICATES);
        infos.failed = infos.failed || !reader_done(&info);
    }
    if (!reader_done(&infos)) {
        return malformed(err, "general message");
    }
    *ret_wants_certificates = wants;
    return true;
}

void cmp_general_encode(bool has_certificates, Bytes certificates, Writer *ret)
{
    size_t body = der_begin(ret, DER_SEQUENCE);
    if (has_certificates) {
        size_t info = der_begin(ret, DER_SEQUENCE);
        der_put_oid(ret, OID_CA_CERTIFICATES);
        der_put(ret, DER_SEQUENCE, certificates);
        der_end(ret, info);
    }
    der_end(ret, body);
}
